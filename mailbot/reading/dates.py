"""The date of a mail as programs of forty years wrote it: RFC 5322 sections 3.3 and 4.3, RFC 850, asctime, ISO 8601."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from mailbot.reading.words import decode_text

# fmt: off
_MONTHS: Final = (
    ("jan", "ene", "gen", "янв", "січ", "sty", "oca", "янв"), ("feb", "fév", "fev", "фев", "лют", "lut", "şub"),
    ("mar", "mär", "mrz", "maa", "мар", "бер"), ("apr", "avr", "abr", "апр", "кві", "kwi", "nis"),
    ("may", "mai", "mag", "mei", "maj", "май", "мая", "тра"), ("jun", "juin", "giu", "июн", "чер", "cze", "haz"),
    ("jul", "juil", "lug", "июл", "лип", "lip", "tem"), ("aug", "aoû", "aou", "ago", "авг", "сер", "sie", "ağu"),
    ("sep", "set", "сен", "вер", "wrz", "eyl"), ("oct", "okt", "out", "ott", "окт", "жов", "paź", "eki"),
    ("nov", "noi", "ноя", "лис", "lis", "kas"), ("dec", "déc", "dez", "dic", "дек", "гру", "gru", "ara"),
)
_ZONES: Final = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "ist": 330, "cet": 60, "met": 60, "mez": 60,
    "cest": 120, "mest": 120, "mesz": 120, "met dst": 120, "eet": 120, "eest": 180, "msk": 180, "msd": 240, "trt": 180,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600, "brt": -180, "art": -180, "jst": 540, "kst": 540, "hkt": 480, "sgt": 480,
    "aest": 600, "aedt": 660, "acst": 570, "awst": 480, "nzst": 720, "nzdt": 780, "sast": 120,
}
"""Minutes east of Greenwich.  Some names mean several zones: here the one from which most mails come."""
# fmt: on
_MONTH_NUMBER: Final = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_COMMENT: Final = re.compile(r"\([^()]*\)")
_TIME: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s?[:.hH]\s?(\d{1,2})(?:\s?[:.]\s?(\d{1,2})(?:[.,]\d{1,9})?)?\s*([AaPp]\.?[Mm]\.?)?"
)
_OFFSET: Final = re.compile(r"([+-])(\d{1,2}):?(\d{2})?(?!\d)")
_DAY_FIRST: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?[\s.-]+(?:de\s+)?([^\W\d_]{3,12})\.?[\s.,-]+(?:de\s+)?(\d{2,4})\b"
)
_MONTH_FIRST: Final = re.compile(
    r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*,?\s+"
    r"(?:\d{1,2}:\d{2}(?::\d{2})?\s*(?:[A-Za-z]{2,5}\s+){0,2})?(\d{4})\b"
)
_ISO: Final = re.compile(r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?=[T\s]|\Z)")
_NAME: Final = re.compile(r"[A-Za-z]{1,4}(?: DST)?\b")
_READ: Final = 200


def parse_date(raw: bytes | None) -> datetime | None:
    """Aware, without a zone in UTC; None when it cannot be understood or lies outside 1970 to 2200."""
    if raw is None:
        return None
    text = _COMMENT.sub(" ", decode_text(raw[:_READ])).strip(" \"'")
    day = _day(text)
    if day is None:
        return None
    clock = _TIME.search(text)
    hour, minute, second = (int(clock[part] or 0) for part in (1, 2, 3)) if clock else (0, 0, 0)
    if clock and clock[4]:
        hour = hour % 12 + 12 * (clock[4][0] in "Pp")
    try:
        zone = timezone(timedelta(minutes=_zone(text[clock.end() :] if clock else "")))
        # A leap second is the second after it.
        when = datetime(*day, hour, minute, min(second, 59), tzinfo=zone) + timedelta(seconds=second == 60)
        when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return when if 1970 <= when.year <= 2200 else None


def _day(text: str) -> tuple[int, int, int] | None:
    if iso := _ISO.search(text):
        return int(iso[1]), int(iso[2]), int(iso[3])
    for found in _DAY_FIRST.finditer(text):
        if month := _month(found[2]):
            return _year(found[3]), month, int(found[1])
    for found in _MONTH_FIRST.finditer(text):
        if month := _month(found[1]):
            return _year(found[3]), month, int(found[2])
    return None


def _month(name: str) -> int | None:
    name = name.casefold()
    return _MONTH_NUMBER.get(name[:4]) or _MONTH_NUMBER.get(name[:3])


def _year(digits: str) -> int:
    """RFC 5322 section 4.3: two digits from 50 on are of the last century, three count from 1900."""
    year = int(digits)
    if year < 50:
        return year + 2000
    return year + 1900 if year < 1000 else year


def _zone(text: str) -> int:
    """Minutes east of Greenwich; an unknown name is no reason to lose the date."""
    if offset := _OFFSET.search(text):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return 0 if minutes >= 24 * 60 else -minutes if offset[1] == "-" else minutes
    for name in _NAME.finditer(text):
        if name[0].casefold() in _ZONES:
            return _ZONES[name[0].casefold()]
    return 0
