"""In which language a recognised page is written, by its small words: only for the choice of what reads it again."""

import re
import unicodedata
from typing import Final

_SMALL: Final = {
    "fr": "le la les des et est une dans pour vous nous que pas sur avec au du ce aux votre",
    "en": "the and of to is for you that with this on are be we your from have not by",
    "es": "el los las y del por una con para que su es se al lo como usted mi ha",
    "pt": "o os as e do da dos das em um uma para com nao que seu ao na no mais",
    "it": "il gli che di e della del per una con sono non nel alla dei si al mio",
    "de": "der die das und ist nicht mit den fur ein eine zu auf von wir sie ich im dem",
    "nl": "het een van en is niet op voor met zijn dat de wij te aan bij uw ik",
    "ro": "si de la in cu nu este pe din pentru care sunt ce sa va am prin",
    "pl": "i w na z sie nie do jest ze o po za od dla oraz to przez mam",
    "tr": "ve bir bu icin ile olarak da de cok ne var icinde olan ben sayin daha",
}
"""Without their accents: what reads them may not know those."""
_WORDS: Final = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_FEWEST: Final = 5
_CLEARLY: Final = 1.5
LATIN: Final = frozenset(_SMALL)


def language(text: str, expected: str) -> str:
    """The language that the small words speak for; `expected` unless another one clearly wins."""
    folded = unicodedata.normalize("NFD", text.casefold().replace("ı", "i"))
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    found = re.findall(r"[^\W\d_]+", folded)
    votes = {each: sum(word in words for word in found) for each, words in _WORDS.items()}
    best = max(votes, key=lambda each: votes[each])
    if votes[best] >= _FEWEST and votes[best] > _CLEARLY * votes.get(expected, 0):
        return best
    return expected
