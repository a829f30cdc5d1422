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

from mailbot.understanding.forms import Forms, listed

MOST_CHARACTERS: Final = 40_000
"""Of a mail that are looked at: what comes later is no emergency."""
_SENTENCE: Final = 6
_PARAGRAPH: Final = 10
"""How many words further apart a sentence's or a paragraph's end puts what stands on its two sides."""
_LETTER: Final = r"(?:[^\W_]|[\u0900-\u0963\u0970-\u0dff])"
"""A letter or a digit, and the vowel signs of India's scripts, which are no letters to `re`."""
_WORD: Final = re.compile(rf"{_LETTER}+|[.!?؟।。！？;\n]+")
_END: Final = re.compile(r"[.!?؟।。！？;\n]")
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
    terms, bare = _terms(), [word for word, *_ in words]
    found: dict[str, dict[str, list[Sighting]]] = {}
    for at, (word, place, start, _) in enumerate(words):
        seen: set[tuple[str, str]] = set()
        for length, (language, concept) in terms.at(bare, at):
            if (language, concept) not in seen:
                seen.add((language, concept))
                span = (start, words[at + length - 1][3])
                found.setdefault(language, {}).setdefault(concept, []).append(Sighting(place, span))
        # No spaces: a run of signs is one word.
        for where, run, (language, concept) in terms.inside(word):
            span = (start + where, start + where + len(run))
            found.setdefault(language, {}).setdefault(concept, []).append(Sighting(place, span))
    return found


@lru_cache(maxsize=1)
def _terms() -> Forms[tuple[str, str]]:
    """Of language and concept."""
    folder = files("mailbot.understanding.danger").joinpath("terms")
    return Forms(((words, (language, concept)) for language, concept, words in listed(folder, _cut)), _ARABIC_PREFIX)


def _cut(form: str) -> tuple[str, ...]:
    return tuple(re.findall(rf"{_LETTER}+\*?", fold(form)))
