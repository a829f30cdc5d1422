"""The words by which people tell danger: where a mail names gas, a smell, a child, a rail that gives way.

The lists are `terms/<language>.txt`, one concept a line: `smell: odeur*, sent, pue`.  All languages are looked for at
once: people mix them, and a short mail's language is a guess.
"""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

MOST_CHARACTERS: Final = 40_000
"""Of a mail that are looked at: what comes later is no emergency."""
_SENTENCE: Final = 6
_PARAGRAPH: Final = 10
"""How many words further apart a sentence's or a paragraph's end puts what stands on its two sides."""
_LONGEST: Final = 6
_LETTER: Final = r"(?:[^\W_]|[\u0900-\u0963\u0970-\u0dff])"
"""A letter or a digit, and the vowel signs of India's scripts, which are no letters to `re`."""
_WORD: Final = re.compile(rf"{_LETTER}+|[.!?؟।。！？;\n]+")
_END: Final = re.compile(r"[.!?؟।。！？;\n]")
_UNSPACED: Final = re.compile(r"[\u3400-\u9fff]")
_ARABIC: Final = re.compile(r"^[\u0600-\u06ff]+$")
_ARABIC_PREFIX: Final = re.compile(r"^(?:[وفبكل]?ال|عال|لل|[وفبلك](?=...))")
_MIXED: Final = {"ary": "fr", "ar": "ary"}
"""Languages that are spoken with words of another."""
_SPOKEN: Final = 5
"""Concepts that a mail must name in a language to be taken as speaking it: chance gives one or two."""
_LIKE_ALEF: Final = str.maketrans("أإآٱةىؤئ", "ااااهيوي")


def fold(text: str) -> str:
    """Small letters without accents, every character still at its place."""
    return "".join([_folded(char) for char in text])


@lru_cache(maxsize=10_000)
def _folded(char: str) -> str:
    if char == "’":
        return "'"
    if not char.isalpha():
        return char
    base = char if _keeps_marks(char) else unicodedata.normalize("NFKD", char)[0]
    small = base.lower()
    return (small if len(small) == 1 else base).replace("ı", "i").translate(_LIKE_ALEF)


def _keeps_marks(char: str) -> bool:
    # й and ї are letters of their own, as are those of scripts that write vowels as marks.
    return char in "йЙїЇ" or ("LATIN" not in unicodedata.name(char, "LATIN") and char not in "ёЁ")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One naming of a concept."""

    place: int
    """In words from the start, sentences and paragraphs set apart."""
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sightings:
    """Everything a mail names, by language and concept, each in the order of the text."""

    by_language: dict[str, dict[str, list[Sighting]]]
    """A rule's words must be of one language: "su" is water in Turkish and nothing in Spanish."""
    sentences: tuple[int, ...]
    """Places at which a sentence begins."""

    def of(self, language: str, concepts: str) -> list[Sighting]:
        """Of any of the concepts, parted by "|"."""
        names = concepts.split("|")
        borrowed = _MIXED.get(language) if len(self.by_language.get(language, ())) >= _SPOKEN else None
        voices = [self.by_language[one] for one in (language, borrowed) if one in self.by_language]
        found = [one for voice in voices for name in names for one in voice.get(name, ())]
        return sorted(found, key=lambda one: one.place) if len(names) + len(voices) > 2 else found

    @property
    def dominant(self) -> str:
        """The language that most of the words belong to; "" when none does."""
        return max(self.by_language, key=lambda one: sum(map(len, self.by_language[one].values())), default="")

    def sentence(self, place: int) -> int:
        return bisect_left(self.sentences, place + 1)


def sightings(text: str) -> Sightings:
    """Of a mail as it stands; time grows with its length and no faster."""
    folded = fold(text[:MOST_CHARACTERS])
    words: list[tuple[str, int, int, int]] = []
    place, sentences = 0, [0]
    for match in _WORD.finditer(folded):
        said = match[0]
        if _END.match(said):
            place += _PARAGRAPH if "\n\n" in said else _SENTENCE
            sentences.append(place)
        else:
            words.append((said.replace("œ", "oe"), place, match.start(), match.end()))
            place += 1
    return Sightings(_named(words), tuple(sentences))


