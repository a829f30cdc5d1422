"""Seeing that mail has come: sweeps and IDLE, on a connection that only ever reads (EXAMINE)."""

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mailbot.errors import Transient
from mailbot.imap.filing import message_id_of
from mailbot.imap.session import Login, Session
from mailbot.ports import NewMail

# RFC 2177 asks for a renewal within 29 minutes; routers forget idle connections much earlier.
RENEW_SECONDS = 9 * 60
_SLICE_SECONDS = 0.5
_CHUNK = 200
_LIGHT_MEDIA = {b"TEXT", b"MESSAGE", b"MULTIPART"}
_ITEMS = ["RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]


@dataclass(frozen=True, slots=True)
class Swept:
    """One look at a folder: everything at or above the UID asked for."""

    uidvalidity: int
    uidnext: int
    exists: int
    mails: tuple[NewMail, ...]


class Watcher:
    """One connection that watches one folder.  `stop` may be called from another thread."""

    def __init__(self, login: Login, folder: str) -> None:
        self.folder = folder
        self._session = Session(login)
        self._stop = threading.Event()

    def stop(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._session.logout()

    def sweep(self, first: int) -> Swept:
        """What stands at UID `first` or above now; bounded memory, one round trip when there is nothing new."""
        answer = self._session.select(self.folder, readonly=True)
        uidvalidity, exists = answer.get(b"UIDVALIDITY"), answer.get(b"EXISTS")
        if not isinstance(uidvalidity, int) or not isinstance(exists, int):
            raise Transient(f"{self.folder}: the server gives no UIDVALIDITY; its UIDs cannot be relied on")
        uidnext = answer.get(b"UIDNEXT")
        if exists == 0 or (isinstance(uidnext, int) and uidnext <= first):
            return Swept(uidvalidity, uidnext if isinstance(uidnext, int) else first, exists, ())
        with self._session.commands() as client:
            # n:* always holds the last message, even one below n (RFC 3501 section 6.4.8).
            uids = sorted(uid for uid in client.search(["UID", f"{first}:*"]) if uid >= first)
        highest = max([first - 1, *uids]) + 1
        return Swept(uidvalidity, max(highest, uidnext if isinstance(uidnext, int) else 0), exists, self.describe(uids))

    def all_uids(self) -> frozenset[int]:
        """Every UID in the folder selected by the last sweep."""
        with self._session.commands() as client:
            return frozenset(client.search(["ALL"]))

    def describe(self, uids: Sequence[int]) -> tuple[NewMail, ...]:
        """Size, date, Message-ID and kind of each message still there."""
        mails: list[NewMail] = []
        for start in range(0, len(uids), _CHUNK):
            chunk = list(uids[start : start + _CHUNK])
            with self._session.commands() as client:
                answer = client.fetch(chunk, _ITEMS)
            heavy = self._heavy(chunk)
            mails.extend(_new_mail(uid, answer[uid], heavy=uid in heavy) for uid in chunk if uid in answer)
        return tuple(mails)

    def idle(self, seconds: float) -> bool:
        """Wait until something may have come, at most `seconds`; True when the server said so."""
        until = time.monotonic() + min(seconds, RENEW_SECONDS)
        with self._session.commands() as client:
            can_idle = client.has_capability("IDLE")
        if not can_idle:
            self._stop.wait(max(0.0, until - time.monotonic()))
            return False
        with self._session.commands() as client:
            client.idle()
        news = False
        while not (news or self._stop.is_set()) and (left := until - time.monotonic()) > 0:
            with self._session.commands() as client:
                said = client.idle_check(timeout=min(left, _SLICE_SECONDS))
            news = any(isinstance(line, tuple) and line[:1] != (b"OK",) for line in said)
        with self._session.commands() as client:
            client.idle_done()
        return news

    def _heavy(self, uids: list[int]) -> set[int]:
        """Those that hold more than text.  A structure that cannot be understood counts as heavy."""
        with contextlib.suppress(Transient), self._session.commands() as client:
            answer = client.fetch(uids, ["BODYSTRUCTURE"])
            return {uid for uid in uids if not _only_text(answer.get(uid, {}).get(b"BODYSTRUCTURE"))}
        # The connection was dropped over it: come back to the folder.
        self._session.select(self.folder, readonly=True)
        return set(uids)


def _only_text(structure: object) -> bool:
    if not isinstance(structure, tuple) or not structure:
        return False
    first = structure[0]
    if isinstance(first, list):
        return all(_only_text(part) for part in first)
    return isinstance(first, bytes) and first.upper() in _LIGHT_MEDIA


def _new_mail(uid: int, answer: dict[bytes, object], *, heavy: bool) -> NewMail:
    size, when = answer.get(b"RFC822.SIZE"), answer.get(b"INTERNALDATE")
    if not isinstance(when, datetime):
        when = datetime.now(UTC)
    if when.tzinfo is None:
        when = when.astimezone()
    return NewMail(
        uid=uid,
        size=size if isinstance(size, int) else 0,
        internaldate=when,
        message_id=message_id_of(answer.get(b"BODY[HEADER.FIELDS (MESSAGE-ID)]")),
        heavy=heavy,
    )
