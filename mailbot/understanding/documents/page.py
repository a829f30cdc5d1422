"""A document's text in three readings of one length: as it stands, without accents, and as a poor eye sees it.

The last tells no O from 0 and no l from I or 1, which is what OCR confuses; words of the trade that are one letter
off are put right.  A place found in one reading is the same place in the others.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

MOST_CHARACTERS: Final = 40_000
"""What is looked at of one document: its facts stand on its first pages."""
_SPACED: Final = re.compile(r"(?<!\S)(?:\w[ ]){3,}\w(?!\S)")
_WORD: Final = re.compile(r"[a-z]{7,}")
_BREAK: Final = re.compile(r"(?<=[^\W\d_])-\n[ ]*(?=[a-zà-ÿ])")
_DOTTED: Final = re.compile(r"(?<!\w)(?:T\.T\.C|H\.T|T\.V\.A|R\.I\.B|C\.A\.F|A\.P\.L|M\.R\.H|I\.B\.A\.N)\b\.?")
_CELL: Final = re.compile(r"(?:(?! {2}|\t|\|)[^\n])+")
_NUMBER_SIGN: Final = r"n(?:[ ]?[°º*]|[o.]{1,2}|')"
"""n°, which OCR reads as no, n', n* …"""
_SAME: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-"})
_EYE: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "!": "l"})


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    end: int
    words: int


@dataclass(frozen=True, slots=True)
class Page:
    text: str
    plain: str
    shape: str
    lines: tuple[Line, ...]
    """Those that are not blank."""

    def line_at(self, place: int) -> int:
        """The number of the line that holds the place."""
        low, high = 0, len(self.lines) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.lines[middle].start <= place else (low, middle - 1)
        return low

    def rest(self, place: int) -> str:
        """What stands on the line from the place on."""
        end = self.text.find("\n", place)
        return self.text[place : end if end >= 0 else len(self.text)]

    def line(self, number: int) -> str:
        line = self.lines[number]
        return self.text[line.start : line.end]


def page_of(text: str, vocabulary: Iterable[str] = ()) -> Page:
    """`vocabulary`: words in small letters without accents that are recognised when one letter is off."""
    cut = unicodedata.normalize("NFC", text[:MOST_CHARACTERS]).replace("\r\n", "\n").replace("\r", "\n")
    cut = re.sub(r"[\u00a0\u202f\u2009\u2007]", " ", cut).translate(_SAME)
    cut = _DOTTED.sub(lambda found: found[0].replace(".", ""), cut)
    cut = _BREAK.sub("", _SPACED.sub(lambda found: found[0].replace(" ", ""), cut))
    plain = fold(cut)
    shape = _repair(plain.translate(_EYE), frozenset(vocabulary))
    lines = [
        Line(found.start(), found.end(), len(found[0].split()))
        for found in re.finditer(r"[^\n]+", cut)
        if not found[0].isspace()
    ]
    return Page(cut, plain, shape, tuple(lines))


def fold(text: str) -> str:
    """Small letters without accents, every character at its place."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    if char.isascii():
        return char.lower()
    base = unicodedata.normalize("NFKD", char)[0].lower() if "LATIN" in unicodedata.name(char, "") else char.lower()
    base = {"œ": "o", "æ": "a", "ı": "i"}.get(base, base)
    return base if len(base) == 1 else char


def seen(text: str) -> str:
    """As OCR may see it: 0 and o are one, and so are 1, i and l."""
    return fold(text).translate(_EYE)


def cells(line: str) -> list[tuple[int, str]]:
    """The columns of a line, each with where it begins; two spaces, a tab or a bar stand between columns."""
    return [
        (found.start() + len(found[0]) - len(found[0].lstrip()), found[0].strip())
        for found in _CELL.finditer(line)
        if found[0].strip()
    ]


@lru_cache(maxsize=2048)
def phrase(words: str) -> re.Pattern[str]:
    """Words to a pattern for `Page.shape`: apostrophes, hyphens and line breaks between them do not matter."""
    pieces = [
        _NUMBER_SIGN if word == "n°" else re.escape(seen(word)) + "s?" for word in re.findall(r"[^\s'\-]+", words)
    ]
    return re.compile(r"(?<![a-z])" + r"(?:[\s'.\-]{0,3}|\s*\n\s*)".join(pieces) + r"(?![a-z])")


def found(page: Page, words: str) -> Iterator[re.Match[str]]:
    return phrase(words).finditer(page.shape)


@lru_cache(maxsize=4)
def _near(vocabulary: frozenset[str]) -> dict[str, str]:
    """Each word with one letter blotted out, to the word; "" where two words would fit."""
    table: dict[str, str] = {}
    for said in vocabulary:
        word = seen(said)
        if len(word) < 7:
            continue
        for place in range(len(word)):
            blotted = f"{word[:place]}?{word[place + 1 :]}"
            table[blotted] = word if table.get(blotted, word) == word else ""
    return table


def _repair(shape: str, vocabulary: frozenset[str]) -> str:
    if not vocabulary:
        return shape
    near = _near(vocabulary)
    known = {seen(word) for word in vocabulary}

    @cache
    def right(word: str) -> str:
        if word in known or len(word) > 20:
            return word
        fits = {near.get(f"{word[:place]}?{word[place + 1 :]}", "") for place in range(len(word))} - {""}
        return fits.pop() if len(fits) == 1 else word

    return _WORD.sub(lambda match: right(match[0]), shape)
