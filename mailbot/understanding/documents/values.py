"""What a value looks like, clean or as OCR leaves it: dates, amounts, periods, times and checked numbers.

Every reader takes text and gives the value in the record's form, or None: a doubtful value is no value.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from mailbot.understanding.documents.page import fold, seen
from mailbot.understanding.entities.money import checks_out

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
_MONTH: Final = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
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
_AMOUNT: Final = re.compile(
    rf"(?<![a-z0-9,.])({_D}{{1,3}}(?:[ .,']{_D}{{3}})+|{_D}{{1,7}})\s?(?:([,.])\s?({_D}{{2}})(?![0-9ol%,])|(?:€|eur(?:o?s?)?)\s?({_D}{{2}})(?![0-9ol]))(?!\s?%)"
)
_WHOLE: Final = re.compile(rf"(?<![a-z0-9,.])({_D}{{1,3}}(?:[ .]{_D}{{3}})+|{_D}{{1,7}})\s?(?:€|eur(?:os?)?\b)")
_TIME: Final = re.compile(rf"(?<![a-z0-9:,.])([ol2]?{_D})\s?(?:h|:|heures?)\s?([ol2345]{_D})?(?![0-9ol:])")
_SIRET: Final = re.compile(r"(?:[0-9ol](?:[ .]?)){13}[0-9ol](?![a-z0-9])")
_IBAN: Final = re.compile(r"[A-Z]{2}[ .]?[0-9OoIlQSB|]{2}(?:[ .\-]{0,2}[A-Z0-9a-z|]){11,30}")


def digits(text: str) -> str:
    """`text` as `seen`: o is 0 and l is 1; anything else that is no digit goes."""
    return re.sub(r"[^0-9]", "", text.replace("o", "0").replace("l", "1"))


def _truly_digits(text: str) -> bool:
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
            if day is not None and _truly_digits(text[match.start() : match.end()]):
                yield match.start(), match.end(), day
    for match in _NAMED.finditer(shape):
        if day := _day(match[3], _MONTH_OF[match[2]], match[1]):
            yield match.start(), match.end(), day
    for match in _ISO.finditer(shape):
        if day := _day(match[1], int(digits(match[2])), match[3]):
            yield match.start(), match.end(), day


def first_day(text: str, reach: int = 45) -> str | None:
    """The first date that begins within `reach` characters, ISO."""
    return next((day.isoformat() for start, _, day in days_in(text[: reach + 40]) if start <= reach), None)


def _money(whole: str, cents: str) -> str | None:
    number = digits(whole)
    return f"{int(number)}.{digits(cents)}" if number and len(digits(cents)) == 2 else None


def amounts_in(text: str) -> Iterator[tuple[int, str]]:
    """Where each amount begins and what it is, decimal EUR."""
    shape = seen(text)
    hits: list[tuple[int, int, str | None]] = []
    hits += [(m.start(), m.end(), _money(m[1], m[3] or m[4])) for m in _AMOUNT.finditer(shape)]
    hits += [(m.start(), m.end(), _money(m[1], "oo")) for m in _WHOLE.finditer(shape)]
    reached = -1
    for start, end, amount in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if start >= reached and amount is not None and _truly_digits(re.sub(r"(?i)eur\w*", "", text[start:end])):
            reached = end
            yield start, amount


def first_amount(text: str, reach: int = 40) -> str | None:
    days = [(start, end) for start, end, _ in days_in(text)]
    for start, amount in amounts_in(text):
        if not any(low <= start < high for low, high in days):
            return amount if start <= reach else None
    return None


def last_amount(text: str) -> str | None:
    """The last of a row: what a line of totals ends with."""
    days = [(start, end) for start, end, _ in days_in(text)]
    every = [amount for start, amount in amounts_in(text) if not any(low <= start < high for low, high in days)]
    return every[-1] if every else None


def whole_euros(text: str) -> str | None:
    """An income as tax notices print it: whole euros, thousands apart; cents are dropped."""
    match = re.match(
        rf"[^0-9a-z]*(?:[a-z]{{3,}}[^0-9a-z]+)*({_D}{{1,3}}(?:[ .]{_D}{{3}})+|{_D}{{1,7}})(?![0-9ol])", seen(text)
    )
    if match is None or not _truly_digits(text[match.start(1) : match.end(1)]):
        return None
    return str(int(digits(match[1])))


def month_in(text: str, reach: int = 40) -> str | None:
    """A period as YYYY-MM: "janvier 2026", "01/2026", or the two dates of one month."""
    shape = seen(text)
    match = _MONTH_YEAR.search(shape)
    if match and match.start() <= reach and not re.search(r"[0-9ol](?:er)? ?$", shape[: match.start()]):
        return f"{digits(match[2])}-{_MONTH_OF[match[1]]:02}"
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


def span_in(text: str, most_between: int = 14) -> tuple[date, date] | None:
    """Two dates that stand as from and to."""
    days = days_in(text)
    for (_, end, one), (start, _, other) in pairwise(days):
        between = text[end:start]
        if start - end <= most_between and one < other and re.fullmatch(r"[^0-9]*", between):
            return one, other
    return None


def first_time(text: str, reach: int = 60) -> str | None:
    """HH:MM; "14h", "14 h 30", "9:05"."""
    for match in _TIME.finditer(seen(text[: reach + 8])):
        hour, minute = int(digits(match[1])), int(digits(match[2] or "00"))
        if hour < 24 and minute < 60 and text[match.start()].isdigit():
            return f"{hour:02}:{minute:02}"
    return None


def siret_in(text: str) -> str | None:
    """Fourteen digits whose Luhn sum is right."""
    for match in _SIRET.finditer(seen(text)):
        number = digits(match[0])
        if _truly_digits(text[match.start() : match.end()]) and _luhn(number):
            return number
    return None


def _luhn(number: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(number)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_in(text: str) -> str | None:
    """The first IBAN whose checksum is right, compact; O, I, S and B are read as digits where digits must stand."""
    for match in _IBAN.finditer(text):
        compact = re.sub(r"[ .\-]", "", match[0]).upper()
        if compact.startswith("FR"):
            compact = compact[:27]
        for candidate in (compact, _as_digits(compact)):
            for length in range(len(candidate), 14, -1):
                if checks_out(candidate[:length]):
                    return candidate[:length]
                if candidate.startswith("FR"):
                    break
    return None


def _as_digits(compact: str) -> str:
    table = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "|": "1", "S": "5", "B": "8"})
    return compact[:2] + compact[2:].translate(table)


def identifier(text: str, least: int = 4) -> str | None:
    """A reference at the beginning: letters, digits, dashes, slashes, at least one digit; groups of digits joined."""
    head = re.match(
        r"[\s:.°º#\-=>_(]*(?:(?:n ?[°ºo*]|no|nr|num(?:ero)?|ref(?:erence)?|n)(?![a-z])[\s:.°º]*)?", fold(text)
    )
    rest = text[head.end() :] if head else text
    match = re.match(r"[A-Za-z0-9](?:[A-Za-z0-9/_.\-]|(?<=[0-9]) (?=[0-9])|(?<=[A-Z0-9]) (?=[0-9A-Z]*[0-9]))*", rest)
    if match is None:
        return None
    value = match[0].rstrip("./-_")
    value = re.split(r"\s(?=\d{1,2}[/.]\d{1,2}[/.]\d{2,4})", value)[0]
    if len(value) < least or len(value) > 32 or sum(char.isdigit() for char in value) < 2 or days_in(value):
        return None
    return value
