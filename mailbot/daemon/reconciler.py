"""The only retry engine: rings again for every case whose lease ran out or whose time has come; lets texts fade."""

import threading
from dataclasses import dataclass

from mailbot.daemon import events
from mailbot.daemon.poller import ring_all
from mailbot.errors import Transient
from mailbot.ledger import Ledger
from mailbot.ports import Doorbell
from mailbot.record import without_text

_AT_ONCE = 500
_QUIET_SWEEPS = 3
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Reconciler:
    ledger: Ledger
    doorbell: Doorbell
    seconds: float
    keep_text_days: float
    stop: threading.Event

    def run(self) -> None:
        """At once, then every `seconds`, until stopped."""
        while True:
            self.once()
            if self.stop.wait(self.seconds):
                return

    def once(self) -> int:
        """One pass; how many doorbells it rang."""
        try:
            rings = self.ledger.cases.due(_AT_ONCE, _QUIET_SWEEPS * self.seconds)
            ring_all(self.doorbell, rings)
            self.ledger.cases.fade(self.keep_text_days * _DAY, without_text)
        except Transient as error:
            events.ledger_failing("reconcile", str(error))
            return 0
        return len(rings)
