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
_DOTTED: Final = re.compile(r"(?<!\w)(?:T\.T\.C|H\.T|T\.V\.A|R\.I\.B|R I B|C\.A\.F|A\.P\.L|M\.R\.H|I\.B\.A\.N)\b\.?")
_CELL: Final = re.compile(r"(?:(?! {2}|\t|\|)[^\n])+")
_NUMBER_SIGN: Final = r"n(?:[ ]?[°º*]|(?:[o.]{1,2}|')(?![a-z]))"
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
    cut = _DOTTED.sub(lambda found: found[0].replace(".", "").replace(" ", ""), cut)
    cut = _BREAK.sub("", _SPACED.sub(lambda found: found[0].replace(" ", ""), cut))
    cut = _join(cut)
    plain = fold(cut)
    shape = _repair(plain.translate(_EYE), frozenset(vocabulary))
    lines = [
        Line(found.start(), found.end(), len(found[0].split()))
        for found in re.finditer(r"[^\n]+", cut)
        if not found[0].isspace()
    ]
    return Page(cut, plain, shape, tuple(lines))


_GAP: Final = re.compile(r"(?<=[^\W\d_])[ ]{2}(?=[^\W\d_])")


def _join(text: str) -> str:
    """Two spaces between words that no line above or below repeats at that place: OCR widened a gap, no column began."""
    singles, doubles = len(re.findall(r"(?<=\S) (?=\S)", text)), len(re.findall(r"(?<=\S)  (?=\S)", text))
    if doubles > singles:
        # OCR widened about every gap: columns stand farther apart.
        text = re.sub(r"(?<=\S) {2,3}(?=\S)", " ", text)
    lines = text.split("\n")
    starts = [{found.end() for found in re.finditer(r"(?:\S[ ]{2,}|^[ ]+|\t)(?=\S)", line)} for line in lines]
    for number, line in enumerate(lines):
        if "  " not in line:
            continue
        around = starts[max(0, number - 2) : number] + starts[number + 1 : number + 3]
        columns = {place + shift for some in around for place in some for shift in (-1, 0, 1)}
        pieces, last = [], 0
        for gap in _GAP.finditer(line):
            if gap.end() not in columns and not re.match(r"[^\n:]{2,25}:", line[gap.end() :]):
                pieces.append(line[last : gap.start()])
                last = gap.end()
        lines[number] = " ".join((*pieces, line[last:]))
    return "\n".join(lines)


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


_CONSONANTS: Final = frozenset("bcdfghjkmnpqrstvwxz")


def mended(text: str) -> str:
    """Words with the digits that OCR put into them turned back into letters, numbers the other way round."""
    whole = re.sub(r"[\w|]+", lambda match: _mended_word(match[0]), text)
    return re.sub(r"(?<= )([ldLD]) (?=[AEIOUYHÀ-Ý])", r"\1'", whole)


def _mended_word(word: str) -> str:
    letters = sum(char.isalpha() for char in word)
    numerals = sum(char.isdigit() for char in word)
    if numerals and numerals >= letters - sum(char in "OolI" for char in word):
        return mended_number(word)
    if letters < 2 or not (numerals or re.search(r"[A-ZÀ-Ý]l|^l[A-ZÀ-Ý]", word)) or not set(word) & set("01l|"):
        return word
    if re.search(r"[2-9]", word):
        return word
    capitals = sum(char.isupper() for char in word)
    if capitals >= max(2, letters - capitals - word.count("l")):
        return word.translate(str.maketrans("01|", "OII")).replace("l", "I") if letters > 2 or numerals else word
    return "".join(_letter_at(word, place) for place in range(len(word)))


def _letter_at(word: str, place: int) -> str:
    """What a 0 or 1 inside a word in small letters was: i stands between consonants, l beside a vowel."""
    char = word[place]
    if char == "0":
        return "O" if place == 0 and word[1:2].isupper() else "o"
    if char not in "1|":
        return char
    before, after = word[place - 1 : place].lower() if place else "", word[place + 1 : place + 2].lower()
    if before in _CONSONANTS and (not after or after in _CONSONANTS):
        return "i"
    if not before and after in _CONSONANTS:
        return "i"
    return "i" if before in {"a", "e", "o", "u"} and after in {"n", "r", "s", "t"} else "l"


def mended_number(text: str) -> str:
    """O, I and l that stand among digits, as the digits that they are."""
    return re.sub(
        r"(?<![A-Za-z])[OolI|]*[0-9][0-9OolI|]*(?![A-Za-z])",
        lambda match: match[0].translate(str.maketrans("OolI|", "00111")),
        text,
    )


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
        _NUMBER_SIGN if word == "n°" else re.escape(seen(word)).replace("m", "(?:m|rn)") + "s?"
        for word in re.findall(r"[^\s'\-]+", words)
    ]
    return re.compile(
        r"(?<![a-z])(?<!co-)"
        + r"(?:[\s'.\-]{0,3}|\s*\n\s*)".join(pieces)
        + ("" if words.endswith("n°") else r"(?![a-z])")
    )


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
