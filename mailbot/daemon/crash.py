"""Numbered places to die at.  A test names one; in production none is armed."""

import os
import signal
from dataclasses import dataclass

POINTS = (
    "register: swept, not yet registered",
    "register: registered, not yet rung",
    "understand: claimed, not yet fetched",
    "understand: fetched, not yet decided",
    "understand: decided, not yet stored",
    "understand: stored, not yet rung",
    "act: claimed, nothing done",
    "draft: intended, not yet appended",
    "draft: done, not yet noted",
    "push: intended, not yet sent",
    "push: done, not yet noted",
    "flag: done, not yet noted",
    "move: intended, not yet moved",
    "move: copied, source not yet deleted",
    "move: source deleted, not yet expunged",
    "move: done, not yet noted",
    "act: finished, task not yet acknowledged",
)
"""In the order in which one mail meets them; numbered from one in MAILBOT_CRASH_AT."""


@dataclass(frozen=True, slots=True)
class CrashPoints:
    """Kills this process with SIGKILL when it comes to the armed point."""

    armed: int | None = None
    log: str | None = None
    """A file that tells which points were passed; one line each."""

    def __call__(self, point: str) -> None:
        number = POINTS.index(point) + 1
        if self.log is not None:
            with open(self.log, "a", encoding="ascii") as file:  # noqa: PTH123 - appended to by several processes at once
                file.write(f"{number}\n")
        if number == self.armed and self._first():
            os.kill(os.getpid(), signal.SIGKILL)

    def _first(self) -> bool:
        """Once per log: a pool that replaces its killed process would otherwise be killed for ever."""
        if self.log is None:
            return True
        try:
            os.close(os.open(f"{self.log}.fired", os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        return True
