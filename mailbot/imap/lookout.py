"""Looking into the folders that people move mails to, on a connection that only ever reads (EXAMINE, BODY.PEEK)."""

from dataclasses import dataclass
from typing import Final

from mailbot.imap.filing import message_id_of, number
from mailbot.imap.session import Login, NoFolder, Session
from mailbot.model import MailRef
from mailbot.ports import Mark

_CHUNK: Final = 200
_HEADER: Final = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message of a folder; `size` in bytes."""

    uid: int
    size: int
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What stands in a folder from some UID on, oldest first."""

    uidvalidity: int
    uidnext: int
    """Where the next look begins: nothing below it was left out."""
    mails: tuple[Arrived, ...]


class Lookout:
    """One account's folders.  Every method raises Transient, Permanent or LoginRefused.  Not thread-safe."""

    def __init__(self, login: Login) -> None:
        self._session = Session(login)

    def close(self) -> None:
        """Never raises."""
        self._session.logout()

    def mark(self, folder: str) -> Mark | None:
        """UIDVALIDITY and UIDNEXT; None when there is no such folder."""
        name = self._session.name(folder)
        try:
            with self._session.commands() as client:
                answer = client.folder_status(name, ["UIDVALIDITY", "UIDNEXT"])
        except NoFolder:
            return None
        return Mark(number(answer, b"UIDVALIDITY"), number(answer, b"UIDNEXT"))

    def arrivals(self, folder: str, first: int, most: int) -> Arrivals | None:
        """At most `most` messages from UID `first` on; None when there is no such folder."""
        try:
            answer = self._session.select(folder, readonly=True)
        except NoFolder:
            return None
        uidvalidity, uidnext = number(answer, b"UIDVALIDITY"), number(answer, b"UIDNEXT")
        with self._session.commands() as client:
            # n:* always holds the last message, even one below n (RFC 3501 section 6.4.8).
            uids = sorted(uid for uid in client.search(["UID", f"{first}:*"]) if uid >= first)
        some = uids[:most]
        mails: list[Arrived] = []
        for start in range(0, len(some), _CHUNK):
            chunk = some[start : start + _CHUNK]
            with self._session.commands() as client:
                found = client.fetch(chunk, ["RFC822.SIZE", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
            mails += [
                Arrived(uid, size, message_id_of(found[uid].get(_HEADER)))
                for uid in chunk
                if uid in found and isinstance(size := found[uid].get(b"RFC822.SIZE"), int)
            ]
        last = some[-1] + 1 if some else first
        return Arrivals(uidvalidity, last if len(uids) > most else max(last, uidnext), tuple(mails))

    def fetch(self, ref: MailRef, most_bytes: int) -> bytes | None:
        """The message's raw bytes; None when it is gone, larger, or its folder was renumbered."""
        try:
            answer = self._session.select(ref.folder, readonly=True)
        except NoFolder:
            return None
        if number(answer, b"UIDVALIDITY") != ref.uidvalidity:
            return None
        with self._session.commands() as client:
            sizes = client.fetch([ref.uid], ["RFC822.SIZE"])
        size = sizes.get(ref.uid, {}).get(b"RFC822.SIZE")
        if not isinstance(size, int) or size > most_bytes:
            return None
        with self._session.commands(size) as client:
            raw: bytes | None = client.fetch([ref.uid], ["BODY.PEEK[]"]).get(ref.uid, {}).get(b"BODY[]")
        return raw
