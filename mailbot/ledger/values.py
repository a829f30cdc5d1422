"""What goes into the ledger and what comes out."""

from dataclasses import dataclass
from typing import Literal

from mailbot.ports import Effect, NewMail

CaseState = Literal["new", "decided", "done", "parked", "baseline", "oversize", "duplicate"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one look at a watched folder found."""

    account: str
    folder: str
    uidvalidity: int
    uidnext: int
    mails: tuple[NewMail, ...]


@dataclass(frozen=True, slots=True)
class FolderState:
    """What is known of a watched folder; `go_live` in seconds since 1970."""

    uidvalidity: int
    uidnext: int
    go_live: float
    resets: int


@dataclass(frozen=True, slots=True)
class Ring:
    """A doorbell that is owed."""

    case_id: int
    queue: str


@dataclass(frozen=True, slots=True)
class Epoch:
    """What became of a folder's messages after its UIDVALIDITY changed."""

    rings: tuple[Ring, ...]
    matched: int
    unmatched: int
    paused: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """One frozen decision and the effects it owes, in order."""

    fingerprint: str
    message_id: str | None
    record: str
    draft: bytes | None
    effects: tuple[Effect, ...]
    intent: str
    confidence: float
    urgency: str
    rule: str
    rules_version: str
    sender_key: str
    thread_key: str


@dataclass(frozen=True, slots=True)
class Owed:
    """What acting needs of a stored decision."""

    record: str
    draft: bytes | None
    delays: int


@dataclass(frozen=True, slots=True)
class Health:
    """One mailbox as `mailbot status` shows it; times in seconds since 1970."""

    account: str
    last_success: float | None
    failing_since: float | None
    failures: int
    last_error: str | None
    paused: str | None
    open: int
    parked: int
    oldest_open: float | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case that needs a human."""

    case_id: int
    account: str
    folder: str
    uid: int
    state: CaseState
    reason: str
    since: float


@dataclass(frozen=True, slots=True)
class Filed:
    """A finished case, and where filing left its mail."""

    case_id: int
    said: str
    """The intent we found, sure of it or not."""
    fingerprint: str
    folder: str
    """"" when it was not we who filed it."""
    position: tuple[int, int] | None
    """UIDVALIDITY and UID there, when the server told them."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A mail of a finished case, seen in a folder that speaks for intents."""

    filed: Filed
    uid: int
    intent: str | None
    """None: the folder is one of several intents."""
    how: str
    """What it was known by: "message-id" (with its size), or "bytes"."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A case that staff put into the folder of one intent; `said` is what we had found."""

    case_id: int
    account: str
    said: str
    intent: str
    folder: str
    uidvalidity: int
    uid: int
    how: str
    seen_at: float
    fingerprint: str
    record: str | None
    """The decision record, as long as it still holds the mail's words."""
    language: str
    """As Language.code; "" when unknown."""
