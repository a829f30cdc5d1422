"""The worker's side of the reading child: keeps what was read, kills what does not end, goes on with the rest."""

import os
import threading
from collections import OrderedDict
from typing import Final, Protocol

from mailbot.model import Reading, ReadingRequest
from mailbot.sandbox.attempt import Attempt
from mailbot.sandbox.process import Limits, ReadingProcess

_RECYCLE_AFTER: Final = 200
_STRIKES: Final = 2
_MOST_REMEMBERED: Final = 500


class Scanner(Protocol):
    """Looks at a mail before any attachment is opened (clamd.Clamd)."""

    def verdict(self, raw: bytes) -> str | None: ...


class SandboxReader:
    """ports.Reader.  One child, started when it is needed; threads take turns; a fork starts its own."""

    def __init__(
        self, limits: Limits | None = None, scanner: Scanner | None = None, *, without: tuple[str, ...] = ()
    ) -> None:
        """`without` leaves out layers of the child's confinement, so that tests see the others."""
        self._limits = limits or Limits()
        self._scanner = scanner
        self._without = without
        self._lock = threading.Lock()
        self._child: ReadingProcess | None = None
        self._pid = os.getpid()
        self._served = 0
        self._strikes: OrderedDict[str, int] = OrderedDict()
        """How often an attachment stopped its reader, by SHA-256."""

    def read(self, raw: bytes, request: ReadingRequest) -> Reading:
        """Never raises for what the bytes hold; Transient when no child process, or no scanner, can be had."""
        infected = None if self._scanner is None else self._scanner.verdict(raw)
        with self._lock:
            return Attempt(self, raw, request, self._limits, infected).reading()

    def change(self, limits: Limits, scanner: Scanner | None) -> None:
        """From the next mail on; a child that runs keeps the bounds of its process."""
        with self._lock:
            self._limits, self._scanner = limits, scanner

    def layers(self) -> tuple[str, ...]:
        """What confines the reading here (confinement.LAYERS).  Raises Transient when there can be no child."""
        with self._lock:
            return self.child().layers or ()

    def warm(self) -> None:
        """Have a child ready before the first mail."""
        with self._lock:
            self.child()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self.kill()

    def child(self) -> ReadingProcess:
        """A child that is ready; only while the lock is held."""
        if self._served >= _RECYCLE_AFTER or (self._is_ours() and self._child and not self._child.is_alive()):
            self.kill()
        child = self._started()
        try:
            child.ready()
        except BaseException:
            self._child = None
            raise
        self._served += 1
        return child

    def kill(self) -> None:
        """End the child with everything it started."""
        ours, child = self._is_ours(), self._child
        self._child, self._served = None, 0
        if ours and child is not None:
            child.end()

    def replace(self) -> None:
        """End the child and start the next, without waiting for it: it comes up while nobody needs it."""
        self.kill()
        self._started()

    def strike(self, fingerprint: str) -> None:
        """An attachment stopped its reader."""
        self._strikes[fingerprint] = self._strikes.pop(fingerprint, 0) + 1
        while len(self._strikes) > _MOST_REMEMBERED:
            self._strikes.popitem(last=False)

    def refused(self) -> tuple[str, ...]:
        """SHA-256 of the attachments that are not tried again."""
        return tuple(name for name, strikes in self._strikes.items() if strikes >= _STRIKES)

    def _started(self) -> ReadingProcess:
        if not self._is_ours():
            # The parent's child is the parent's.
            self._child, self._pid, self._served = None, os.getpid(), 0
        if self._child is None:
            self._child = ReadingProcess(self._limits, without=self._without)
        return self._child

    def _is_ours(self) -> bool:
        return self._pid == os.getpid()
