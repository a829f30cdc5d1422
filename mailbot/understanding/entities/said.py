"""A mail's words twice, position for position: as written, and without accents and capitals."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

MOST_CHARACTERS = 40_000
"""Nobody writes more; what follows is not searched."""
_PLAIN = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "‑": "-"}


@dataclass(frozen=True, slots=True)
class Said:
    """`folded[n]` is `text[n]` in small letters without accent; digits of every script are 0 to 9 in both."""

    text: str
    folded: str
    on: date


def said(subject: str, text: str, on: date) -> Said:
    """Composed letters (NFC); each kind of space, but not the end of a line, is one plain space."""
    whole = unicodedata.normalize("NFC", f"{subject}\n{text}"[:MOST_CHARACTERS])
    clean = _by_letter(whole, _clean)
    return Said(clean, _by_letter(clean, _folded), on)


def fold(word: str) -> str:
    return _by_letter(_by_letter(unicodedata.normalize("NFC", word), _clean), _folded)


def _by_letter(text: str, change: Callable[[str], str]) -> str:
    return text.translate({ord(letter): change(letter) for letter in set(text)})


def _clean(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return " " if letter != "\n" and letter.isspace() else letter


def _folded(letter: str) -> str:
    small = letter.lower()[0]
    base = unicodedata.normalize("NFD", small)[0]
    return base if base.isascii() and base.isalpha() else _PLAIN.get(small, small)
