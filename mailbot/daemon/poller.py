"""Sees new mail, registers it, then rings.  One thread per watched folder; one folder's trouble is its own.

lease the account -> sweep -> register (one transaction) -> ring -> idle -> sweep …
"""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailbot.daemon import events
from mailbot.errors import Fenced, LoginRefused, MailbotError, Transient
from mailbot.imap import Login, Watcher
from mailbot.ledger import Ledger
from mailbot.ledger.values import FolderState, Ring, Sweep
from mailbot.ports import Doorbell, NewMail

_FULL_SCAN_SECONDS = 15 * 60
_LONGEST_WAIT = 15 * 60.0
_LOGINS = 3
_REFUSED_SECONDS = 24 * 3600.0
_LOOK_AGAIN = 30.0
# A sweep of a large folder takes a while; a poller that dies is noticed at once on its own host.
_LEASE_SECONDS = 150.0


@dataclass(frozen=True, slots=True)
class Round:
    """What every poller thread works with."""

    ledger: Ledger
    doorbell: Doorbell
    crash_point: Callable[[str], None]
    owner: str
    gone: Callable[[str], bool]
    """Whether the process that calls itself so is known to be dead."""
    sweep_seconds: float
    first_wait: float
    size_limit: int
    include_existing: bool


class Poller:
    """One watched folder of one account, until `stop`."""

    def __init__(self, login: Login, folder: str, round_: Round) -> None:
        self._login = login
        self._account = login.account
        self._folder = folder
        self._round = round_
        self._watcher = Watcher(login, folder)
        self._stop = threading.Event()
        self._scanned = time.monotonic()

    def stop(self) -> None:
        self._stop.set()
        self._watcher.stop()

    def run(self) -> None:
        """Until stopped; whatever happens is noted and tried again later."""
        failures = 0
        while not self._stop.is_set():
            try:
                if self._look():
                    self._watcher.idle(self._round.sweep_seconds)
                else:
                    self._stop.wait(min(self._round.sweep_seconds, _LOOK_AGAIN))
                failures = 0
            except LoginRefused as error:
                failures += 1
                self._failed(error, failures, 0 if failures < _LOGINS else None)
            except Fenced:
                self._stop.wait(self._round.sweep_seconds)
            except MailbotError as error:
                failures += 1
                self._failed(error, failures, self._wait(failures))
        self._watcher.close()
        try:
            self._round.ledger.intake.release(self._account, self._round.owner)
        except MailbotError as error:
            # The lease runs out by itself.
            events.ledger_failing("release", str(error))

    def _look(self) -> bool:
        """One sweep; False when this account is somebody else's or waits for an admin."""
        round_, intake = self._round, self._round.ledger.intake
        fence = intake.lease(self._account, round_.owner, 2 * round_.sweep_seconds + _LEASE_SECONDS, round_.gone)
        if fence is None:
            return False
        if intake.paused(self._account) is not None:
            return False
        state = intake.folder(self._account, self._folder)
        swept = self._watcher.sweep(1 if state is None else state.uidnext)
        rings: Sequence[Ring] = ()
        if state is None:
            sweep = Sweep(self._account, self._folder, swept.uidvalidity, swept.uidnext, swept.mails)
            self._round.crash_point("register: swept, not yet registered")
            rings = intake.start(sweep, fence, include_existing=round_.include_existing, size_limit=round_.size_limit)
        elif swept.uidvalidity != state.uidvalidity or swept.uidnext < state.uidnext:
            rings = self._new_epoch(fence)
        else:
            mails = (*swept.mails, *self._missed(state, swept.exists))
            if mails:
                sweep = Sweep(self._account, self._folder, swept.uidvalidity, swept.uidnext, mails)
                self._round.crash_point("register: swept, not yet registered")
                rings = intake.register(sweep, fence, size_limit=round_.size_limit)
        if rings:
            events.registered(self._account, self._folder, len(rings))
            self._round.crash_point("register: registered, not yet rung")
            ring_all(round_.doorbell, rings)
        if intake.succeeded(self._account):
            events.mailbox_well(self._account)
        return True

    def _missed(self, state: FolderState, exists: int) -> tuple[NewMail, ...]:
        """Every 15 minutes: messages below the high-water mark that were never registered."""
        if time.monotonic() - self._scanned < _FULL_SCAN_SECONDS or exists == 0:
            return ()
        self._scanned = time.monotonic()
        known = self._round.ledger.intake.known_uids(self._account, self._folder, state.uidvalidity)
        unknown = [uid for uid in sorted(self._watcher.all_uids() - known) if uid < state.uidnext]
        return self._watcher.describe(unknown)

    def _new_epoch(self, fence: int) -> Sequence[Ring]:
        whole = self._watcher.sweep(1)
        sweep = Sweep(self._account, self._folder, whole.uidvalidity, whole.uidnext, whole.mails)
        epoch = self._round.ledger.intake.reset(sweep, fence, size_limit=self._round.size_limit)
        if epoch.paused is not None:
            events.mailbox_paused(self._account, epoch.paused)
        return epoch.rings

    def _failed(self, error: MailbotError, failures: int, seconds: float | None) -> None:
        """Note it and wait; `seconds` None: until the password changes, for a day at most."""
        self._watcher.close()
        try:
            self._round.ledger.intake.failed(self._account, str(error))
        except Transient as trouble:
            events.ledger_failing("poll", str(trouble))
        if seconds is not None:
            wait = seconds or self._wait(failures)
            events.mailbox_failing(self._account, failures, str(error), wait)
            self._stop.wait(wait)
            return
        events.mailbox_failing(self._account, failures, str(error), _REFUSED_SECONDS)
        refused, until = self._login.password(), time.monotonic() + _REFUSED_SECONDS
        while not self._stop.wait(min(_LOOK_AGAIN, self._round.sweep_seconds)) and time.monotonic() < until:
            if self._login.password() != refused:
                return

    def _wait(self, failures: int) -> float:
        """Full jitter, doubling up to a quarter of an hour."""
        ceiling = min(_LONGEST_WAIT, self._round.first_wait * 2 ** min(failures, 12))
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - spreads load, guards nothing


def ring_all(doorbell: Doorbell, rings: Sequence[Ring]) -> None:
    """Ring for each; a broker that is away is no loss: the reconciler rings again."""
    try:
        for ring in rings:
            doorbell.ring(ring.case_id, ring.queue)
    except Transient as error:
        events.doorbell_failing(str(error))