def _named(words: list[tuple[str, int, int, int]]) -> dict[str, dict[str, list[Sighting]]]:
    unspaced = _terms().unspaced
    found: dict[str, dict[str, list[Sighting]]] = {}
    for at, (word, place, start, _) in enumerate(words):
        seen: set[tuple[str, str]] = set()
        open_, by_second = _begun_by(word)
        second = by_second.get(words[at + 1][0], ()) if at + 1 < len(words) else ()
        for form, language, concept in (*open_, *second):
            if (language, concept) not in seen and _stands(form, words, at):
                seen.add((language, concept))
                span = (start, words[at + len(form) - 1][3])
                found.setdefault(language, {}).setdefault(concept, []).append(Sighting(place, span))
        if _UNSPACED.search(word):
            # No spaces: a run of signs is one word.
            for run, language, concept in unspaced:
                if (where := word.find(run)) >= 0:
                    span = (start + where, start + where + len(run))
                    found.setdefault(language, {}).setdefault(concept, []).append(Sighting(place, span))
    return found


@dataclass(frozen=True, slots=True)
class _Terms:
    first: dict[str, list[tuple[tuple[str, ...], str, str]]]
    """First word, or the first letters of it with "*", to (words, language, concept)."""
    unspaced: tuple[tuple[str, str, str], ...]
    shortest: int
    longest: int


_Form = tuple[tuple[str, ...], str, str]
"""(words, language, concept)"""


@lru_cache(maxsize=20_000)
def _begun_by(word: str) -> tuple[tuple[_Form, ...], dict[str, list[_Form]]]:
    """Forms whose first word this is: those that may stand, and those that also need just that second word."""
    terms = _terms()
    bare = [word]
    if _ARABIC.match(word) and (short := _ARABIC_PREFIX.sub("", word, count=1)) != word:
        bare.append(short)
    keys = [
        key
        for one in bare
        for key in (one, *(f"{one[:size]}*" for size in range(terms.shortest, min(len(one), terms.longest) + 1)))
    ]
    open_, by_second = [], dict[str, list[_Form]]()
    for form in (form for key in keys for form in terms.first.get(key, ())):
        if len(form[0]) > 1 and not form[0][1].endswith("*"):
            by_second.setdefault(form[0][1], []).append(form)
        else:
            open_.append(form)
    return tuple(open_), by_second


def _stands(form: tuple[str, ...], words: list[tuple[str, int, int, int]], at: int) -> bool:
    if len(form) == 1:
        return True
    if at + len(form) > len(words):
        return False
    return all(
        words[at + 1 + step][0].startswith(piece[:-1]) if piece.endswith("*") else words[at + 1 + step][0] == piece
        for step, piece in enumerate(form[1:])
    )


@lru_cache(maxsize=1)
def _terms() -> _Terms:
    first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    unspaced: list[tuple[str, str, str]] = []
    folder = files("mailbot.understanding.danger").joinpath("terms")
    for file in sorted((entry for entry in folder.iterdir() if entry.name.endswith(".txt")), key=lambda e: e.name):
        language = file.name.removesuffix(".txt")
        for line in file.read_text(encoding="utf-8").splitlines():
            concept, colon, listed = line.partition(":")
            if not colon or line.startswith("#"):
                continue
            for form in listed.split(","):
                pieces = tuple(re.findall(rf"{_LETTER}+\*?", fold(form)))
                if not pieces or len(pieces) > _LONGEST:
                    continue
                if _UNSPACED.search(form):
                    unspaced.append(("".join(pieces).rstrip("*"), language, concept))
                else:
                    first.setdefault(pieces[0], []).append((pieces, language, concept))
    lengths = [len(key) - 1 for key in first if key.endswith("*")] or [1]
    return _Terms(first, tuple(unspaced), min(lengths), max(lengths))
