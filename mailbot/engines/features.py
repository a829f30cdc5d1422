"""Text to the features of the linear models: hashed words, how they sound, pairs, stems, concepts.

The same code serves training and use, so that the two cannot drift apart.
"""

import re
import zlib
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from mailbot.engines.folding import LETTER, folded
from mailbot.engines.lexicon import concepts

_WORDS: Final = 1 << 17
_PAIRS: Final = 1 << 17
CONCEPTS: Final = _WORDS + _PAIRS
"""The first bucket of the concepts: those below are words, then pairs of words."""
SIZE: Final = CONCEPTS + (1 << 15)
SINGLE: Final = SIZE - _PAIRS
"""Buckets without the pairs: what is counted of a clause alone."""
_BLOCKS: Final = ((0, _WORDS, 1.0), (_WORDS, CONCEPTS, 0.7), (CONCEPTS, SIZE, 0.5))
"""First bucket, end and length of each block: pairs and concepts help, words say most."""
_RUNS: Final = (1, 2, 3)
"""Characters of the runs taken from scripts without spaces."""
_STEM: Final = 5
_WORD: Final = re.compile(rf"{LETTER}+(?:'{LETTER}+)?")
_DIGIT: Final = re.compile(r"\d")
_ELIDED: Final = 2
"""Letters before an apostrophe that are an article or a pronoun ("l'", "qu'"), not a word."""
_ARTICLES: Final = frozenset(
    {"all", "coll", "dall", "dell", "nell", "quell", "quest", "sull", "jusqu", "lorsqu", "puisqu"}
)
"""Longer ones."""
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that set no space between words."""

# How French sounds, roughly: people who spell by ear write the same word in many ways.
_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(.)\1+", r"\1"),
        (r"ph", "f"),
        (r"eaux?|aux?(?![aeiouy])", "o"),
        (r"qu|ck|q|c(?=[aou]|[^aeiouyh]|$)", "k"),
        (r"c(?=[eiy])", "s"),
        (r"sch|ch|sh", "S"),
        (r"g(?=[ei])", "j"),
        (r"gu(?=[ei])", "g"),
        (r"ai|ei|ay|ey|et$|er$|ez$|ait$|aient$|es$|ee$", "e"),
        (r"oi|oy", "wa"),
        (r"ou", "u"),
        (r"y", "i"),
        (r"[aei]n(?=[^aeiouynm]|$)|[aei]m(?=[pb])", "N"),
        (r"on(?=[^aeiouyn]|$)|om(?=[pb])", "O"),
        (r"h", ""),
        (r"(?<=..)(?:ent|[stxdp]|e)+$", ""),
        (r"z", "s"),
        (r"(.)\1+", r"\1"),
    )
)


def tokens(text: str) -> list[str]:
    """Folded words; digits as one mark each, so that numbers tell their shape and nothing else."""
    found = []
    for word in _WORD.findall(_DIGIT.sub("0", folded(text))):
        before, apostrophe, after = word.partition("'")
        found.append(after if apostrophe and (len(before) <= _ELIDED or before in _ARTICLES) else word)
    return found


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """A word as a French ear hears it; words of other alphabets stay as they are."""
    if not word.isascii():
        return word
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return word


def counts(text: str) -> dict[int, float]:
    """Bucket to number of times, for one clause."""
    found: dict[int, float] = {}
    for (first, end, _), names in zip(_BLOCKS, _names(tokens(text)), strict=True):
        for name in names:
            bucket = first + zlib.crc32(name.encode()) % (end - first)
            found[bucket] = found.get(bucket, 0.0) + 1.0
    return found


def together(pieces: list[dict[int, float]]) -> dict[int, float]:
    """The counts of several clauses as those of one text."""
    found: dict[int, float] = {}
    for piece in pieces:
        for bucket, times in piece.items():
            found[bucket] = found.get(bucket, 0.0) + times
    return found


def weighed(
    found: dict[int, float], idf: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Buckets and their tf-idf values; each block has a length of its own, however many features it holds."""
    buckets = np.fromiter(found.keys(), dtype=np.int64, count=len(found))
    values = np.fromiter(found.values(), dtype=np.float32, count=len(found))
    values = (1 + np.log(values)) * idf[buckets]
    for first, end, length in _BLOCKS:
        mine = (buckets >= first) & (buckets < end)
        if (norm := float(np.linalg.norm(values[mine]))) > 0:
            values[mine] *= length / norm
    return buckets, values


def single(
    buckets: npt.NDArray[np.int64], values: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Without the pairs of words: buckets from 0 to SINGLE."""
    kept = (buckets < _WORDS) | (buckets >= CONCEPTS)
    places = buckets[kept]
    return np.where(places < _WORDS, places, places - _PAIRS), values[kept]


def _names(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Of words, of pairs of words, of concepts and their pairs."""
    heard = [sound(word) for word in words]
    single = [f"w {word}" for word in words]
    single += [f"s {word}" for word in heard]
    single += [f"p {word[:_STEM]}" for word in heard if len(word) > _STEM]
    for word in words:
        if _UNSPACED.search(word):
            single += [f"c {word[at : at + run]}" for run in _RUNS for at in range(len(word) - run + 1)]
    pairs = [f"b {left} {right}" for left, right in pairwise(words)]
    pairs += [f"t {left} {right}" for left, right in pairwise(heard)]
    said = sorted(concepts(words))
    meant = [f"k {concept}" for concept in said]
    meant += [f"k {left} {right}" for at, left in enumerate(said) for right in said[at + 1 :]]
    return single, pairs, meant
