"""Words and groups of words that name something, found in a text in time that grows with its length and no faster.

The lists are files `<language>.txt` with one meaning a line: `leak: fuit*, perd* de l eau`; "*" ends a word's beginning.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Final, Generic, TypeVar

_LONGEST: Final = 6
"""Words that a form has at most."""
_UNSPACED: Final = re.compile(r"[\u3400-\u9fff]")
_ARABIC: Final = re.compile(r"^[\u0600-\u06ff]+$")

Meaning = TypeVar("Meaning")
Form = tuple[tuple[str, ...], Meaning]
"""Its words, folded as the text's are, and what they name."""


def listed(folder: Traversable, cut: Callable[[str], tuple[str, ...]]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Language, meaning and words of every form in a folder's lists; `cut` folds a form and parts its words."""
    for file in sorted((entry for entry in folder.iterdir() if entry.name.endswith(".txt")), key=lambda e: e.name):
        language = file.name.removesuffix(".txt")
        for line in file.read_text(encoding="utf-8").splitlines():
            meaning, colon, forms = line.partition(":")
            if not colon or line.startswith("#"):
                continue
            for form in forms.split(","):
                words = cut(form)
                if words and len(words) <= _LONGEST:
                    yield language, meaning.strip(), words


class Forms(Generic[Meaning]):
    """Forms by the words they begin with.  `prefix`: what Arabic writes before a word without a space."""

    def __init__(self, forms: Iterable[Form[Meaning]], prefix: re.Pattern[str]) -> None:
        self._prefix = prefix
        self._first: dict[str, list[Form[Meaning]]] = {}
        self._unspaced: list[tuple[str, Meaning]] = []
        for words, meaning in forms:
            if _UNSPACED.search("".join(words)):
                self._unspaced.append(("".join(words).rstrip("*"), meaning))
            else:
                self._first.setdefault(words[0], []).append((words, meaning))
        lengths = [len(key) - 1 for key in self._first if key.endswith("*")] or [1]
        self._shortest, self._longest = min(lengths), max(lengths)
        self._begun_by = lru_cache(maxsize=20_000)(self._look)

    def at(self, words: Sequence[str], at: int) -> Iterator[tuple[int, Meaning]]:
        """How many words the forms have that stand at this place, and what they name."""
        open_, by_second = self._begun_by(words[at])
        second = by_second.get(words[at + 1], ()) if at + 1 < len(words) else ()
        for form, meaning in (*open_, *second):
            if _stands(form, words, at):
                yield len(form), meaning

    def inside(self, word: str) -> Iterator[tuple[int, str, Meaning]]:
        """Where, and as what run of signs, forms of a script without spaces stand in a word."""
        if _UNSPACED.search(word):
            for run, meaning in self._unspaced:
                if (where := word.find(run)) >= 0:
                    yield where, run, meaning

    def _look(self, word: str) -> tuple[tuple[Form[Meaning], ...], dict[str, list[Form[Meaning]]]]:
        """Forms whose first word this is: those that may stand, and those that also need just that second word."""
        open_, by_second = [], dict[str, list[Form[Meaning]]]()
        for form in (form for key in self._keys(word) for form in self._first.get(key, ())):
            if len(form[0]) > 1 and not form[0][1].endswith("*"):
                by_second.setdefault(form[0][1], []).append(form)
            else:
                open_.append(form)
        return tuple(open_), by_second

    def _keys(self, word: str) -> Iterator[str]:
        bare = [word]
        if _ARABIC.match(word) and (short := self._prefix.sub("", word, count=1)) != word:
            bare.append(short)
        for one in bare:
            yield one
            for size in range(self._shortest, min(len(one), self._longest) + 1):
                yield f"{one[:size]}*"


def _stands(form: tuple[str, ...], words: Sequence[str], at: int) -> bool:
    if len(form) == 1:
        return True
    if at + len(form) > len(words):
        return False
    return all(
        word.startswith(piece[:-1]) if piece.endswith("*") else word == piece
        for piece, word in zip(form[1:], words[at + 1 : at + len(form)], strict=True)
    )
