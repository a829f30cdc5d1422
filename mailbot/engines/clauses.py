"""A mail to its clauses: what is asked is usually one of ten."""

import re
from dataclasses import dataclass
from typing import Final

MOST: Final = 40
_LONG: Final = 26
"""Words from which a stretch without any stop is cut at its connectives: dictated text has no other."""
_WINDOW: Final = 18
_SHORT: Final = 3
_STOP: Final = re.compile(r"[.!?;:…。！？；।؟]+(?=\s|$|[\u3400-\u9fff])|\n\s*\n|\n|[。！？；।؟]")
_COMMA: Final = re.compile(r"[,،，](?!\d)| - | – ")
_WORD: Final = re.compile(r"\S+")
_CONNECTIVES: Final = frozenset(
    [
        "et",
        "mais",
        "donc",
        "car",
        "parce",
        "sinon",
        "aussi",
        "alors",
        "puis",
        "ensuite",
        "sauf",
        "bref",
        "enfin",
        "pourtant",
        "depuis",
        "quand",
        "voila",
        "and",
        "but",
        "so",
        "because",
        "also",
        "then",
        "otherwise",
        "since",
        "when",
        "y",
        "pero",
        "porque",
        "entonces",
        "ademas",
        "tambien",
        "e",
        "mas",
        "porem",
        "ma",
        "perche",
        "poi",
        "si",
        "dar",
        "iar",
        "pentru",
        "ca",
        "ve",
        "ama",
        "cunku",
        "ayrica",
        "sonra",
        "a",
        "ale",
        "bo",
        "wiec",
        "oraz",
        "i",
        "no",
        "potomu",
        "takzhe",
        "w",
        "walakin",
        "и",
        "но",
        "потому",
        "также",
        "поэтому",
        "а",
        "або",
        "але",
        "тому",
        "що",
        "و",
        "لكن",
        "لان",
        "ايضا",
        "ثم",
    ]
)


@dataclass(frozen=True, slots=True)
class Clause:
    text: str
    span: tuple[int, int]
    """[start, end) in the text that was cut."""


def clauses(text: str) -> tuple[Clause, ...]:
    """At most MOST, in order; together they hold every word up to there."""
    found: list[Clause] = []
    for start, end in _stretches(text):
        for one in _cut(text, start, end):
            if found and (_words(one.text) < _SHORT or _words(found[-1].text) < _SHORT) and _near(text, found[-1], one):
                span = (found[-1].span[0], one.span[1])
                found[-1] = Clause(text[span[0] : span[1]], span)
            else:
                found.append(one)
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _stretches(text: str) -> list[tuple[int, int]]:
    found, start = [], 0
    for stop in _STOP.finditer(text):
        found.append((start, stop.end()))
        start = stop.end()
    found.append((start, len(text)))
    return [(start, end) for start, end in found if text[start:end].strip()]


def _cut(text: str, start: int, end: int) -> list[Clause]:
    words = list(_WORD.finditer(text, start, end))
    if len(words) <= _LONG:
        return [_clause(text, start, end)]
    cuts, last = [start], 0
    for at, word in enumerate(words):
        since = at - last
        bare = word[0].casefold().strip(",،，")
        comma = at > 0 and _COMMA.search(text, words[at - 1].start(), word.start() + 1) is not None
        if since >= _WINDOW or (since >= _WINDOW // 2 and (bare in _CONNECTIVES or comma)):
            cuts.append(word.start())
            last = at
    return [_clause(text, left, right) for left, right in zip(cuts, [*cuts[1:], end], strict=True)]


def _clause(text: str, start: int, end: int) -> Clause:
    said = text[start:end]
    left = start + len(said) - len(said.lstrip())
    right = start + len(said.rstrip())
    return Clause(text[left:right], (left, right))


def _words(text: str) -> int:
    return len(text.split())


def _near(text: str, before: Clause, after: Clause) -> bool:
    return "\n" not in text[before.span[1] : after.span[0]]
