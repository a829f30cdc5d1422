"""What words mean, in fifteen languages: the same concept for "fuite", "leak" and "su kaçağı".

Concepts carry what was learned from French mails to the other languages, and to words that no training mail held.
The lists are `lexicon/<language>.txt`, one concept a line: `leak: fuit*, perd* de l eau`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

_LONGEST: Final = 6
"""Words that a form has at most."""
_UNSPACED: Final = re.compile(r"[\u3400-\u9fff]")
_ARTICLE: Final = re.compile(r"^(?:[dn]e|d?a|su|que|co)ll'(?=.)")
"""Before a word of Italian: "dell'acqua" names water as "l'acqua" does."""
_ARABIC: Final = re.compile(r"^[\u0600-\u06ff]+$")
_ARABIC_PREFIX: Final = re.compile(r"^(?:[وفبكل]?ال|لل|[وفبلك](?=...))")


@dataclass(frozen=True, slots=True)
class _Forms:
    first: dict[str, list[tuple[tuple[str, ...], str]]]
    """First word, or the first letters of it, to (words, concept)."""
    unspaced: tuple[tuple[str, str], ...]
    shortest: int
    longest: int


def concepts(words: list[str]) -> set[str]:
    """The concepts that a clause's folded words name."""
    forms = _forms()
    found: set[str] = set()
    words = [_ARTICLE.sub("", word) for word in words]
    for at, word in enumerate(words):
        for start in _starts(word, forms):
            for form, concept in forms.first.get(start, ()):
                if concept not in found and _stands(form, words, at):
                    found.add(concept)
        if _UNSPACED.search(word):
            found.update(concept for form, concept in forms.unspaced if form in word)
    return found


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
    first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    unspaced: list[tuple[str, str]] = []
    folder = files("mailbot.engines").joinpath("lexicon")
    for file in sorted((entry for entry in folder.iterdir() if entry.name.endswith(".txt")), key=lambda e: e.name):
        for line in file.read_text(encoding="utf-8").splitlines():
            concept, colon, listed = line.partition(":")
            if not colon or line.startswith("#"):
                continue
            for form in listed.split(","):
                pieces = tuple(form.replace("'", " ").split())
                if not pieces or len(pieces) > _LONGEST:
                    continue
                if _UNSPACED.search(form):
                    unspaced.append(("".join(pieces).rstrip("*"), concept.strip()))
                else:
                    first.setdefault(pieces[0], []).append((pieces, concept.strip()))
    lengths = [len(key) - 1 for key in first if key.endswith("*")] or [1]
    return _Forms(first, tuple(unspaced), min(lengths), max(lengths))
