"""What words mean, in fifteen languages: the same concept for "fuite", "leak" and "su kaçağı".

Concepts carry what was learned from French mails to the other languages, and to words that no training mail held.
The lists are `lexicon/<language>.txt`, one concept a line: `leak: fuit*, perd* de l eau`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from mailbot.engines.folding import folded

_LONGEST: Final = 6
"""Words that a form has at most."""
_UNSPACED: Final = re.compile(r"[\u3400-\u9fff]")
_ARABIC: Final = re.compile(r"^[\u0600-\u06ff]+$")
_ARABIC_PREFIX: Final = re.compile(r"^(?:[وفبكل]?ال|لل|[وفبلك](?=...))")


_Form = tuple[tuple[str, ...], str]
"""(words, concept)"""


@dataclass(frozen=True, slots=True)
class _Forms:
    first: dict[str, list[_Form]]
    """First word, or the first letters of it with "*", to (words, concept)."""
    unspaced: tuple[tuple[str, str], ...]
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a word may begin."""

    alone: frozenset[str]
    """Concepts that it names by itself."""
    open: tuple[_Form, ...]
    by_second: Mapping[str, tuple[_Form, ...]]
    """Forms that also need just that second word."""


def concepts(words: list[str]) -> set[str]:
    """The concepts that a clause's folded words name."""
    found: set[str] = set()
    for at, word in enumerate(words):
        begun = _begun_by(word)
        found.update(begun.alone)
        second = begun.by_second.get(words[at + 1], ()) if at + 1 < len(words) else ()
        for form, concept in (*begun.open, *second):
            if concept not in found and _stands(form, words, at):
                found.add(concept)
        if _UNSPACED.search(word):
            found.update(concept for form, concept in _forms().unspaced if form in word)
    return found


@lru_cache(maxsize=20_000)
def _begun_by(word: str) -> _Begun:
    forms = _forms()
    alone, open_, by_second = set(), [], dict[str, list[_Form]]()
    for key in _starts(word, forms):
        for form in forms.first.get(key, ()):
            if len(form[0]) == 1:
                alone.add(form[1])
            elif form[0][1].endswith("*"):
                open_.append(form)
            else:
                by_second.setdefault(form[0][1], []).append(form)
    return _Begun(frozenset(alone), tuple(open_), {second: tuple(some) for second, some in by_second.items()})


def _starts(word: str, forms: _Forms) -> list[str]:
    """The keys under which forms that begin with this word may stand."""
    bare = [word]
    if _ARABIC.match(word) and (short := _ARABIC_PREFIX.sub("", word, count=1)) != word:
        bare.append(short)
    return [
        key
        for one in bare
        for key in (one, *(f"{one[:length]}*" for length in range(forms.shortest, min(len(one), forms.longest) + 1)))
    ]


def _stands(form: tuple[str, ...], words: list[str], at: int) -> bool:
    if at + len(form) > len(words):
        return False
    return all(
        word.startswith(piece[:-1]) if piece.endswith("*") else word == piece
        for piece, word in zip(form[1:], words[at + 1 : at + len(form)], strict=True)
    )


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    first: dict[str, list[_Form]] = {}
    unspaced: list[tuple[str, str]] = []
    folder = files("mailbot.engines").joinpath("lexicon")
    for file in sorted((entry for entry in folder.iterdir() if entry.name.endswith(".txt")), key=lambda e: e.name):
        for line in file.read_text(encoding="utf-8").splitlines():
            concept, colon, listed = line.partition(":")
            if not colon or line.startswith("#"):
                continue
            for form in listed.split(","):
                pieces = tuple(folded(form).replace("'", " ").split())
                if not pieces or len(pieces) > _LONGEST:
                    continue
                if _UNSPACED.search(form):
                    unspaced.append(("".join(pieces).rstrip("*"), concept.strip()))
                else:
                    first.setdefault(pieces[0], []).append((pieces, concept.strip()))
    lengths = [len(key) - 1 for key in first if key.endswith("*")] or [1]
    return _Forms(first, tuple(unspaced), min(lengths), max(lengths))
