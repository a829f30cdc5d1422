"""One IMAP connection: made, watched, and given up.  Nothing of imapclient leaves this folder.

    closed --open()--> open --any lost answer, late answer or protocol error--> closed

A command is never repeated here: whoever gave it knows whether it may be given twice.
"""

import contextlib
import imaplib
import os
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from mailbot.errors import LoginRefused, Misconfigured, Permanent, Transient
from mailbot.imap import guard
from mailbot.imap.connection import Client
from mailbot.imap.watchdog import deadline

_SLOWEST_BYTES_PER_SECOND = 50_000
_QUOTA_WAIT = 3600.0

_CODE = re.compile(r"\[([A-Z][A-Z0-9-]*)")
_TRY_LATER = {"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT", "OVERQUOTA", "EXPUNGEISSUED"}
_QUOTA = {"OVERQUOTA", "LIMIT"}
_NO_FOLDER = {"TRYCREATE", "NONEXISTENT"}


class NoFolder(Permanent):
    """The named folder does not exist."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds.  `command` is the least any command gets; transfers get more with their size."""

    connect: float = 15
    silence: float = 60
    command: float = 120


@dataclass(frozen=True, slots=True)
class Login:
    """How to get into one mailbox.  `password` is asked for at each login, so that it can be rotated."""

    account: str
    host: str
    port: int
    tls: str
    """implicit, starttls, or off (loopback only)."""
    user: str
    password: Callable[[], str] = field(repr=False)
    drafts: str | None = None
    deadlines: Deadlines = field(default_factory=Deadlines)


