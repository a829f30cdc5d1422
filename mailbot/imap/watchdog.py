"""Absolute deadlines for network commands.

A socket timeout starts again with each byte, so a server that drips one byte a second is never late for it.
"""

import contextlib
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator

_LOOK_EVERY = 0.5


class _Watchdog:
    """One thread per process that shuts the sockets whose time is over."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._armed: dict[int, tuple[float, socket.socket]] = {}
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        threading.Thread(target=self._run, name="imap-watchdog", daemon=True).start()

    def arm(self, sock: socket.socket, seconds: float) -> int:
        number = next(self._numbers)
        with self._wake:
            self._armed[number] = (time.monotonic() + seconds, sock)
            self._wake.notify()
        return number

    def disarm(self, number: int) -> None:
        with self._wake:
            self._armed.pop(number, None)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._armed:
                    self._wake.wait()
                now = time.monotonic()
                late = [number for number, (when, _) in self._armed.items() if when <= now]
                for number in late:
                    _, sock = self._armed.pop(number)
                    # Not SSLSocket.shutdown: that one would touch TLS state that another thread is using.
                    with contextlib.suppress(OSError):
                        socket.socket.shutdown(sock, socket.SHUT_RDWR)
            time.sleep(_LOOK_EVERY)


_lock = threading.Lock()
_watchdog: _Watchdog | None = None


def _of_this_process() -> _Watchdog:
    global _watchdog  # noqa: PLW0603 - one thread per process, started on first use and again after a fork
    with _lock:
        if _watchdog is None or _watchdog.pid != os.getpid():
            _watchdog = _Watchdog()
        return _watchdog


@contextlib.contextmanager
def deadline(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Shut the socket if the block is not done in time; the blocked call then fails with an OSError or abort."""
    dog = _of_this_process()
    number = dog.arm(sock, seconds)
    try:
        yield
    finally:
        dog.disarm(number)
