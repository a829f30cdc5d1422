"""What the core asks of the world, one verb each.  A value in, a value out; errors are Transient or Permanent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from mailbot.model import Language, MailRef, Push, Ranked, Reading, ReadingRequest, UrgencyLevel


class Reader(Protocol):
    """Bytes to Reading, inside hard limits."""

    def read(self, raw: bytes, request: ReadingRequest) -> Reading:
        """Never raises for what the bytes hold; Transient when no child process can be had."""
        ...


@dataclass(frozen=True, slots=True)
class OcrText:
    """What an OCR engine saw on one page; `confidence` is the mean word confidence, 0 to 1."""

    text: str
    confidence: float
    sure_words: int = 0
    """Words of two letters and more that the engine is rather sure of."""
    sideways: bool = False
    """Its lines were found to run from top to bottom: the page is better turned first."""
    boxes: tuple[tuple[int, int, int, int], ...] = ()
    """Where its words stand: left, top, right, bottom in pixels of the image."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a page lies: degrees counter-clockwise that make it upright, and the script it is written in ("Arabic")."""

    turn: int
    script: str
    confidence: float
    """Of the turn; below 1 it is a guess."""
    script_confidence: float = 0.0
    """Of the script, on the same scale."""


class Ocr(Protocol):
    """One upright, cleaned page image to text."""

    @property
    def name(self) -> str: ...

    def recognise(self, image: object, languages: tuple[str, ...], dpi: int, seconds: float) -> OcrText:
        """`image` is a PIL image; `dpi` 0: the engine guesses.  Raises Permanent when it cannot be read in time."""
        ...

    def orientation(self, image: object, dpi: int, seconds: float) -> Orientation | None:
        """None when the page does not show it.  Raises Permanent when the page cannot be looked at in time."""
        ...

    def reads(self, language: str) -> bool:
        """Whether this ISO 639-1 language is installed."""
        ...


class LanguageDetector(Protocol):
    @property
    def name(self) -> str: ...

    def detect(self, text: str, expected: str) -> Language:
        """Never raises; `expected` is the mailbox's language, a prior that fades with length."""
        ...


class Translator(Protocol):
    @property
    def name(self) -> str: ...

    def translate(self, text: str, source: str, target: str) -> str:
        """Raises Transient or Permanent; the message never holds the text."""
        ...


class IntentEngine(Protocol):
    @property
    def name(self) -> str: ...

    def classify(self, subject: str, text: str, language: str) -> Ranked:
        """Never raises; an empty text gives a flat ranking."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """How soon someone must act, and how sure that is (0 to 1)."""

    level: UrgencyLevel
    share: float


class UrgencyEngine(Protocol):
    @property
    def name(self) -> str: ...

    def judge(self, subject: str, text: str, ranked: Ranked, month: int, language: str = "") -> Judged:
        """Never raises; `month` is that of the mail: cold months make a cold flat urgent."""
        ...


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a second engine thinks a mail is about; `evidence` are words of the mail, or what claims to be."""

    intent: str
    evidence: str


class SecondOpinion(Protocol):
    """Asked only where the first engine is unsure and the admin allowed it for the mailbox."""

    @property
    def name(self) -> str: ...

    def choose(self, subject: str, text: str, names: tuple[str, ...]) -> Opinion:
        """`names` are people's names from the header, to be hidden.  Raises Transient or Permanent."""
        ...


@dataclass(frozen=True, slots=True)
class Tenant:
    """One line of the landlord's tenant directory; "" for what it does not say."""

    name: str
    email: str = ""
    address: str = ""
    lease: str = ""
    lease_start: date | None = None


class TenantDirectory(Protocol):
    """Who the tenants are; read-only."""

    def find(self, email: str, references: tuple[str, ...], name: str) -> Tenant | None:
        """By e-mail, else by lease or tenant reference, else by name; None when nobody or several fit.

        Raises Transient when the directory cannot be asked now; the message holds nothing of a tenant.
        """
        ...


class Target(Protocol):
    """A downstream system."""

    def deliver(self, push: Push) -> str:
        """Deliver once; return the remote id ("" when it gives none).  Raises Transient or Permanent."""
        ...


class Doorbell(Protocol):
    """Wakes a worker.  May be lost, doubled or late: the ledger is the truth."""

    def ring(self, case_id: int, queue: str) -> None:
        """`queue` is light, heavy or act.  Raises Transient when the broker is away."""
        ...


