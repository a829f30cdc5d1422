"""A small TCP proxy for one IMAP server that can cut, delay and swallow on purpose."""

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

_PART_OF_A_LITERAL = 100


@dataclass
class Proxy:
    target: int
    port: int = 0
    commands: list[str] = field(default_factory=list)
    """Every command line that clients sent, in order."""
    swallow: re.Pattern[str] | None = None
    """The tagged answer to the next command that matches is never passed on: the connection is cut instead."""
    cut_in_literal_of: re.Pattern[str] | None = None
    """The connection is cut in the middle of the literal that follows the next matching command."""
    silent: bool = False
    """Answers are no longer passed on, the connection stays open."""
    swallowed: int = 0
    _open: list[socket.socket] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def drop_all(self) -> None:
        """Cut every connection now."""
        with self._lock:
            sockets, self._open = self._open, []
        for sock in sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
            except OSError:
                return
            server.settimeout(None)
            with self._lock:
                self._open += [client, server]
            link = _Link(self, client, server)
            threading.Thread(target=link.upstream, daemon=True).start()
            threading.Thread(target=link.downstream, daemon=True).start()


@dataclass
class _Link:
    proxy: Proxy
    client: socket.socket
    server: socket.socket
    awaited: bytes | None = None
    cut_next: bool = False

    def cut(self) -> None:
        for sock in (self.client, self.server):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def upstream(self) -> None:
        pending = b""
        with contextlib.suppress(OSError):
            while data := self.client.recv(65536):
                pending += data
                *lines, pending = pending.split(b"\r\n")
                for line in lines:
                    self._note(line)
                if self.cut_next and len(data) > _PART_OF_A_LITERAL:
                    self.server.sendall(data[: len(data) // 2])
                    self.cut()
                    return
                self.server.sendall(data)
        self.cut()

    def _note(self, line: bytes) -> None:
        match = re.match(rb"([A-Z]+\d+) (.*)", line)
        if not match:
            return
        command = match[2].decode("latin-1")
        self.proxy.commands.append(command)
        if self.proxy.swallow and self.proxy.swallow.search(command):
            self.proxy.swallow, self.awaited = None, match[1]
        if self.proxy.cut_in_literal_of and self.proxy.cut_in_literal_of.search(command):
            self.proxy.cut_in_literal_of, self.cut_next = None, True

    def downstream(self) -> None:
        with contextlib.suppress(OSError):
            while data := self.server.recv(65536):
                if self.proxy.silent:
                    continue
                if self.awaited and (position := data.find(self.awaited + b" OK")) >= 0:
                    self.proxy.swallowed += 1
                    self.client.sendall(data[:position])
                    break
                self.client.sendall(data)
        self.cut()


@contextlib.contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    listener = socket.create_server(("127.0.0.1", 0))
    made = Proxy(target, listener.getsockname()[1])
    threading.Thread(target=made.serve, args=(listener,), daemon=True).start()
    try:
        yield made
    finally:
        listener.close()
        made.drop_all()
