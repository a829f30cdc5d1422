"""Text to the features of the linear intent model: hashed words, word pairs and character runs.

The same code serves training and use, so that the two cannot drift apart.
"""

import re
import unicodedata
import zlib
from itertools import pairwise

import numpy as np
import numpy.typing as npt

SIZE = 1 << 16
_MOST_CHARACTERS = 6000
_SUBJECT_WEIGHT = 1
_WORD = re.compile(r"[^\W_]+")
_RUNS = (3, 4, 5)


def tokens(text: str) -> list[str]:
    """Small letters without accents; digits as one mark each, so that numbers tell their shape and nothing else."""
    apart = unicodedata.normalize("NFKD", text[:_MOST_CHARACTERS].casefold())
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return _WORD.findall(re.sub(r"\d", "0", plain))


def counts(subject: str, text: str) -> dict[int, float]:
    """Bucket to number of times."""
    found: dict[int, float] = {}
    for words in (tokens(subject), tokens(text)):
        for name in _names(words):
            bucket = zlib.crc32(name.encode()) & (SIZE - 1)
            found[bucket] = found.get(bucket, 0.0) + 1.0
    return found


def weighed(
    found: dict[int, float], idf: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Buckets and their tf-idf values, of length one."""
    buckets = np.fromiter(found.keys(), dtype=np.int64, count=len(found))
    values = np.fromiter(found.values(), dtype=np.float32, count=len(found))
    values = (1 + np.log(values)) * idf[buckets]
    length = float(np.linalg.norm(values))
    return buckets, values / length if length else values


def _names(words: list[str]) -> list[str]:
    names = [f"w {word}" for word in words]
    names += [f"b {left} {right}" for left, right in pairwise(words)]
    for word in words:
        framed = f" {word} "
        names += [f"c {framed[at : at + run]}" for run in _RUNS for at in range(len(framed) - run + 1)]
    return names
