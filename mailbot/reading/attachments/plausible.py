"""Whether a text layer is writing, or what a broken font, a wrong charset or a bad scanner left of it."""

import re
import unicodedata
from itertools import pairwise
from typing import Final

_PAIRS: Final = """
ac ad ag ai al am an ar as at au av ba be bi bo br ca ce ch ci co da de di do du ea ec ed ee eg ei el em en er es
et eu fi fo fr ga ge gi gr ha he hi ho ia ic id ie ig ik il im in io ir is it iv ja je ka ke ki ko la le li ll lo lu
ma me mi mo mu na nc nd ne ng ni no ns nt oc od of og ol om on op or os ot ou ov pa pe pi po pr qu ra rd re ri rn ro
rs rt ru sa sc se sh si sk so sp ss st su ta te th ti to tr tt tu ue ui ul um un ur us ut va ve vi wa
"""
"""The commonest pairs of letters in fourteen languages (fr, en, es, pt, it, de, nl, ro, pl, tr, sq, hr, da, sv), from
langdetect's profiles (Apache-2.0), without accents.  Four of five pairs in real text are among them, one of four in
enciphered text.
"""
_COMMON: Final = frozenset(_PAIRS.split())
_ENOUGH_PAIRS: Final = 24
_LIKE_WRITING: Final = 0.5
_CLEAN: Final = 0.6
_CLEAN_SCAN: Final = 0.8
_ENOUGH_WORDS: Final = 8
_MOJIBAKE: Final = re.compile("[ÃÂÅÄÐÑØÙ][\u0080-\u00bf\u0152-\u0178\u2013-\u203a€™]|â€")
_LEADERS: Final = re.compile(r"([^\w\s])(?:\s?\1){2,}")
"""The dots and dashes of forms and tables of contents."""
_TOKEN: Final = re.compile(r"\S+")
_WORD: Final = re.compile(r"(?:\d+(?:er|re|e|ème|ter|bis|th|nd|st|rd)|[^\W\d_]+(?:['’.\-/@:][^\W\d_]+)*)")
_NUMBER: Final = re.compile(r"[^\w]*[\d.,:/\-+€$£%°()x ]+[^\w]*")
_EDGES: Final = "\"'’‘“”«»()[]{}<>.,;:!?…*•·|-–—_/=+#&°€$%\u00a0"
_FOLDED: Final = str.maketrans({"ı": "i", "ß": "ss", "œ": "oe", "æ": "ae", "ł": "l", "đ": "d", "ø": "o"})


def is_rubbish(text: str, *, scanned: bool = False) -> bool:
    """`scanned`: the layer lies over a picture of the page, as an earlier OCR left it; then more is asked of it.

    An empty text is not rubbish; a text of few letters gets the benefit of the doubt.
    """
    text = _LEADERS.sub(" ", text)
    shown = [character for character in text if not character.isspace()]
    if not shown:
        return False
    broken = sum(1 for character in shown if unicodedata.category(character) in {"Cc", "Co", "Cn"} or character == "�")
    if broken > 0.05 * len(shown) + 1:
        return True
    letters = [character for character in shown if character.isalpha()]
    if len(shown) >= _ENOUGH_PAIRS and len(letters) + sum(character.isdigit() for character in shown) < 0.5 * len(
        shown
    ):
        return True
    latin = [character for character in letters if character < "\u0250" or "\u1e00" <= character < "\u1f00"]
    if 2 * len(latin) < len(letters):
        # Other scripts: a broken font gives Latin letters and signs, not these.
        return False
    return _mojibake(text, len(latin)) or _enciphered(text) or _misread(text, _CLEAN_SCAN if scanned else _CLEAN)


def _mojibake(text: str, letters: int) -> bool:
    accented = sum(1 for character in text if "À" <= character <= "ÿ")
    return len(_MOJIBAKE.findall(text)) > 0.004 * letters + 1 or (letters >= _ENOUGH_PAIRS and accented > 0.4 * letters)


def _enciphered(text: str) -> bool:
    pairs = _pairs(text)
    return len(pairs) >= _ENOUGH_PAIRS and sum(pair in _COMMON for pair in pairs) < _LIKE_WRITING * len(pairs)


def _misread(text: str, clean: float) -> bool:
    """`1'assur4nce  c0uvre |es d0mmag€s`: too many words with digits and signs inside, or of strange letters."""
    words = [word for token in _TOKEN.findall(text) if (word := token.strip(_EDGES)) and not _NUMBER.fullmatch(word)]
    words = [word for word in words if len(word) > 1]
    if len(words) < _ENOUGH_WORDS:
        return False
    return sum(map(_is_clean, words)) < clean * len(words)


def _is_clean(word: str) -> bool:
    if not _WORD.fullmatch(word):
        return False
    inner = word[1:]
    if any(one.islower() and other.isupper() for one, other in pairwise(inner)):
        return False
    pairs = _pairs(word)
    return len(pairs) < 3 or sum(pair in _COMMON for pair in pairs) >= 0.4 * len(pairs)


def _pairs(text: str) -> list[str]:
    folded = unicodedata.normalize("NFD", text.casefold().translate(_FOLDED))
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    both = pairwise(folded)
    return [one + other for one, other in both if one.isascii() and other.isascii() and (one + other).isalpha()]
