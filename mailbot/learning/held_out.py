"""The whole understanding against the held-out mails: what `mailbot eval` prints and docs/accuracy.md keeps."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Final

from mailbot.learning.labelled import Labelled
from mailbot.learning.measure import Counted, accuracy, calibration_error, compared, macro_f1
from mailbot.model import URGENCIES, Reading, Texts, Understanding
from mailbot.understanding.entities.said import fold
from mailbot.understanding.entities.time_words import times_meant

Understand = Callable[[Reading], Understanding]
"""With the engines and the rule book already in it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One held-out mail and what was understood of it."""

    mail: Labelled
    made: Understanding
    milliseconds: float


def answers(mails: Sequence[Labelled], understand: Understand) -> tuple[Answer, ...]:
    """One after the other, each timed by itself."""
    found = []
    for number, mail in enumerate(mails):
        reading = reading_of(mail, number)
        started = time.perf_counter()
        made = understand(reading)
        found.append(Answer(mail, made, (time.perf_counter() - started) * 1000))
    return tuple(found)


def reading_of(mail: Labelled, number: int = 0) -> Reading:
    """The mail as if it had arrived on its day, as plain text."""
    when = None if mail.on is None else datetime(mail.on.year, mail.on.month, mail.on.day, 9, tzinfo=UTC)
    text = Texts(fresh=mail.text)
    return Reading(f"sha256:{number}", len(mail.text), date=when, subject=mail.subject, text=text)


@dataclass(frozen=True, slots=True)
class Score:
    """Of some held-out mails.  Shares are 0 to 1."""

    mails: int
    intent: float
    """Best guesses that are right, abstentions or not."""
    answered: float
    """Share of mails that were not left to a human."""
    right_when_answered: float
    macro_f1: float
    also: Counted
    calibration_error: float
    urgency: Mapping[str, Counted]
    urgency_right: float
    entities: Mapping[str, Counted]
    language: float
    answerable: float
    milliseconds: float
    """Median of a mail's understanding."""

    @property
    def all_entities(self) -> Counted:
        return sum(self.entities.values(), Counted())


def score(some: Sequence[Answer]) -> Score:
    pairs = [(one.made.intent, str(one.mail.intent)) for one in some]
    sure = [(one.made.intent, str(one.mail.intent)) for one in some if not one.made.abstained]
    urgencies = [(one.made.urgency, one.mail.urgency) for one in some if one.mail.urgency]
    spoken = [(one.made.language.code, one.mail.language) for one in some if one.mail.language]
    wanted = [(one.made.answerable, one.mail.answerable) for one in some if one.mail.answerable is not None]
    return Score(
        mails=len(some),
        intent=accuracy(pairs),
        answered=len(sure) / max(len(some), 1),
        right_when_answered=accuracy(sure),
        macro_f1=macro_f1(pairs),
        also=sum((compared(one.made.also, one.mail.also) for one in some), Counted()),
        calibration_error=calibration_error([(o.made.confidence, o.made.intent == o.mail.intent) for o in some]),
        urgency={level: _of_level(level, urgencies) for level in URGENCIES},
        urgency_right=accuracy([(found, str(said)) for found, said in urgencies]),
        entities=_entities(some),
        language=accuracy(spoken),
        answerable=sum(found == said for found, said in wanted) / max(len(wanted), 1),
        milliseconds=median(one.milliseconds for one in some) if some else 0.0,
    )


def _of_level(level: str, pairs: Sequence[tuple[str, str | None]]) -> Counted:
    hits = sum(found == said == level for found, said in pairs)
    return Counted(hits, sum(f == level for f, _ in pairs) - hits, sum(s == level for _, s in pairs) - hits)


def _entities(some: Sequence[Answer]) -> dict[str, Counted]:
    found: dict[str, Counted] = {}
    for one in some:
        if one.mail.entities is None:
            continue
        for key in sorted({*one.made.entities, *one.mail.entities}):
            got, right = _values(key, one.made.entities.get(key)), _values(key, one.mail.entities.get(key))
            if key == "availability" and got and right and _same_times(got[0], right[0]):
                got = right
            found[key] = found.get(key, Counted()) + compared(got, right)
    return dict(sorted(found.items()))


def _same_times(found: str, wanted: str) -> bool:
    """Careful people cut the words used differently ("le mardi", "le mardi, jour de repos"): an availability is right
    when at least half of the days, parts of the day and hours that either names are named by both.
    """
    one, other = times_meant(found), times_meant(wanted)
    return found == wanted or (bool(one | other) and 2 * len(one & other) >= len(one | other))


def _values(key: str, said: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Capitals, accents and spaces are not what is measured, nor whether a building's name keeps its article or the
    word for what it is: "Les Mimosas" is "Mimosas", "Tour Nord" is "Nord".
    """
    values = () if said is None else (said,) if isinstance(said, str) else said
    plain = tuple(" ".join(fold(value).split()) for value in values)
    return tuple(_KIND_OF_BUILDING.sub("", value) or value for value in plain) if key == "building" else plain


_KIND_OF_BUILDING: Final = re.compile(r"^(?:(?:tour|residence|batiment|bat|immeuble|bloc|foyer|les|le|la) |l')+")