# --- the mailbox, as acting sees it ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """A folder's UIDVALIDITY and UIDNEXT before a command: what is found at or above it came after."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A message's state on the server now."""

    flags: frozenset[str]
    size: int


@dataclass(frozen=True, slots=True)
class Found:
    folder: str
    uidvalidity: int
    uid: int


class Mailbox(Protocol):
    """One account's mailbox.

    Every method has an absolute deadline and raises Transient on a lost or silent server or a full quota,
    Permanent on an answer that will not change (NOPERM, no drafts folder).
    """

    def fetch(self, ref: MailRef) -> bytes | None:
        """BODY.PEEK[] of the message; None when it is no longer there; Transient when the size does not fit."""
        ...

    def look(self, ref: MailRef) -> Seen | None:
        """Flags now; None when it is gone from that folder (or its UIDVALIDITY changed)."""
        ...

    def find(self, message_id: str | None, fingerprint: str, folder: str, since: Mark | None) -> Found | None:
        """The message whose raw bytes have this fingerprint: looked for by Message-ID (without one: among those that
        came after `since`), confirmed by its bytes.  None too when there is no such folder.
        """
        ...

    def drafts_folder(self) -> str:
        """SPECIAL-USE Drafts (RFC 6154), else the configured name; never created, never guessed."""
        ...

    def mark(self, folder: str) -> Mark:
        """UIDVALIDITY and UIDNEXT of the folder, created first when it is missing and is not the drafts folder."""
        ...

    def find_draft(self, message_id: str, since: Mark) -> Found | None:
        """A message with exactly this Message-ID in Drafts, Sent or Trash; falls back to headers from `since` on."""
        ...

    def append_draft(self, mime: bytes) -> int | None:
        """APPEND as a seen draft; the UID if the server says it.  Transient on a lost answer: look, then retry."""
        ...

    def add_flags(self, ref: MailRef, flags: tuple[str, ...]) -> tuple[str, ...]:
        """UID STORE +FLAGS, verified by FETCH; returns those the server kept (keywords may be refused)."""
        ...

    def move(self, ref: MailRef, folder: str) -> Found | None:
        """Move one UID to the folder (MOVE, else COPY + STORE + UID EXPUNGE, else flag only: see can_move).

        Returns where it is when the server says so, None when it must be looked for.  Never expunges without a UID.
        """
        ...

    def finish_move(self, ref: MailRef) -> None:
        """A copy was found after a crash between COPY and EXPUNGE: remove the source (no-op when it is gone)."""
        ...

    def can_move(self) -> bool:
        """False when the server has neither MOVE nor UIDPLUS: the mail stays, flagged."""
        ...


@dataclass(frozen=True, slots=True)
class NewMail:
    """What a sweep learns of a message without fetching it."""

    uid: int
    size: int
    internaldate: datetime
    message_id: str | None
    heavy: bool
    """Its BODYSTRUCTURE has a PDF, an image or another attachment that may need OCR."""


# --- the ledger, as acting sees it -----------------------------------------------------------------------------------

Step = Literal["understand", "act"]
EffectKind = Literal["draft", "push", "flag", "move"]
EffectState = Literal["planned", "intent", "done", "skipped", "parked", "other"]
"""`skipped`: staff were faster or nothing is left to do; `other`: somebody else already did it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one case for a while.  Every write is checked against `fence` (raises Fenced)."""

    case_id: int
    ref: MailRef
    step: Step
    attempts: int
    """This one included; counted and committed before the work starts."""
    owner: str
    fence: int
    fingerprint: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """One owed effect, unique on (case, kind, target)."""

    kind: EffectKind
    target: str
    key: str
    state: EffectState
    tries: int = 0
    mark: Mark | None = None
    """The folder's UIDVALIDITY and UIDNEXT stored with the intent."""
    result: str = ""
    age: float = 0.0
    """Seconds since it was last written, by the database's clock."""


@dataclass(frozen=True, slots=True)
class EffectWrite:
    """A change of one effect's state; `intent` adds one to its tries."""

    kind: EffectKind
    target: str
    state: EffectState
    mark: Mark | None = None
    result: str = ""


class EffectLog(Protocol):
    """The part of the ledger that acting needs."""

    def effects(self, claim: Claim) -> tuple[Effect, ...]:
        """In the order in which they are to be made true."""
        ...

    def write(self, claim: Claim, *changes: EffectWrite) -> None:
        """All changes in one durable transaction.  Raises Fenced when the lease was lost."""
        ...
