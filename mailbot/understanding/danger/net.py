"""Rules over sightings."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mailbot.model import UrgencyLevel
from mailbot.understanding.danger.rules import CRITICAL, HIGH, Rule
from mailbot.understanding.danger.words import Sighting, Sightings, sightings

COLD_MONTHS: Final = frozenset({10, 11, 12, 1, 2, 3, 4})
_DENIED_WITHIN: Final = 3
"""Words before a danger in which a "no" denies it."""
_UNDONE_WITHIN: Final = 14
_FIXED_WITHIN: Final = 20
"""Words after a danger in which it may be said to be over; a sentence's end counts for some."""


@dataclass(frozen=True, slots=True)
class Danger:
    level: UrgencyLevel
    why: str
    span: tuple[int, int]
    """[start, end) in the text that was looked at."""
    sure: bool = True
    """False: what is named may well be harmless."""


def find(text: str, month: int) -> Danger | None:
    """The gravest sure danger that the words say, with where they say it.  `text` is the subject, a line end, the body."""
    seen = sightings(text)
    return next((danger for danger in hits(seen, month) if danger.sure), None)


def hits(seen: Sightings, month: int) -> Iterator[Danger]:
    """Every rule that holds, critical ones first, once each."""
    frail = any("frail" in named for named in seen.by_language.values())
    for rule in (*CRITICAL, *HIGH):
        if rule.season and month not in COLD_MONTHS and not frail:
            continue
        anchor = next((span for one in seen.by_language if (span := _anchor(rule, one, seen)) is not None), None)
        if anchor is not None:
            yield Danger(rule.level, rule.why, anchor, rule.sure)


def _anchor(rule: Rule, language: str, seen: Sightings) -> tuple[int, int] | None:
    groups = []
    for group in rule.groups:
        groups.append(seen.of(language, group))
        if not groups[-1]:
            return None
    places = [[one.place for one in group] for group in groups[1:]]
    for first in groups[0]:
        if all(_near(first.place, some, rule.within) for some in places) and not _undone(rule, language, first, seen):
            return first.span
    return None


def _near(place: int, places: list[int], within: int) -> bool:
    at = bisect_left(places, place - within)
    return at < len(places) and places[at] <= place + within


def _undone(rule: Rule, language: str, first: Sighting, seen: Sightings) -> bool:
    if rule.deniable and any(0 < first.place - one.place <= _DENIED_WITHIN for one in seen.of(language, "deny")):
        return True
    if any(-_UNDONE_WITHIN <= one.place - first.place <= _FIXED_WITHIN for one in seen.of(language, "fixed")):
        return True
    sentence = seen.sentence(first.place)
    return any(
        abs(one.place - first.place) <= _UNDONE_WITHIN and seen.sentence(one.place) == sentence
        for one in seen.of(language, rule.unless)
    )
