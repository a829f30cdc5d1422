"""Personal data replaced by placeholders before a text leaves the organisation's machines, and put back afterwards."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

_FIRST: Final = r"[A-ZÀ-ÖØ-ÞŞĞİŁŚŻА-ЯЁІЇЄ][\w'’-]+"
# In this order: what is long and certain goes first, so that nothing inside an IBAN is taken for a telephone number.
_KINDS: Final = (
    ("EMAIL", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")),
    ("URL", re.compile(r"(?:https?://|www\.)\S{1,500}", re.IGNORECASE)),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")),
    ("PLACE", re.compile(rf"\b\d{{5}} {_FIRST}(?:[ -]{_FIRST}){{0,3}}")),
    ("PHONE", re.compile(r"(?<!\w)(?:\+|00)?\d(?:[ .\-/()]{0,2}\d){7,14}(?!\w)")),
    ("REFERENCE", re.compile(r"\b(?=[A-Z0-9./-]*\d[A-Z0-9./-]*\d[A-Z0-9./-]*\d)[A-Z0-9][A-Z0-9./-]{4,30}\b")),
    (
        "ADDRESS",
        re.compile(
            r"\b\d{1,4}(?: ?(?:bis|ter|quater))?,? (?:rue|avenue|av|bd|boulevard|place|allée|allee|impasse|chemin|"
            r"cours|quai|square|route|passage|résidence|residence|cité|cite|villa|sentier)\b[^,;.!?\n]{2,60}",
            re.IGNORECASE,
        ),
    ),
    (
        "NAME",
        re.compile(
            rf"\b(?:M|Mr|Mme|Mlle|Monsieur|Madame|Mademoiselle|Mrs|Ms|Dr|Me|Sr|Sra|Herr|Frau|Bay|Bayan|Pan|Pani|Dna)\b"
            rf"\.? {_FIRST}(?:[ -]{_FIRST}){{0,3}}"
        ),
    ),
    ("NAME", re.compile(rf"(?<![.!?:\n] )(?<!^){_FIRST}(?:[ -]{_FIRST}){{1,3}}", re.MULTILINE)),
    ("NAME", re.compile(rf"^{_FIRST}(?:[ -]{_FIRST}){{0,3}}[ \t]*$", re.MULTILINE)),
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with placeholders ("[NAME_1]"), and what they stand for."""

    text: str
    hidden: tuple[tuple[str, str], ...]

    def restored(self, text: str) -> str:
        """Placeholders of an answer become the words again; unknown ones stay."""
        for placeholder, words in self.hidden:
            text = text.replace(placeholder, words)
        return text


def masked(text: str, names: tuple[str, ...] = ()) -> Masked:
    """`names` are those known from the header: each of their words is hidden wherever it stands."""
    hidden: dict[str, str] = {}
    text = text.replace("[", "(").replace("]", ")")
    for kind, pattern in _KINDS:
        text = _outside(text, pattern, partial(_hide, hidden, kind))
    for word in {piece for name in names for piece in re.findall(r"[^\W\d_]{3,}", name)}:
        pattern = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        text = _outside(text, pattern, partial(_hide, hidden, "NAME"))
    return Masked(text, tuple(hidden.items()))


def _hide(hidden: dict[str, str], kind: str, match: re.Match[str]) -> str:
    for placeholder, known in hidden.items():
        if known == match[0]:
            return placeholder
    placeholder = f"[{kind}_{len(hidden) + 1}]"
    hidden[placeholder] = match[0]
    return placeholder


def _outside(text: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> str:
    """Replaced everywhere but inside placeholders."""
    pieces = re.split(r"(\[[A-Z]+_\d+\])", text)
    return "".join(piece if at % 2 else pattern.sub(replace, piece) for at, piece in enumerate(pieces))