class Session:
    """A connection that is opened when it is needed, and anew after a fork.  Not thread-safe."""

    def __init__(self, login: Login) -> None:
        self.login = login
        self._client: Client | None = None
        self._pid = os.getpid()
        self._selected: tuple[str, bool] | None = None
        self._names: tuple[str, str] | None = None

    @contextlib.contextmanager
    def commands(self, size: int = 0) -> Iterator[Client]:
        """The client, for one or a few commands with one absolute deadline.

        Raises Transient (the connection is then closed), Permanent, NoFolder or LoginRefused.
        """
        client = self._open()
        seconds = self.login.deadlines.command + size / _SLOWEST_BYTES_PER_SECOND
        try:
            with deadline(client.socket(), seconds):
                yield client
        except (
            imaplib.IMAP4.abort,
            OSError,
            EOFError,
            CapabilityError,
            ValueError,
            AttributeError,
            TypeError,
        ) as error:
            # imaplib and the response parser answer garbage with ValueError and its like: the stream cannot be trusted.
            self.close()
            raise Transient(f"mailbox {self.login.account}: the connection was lost ({_said(error)})") from error
        except (imaplib.IMAP4.error, IMAPClientError) as error:
            raise self._refusal(error) from error

    def select(self, folder: str, *, readonly: bool = False) -> dict[bytes, object]:
        """SELECT or EXAMINE (RFC 3501 section 6.3.1); what the server said of the folder."""
        name = self.name(folder)
        with self.commands() as client:
            self._selected = None
            answer: dict[bytes, object] = client.select_folder(name, readonly=readonly)
            self._selected = (folder, readonly)
            return answer

    def reselect(self, folder: str) -> None:
        """SELECT for writing, unless that folder is selected already."""
        if self._client is None or self._pid != os.getpid() or self._selected != (folder, False):
            self.select(folder)

    def unselected(self) -> None:
        """Forget which folder is selected: its state on the server may have changed."""
        self._selected = None

    def name(self, folder: str) -> str:
        """The server's name for a folder written with `/`: its delimiter, its personal namespace (RFC 2342)."""
        guard.folder_name(folder)
        if folder.upper() == "INBOX":
            return "INBOX"
        if self._names is None:
            self._names = self._name_rules()
        prefix, delimiter = self._names
        local = folder.replace("/", delimiter) if delimiter else folder
        return local if not prefix or local.startswith(prefix) else prefix + local

    def plain(self, name: str) -> str:
        """The opposite of `name`: as an admin writes it."""
        if self._names is None:
            self._names = self._name_rules()
        prefix, delimiter = self._names
        local = name.removeprefix(prefix)
        return local.replace(delimiter, "/") if delimiter else local

    def close(self) -> None:
        """Drop the connection, without a word when it is already broken.  Never raises."""
        client, self._client = self._client, None
        self._selected = self._names = None
        if client is not None and self._pid == os.getpid():
            client.drop()

    def logout(self) -> None:
        """Leave politely.  Never raises."""
        if self._client is not None and self._pid == os.getpid():
            with contextlib.suppress(Transient, Permanent), self.commands() as client:
                client.logout()
        self.close()

    def _open(self) -> Client:
        if self._client is not None and self._pid == os.getpid():
            return self._client
        # After a fork the parent still owns the old socket: leave it alone.
        self._client, self._selected, self._names, self._pid = None, None, None, os.getpid()
        login = self.login
        try:
            client = self._connect()
        except ssl.SSLError as error:
            raise Transient(
                f"mailbox {login.account}: {login.host} has no certificate that can be trusted ({_said(error)}); "
                "correct the server's certificate or `host`"
            ) from error
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            raise Transient(
                f"mailbox {login.account}: {login.host} port {login.port} does not answer ({_said(error)}); "
                "check `host`, `port` and the network"
            ) from error
        try:
            self._sign_in(client)
        except BaseException:
            client.drop()
            raise
        self._client = client
        return client

    def _connect(self) -> Client:
        login = self.login
        if login.tls == "off" and login.host not in {"127.0.0.1", "::1", "localhost"}:
            raise Misconfigured(f"mailbox {login.account}: tls: off is for this very machine only; remove it")
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        client = Client(
            login.host,
            login.port,
            context if login.tls == "implicit" else None,
            connect_seconds=login.deadlines.connect,
            silence_seconds=login.deadlines.silence,
        )
        if login.tls == "starttls":
            try:
                with deadline(client.socket(), login.deadlines.command):
                    client.starttls(context)
            except Exception:
                client.drop()
                raise
        return client

    def _sign_in(self, client: Client) -> None:
        login = self.login
        try:
            with deadline(client.socket(), login.deadlines.command):
                client.login(login.user, login.password())
        except LoginError as error:
            code = _CODE.search(str(error))
            if code and code[1] in _TRY_LATER:
                raise Transient(f"mailbox {login.account}: the server does not let anyone in now ({code[1]})") from None
            raise LoginRefused(
                f"mailbox {login.account}: the server refused the user name or the password; "
                "check `user` and the secret named by `password`"
            ) from None
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            # The error's own text may hold the command, password included.
            raise Transient(f"mailbox {login.account}: the login was cut off ({type(error).__name__})") from None

    def _name_rules(self) -> tuple[str, str]:
        with self.commands() as client:
            if client.has_capability("NAMESPACE"):
                personal = client.namespace().personal
                if personal:
                    prefix, delimiter = personal[0]
                    return _text(prefix), _text(delimiter)
            listed = client.list_folders("", "")
            return "", _text(listed[0][1]) if listed and listed[0][1] else "/"

    def _refusal(self, error: Exception) -> Exception:
        said = _said(error)
        codes = set(_CODE.findall(said))
        where = f"mailbox {self.login.account}: the server said: {said}"
        if codes & _NO_FOLDER or re.search(r"(?i)does(n't| not) exist|unknown mailbox|no such mailbox", said):
            return NoFolder(where)
        if codes & _TRY_LATER:
            return Transient(where, wait=_QUOTA_WAIT if codes & _QUOTA else None)
        return Permanent(where)


def _said(error: Exception) -> str:
    """The server's words on one printable line, cut short."""
    text = str(error) or type(error).__name__
    return "".join(char if char.isprintable() else " " for char in text)[:200]


def _text(value: bytes | str | None) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value or ""
