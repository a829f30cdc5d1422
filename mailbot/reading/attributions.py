"""The line with which mail programs introduce what they quote: `Le …, … a écrit :` in all its languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.reading.lines import Line, is_blank, next_words
from mailbot.reading.phrases import PHRASES, either

WROTE: Final = re.compile(
    rf"(?<!\w)(?:{either(word for phrases in PHRASES.values() for word in phrases.wrote)})(?!\w)", re.IGNORECASE
)
ADDRESS: Final = re.compile(r"[^\s<>\"(),;:]{1,64}@[^\s<>\"(),;:]{2,100}")
TIME: Final = re.compile(r"\b\d{1,2}\s?[:h.٫]\s?\d{2}\b|[٠-٩]{1,2}:[٠-٩]{2}")
DATE: Final = re.compile(
    r"\b(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d{2})\b|\d{4}年|[٠-٩]{4}"
)
_DATED_FIRST: Final = re.compile(r"\s*(?:\d{4}[-/年]\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b)")
_TEXT_FOLLOWS: Final = re.compile(r"\s*:\s{2,}\S")
"""Yahoo's programs begin the quoted text on the same line."""
_ATTRIBUTION_LINES: Final = 6
_CLOCK_WORDS: Final = re.compile(
    r"[ ,;:.\-–(]*(?:(?:uhr|heures?|h|horas?|ore|o['’]clock)\b[ ,;:.\-–)(]*)?", re.IGNORECASE
)
ATTRIBUTION_LENGTH: Final = 400


@dataclass(frozen=True, slots=True)
class Attribution:
    """Its lines end before `end`."""

    end: int
    author: str


def attribution(lines: Sequence[Line], number: int) -> Attribution | None:
    """`Le … a écrit :`, which programs fold over several lines."""
    first = lines[number]
    if not _evidence(first.text) or (first.text.rstrip().endswith((".", "!", "?")) and not WROTE.search(first.text)):
        return None
    joined = ""
    for end in range(number + 1, min(number + _ATTRIBUTION_LINES, len(lines)) + 1):
        line = lines[end - 1]
        if line.depth != first.depth or is_blank(line):
            return None
        joined = f"{joined} {line.text.strip()}".strip()
        if len(joined) > ATTRIBUTION_LENGTH:
            return None
        if _is_attribution(joined, quoted=_deeper(lines, end, first.depth)):
            return Attribution(end, author_of(joined))
    return None


def _is_attribution(text: str, *, quoted: bool) -> bool:
    ends = text.rstrip(" *_\xa0").endswith((":", "：", ":>"))
    if not (ends or quoted or _evidence(text) >= 4):
        return False
    verb = WROTE.search(text)
    if verb is None:
        # Old Gmail and languages unknown here: a date, an address, a colon, and quoted lines below.
        dated = _DATED_FIRST.match(text) is not None
        return _evidence(text) >= 3 and ((quoted and (ends or dated)) or (ends and dated))
    if _evidence(text) >= 4 and (not text[verb.end() :].strip() or _TEXT_FOLLOWS.match(text, verb.end())):
        return True
    if len(text) - verb.end() > 160 or not (ends or quoted):
        return False
    if not quoted and not ADDRESS.search(text) and _names_nobody(text[: verb.start()]):
        return False
    return _evidence(text) >= (1 if quoted else 2)


def introduces(text: str) -> bool:
    """Date, time, address and a colon: below the line that announces a forward they need no verb."""
    return _evidence(text) >= 3 and text.rstrip().endswith((":", "："))


def _names_nobody(before: str) -> bool:
    """`… à 14:30, le technicien` is told by a person; programs write a name, and names have a capital."""
    stamps = [*TIME.finditer(before), *DATE.finditer(before)]
    subject = _CLOCK_WORDS.sub("", before[max((stamp.end() for stamp in stamps), default=0) :], count=1).lstrip(
        " ,;:)à"
    )
    return subject[:1].islower()


def _evidence(text: str) -> int:
    """An address weighs two, a date and a time of day one each."""
    return 2 * bool(ADDRESS.search(text)) + bool(TIME.search(text)) + bool(DATE.search(text))


def _deeper(lines: Sequence[Line], number: int, depth: int) -> bool:
    following = next_words(lines, number)
    return following is not None and lines[following].depth > depth


def author_of(attribution: str) -> str:
    """The address with the name before it, as far as the attribution gives one."""
    address = ADDRESS.search(attribution)
    if address is None:
        return ""
    before = re.split(r"[,،]|\d{1,2}[:h]\d{2}(?::\d{2})?", attribution[: address.start()])[-1]
    name = re.sub(r"[<(\"'\[]|mailto:", "", before).strip(" -–:,")
    return f"{name} <{address.group()}>" if name else address.group()
