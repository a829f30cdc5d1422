"""Numbers as a spreadsheet shows them: the few format codes that people use (ECMA-376 part 1 section 18.8.30)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

BUILT_IN: Final[dict[int, str]] = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "dd/mm/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm",
    19: "h:mm:ss",
    20: "h:mm",
    21: "h:mm:ss",
    22: "dd/mm/yyyy h:mm",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    49: "@",
}
"""Formats that a workbook names by number only (section 18.8.30); 14 and 22 follow the reader's country, here ours."""
_QUOTED: Final = re.compile(r'"([^"]{0,100})"|\\(.)|_.|\*.')
_BRACKETED: Final = re.compile(
    r"\[(?!h{1,2}\]|m{1,2}\]|s{1,2}\])(?:\$([^\]-]{0,10})[^\]]{0,20}|[^\]]{0,30})\]", re.IGNORECASE
)
_DATED: Final = re.compile(r"[dmyhs]", re.IGNORECASE)
_DECIMALS: Final = re.compile(r"[0#?][.]([0#?]+)")
_CURRENCY: Final = re.compile(r"[€$£¥]|\bEUR\b|\bUSD\b|\bCHF\b")
_TOKEN: Final = re.compile(
    r"""(?P<half>am/pm|a/p)|(?P<letters>y+|m+|d+|h+|s+)|"(?P<quoted>[^"]{0,100})"|\\(?P<escaped>.)|[_*].|(?P<other>[^";@])""",
    re.IGNORECASE,
)
_LANGUAGE: Final = re.compile(r"\[\$-([0-9A-Fa-f]{2,8})\]")
_LCID_ENGLISH: Final = 0x09
# fmt: off
_FRENCH: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
)
_ENGLISH: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)
# fmt: on
_EPOCH_1900: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's dates have no zone
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_MOST_DAYS: Final = 2_958_465
"""31 December 9999."""


def shown(value: str, code: str, *, since_1904: bool = False) -> str:
    """A stored number as a person in France sees it: in its format with a comma, without a format as it is stored."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or number.adjusted() > 300:
        return value
    section = _section(code, number)
    bare = _QUOTED.sub("", _BRACKETED.sub("", section))
    if bare.strip().lower() in {"", "general", "@"}:
        return _plain(number)
    if _DATED.search(bare) and not re.search(r"[#?]", bare):
        return _moment(number, section, bare, since_1904=since_1904)
    return _figure(number, section, bare)


def _section(code: str, number: Decimal) -> str:
    """Formats have sections for positive, negative and zero."""
    sections = code.split(";")
    if number < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if number == 0 and len(sections) > 2 else sections[0]


def _plain(number: Decimal) -> str:
    """Eleven digits, as a cell of general format has; no exponent where people write none."""
    if number == number.to_integral_value() and abs(number) < Decimal(10) ** 25:
        return str(int(number))
    rounded = f"{float(number):.10g}"
    return format(Decimal(rounded), "f") if -12 < Decimal(rounded).adjusted() < 15 else rounded


def _figure(number: Decimal, section: str, bare: str) -> str:
    if number >= 0 and re.fullmatch(r"[0#\s-]{2,40}", bare) and bare.count("0") + bare.count("#") > 1 and "0" in bare:
        return _masked(str(int(number.to_integral_value(ROUND_HALF_UP))), section)
    decimals = len(found[1]) if (found := _DECIMALS.search(bare)) else 0
    percent = "%" in bare
    amount = number * 100 if percent else number
    if "e" in bare.lower() or amount.adjusted() > 25:
        return f"{float(number):.{decimals}e}"
    rounded = abs(amount).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = format(rounded, ",f" if "," in bare else "f").replace(",", " ").replace(".", ",")
    sign = "-" if number < 0 and rounded else ""
    return f"{sign}{digits}{'%' if percent else ''}{_unit(section)}"


def _masked(digits: str, section: str) -> str:
    """Post codes (00000) and telephone numbers (0#" "##" "##): from the right, each digit in its place."""
    mask = [found["quoted"] or found["escaped"] or found["other"] or "" for found in _TOKEN.finditer(section)]
    first = mask.index("0") if "0" in mask else 0
    out: list[str] = []
    left = len(digits)
    for place in range(len(mask) - 1, -1, -1):
        if mask[place] not in {"0", "#"}:
            out.append(mask[place])
        elif left > 0 or place >= first:
            left -= 1
            out.append(digits[left] if left >= 0 else "0")
    return (digits[: max(left, 0)] + "".join(reversed(out))).strip()


def _unit(section: str) -> str:
    bracketed = next((found[1] for found in _BRACKETED.finditer(section) if found[1]), None)
    said = bracketed or "".join(found[1] or found[2] or "" for found in _QUOTED.finditer(section)).strip()
    unit = said or (found[0] if (found := _CURRENCY.search(section)) else "")
    return f" {unit}" if unit and unit not in "-()" else ""


def _moment(number: Decimal, section: str, bare: str, *, since_1904: bool) -> str:
    """A day, a time or both, in the order of the format; a duration longer than a day keeps its hours ([h]:mm)."""
    if not 0 <= number <= _MOST_DAYS:
        return _plain(number)
    seconds = int((number * 86400).to_integral_value(ROUND_HALF_UP))
    if "[" in bare:
        return f"{seconds // 3600}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if "s" in bare.lower() else "")
    days, rest = divmod(seconds, 86400)
    # 1900 has a 29 February in sheets (section 18.17.4.1): days before it are one further on.
    start = _EPOCH_1904 if since_1904 else _EPOCH_1900 + timedelta(days=1 if days < 60 else 0)
    try:
        moment = start + timedelta(days=days, seconds=rest)
    except OverflowError:
        return _plain(number)
    language = _LANGUAGE.search(section)
    names = _ENGLISH if language and int(language[1][-2:], 16) == _LCID_ENGLISH else _FRENCH
    code = _BRACKETED.sub("", section)
    return "".join(_pieces(code, moment, names)).strip()


def _pieces(code: str, moment: datetime, names: tuple[str, ...]) -> Iterator[str]:
    """`m` is a minute behind an hour or before a second, and a month elsewhere."""
    tokens = list(_TOKEN.finditer(code))
    half = any(token["half"] for token in tokens)
    letters = [token["letters"] for token in tokens if token["letters"]]
    seen = -1
    for token in tokens:
        run = (token["letters"] or "").lower()
        if not run:
            literal = token["quoted"] or token["escaped"] or token["other"] or ""
            yield moment.strftime("%p") if token["half"] else literal
            continue
        seen += 1
        before = letters[seen - 1][0].lower() if seen else ""
        after = letters[seen + 1][0].lower() if seen + 1 < len(letters) else ""
        yield _piece(run, moment, names, minute=before == "h" or after == "s", half=half)


def _piece(run: str, moment: datetime, names: tuple[str, ...], *, minute: bool, half: bool) -> str:
    match run[0], len(run):
        case "y", length:
            return f"{moment.year:04}" if length > 2 else f"{moment.year % 100:02}"
        case "m", length if length > 2:
            name = names[moment.month - 1]
            return name if length == 4 else name[:3]
        case "m", length:
            return f"{moment.minute if minute else moment.month:0{length}}"
        case "d", length if length > 2:
            return names[12 + moment.weekday()][: 3 if length == 3 else None]
        case "d", length:
            return f"{moment.day:0{length}}"
        case "h", length:
            return f"{(moment.hour % 12 or 12) if half else moment.hour:0{min(length, 2)}}"
        case _, length:
            return f"{moment.second:0{min(length, 2)}}"
