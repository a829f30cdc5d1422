"""Reads what staff did with the mails that were filed: whoever moves one into another intent's folder corrects us.

Only messages that came into such folders since the last look are looked at, by Message-ID and size; those of which
several cases could be meant, by their bytes.  A mail in Trash, an archive, the inbox or any other folder says nothing.
"""

import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mailbot.daemon import events
from mailbot.errors import Fenced, MailbotError, Permanent
from mailbot.imap import Arrivals, Arrived, Login, Lookout
from mailbot.imap.filing import fingerprint_of
from mailbot.ledger import Ledger
from mailbot.ledger.values import Filed, Moved
from mailbot.model import MailRef
from mailbot.ports import Mark
from mailbot.rules import RuleBook
from mailbot.rules.folders import intents_by_folder

_SWEEPS: Final = 10
"""Sweeps of the inbox to one look at what staff did: nobody waits for it."""
_MOST: Final = 500
"""Messages that one pass looks at in one account; the others are the next pass's."""
_MOST_READS: Final = 10
"""Messages whose bytes one pass fetches in one account."""


@dataclass(frozen=True, slots=True)
class FeedbackPass:
    """One thread for all accounts, with connections of its own: the intake never waits for it."""

    ledger: Ledger
    logins: Mapping[str, Login]
    book: Callable[[], RuleBook]
    """Asked in each pass, so that new rules take effect."""
    owner: str
    sweep_seconds: float
    stop: threading.Event

    def run(self) -> None:
        """Until stopped, at once and then every few sweeps; what goes wrong is noted and tried again next time."""
        while True:
            for name in self.logins:
                if not self.stop.is_set():
                    self._safely(name)
            if self.stop.wait(_SWEEPS * self.sweep_seconds):
                return

    def once(self, name: str) -> int | None:
        """Look at one account; how many cases staff moved, None when it is not ours to look at now."""
        fence, book = self.ledger.feedback.turn(name, self.owner), self.book()
        if fence is None or name not in book.mailboxes:
            return None
        lookout = Lookout(self.logins[name])
        moved, look = 0, _Look(self.ledger, lookout, name, fence, book.limits.message_bytes)
        try:
            for folder, intents in intents_by_folder(book, name).items():
                try:
                    moved += look.into(folder, intents)
                except Permanent as error:
                    # This folder is refused; the others are not.
                    events.feedback_failing(name, str(error))
        finally:
            lookout.close()
        if moved:
            events.corrected(name, moved)
        return moved

    def _safely(self, name: str) -> None:
        try:
            self.once(name)
        except Fenced:
            # Another poller has the account now, and looks by itself.
            return
        except MailbotError as error:
            events.feedback_failing(name, str(error))
        except Exception as error:  # noqa: BLE001 - whatever breaks here, mails go on being treated
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}:{frame.lineno}"
            events.feedback_failing(name, f"{type(error).__name__} in {place}")


class _Look:
    """One pass through one account's folders, and what it may still cost."""

    def __init__(self, ledger: Ledger, lookout: Lookout, name: str, fence: int, size_limit: int) -> None:
        self._ledger = ledger
        self._lookout = lookout
        self._name = name
        self._fence = fence
        self._size_limit = size_limit
        self._left = _MOST
        self._reads = _MOST_READS

    def into(self, folder: str, intents: frozenset[str]) -> int:
        """Note what came into the folder since the last look, at most what is left of this pass."""
        first = self._first(folder)
        if first is None or self._left == 0:
            return 0
        found = self._lookout.arrivals(folder, first, self._left)
        if found is None:
            return 0
        self._left -= len(found.mails)
        moves, uidnext = self._known(folder, found, next(iter(intents)) if len(intents) == 1 else None)
        return self._ledger.feedback.note(self._name, folder, Mark(found.uidvalidity, uidnext), moves, self._fence)

    def _first(self, folder: str) -> int | None:
        """The UID to begin with; None when there is nothing new."""
        ledger = self._ledger.feedback
        now, before = self._lookout.mark(folder), ledger.looked(self._name, folder)
        if now is None:
            return None
        if before is None:
            # Whoever moved a mail before the first look is heard, too; but an archive is not read from its beginning.
            filed = ledger.first_filed(self._name, folder, now.uidvalidity)
            return max(1, now.uidnext - _MOST) if filed is None else filed
        if before.uidvalidity != now.uidvalidity:
            return 1
        return before.uidnext if now.uidnext > before.uidnext else None

    def _known(self, folder: str, found: Arrivals, intent: str | None) -> tuple[Sequence[Moved], int]:
        """Those that are finished cases, and where the next look begins."""
        moves: list[Moved] = []
        for mail in found.mails:
            cases = self._ledger.feedback.filed(self._name, mail.size, mail.message_id)
            how = "message-id"
            if len(cases) > 1 or (cases and mail.message_id is None):
                if self._reads == 0:
                    return moves, mail.uid
                self._reads -= 1
                how, cases = "bytes", self._same_bytes(folder, found.uidvalidity, mail, cases)
            moves += [Moved(filed, mail.uid, intent, how) for filed in cases[:1]]
        return moves, found.uidnext

    def _same_bytes(self, folder: str, uidvalidity: int, mail: Arrived, cases: tuple[Filed, ...]) -> tuple[Filed, ...]:
        raw = self._lookout.fetch(MailRef(self._name, folder, uidvalidity, mail.uid), self._size_limit)
        return () if raw is None else tuple(filed for filed in cases if filed.fingerprint == fingerprint_of(raw))
