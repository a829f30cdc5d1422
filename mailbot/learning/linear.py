"""Linear models over counted mails, the same numbers every time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from mailbot.engines.features import SIZE, weighed
from mailbot.engines.intent import Floats

WORDS_C: Final = 1.2
SENSE_C: Final = 30.0
_CLAUSE_C: Final = 0.3
_CLOSE: Final = 1e-6
"""Stopped sooner, three mails more change the weights by a tenth."""
_ABSENT: Final = -3.0
"""The margin of a label that the mails lack: it never wins."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def idf_of(wholes: Sequence[dict[int, float]]) -> Floats:
    """Of whole mails: how rare each bucket is, rounded as it is kept."""
    seen = np.zeros(SIZE, dtype=np.float32)
    for one in wholes:
        seen[list(one)] += 1
    return (np.log((1 + len(wholes)) / (1 + seen)) + 1).astype(np.float16).astype(np.float32)


def rows_of(found: Sequence[tuple[Ints, Floats]], columns: int) -> csr_matrix:
    """(rows × columns) of each row's columns and their values."""
    ends = np.cumsum([0, *(len(places) for places, _ in found)])
    places = np.concatenate([np.zeros(0, np.int64), *(places for places, _ in found)])
    values = np.concatenate([np.zeros(0, np.float32), *(values for _, values in found)])
    return csr_matrix((values, places, ends), shape=(len(found), columns))


def matrix(counted: Sequence[dict[int, float]], idf: Floats) -> csr_matrix:
    """(texts × SIZE)"""
    found = rows_of([weighed(buckets, idf) for buckets in counted], SIZE)
    # In the order of the columns the sums of a product are rounded alike, however the words stood.
    found.sort_indices()
    return found


@dataclass(frozen=True, slots=True)
class Linear:
    """(features × labels) and a bias each."""

    weights: Floats
    bias: Floats

    def margins(self, features: Any) -> Floats:  # noqa: ANN401 - a sparse matrix of a library without types, or an array
        found: Floats = np.asarray(features @ self.weights + self.bias, dtype=np.float32)
        return found

    def packed(self) -> tuple[npt.NDArray[np.int8], Floats]:
        """The weights in 8 bits each, and one scale a label."""
        scale = np.abs(self.weights).max(axis=0) / 127 + 1e-12
        return np.round(self.weights / scale).astype(np.int8), scale.astype(np.float32)


def fit_words(features: csr_matrix, wanted: Ints, labels: int, c: float = WORDS_C) -> Linear:
    """One against all others; labels that these mails lack get a margin that never wins."""
    # liblinear's order of visiting is fixed by the seed: the same mails give the same numbers.
    return _spread(LinearSVC(C=c, class_weight="balanced", random_state=0).fit(features, wanted), labels)


def fit_sense(vectors: Floats, wanted: Ints, labels: int) -> Linear:
    # lbfgs starts from zero and uses no chance.
    model = LogisticRegression(C=SENSE_C, tol=_CLOSE, max_iter=3000, class_weight="balanced").fit(vectors, wanted)
    return _spread(model, labels)


def _spread(model: Any, labels: int) -> Linear:  # noqa: ANN401 - scikit-learn ships no types
    coefficients, intercept = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, intercept = np.vstack((-coefficients, coefficients)), np.hstack((-intercept, intercept))
    weights = np.zeros((coefficients.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, _ABSENT, dtype=np.float32)
    weights[:, model.classes_] = coefficients.T
    bias[model.classes_] = intercept
    return Linear(weights, bias)


def fit_clauses(features: csr_matrix, owner: Ints, raised: Bools, first: Floats) -> Linear:
    """What one clause says, learned from mails whose clauses nobody labelled (multiple-instance learning: Andrews,
    Tsochantaridis, Hofmann, NIPS 2002, one step of it).

    `features` is (clauses × features), `owner` each clause's mail, `raised` (mails × labels), `first` (clauses ×
    labels) what another model says of them.  Of a mail that raises a label the clause with the highest `first` stands
    for it; clauses of mails that do not raise it are against it; the others say nothing.
    """
    mails, labels = raised.shape
    starts, ends = (np.searchsorted(owner, np.arange(mails), side=side) for side in ("left", "right"))
    weights = np.zeros((features.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, _ABSENT, dtype=np.float32)
    for label in range(labels):
        against = np.flatnonzero(~raised[owner, label])
        stands = [
            int(starts[mail]) + int(first[starts[mail] : ends[mail], label].argmax())
            for mail in np.flatnonzero(raised[:, label])
            if ends[mail] > starts[mail]
        ]
        if not stands or not len(against):
            continue
        rows = np.concatenate((np.array(stands), against))
        said = np.arange(len(rows)) < len(stands)
        worth = np.where(said, (len(against) / len(stands)) ** 0.5, 1.0)
        model = LinearSVC(C=_CLAUSE_C, random_state=0).fit(features[rows], said, sample_weight=worth)
        weights[:, label], bias[label] = model.coef_[0], model.intercept_[0]
    return Linear(weights, bias)
