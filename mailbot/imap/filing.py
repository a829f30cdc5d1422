"""Making a plan true in a mailbox: drafts, flags and moves, one command each, none of them ever repeated blindly."""

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from mailbot.errors import Permanent, Transient
from mailbot.imap import guard
from mailbot.imap.session import Login, NoFolder, Session
from mailbot.model import MailRef
from mailbot.ports import Found, Mark, Seen

_APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]")
# Candidates whose bytes are compared when a mail must be found again.
_MOST_CANDIDATES = 20


def _nothing(_point: str) -> None:
    """No crash is wanted."""


@dataclass(slots=True)
class ImapMailbox:
    """One account's mailbox over one connection (ports.Mailbox).  Threads take turns."""

    login: Login
    crash_point: Callable[[str], None] = _nothing
    _session: Session = field(init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False)
    _drafts: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._session = Session(self.login)

    def close(self) -> None:
        with self._lock:
            self._session.logout()

    def fetch(self, ref: MailRef) -> bytes | None:
        with self._lock:
            if not self._at(ref):
                return None
            with self._session.commands() as client:
                sizes = client.fetch([ref.uid], ["RFC822.SIZE"])
            if ref.uid not in sizes:
                return None
            size = int(sizes[ref.uid][b"RFC822.SIZE"])
            with self._session.commands(size) as client:
                answer = client.fetch([ref.uid], ["BODY.PEEK[]"])
            raw: bytes | None = answer.get(ref.uid, {}).get(b"BODY[]")
            if raw is None:
                return None
            return raw

    def look(self, ref: MailRef) -> Seen | None:
        with self._lock:
            if not self._at(ref):
                return None
            with self._session.commands() as client:
                answer = client.fetch([ref.uid], ["FLAGS", "RFC822.SIZE"])
            if ref.uid not in answer:
                return None
            flags = frozenset(flag.decode("ascii", "replace") for flag in answer[ref.uid][b"FLAGS"])
            return Seen(flags, int(answer[ref.uid][b"RFC822.SIZE"]))

    def find(self, message_id: str | None, fingerprint: str, folder: str, since: Mark | None) -> Found | None:
        with self._lock:
            try:
                answer = self._session.select(folder, readonly=True)
            except NoFolder:
                return None
            uidvalidity = number(answer, b"UIDVALIDITY")
            for uid in self._candidates(message_id, since, uidvalidity):
                with self._session.commands() as client:
                    raw = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
                if raw is not None and fingerprint_of(raw) == fingerprint:
                    return Found(folder, uidvalidity, uid)
            return None

    def drafts_folder(self) -> str:
        with self._lock:
            if self._drafts is None:
                self._drafts = self._find_drafts()
            return self._drafts

    def mark(self, folder: str) -> Mark:
        with self._lock:
            try:
                answer = self._status(folder)
            except NoFolder:
                if folder == self._drafts:
                    raise
                self._create(folder)
                answer = self._status(folder)
            return Mark(number(answer, b"UIDVALIDITY"), number(answer, b"UIDNEXT"))

    def find_draft(self, message_id: str, since: Mark) -> Found | None:
        with self._lock:
            for folder in self._places_of_drafts():
                try:
                    answer = self._session.select(folder, readonly=True)
                except NoFolder:
                    continue
                uidvalidity = number(answer, b"UIDVALIDITY")
                for uid in self._by_message_id(message_id):
                    return Found(folder, uidvalidity, uid)
                if folder == self._drafts and since.uidvalidity == uidvalidity:
                    for uid in self._headers_since(since.uidnext, message_id):
                        return Found(folder, uidvalidity, uid)
            return None

    def append_draft(self, mime: bytes) -> int | None:
        folder = self.drafts_folder()
        with self._lock:
            name = self._session.name(folder)
            with self._session.commands(len(mime)) as client:
                answer = client.append(name, mime, flags=[b"\\Draft", b"\\Seen"])
            found = _APPENDUID.search(answer if isinstance(answer, bytes) else b"")
            return int(found[2]) if found else None

    def add_flags(self, ref: MailRef, flags: tuple[str, ...]) -> tuple[str, ...]:
        wanted = [guard.keyword(flag) for flag in flags]
        with self._lock:
            if not self._at(ref):
                return ()
            with self._session.commands() as client:
                answer = client.select_folder(self._session.name(ref.folder))
                allowed = {flag.decode("ascii", "replace").casefold() for flag in answer.get(b"PERMANENTFLAGS", ())}
                possible = [flag for flag in wanted if "\\*" in allowed or flag.casefold() in allowed]
                if possible:
                    client.add_flags([ref.uid], possible)
                kept = client.fetch([ref.uid], ["FLAGS"]).get(ref.uid, {}).get(b"FLAGS", ())
            now = {flag.decode("ascii", "replace").casefold() for flag in kept}
            return tuple(flag for flag in wanted if flag.casefold() in now)

    def move(self, ref: MailRef, folder: str) -> Found | None:
        with self._lock:
            if not self._at(ref):
                return None
            name = self._session.name(folder)
            with self._session.commands() as client:
                if client.has_capability("MOVE"):
                    client.response("COPYUID")  # forgets an older answer
                    client.move([ref.uid], name)
                    return _copied(client.response("COPYUID"), folder)
                if not client.has_capability("UIDPLUS"):
                    raise Permanent(f"mailbox {self.login.account}: the server can neither MOVE nor expunge by UID")
                client.response("COPYUID")  # forgets an older answer
                client.copy([ref.uid], name)
                copied = _copied(client.response("COPYUID"), folder)
            self.crash_point("move: copied, source not yet deleted")
            if copied is None:
                raise Transient(f"mailbox {self.login.account}: a copy was not confirmed by the server")
            self.finish_move(ref)
            return copied

    def finish_move(self, ref: MailRef) -> None:
        with self._lock:
            if not self._at(ref):
                return
            with self._session.commands() as client:
                client.add_flags([ref.uid], [b"\\Deleted"], silent=True)
            self.crash_point("move: source deleted, not yet expunged")
            with self._session.commands() as client:
                if not client.has_capability("UIDPLUS"):
                    raise Permanent(f"mailbox {self.login.account}: the server cannot expunge one message by its UID")
                client.uid_expunge([ref.uid])

    def can_move(self) -> bool:
        with self._lock, self._session.commands() as client:
            return bool(client.has_capability("MOVE") or client.has_capability("UIDPLUS"))

    def _at(self, ref: MailRef) -> bool:
        """Select the mail's folder anew; False when it is gone or its numbers mean something else by now."""
        if not ref.folder:
            return False
        try:
            answer = self._session.select(ref.folder)
        except NoFolder:
            return False
        return number(answer, b"UIDVALIDITY") == ref.uidvalidity

    def _status(self, folder: str) -> dict[bytes, object]:
        name = self._session.name(folder)
        with self._session.commands() as client:
            answer: dict[bytes, object] = client.folder_status(name, ["UIDVALIDITY", "UIDNEXT"])
            return answer

    def _create(self, folder: str) -> None:
        name = self._session.name(folder)
        try:
            with self._session.commands() as client:
                client.create_folder(name)
        except Permanent as error:
            # Another worker may have made it in the meantime.
            if "ALREADYEXISTS" not in str(error).upper() and "EXISTS" not in str(error).upper():
                raise
        with self._session.commands() as client:
            client.subscribe_folder(name)

    def _find_drafts(self) -> str:
        if self.login.drafts is not None:
            self._status(self.login.drafts)
            return self.login.drafts
        found = self._special(b"\\Drafts")
        if len(found) == 1:
            return found[0]
        problem = "no folder is marked \\Drafts" if not found else "several folders are marked \\Drafts"
        raise Permanent(
            f"mailbox {self.login.account}: {problem}; "
            "name the one to use with `drafts:` in rules.yaml, e.g. drafts: Brouillons"
        )

    def _special(self, use: bytes) -> list[str]:
        with self._session.commands() as client:
            listed = client.list_folders()
        return [self._session.plain(name) for flags, _, name in listed if use in flags]

    def _places_of_drafts(self) -> list[str]:
        drafts = self.drafts_folder()
        others = [name for use in (b"\\Sent", b"\\Trash") for name in self._special(use)]
        return [drafts, *others]

    def _candidates(self, message_id: str | None, since: Mark | None, uidvalidity: int) -> list[int]:
        if message_id is not None:
            return self._by_message_id(message_id)[:_MOST_CANDIDATES]
        first = since.uidnext if since is not None and since.uidvalidity == uidvalidity else 1
        with self._session.commands() as client:
            uids = [uid for uid in client.search(["UID", f"{first}:*"]) if uid >= first]
        return sorted(uids, reverse=True)[:_MOST_CANDIDATES]

    def _by_message_id(self, message_id: str) -> list[int]:
        """UIDs whose Message-ID is exactly this one: SEARCH finds substrings, so each is compared."""
        wanted = guard.search_text(message_id)
        try:
            with self._session.commands() as client:
                uids = client.search(["HEADER", "Message-ID", wanted])
        except Permanent:
            return []
        return self._exactly(sorted(uids), message_id)

    def _headers_since(self, first: int, message_id: str) -> list[int]:
        """For servers whose SEARCH does not find what was appended a moment ago."""
        with self._session.commands() as client:
            uids = [uid for uid in client.search(["UID", f"{first}:*"]) if uid >= first]
        return self._exactly(sorted(uids), message_id)

    def _exactly(self, uids: list[int], message_id: str) -> list[int]:
        if not uids:
            return []
        key = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"
        with self._session.commands() as client:
            answer = client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        return [uid for uid in uids if message_id_of(answer.get(uid, {}).get(key)) == message_id]


def message_id_of(header: object) -> str | None:
    """The id in a fetched Message-ID field; None when there is none that is printable ASCII."""
    if not isinstance(header, bytes):
        return None
    value = header.partition(b":")[2].strip().decode("latin-1")
    return value if value and value.isascii() and value.isprintable() else None


def fingerprint_of(raw: bytes) -> str:
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def _copied(answer: object, folder: str) -> Found | None:
    """The one destination UID of a COPYUID answer (RFC 4315 section 3)."""
    if not isinstance(answer, list) or not answer or not isinstance(answer[-1], bytes):
        return None
    match answer[-1].split():
        case [uidvalidity, _source, uid] if uidvalidity.isdigit() and uid.isdigit():
            return Found(folder, int(uidvalidity), int(uid))
    return None


def number(answer: dict[bytes, object], key: bytes) -> int:
    """One number of a SELECT or STATUS answer.  Raises Transient when the server does not say it."""
    value = answer.get(key)
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    if not isinstance(value, int):
        raise Transient(f"the server did not say its {key.decode()}")
    return value
