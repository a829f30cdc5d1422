"""Mails of a corpus that are nearly the same: they would make a score look better than it is."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NEAR: Final = 0.5
"""Jaccard similarity of character 5-grams from which two texts are near-duplicates."""
_RUN: Final = 5
_FEWEST: Final = 20
"""Texts of fewer 5-grams ("merci", "voir pièce jointe") may well be written twice by two people."""
_RARE: Final = 60
"""A 5-gram in more texts than this says nothing about which two are alike."""


@dataclass(frozen=True, slots=True)
class Alike:
    left: int
    right: int
    similarity: float


def near_duplicates(texts: Sequence[str], threshold: float = NEAR) -> tuple[Alike, ...]:
    """Pairs of places in `texts`, most alike first."""
    grams = [_grams(text) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    for at, mine in enumerate(grams):
        for gram in mine:
            holders[gram].append(at)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for places in holders.values():
        if len(places) <= _RARE:
            for number, right in enumerate(places):
                for left in places[:number]:
                    shared[left, right] += 1
    found = []
    for (left, right), rare in shared.items():
        one, other = grams[left], grams[right]
        if min(len(one), len(other)) < _FEWEST or rare * 4 < threshold * min(len(one), len(other)):
            continue
        similarity = len(one & other) / len(one | other)
        if similarity >= threshold:
            found.append(Alike(left, right, similarity))
    return tuple(sorted(found, key=lambda pair: (-pair.similarity, pair.left, pair.right)))


def _grams(text: str) -> frozenset[str]:
    plain = re.sub(r"\W+", " ", text.casefold()).strip()
    return frozenset(plain[at : at + _RUN] for at in range(max(1, len(plain) - _RUN + 1)))
