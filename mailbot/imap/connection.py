"""The raw connection under imapclient: one absolute deadline from the first packet to the greeting, capped literals."""

import contextlib
import imaplib
import socket
import ssl

from imapclient import IMAPClient

from mailbot.imap.watchdog import deadline

# What a server may send in one literal: the largest mail that is fetched, and then some.
MAX_LITERAL = 100_000_000


class _Connection(imaplib.IMAP4):
    def __init__(self, client: "Client") -> None:
        self._client = client
        super().__init__(client.host, client.port)

    def _create_socket(self, _timeout: float | None = None) -> socket.socket:
        client = self._client
        sock = socket.create_connection((client.host, client.port), timeout=client.connect_seconds)
        sock.settimeout(client.silence_seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if client.tls is not None:
            sock = client.tls.wrap_socket(sock, server_hostname=client.host, do_handshake_on_connect=False)
        client.opening.enter_context(deadline(sock, client.connect_seconds))
        if isinstance(sock, ssl.SSLSocket):
            try:
                sock.do_handshake()
            except OSError:
                sock.close()
                raise
        return sock

    def read(self, size: int) -> bytes:
        if size > MAX_LITERAL:
            raise self.abort("the server announced an absurdly large literal")
        return super().read(size)


class Client(IMAPClient):  # type: ignore[misc] # the library ships no types
    """An imapclient that is connected and greeted within `connect_seconds`, whatever the server does."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, *, connect_seconds: float, silence_seconds: float
    ) -> None:
        self.tls = tls
        self.connect_seconds = connect_seconds
        self.silence_seconds = silence_seconds
        with contextlib.ExitStack() as self.opening:
            super().__init__(host, port, ssl=tls is not None, ssl_context=tls)
        self.normalise_times = False
        # imapclient would have imaplib format every byte of every mail for a log nobody may keep.
        self._imap.debug = 0

    def _create_IMAP4(self) -> _Connection:  # noqa: N802 - imapclient's name
        return _Connection(self)

    def response(self, name: str) -> object:
        """The last untagged answer of this name, which is then forgotten."""
        return self._imap.response(name)[1]

    def drop(self) -> None:
        """Close the socket, whatever state it is in.  Never raises."""
        for close in (self._imap.file.close, self._imap.sock.close):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                close()
