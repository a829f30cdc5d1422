"""From what staff corrected to labelled mails: the words are in the ledger as long as they may be kept, else in the
mailbox, where staff put the mail; they are read there once more, in the sandbox, and kept nowhere.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from mailbot.errors import MailbotError
from mailbot.imap import Login, Lookout
from mailbot.imap.filing import fingerprint_of
from mailbot.learning.labelled import Labelled
from mailbot.ledger.values import Correction
from mailbot.model import Account, MailRef, Reading, ReadingRequest
from mailbot.ports import Reader

STAFF: Final = "(staff)"
_MOST: Final = 3000
"""Corrections that are learned from, the newest ones."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail said."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What could be learned from of all corrections."""

    mails: tuple[Labelled, ...]
    otherwise: int
    """Of the mails: those where staff said another intent than we did."""
    gone: int
    """No longer where staff put them, and no longer in the ledger."""
    outdated: int
    """Their intent is none of rules.yaml any more."""
    problems: tuple[str, ...] = ()
    """One line for each mailbox that could not be read."""


def hear(
    corrections: Sequence[Correction], intents: Collection[str], read_again: Callable[[Correction], Words | None]
) -> Heard:
    """The newest corrections as labelled mails."""
    current = [one for one in corrections if one.intent in intents][-_MOST:]
    mails: list[Labelled] = []
    otherwise = gone = 0
    problems: dict[str, str] = {}
    for one in current:
        try:
            words = _kept(one) or read_again(one)
        except MailbotError as error:
            problems[one.account] = str(error)
            continue
        if words is None or not (words.subject + words.text).strip():
            gone += 1
        else:
            mails.append(Labelled(words.text, one.intent, words.subject, language=one.language, hand=STAFF))
            otherwise += one.intent != one.said
    outdated = sum(one.intent not in intents for one in corrections)
    return Heard(tuple(mails), otherwise, gone, outdated, tuple(problems.values()))


def _kept(one: Correction) -> Words | None:
    if one.record is None:
        return None
    said = json.loads(one.record)
    return Words(str(said.get("subject") or ""), str((said.get("text") or {}).get("fresh") or ""))


@dataclass(slots=True)
class MailboxWords:
    """Reads corrected mails again where staff put them.  Changes nothing there; a mailbox that fails is left alone."""

    logins: Callable[[str], tuple[Login, Account]]
    """Raises Misconfigured for a mailbox that rules.yaml does not know, or whose secret is not set."""
    reader: Reader
    languages: tuple[str, ...]
    most_bytes: int
    _open: dict[str, tuple[Lookout, Account]] = field(default_factory=dict, init=False)
    _failing: dict[str, MailbotError] = field(default_factory=dict, init=False)

    def __call__(self, one: Correction) -> Words | None:
        """None when the mail is no longer there.  Raises MailbotError when its mailbox cannot be read."""
        if one.account in self._failing:
            raise self._failing[one.account]
        try:
            reading = self._reading(one)
        except MailbotError as error:
            self._failing[one.account] = error
            raise
        return None if reading is None else Words(reading.subject, reading.text.fresh)

    def close(self) -> None:
        for lookout, _ in self._open.values():
            lookout.close()

    def _reading(self, one: Correction) -> Reading | None:
        if one.account not in self._open:
            login, account = self.logins(one.account)
            self._open[one.account] = (Lookout(login), account)
        lookout, account = self._open[one.account]
        raw = lookout.fetch(MailRef(one.account, one.folder, one.uidvalidity, one.uid), self.most_bytes)
        if raw is None or fingerprint_of(raw) != one.fingerprint:
            return None
        return self.reader.read(raw, ReadingRequest(account, self.languages))
