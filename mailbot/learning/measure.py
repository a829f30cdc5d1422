"""Scores of an engine against what careful people said.  Shares are 0 to 1."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Counted:
    """Right ones found, wrong ones found, right ones missed."""

    hits: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.hits + self.wrong + self.missed
        return 2 * self.hits / total if total else 1.0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.hits + other.hits, self.wrong + other.wrong, self.missed + other.missed)


def compared(found: Iterable[str], wanted: Iterable[str]) -> Counted:
    """Two sets of labels or values of one mail; values are counted as often as they stand there."""
    got, right = Counter(found), Counter(wanted)
    hits = (got & right).total()
    return Counted(hits, got.total() - hits, right.total() - hits)


def accuracy(pairs: Sequence[tuple[str, str]]) -> float:
    """Of (found, wanted)."""
    return sum(found == wanted for found, wanted in pairs) / len(pairs) if pairs else 1.0


def per_label(pairs: Sequence[tuple[str, str]]) -> Mapping[str, Counted]:
    """Label to its counts, for each label that occurs."""
    tally: dict[str, Counted] = {}
    for found, wanted in pairs:
        if found == wanted:
            tally[wanted] = tally.get(wanted, Counted()) + Counted(hits=1)
        else:
            tally[found] = tally.get(found, Counted()) + Counted(wrong=1)
            tally[wanted] = tally.get(wanted, Counted()) + Counted(missed=1)
    return dict(sorted(tally.items()))


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """The mean F1 of the labels that a careful person used."""
    wanted = {label for _, label in pairs}
    scores = [counted.f1 for label, counted in per_label(pairs).items() if label in wanted]
    return sum(scores) / len(scores) if scores else 1.0


def calibration_error(answers: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten equal bins (Guo et al. 2017) of (confidence, was it right)."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, right in answers:
        bins[min(int(confidence * _BINS), _BINS - 1)].append((confidence, right))
    return sum(
        abs(sum(confidence for confidence, _ in some) - sum(right for _, right in some)) for some in bins if some
    ) / max(len(answers), 1)


def confusion(pairs: Sequence[tuple[str, str]], labels: Sequence[str]) -> list[list[int]]:
    """Rows: what careful people said; columns: what was found."""
    at = {label: number for number, label in enumerate(labels)}
    matrix = [[0] * len(labels) for _ in labels]
    for found, wanted in pairs:
        if found in at and wanted in at:
            matrix[at[wanted]][at[found]] += 1
    return matrix
