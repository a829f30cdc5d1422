"""What words mean, in fifteen languages: the same concept for "fuite", "leak" and "su kaçağı".

Concepts carry what was learned from French mails to the other languages, and to words that no training mail held.
The lists are `lexicon/<language>.txt`, one concept a line: `leak: fuit*, perd* de l eau`.
"""

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

from mailbot.engines.folding import folded
from mailbot.understanding.forms import Forms, listed

_ARABIC_PREFIX: Final = re.compile(r"^(?:[وفبكل]?ال|لل|[وفبلك](?=...))")


def concepts(words: list[str]) -> set[str]:
    """The concepts that a clause's folded words name."""
    forms = _forms()
    found: set[str] = set()
    for at, word in enumerate(words):
        found.update(concept for _, concept in forms.at(words, at))
        found.update(concept for _, _, concept in forms.inside(word))
    return found


@lru_cache(maxsize=1)
def _forms() -> Forms[str]:
    folder = files("mailbot.engines").joinpath("lexicon")
    return Forms(((words, concept) for _, concept, words in listed(folder, _cut)), _ARABIC_PREFIX)


def _cut(form: str) -> tuple[str, ...]:
    return tuple(folded(form).replace("'", " ").split())
