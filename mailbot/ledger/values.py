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
