"""A strict fake of clamd's socket (clamd(8)): zPING and zINSTREAM, one command for each connection."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

MOST = 2_000_000
"""Its StreamMaxLength."""
SIGNATURE = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@dataclass
class FakeClamd:
    place: str
    seen: list[bytes] = field(default_factory=list)
    says: bytes | None = None
    """Given in place of a verdict; b"" hangs up without one."""
    delay: threading.Event | None = None
    """Waited for before the verdict."""


@contextmanager
def clamd(path: Path | None) -> Iterator[FakeClamd]:
    """At the socket `path`, or on the loopback."""
    listener = socket.socket(socket.AF_INET if path is None else socket.AF_UNIX)
    listener.bind(("127.0.0.1", 0) if path is None else str(path))
    listener.listen(8)
    fake = FakeClamd(f"127.0.0.1:{listener.getsockname()[1]}" if path is None else str(path))
    thread = threading.Thread(target=_serve, args=(listener, fake), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        listener.close()


def _serve(listener: socket.socket, fake: FakeClamd) -> None:
    while True:
        try:
            connection = listener.accept()[0]
        except OSError:
            return
        with connection:
            _converse(connection, fake)


def _converse(connection: socket.socket, fake: FakeClamd) -> None:
    with connection.makefile("rb") as stream:
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1) or b"\0"
        if command == b"zPING\0":
            connection.sendall(b"PONG\0")
            return
        if command != b"zINSTREAM\0":
            connection.sendall(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while (length := struct.unpack(">I", stream.read(4))[0]) > 0:
            content += stream.read(length)
            if len(content) > MOST:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
    fake.seen.append(content)
    if fake.delay is not None:
        fake.delay.wait(10)
    verdict = b"stream: Eicar-Test-Signature FOUND\0" if SIGNATURE in content else b"stream: OK\0"
    connection.sendall(verdict if fake.says is None else fake.says)
