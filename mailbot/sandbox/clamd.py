"""A virus scanner on this machine: clamd's INSTREAM (clamd(8)), by a UNIX socket or by TCP on the loopback."""

import re
import socket
import struct
import time
from dataclasses import dataclass
from typing import Final

from mailbot.errors import Transient

_PIECE: Final = 1 << 18
_MOST_ANSWER: Final = 4096
_SOUND: Final = "stream: OK"
_FOUND: Final = re.compile(r"stream: (.+) FOUND\Z", re.DOTALL)
_TOO_LARGE: Final = "INSTREAM size limit exceeded. ERROR"


@dataclass(frozen=True, slots=True)
class Clamd:
    """`place` is the path of its socket, or "127.0.0.1:3310"."""

    place: str
    seconds: float = 60.0
    """For one mail, from the first byte to the verdict."""

    def verdict(self, raw: bytes) -> str | None:
        """None when nothing was found, else what is wrong with the mail, without a word of it.

        Raises Transient when the scanner does not answer: then nothing is known of the mail.
        """
        said = self._asked(b"zINSTREAM\0", raw)
        if said == _SOUND:
            return None
        if (found := _FOUND.fullmatch(said)) is not None:
            return f"the virus scanner found {_printable(found.group(1))}"
        if said == _TOO_LARGE:
            return "larger than what the virus scanner looks at"
        raise Transient("the virus scanner gave no verdict")

    def check(self) -> None:
        """Raises Transient when nobody is there."""
        if self._asked(b"zPING\0") != "PONG":
            raise Transient("the virus scanner does not answer as clamd does")

    def _asked(self, command: bytes, stream: bytes | None = None) -> str:
        until = time.monotonic() + self.seconds
        try:
            with self._connected() as connection:
                connection.settimeout(self.seconds)
                connection.sendall(command)
                if stream is not None:
                    _send(connection, stream, until)
                return _answer(connection, until)
        except OSError as error:
            raise Transient(f"the virus scanner does not answer ({type(error).__name__})") from None

    def _connected(self) -> socket.socket:
        if self.place.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self.seconds)
            try:
                connection.connect(self.place)
            except OSError:
                connection.close()
                raise
            return connection
        host, _, port = self.place.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=self.seconds)


def _send(connection: socket.socket, stream: bytes, until: float) -> None:
    """In pieces, each behind its length; a length of nothing ends them."""
    try:
        for at in range(0, len(stream), _PIECE):
            piece = stream[at : at + _PIECE]
            _patience(connection, until)
            connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It has heard enough, and may have said why.
        return


def _answer(connection: socket.socket, until: float) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < _MOST_ANSWER:
        _patience(connection, until)
        piece = connection.recv(_MOST_ANSWER)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\r\n").decode("ascii", "replace")


def _patience(connection: socket.socket, until: float) -> None:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)


def _printable(name: str) -> str:
    return re.sub(r"[^\w.\-:/()]", "?", name, flags=re.ASCII)[:100]
