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
# Arabic written with Latin letters and digits: 2 for a hamza, 3 for ع, 5 for خ, 7 for ح, 9 for ق inside words.
_ARABIZI = re.compile(
    r"\b(?:[a-z']*[a-z][235679][a-z][a-z0-9]*|[3579][a-z]{2,}[a-z0-9]*|[a-z]{2,}[379])\b", re.IGNORECASE
)
_DARIJA = re.compile(
    r"\b(?:salam|slm|3afak|afak|bghi[tn]a?|khassni|khasni|khessni|chokran|choukran|kayn|kayna|kayen|makayn|makach|makanch|dyal\w{0,4}|dial\w{0,4}|"
    r"ta3\w{0,3}|mta3\w{0,3}|walo|walou|wakha|bzaf|bezzaf|chnou|chno|ach|wach|wech|wesh|kifach|kifech|fin|win|daba|dork|drk|rani|rana|rah|raha|rahi|machi|mashi|hna|"
    r"labas|inchallah|nchallah|hamdoullah|lma|lmaa|dar|khdam|khdama|hadi|hada|hadak|hadik|dik|dak|dakchi|hadchi|ghir|ghi|bach|bech|mazal|mzl|"
    r"kolchi|koulchi|wlad|wladi|drari|khoya|lalla|khti|ana|nta|nti|ntouma|huwa|howa|hiya|lyoum|lyouma|lbare7|nhar|chhar|skhoun|skhouna|bared|sakn\w{0,3}|"
    r"men|mn|li|lli|elli|f|fel|lel|wa7ed|wa7da|sma7|sam7\w*|3la|3and\w*|chi|ma|kan\w{3,}|kay\w{3,}|katt?\w{3,}|n7eb|bla|walakin|walayni|zid|bent|weld)\b",
    re.IGNORECASE,
)
_LINKS = re.compile(r"https?://\S+|\S+@\S+")
_DARIJA_WORDS = 3
_DARIJA_SHARE = 0.22
_SMALL = 3
"""Letters up to which a word of the list may well be another language's."""
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


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
        if _is_darija(text[:_MOST_CHARACTERS]):
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


def _is_darija(text: str) -> bool:
    """By its small words and the digits inside its words, which other languages in Latin letters do not have."""
    words = _TOKEN.findall(_LINKS.sub(" ", text))
    small = [word for word in words if _DARIJA.fullmatch(word)]
    digits = [word for word in words if _ARABIZI.fullmatch(word)]
    sure = len(digits) + sum(len(word) > _SMALL for word in small)
    return sure >= _DARIJA_WORDS and len({*small, *digits}) >= _DARIJA_SHARE * len(words)
