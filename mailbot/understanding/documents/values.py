"""What a value looks like, clean or as OCR leaves it: dates, periods and times.

Every reader takes text and gives the value in the record's form, or None: a doubtful value is no value.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from mailbot.understanding.documents.page import seen

_MONTHS: Final = (
    ("janvier", "janv", "jan", "january"),
    ("fevrier", "fevr", "fev", "february"),
    ("mars", "mar", "march"),
    ("avril", "avr", "april"),
    ("mai", "may"),
    ("juin", "june"),
    ("juillet", "juil", "july"),
    ("aout", "august"),
    ("septembre", "sept", "sep", "september"),
    ("octobre", "oct", "october"),
    ("novembre", "nov", "november"),
    ("decembre", "dec", "december"),
)
_MONTH_OF: Final = {seen(name): number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH: Final = "|".join(sorted(_MONTH_OF, key=len, reverse=True)).replace("m", "(?:m|rn)")
_D: Final = "[0-9ol]"
# All patterns are for text as `seen` gives it, with 0 as o and 1 as l.
_NUMERIC: Final = re.compile(
    rf"(?<![a-z0-9])({_D}{{1,2}})\s?([/.\-])\s?({_D}{{1,2}})\s?\2\s?((?:2o|l9){_D}{{2}}|{_D}{{2}})(?![a-z0-9])"
)
_SPACED: Final = re.compile(rf"(?<![a-z0-9])({_D}{{2}})( )({_D}{{2}}) (2o{_D}{{2}})(?![a-z0-9])")
_NAMED: Final = re.compile(
    rf"(?<![a-z0-9])({_D}{{1,2}})(?:\s?er|\s?°)?[\s\-/.]{{0,2}}({_MONTH})\.?[\s\-/.]{{0,3}}(2o{_D}{{2}}|{_D}{{2}})(?![a-z0-9])"
)
_ISO: Final = re.compile(rf"(?<![a-z0-9])(2o{_D}{{2}})-({_D}{{2}})-({_D}{{2}})(?![a-z0-9])")
_MONTH_YEAR: Final = re.compile(rf"(?<![a-z])({_MONTH})\.?[\s/\-]{{0,3}}(2o{_D}{{2}})(?![0-9ol])")
_NUMBER_YEAR: Final = re.compile(rf"(?<![a-z0-9/.\-])({_D}{{1,2}})\s?[/\-.]\s?(2o{_D}{{2}})(?![a-z0-9])")
_UNDATED: Final = re.compile(rf"(?<![a-z0-9])({_D}{{1,2}})(?:\s?er)?\s({_MONTH})(?![a-z])(?!\.?\s{{0,2}}2o{_D}{{2}})")
_TIME: Final = re.compile(
    rf"(?<![a-z0-9:,.])([ol2]?{_D})\s?(?:h(?:eures?|rs?)?(?![a-km-np-z])|:)\s?([ol2345]{_D}(?!\s?h|[0-9ol]))?(?![0-9:])"
)
_TO: Final = re.compile(r"\s?(?:-|a|et|/|>|jusqu'a|to|jusque vers)\s?")
_BARE_HOUR: Final = re.compile(
    rf"(?<![a-z0-9:,./\-])([ol2]?{_D})\s?(?:-|a|et)\s?(?=[ol2]?{_D}\s?(?:h|heures)(?![a-km-np-z]))"
)


def digits(text: str) -> str:
    """`text` as `seen`: o is 0 and l is 1; anything else that is no digit goes."""
    return re.sub(r"[^0-9]", "", text.replace("o", "0").replace("l", "1"))


def truly_digits(text: str) -> bool:
    """At least as many digits as letters that may be digits."""
    letters = sum(char.isalpha() for char in text)
    return sum(char.isdigit() for char in text) >= letters


def _day(year: str, month: int, day: str) -> date | None:
    full = int(digits(year)) + (2000 if len(digits(year)) == 2 else 0)
    try:
        found = date(full, month, int(digits(day)))
    except ValueError:
        return None
    return found if 1900 <= full <= 2100 else None


def days_in(text: str) -> list[tuple[int, int, date]]:
    """Every whole date, in the order of the text: start, end, day."""
    return sorted(_days(seen(text), text))


def _days(shape: str, text: str) -> Iterator[tuple[int, int, date]]:
    for pattern in (_NUMERIC, _SPACED):
        for match in pattern.finditer(shape):
            day = _day(match[4], int(digits(match[3]) or 0), match[1])
            if day is not None and truly_digits(text[match.start() : match.end()]):
                yield match.start(), match.end(), day
    for match in _NAMED.finditer(shape):
        if day := _day(match[3], _month(match[2]), match[1]):
            yield match.start(), match.end(), day
    for match in _ISO.finditer(shape):
        if day := _day(match[1], int(digits(match[2])), match[3]):
            yield match.start(), match.end(), day


def first_day(text: str, reach: int = 45) -> str | None:
    """The first date that begins within `reach` characters, ISO."""
    return next((day.isoformat() for start, _, day in days_in(text[: reach + 40]) if start <= reach), None)


def month_in(text: str, reach: int = 40) -> str | None:
    """A period as YYYY-MM: "janvier 2026", "01/2026", or the two dates of one month."""
    shape = seen(text)
    match = _MONTH_YEAR.search(shape)
    if match and match.start() <= reach and not re.search(r"[0-9ol](?:er)? ?$", shape[: match.start()]):
        return f"{digits(match[2])}-{_month(match[1]):02}"
    days = days_in(text)
    if len(days) >= 2 and days[0][0] <= reach and days[1][0] - days[0][1] <= 12:
        one, other = days[0][2], days[1][2]
        if (one.year, one.month) == (other.year, other.month):
            return f"{one.year}-{one.month:02}"
        return None
    if (match := _NUMBER_YEAR.search(shape)) and match.start() <= reach and not days:
        month = int(digits(match[1]) or 0)
        if 1 <= month <= 12:
            return f"{digits(match[2])}-{month:02}"
    return None


_QUARTER: Final = re.compile(r"(?<![a-z0-9])([l1-4])\s?(?:er|e|eme|nd|t)?\s?(?:trlmestre|trlm\.?)\s{0,2}(2o[0-9ol]{2})")
_QUARTER_ENDS: Final = ("03-31", "06-30", "09-30", "12-31")


def quarter_in(text: str) -> str | None:
    """A quarter such as "1er trimestre 2026", as an ISO 8601 interval."""
    match = _QUARTER.search(seen(text[:120]))
    if match is None:
        return None
    number, year = int(digits(match[1])), digits(match[2])
    return f"{year}-{3 * number - 2:02}-01/{year}-{_QUARTER_ENDS[number - 1]}"


def span_in(text: str, most_between: int = 14) -> tuple[date, date] | None:
    """Two dates that stand as from and to."""
    days = days_in(text)
    for (_, end, one), (start, _, other) in pairwise(days):
        between = text[end:start]
        if start - end <= most_between and one < other and re.fullmatch(r"[^0-9]*", between):
            return one, other
    return None


def times_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and HH:MM, or HH:MM-HH:MM of a slot ("entre 8h et 12h", "8h30-10h", "de 14 à 16 h")."""
    shape = seen(text)
    hours = [(m.start(), m.end(), value) for m in _TIME.finditer(shape) if (value := _hour(text, m)) is not None]
    starts = {start for start, _, _ in hours}
    hours += [
        (m.start(), m.end(1), value)
        for m in _BARE_HOUR.finditer(shape)
        if m.end() in starts
        and not any(start < m.end(1) <= end for start, end, _ in hours)
        and text[m.start()].isdigit()
        and (value := _hour(text, m)) is not None
    ]
    hours.sort()
    place = 0
    while place < len(hours):
        start, end, value = hours[place]
        if place + 1 < len(hours) and _TO.fullmatch(shape, end, hours[place + 1][0]) and value < hours[place + 1][2]:
            place += 1
            end, value = hours[place][1], f"{value}-{hours[place][2]}"
        yield start, end, value
        place += 1


def _hour(text: str, match: re.Match[str]) -> str | None:
    hour = int(digits(match[1]))
    minute = int(digits(match[2] or "00")) if match.re is _TIME else 0
    real = any(char.isdigit() for char in text[match.start() : match.end()])
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 and real else None


def undated_in(text: str) -> Iterator[tuple[int, int, int]]:
    """Days that name no year ("jeudi 19 février"): where each begins, its month, its day."""
    for match in _UNDATED.finditer(seen(text)):
        if truly_digits(text[match.start(1) : match.end(1)]):
            yield match.start(), _month(match[2]), int(digits(match[1]))


def _month(name: str) -> int:
    return _MONTH_OF[name.replace("rn", "m")]
