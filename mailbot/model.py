"""The values that pass between the rooms.  All frozen; a stage returns a new value that knows more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

UrgencyLevel = Literal["critical", "high", "normal", "low"]
Automatic = Literal["bounce", "auto-reply", "list", "notification", "own", "receipt"]
TextSource = Literal["pdf", "ocr", "office", "mail", "text", "none"]
URGENCIES: tuple[UrgencyLevel, ...] = ("critical", "high", "normal", "low")


# --- where a mail is -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MailRef:
    """One IMAP position (RFC 3501 section 2.3.1.1): the key under which a mail is registered."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


# --- reading: what the bytes say -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322 section 3.4; `name` may be empty, `address` is lower-cased in its domain."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Defect:
    """What could not be read or trusted, and where ("body", "subject", "attachment 2").  Holds no mail content."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Because:
    """What one conclusion rests on; `span` is [start, end) in characters of `Texts.fresh`."""

    step: str
    because: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Authentication:
    """Results of RFC 8601, from the configured authserv-id only."""

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """The body as a person sees it: what the sender wrote now, what they quote, how they sign."""

    fresh: str = ""
    quoted: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One attachment as read.  `filename` is a label only, safe to print, never a path."""

    filename: str
    media_type: str
    size: int
    sha256: str
    text_source: TextSource = "none"
    pages: int | None = None
    text: str = ""
    decorative: bool = False
    """A logo, tracker or signature picture: listed, never treated as a document."""
    ocr_confidence: float | None = None
    """Mean word confidence, 0 to 1; None when nothing was OCRed."""
    defects: tuple[Defect, ...] = ()
    incomplete: bool = False
    """Words of it may be missing: encrypted, damaged, too long, of a kind that is not read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a careful person would see in the mail.  Total: hostile bytes give a Reading with defects."""

    fingerprint: str
    """`sha256:` + hex of the raw bytes."""
    size: int
    message_id: str | None = None
    """With its angle brackets, checked to be safe for a header and an IMAP command; else None."""
    references: tuple[str, ...] = ()
    """The newest 20 valid ids of References, else In-Reply-To, oldest first."""
    date: datetime | None = None
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    original_sender: Address | None = None
    automatic: Automatic | None = None
    authentication: Authentication | None = None
    text: Texts = field(default_factory=Texts)
    attachments: tuple[Part, ...] = ()
    marks: tuple[str, ...] = ()
    """Warnings for staff and rules: hidden-text, alternatives-differ, reply-to-differs, lookalike-sender, …"""
    defects: tuple[Defect, ...] = ()
    incomplete: bool = False
    """A limit was hit or a part broke its reader: a human must see this mail."""
    why: tuple[Because, ...] = ()
    engines: Mapping[str, str] = field(default_factory=dict)
    """What read what: {"ocr": "tesseract 5.3.0 fra"}; no key for an engine that was not needed."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)


# --- understanding: what it is ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Language:
    """ISO 639-1, "und" when unknown; darija in Latin letters is "ary-Latn"."""

    code: str = "und"
    confidence: float = 0.0
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    language: str
    text: str
    engine: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """An intent engine's answer: every label with its calibrated probability, best first, and what it rests on."""

    ranking: tuple[tuple[str, float], ...]
    also: tuple[str, ...] = ()
    why: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """`ok` is None when there was nothing to compare with."""

    name: str
    ok: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """What one attachment is; stands at the attachment's index.  `kind` None: a logo or decoration."""

    kind: str | None
    language: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    language: Language
    translation: Translation | None
    documents: tuple[Document, ...]
    intent: str
    confidence: float
    also: tuple[str, ...]
    alternatives: tuple[tuple[str, float], ...]
    abstained: bool
    """The best guess is below the threshold: the mail goes to the human folder."""
    urgency: UrgencyLevel
    urgency_why: str
    answerable: bool
    """A person expects words back."""
    entities: Mapping[str, str | tuple[str, ...]]
    summary: str
    next_actions: tuple[str, ...]
    why: tuple[Because, ...] = ()
    engines: Mapping[str, str | None] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a rule may look at."""

    account: str
    reading: Reading
    understanding: Understanding


# --- rules -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules said, and which of them said it."""

    folder: str
    flags: tuple[str, ...] = ()
    """IMAP flags and keywords as they go on the wire: `\\Flagged`, `$Urgent`."""
    reply: str | None = None
    send: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IntentMeaning:
    id: str
    label: str
    means: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The closed set of intents (default: mailbot/rules/taxonomy.yaml; an admin may replace it)."""

    intents: tuple[IntentMeaning, ...]
    urgency: Mapping[str, str]


# --- the plan: the effects still owed --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply for a human to send."""

    to: tuple[Address, ...]
    subject: str
    language: str
    text: str
    text_staff: str
    message_id: str
    mime: bytes
    """The frozen message as APPENDed, CRLF line ends."""


@dataclass(frozen=True, slots=True)
class Push:
    """One delivery to a downstream system; `key` is the same on every retry."""

    target: str
    key: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Plan:
    """What acting will make true, in this order: draft, push, flags, move."""

    draft: Draft | None
    send: tuple[Push, ...]
    flags: tuple[str, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision record (docs/decision.md) as a value; `mailbot.record` turns it into JSON."""

    source: str
    reading: Reading
    understanding: Understanding
    rules_version: str
    verdict: Verdict
    plan: Plan
    defects: tuple[Defect, ...]
    """The reading's, and those that later stages added."""
    timings_ms: Mapping[str, float]


# --- accounts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """What decide() may know of the mailbox a mail arrived in; holds no secret."""

    name: str
    addresses: tuple[str, ...] = ()
    """The mailbox's own addresses: never written to, mail from them is "own"."""
    authserv_id: str | None = None
    signature: str = ""
    language: str = "fr"
    """The language most of its writers use; the prior of language detection."""


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """What the reader needs besides the bytes."""

    account: Account
    languages: tuple[str, ...] = ("fr",)
    today: date | None = None
