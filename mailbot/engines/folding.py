"""Words as they are compared: small letters without accents."""

import unicodedata
from typing import Final

LETTER: Final = r"(?:[^\W_]|[\u0900-\u0963\u0970-\u0dff])"
"""For patterns: a letter or a digit, and the vowel signs of India's scripts, which are no letters to `re`."""
_LIKE_ALEF: Final = str.maketrans("أإآٱةىؤئ", "ااااهيوي", "ـ")


def folded(text: str) -> str:
    """Small letters without accents, Arabic letters in one form each; the length may change."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(_LIKE_ALEF)
