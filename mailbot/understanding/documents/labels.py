"""Values beside their labels: to the right, below, a column away, or listed after a block of labels."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from mailbot.understanding.documents.page import Page, cells, found

Parse = Callable[[str], str | None]
_MOST_PLACES: Final = 12
_BELOW: Final = 2
_MOST_BLOCK: Final = 12
_EMPTY: Final = re.compile(r"^[\s:.°º#\-=_/()*|>]*(?:\((?:e|s|es|le)\)|n°|eur|€|en euros?)?[\s:.\-)]*$", re.IGNORECASE)


def labelled(page: Page, labels: tuple[str, ...], parse: Parse) -> str | None:
    """The first value that parses beside one of the labels; labels that come first are trusted first."""
    return next(every(page, labels, parse), None)


def every(page: Page, labels: tuple[str, ...], parse: Parse) -> Iterator[str]:
    for label in labels:
        for number, match in enumerate(found(page, label)):
            if number >= _MOST_PLACES:
                break
            value = _beside(page, match.start(), match.end(), parse)
            if value is not None:
                yield value


def _beside(page: Page, start: int, end: int, parse: Parse) -> str | None:
    rest = page.rest(end)
    own = cells(rest)
    if _EMPTY.match(own[0][1] if own else ""):
        # The label fills its cell: the next cell may hold the value, unless the whole row is labels.
        value = parse(" ".join(cell for _, cell in own[1:2])) if len(own) > 1 else None
        if value is None and not rest.strip(" :.\t|-"):
            value = None
    else:
        value = parse(rest.lstrip(" :.\t|)-=>_"))
        if value is None and len(own) > 1:
            value = parse(own[1][1])
    if value is not None:
        return value
    if own and not _EMPTY.match(own[0][1]) and len(own[0][1]) > 40:
        return None
    return _below(page, start, parse)


def _below(page: Page, start: int, parse: Parse) -> str | None:
    at = page.line_at(start)
    following = page.lines[at + 1 : at + 1 + _BELOW]
    if not following:
        return None
    if page.line(at).rstrip().endswith(":") and page.line(at + 1).rstrip().endswith(":"):
        return _listed(page, at, parse)
    if page.line(at).rstrip().endswith(":") and at and page.line(at - 1).rstrip().endswith(":"):
        return _listed(page, at, parse)
    row = page.line(at)
    column = start - page.lines[at].start
    mine = cells(row)
    index = max((number for number, (where, _) in enumerate(mine) if where <= column), default=0)
    for line in following:
        under = cells(page.text[line.start : line.end])
        if len(under) == len(mine):
            value = parse(under[index][1])
        else:
            nearest = min(under, key=lambda cell: abs(cell[0] - mine[index][0]) if mine else cell[0], default=(0, ""))
            value = parse(nearest[1])
        if value is not None:
            return value
        if len(mine) == 1 and line.words > 8:
            return None
    return None


def _listed(page: Page, at: int, parse: Parse) -> str | None:
    """A column of labels read before its column of values: the n-th value belongs to the n-th label."""
    first = at
    while first and at - first < _MOST_BLOCK and page.line(first - 1).rstrip().endswith(":"):
        first -= 1
    last = at
    while last + 1 < len(page.lines) and last - at < _MOST_BLOCK and page.line(last + 1).rstrip().endswith(":"):
        last += 1
    place = last + 1 + (at - first)
    return parse(page.line(place)) if place < len(page.lines) else None
