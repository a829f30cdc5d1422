"""From labelled mails to the numbers of the intent model, the same bytes every time."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from mailbot.engines.features import CONCEPTS, SIZE, together, weighed
from mailbot.engines.intent import (
    MODEL_FILE,
    Floats,
    Margins,
    Pieces,
    Stack,
    digest_of,
    further,
    pieces,
    softmax,
)
from mailbot.learning.labelled import Labelled, corpus
from mailbot.learning.vectors import KEPT, Vectors

WORDS_C: Final = 0.3
CONCEPTS_C: Final = 0.5
SENSE_C: Final = 30.0
_FOLDS: Final = 6
_BIAS_PENALTY: Final = 1.0
_FEW: Final = 5
"""Hands from which mails are held apart by who wrote them; under that, by label."""

_ENOUGH: Final = 10
"""Mails of other languages, a label, from which these have a stack of their own."""
_AS_GOOD: Final = 0.003
_HALF: Final = 0.5

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """One mail, cut and counted once for everything that is trained."""

    pieces: Pieces
    whole: dict[int, float]


def cut(mails: Sequence[Labelled]) -> list[Cut]:
    found = [pieces(mail.subject, mail.text) for mail in mails]
    return [Cut(one, together(list(one.counted))) for one in found]


def folds_of(mails: Sequence[Labelled], wanted: Ints) -> Ints:
    """A fold for each mail: hands are kept whole where there are enough of them, else labels are dealt out."""
    written = Counter(mail.hand for mail in mails)
    if len(written) >= _FEW:
        loads, places = [0] * _FOLDS, {}
        for hand, number in sorted(written.items(), key=lambda entry: (-entry[1], entry[0])):
            places[hand] = loads.index(min(loads))
            loads[places[hand]] += number
        return np.array([places[mail.hand] for mail in mails])
    seen: Counter[int] = Counter()
    found = []
    for label in wanted.tolist():
        found.append(seen[label] % _FOLDS)
        seen[label] += 1
    return np.array(found)


def idf_of(cuts: Sequence[Cut]) -> Floats:
    seen = np.zeros(SIZE, dtype=np.float32)
    for one in cuts:
        seen[list(one.whole)] += 1
    return (np.log((1 + len(cuts)) / (1 + seen)) + 1).astype(np.float16).astype(np.float32)


def matrix(counted: Sequence[dict[int, float]], idf: Floats) -> csr_matrix:
    rows, columns, values = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    for row, buckets in enumerate(counted):
        if buckets:
            places, weights = weighed(buckets, idf)
            rows.append(np.full(len(places), row))
            columns.append(places)
            values.append(weights)
    shape = (len(counted), SIZE)
    return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


@dataclass(frozen=True, slots=True)
class Linear:
    """(features × labels) and a bias each."""

    weights: Floats
    bias: Floats

    def margins(self, features: Any) -> Floats:  # noqa: ANN401 - a sparse matrix of a library without types, or an array
        found: Floats = np.asarray(features @ self.weights + self.bias, dtype=np.float32)
        return found


def fit_words(features: csr_matrix, wanted: Ints, labels: int, c: float = WORDS_C) -> Linear:
    """One against all others; labels that these mails lack get a margin that never wins."""
    # liblinear's order of visiting is fixed by the seed: the same mails give the same numbers.
    return _spread(LinearSVC(C=c, class_weight="balanced", random_state=0).fit(features, wanted), labels)


def fit_sense(vectors: Floats, wanted: Ints, labels: int) -> Linear:
    # lbfgs starts from zero and uses no chance.
    model = LogisticRegression(C=SENSE_C, max_iter=500, class_weight="balanced").fit(vectors, wanted)
    return _spread(model, labels)


def _spread(model: Any, labels: int) -> Linear:  # noqa: ANN401 - scikit-learn ships no types
    coefficients, intercept = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, intercept = np.vstack((-coefficients, coefficients)), np.hstack((-intercept, intercept))
    weights = np.zeros((coefficients.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -3.0, dtype=np.float32)
    weights[:, model.classes_] = coefficients.T
    bias[model.classes_] = intercept
    return Linear(weights, bias)


def fit_stack(margins: Margins, sense: Floats | None, wanted: Ints) -> Stack:
    """By maximum likelihood on margins of mails that the models had not seen: its shares are calibrated."""
    given = [margins.words, margins.concepts, *([] if sense is None else [sense])]
    layers = [layer.astype(np.float64) for layer in given]
    count, labels = len(layers), margins.words.shape[1]

    def loss(point: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        score = sum(layer * point[at] for at, layer in enumerate(layers)) + point[count:]
        shares = softmax(np.asarray(score, dtype=np.float64))
        right = shares[np.arange(len(wanted)), wanted]
        penalty = _BIAS_PENALTY * float(np.square(point[count:]).sum()) / len(wanted)
        off = shares.copy()
        off[np.arange(len(wanted)), wanted] -= 1
        off /= len(wanted)
        slope = [float((layer * off).sum()) for layer in layers]
        bias = off.sum(axis=0) + 2 * _BIAS_PENALTY * point[count:] / len(wanted)
        return float(-np.log(right + 1e-12).mean()) + penalty, np.concatenate((slope, bias))

    start = np.zeros(count + labels)
    start[:count] = 1.0
    # A margin may say nothing, but never the contrary of what it says.
    bounds = [(0.0, None)] * count + [(None, None)] * labels
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}).x.round(4)
    words, concepts, *more = (float(weight) for weight in found[:count])
    return Stack(words, concepts, more[0] if more else 0.0, found[count:].astype(np.float32))


@dataclass(frozen=True, slots=True)
class Unseen:
    """Margins of each mail by models that were trained without its fold."""

    whole: Margins
    sense: Floats
    clauses: tuple[Margins, ...]
    """Each mail's (clauses × labels)."""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything a text says, and its concepts alone."""

    idf: Floats
    all: Linear
    concepts: Linear

    def margins(self, counted: Sequence[dict[int, float]]) -> Margins:
        features = matrix(counted, self.idf)
        return Margins(self.all.margins(features), self.concepts.margins(features[:, CONCEPTS:]))


def fit_both(cuts: Sequence[Cut], wanted: Ints, labels: int) -> Words:
    idf = idf_of(cuts)
    features = matrix([one.whole for one in cuts], idf)
    return Words(
        idf,
        fit_words(features, wanted, labels, WORDS_C),
        fit_words(features[:, CONCEPTS:], wanted, labels, CONCEPTS_C),
    )


def unseen(cuts: Sequence[Cut], wanted: Ints, folds: Ints, labels: int, vectors: Vectors) -> Unseen:
    whole = Margins(*(np.zeros((len(cuts), labels), dtype=np.float32) for _ in range(2)))
    clauses: list[Margins] = [whole.at(slice(0))] * len(cuts)
    for fold in np.unique(folds):
        apart = folds == fold
        model = fit_both([one for one, out in zip(cuts, apart, strict=True) if not out], wanted[~apart], labels)
        places = np.flatnonzero(apart).tolist()
        found = model.margins([cuts[at].whole for at in places])
        whole.words[places], whole.concepts[places] = found.words, found.concepts
        for at in places:
            clauses[at] = model.margins(cuts[at].pieces.counted)
    embedded = vectors.of([digest_of(one.pieces) for one in cuts])
    sense = np.zeros_like(whole.words)
    for fold in np.unique(folds):
        apart = folds == fold
        sense[apart] = fit_sense(embedded[~apart], wanted[~apart], labels).margins(embedded[apart])
    return Unseen(whole, sense, tuple(clauses))


def train(mails: Sequence[Labelled], vectors: Vectors, main_language: str = "fr") -> bytes:
    """The model file.  Raises RuntimeError when the embedding package is absent: both halves are needed."""
    mails = [mail for mail in mails if mail.intent is not None]
    labels = sorted({str(mail.intent) for mail in mails})
    wanted = np.array([labels.index(str(mail.intent)) for mail in mails])
    cuts = cut(mails)
    apart = unseen(cuts, wanted, folds_of(mails, wanted), len(labels), vectors)
    main = np.array([(mail.language or main_language) == main_language for mail in mails])
    others = ~main if (~main).sum() >= _ENOUGH * len(labels) else np.ones_like(main)
    stacks = {
        f"{path}{suffix}": fit_stack(apart.whole.at(some), apart.sense[some] if path == "heavy" else None, wanted[some])
        for suffix, some in (("", main), ("-other", others))
        for path in ("light", "heavy")
    }
    words = fit_both(cuts, wanted, len(labels))
    sense = fit_sense(vectors.of([digest_of(one.pieces) for one in cuts]), wanted, len(labels))
    said = {
        "labels": labels,
        "main_language": main_language,
        "trained_on": trained_on(mails),
        "unsure": _unsure(apart, wanted, stacks, main),
        "threshold": _threshold(apart, wanted, stacks, main),
        "also": _also(mails, cuts, apart, stacks, main),
    }
    return _packed(said, words, sense, stacks)


def trained_on(mails: Sequence[Labelled]) -> str:
    """SHA-256 of the mails and labels, in their order."""
    heard = hashlib.sha256()
    for mail in mails:
        heard.update(json.dumps([mail.subject, mail.text, mail.intent, mail.also, mail.urgency]).encode())
    return heard.hexdigest()


def _unsure(apart: Unseen, wanted: Ints, stacks: dict[str, Stack], main: npt.NDArray[np.bool_]) -> float:
    """The lowest share of the light path above which the embedding would not do better."""
    light = stacks["light"].shares(apart.whole.at(main))
    heavy = stacks["heavy"].shares(apart.whole.at(main), apart.sense[main])
    by_light, by_heavy = light.argmax(axis=1) == wanted[main], heavy.argmax(axis=1) == wanted[main]
    for step in range(50, 99):
        sure = light.max(axis=1) >= step / 100
        if sure.any() and by_light[sure].mean() >= by_heavy[sure].mean() - _AS_GOOD:
            return step / 100
    return 0.99


def _threshold(apart: Unseen, wanted: Ints, stacks: dict[str, Stack], main: npt.NDArray[np.bool_]) -> float:
    """The share under which guesses are more often wrong than right."""
    heavy = stacks["heavy"].shares(apart.whole.at(main), apart.sense[main])
    sure, right = heavy.max(axis=1), heavy.argmax(axis=1) == wanted[main]
    for step in range(20, 70):
        near = (sure >= step / 100) & (sure < step / 100 + 0.1)
        if not near.any() or right[near].mean() >= _HALF:
            return step / 100
    return 0.5


def _also(
    mails: Sequence[Labelled],
    cuts: Sequence[Cut],
    apart: Unseen,
    stacks: dict[str, Stack],
    main: npt.NDArray[np.bool_],
) -> dict[str, float]:
    """How a clause's share and the whole mail's make a further request, and from where it counts as one."""
    labels = sorted({str(mail.intent) for mail in mails})
    rows, said = [], []
    for at, mail in enumerate(mails):
        suffix = "" if main[at] else "-other"
        shares = stacks[f"heavy{suffix}"].shares(apart.whole.at(at), apart.sense[at])
        best = int(shares.argmax())
        if not cuts[at].pieces.parts or labels[best] != mail.intent:
            continue
        evidence = further(apart.clauses[at], shares, stacks[f"light{suffix}"])
        rows.append(np.delete(evidence, best, axis=0))
        said.append(np.delete([label in mail.also for label in labels], best))
    if not any(some.any() for some in said):
        return {"clause": 0.0, "whole": 0.0, "bias": -1.0, "from": 1.0}
    evidence, given = np.concatenate(rows), np.concatenate(said)
    model = LogisticRegression(C=1.0).fit(evidence, given)
    shares = model.predict_proba(evidence)[:, 1]

    def f1(least: float) -> float:
        found = shares >= least
        return float(2 * (found & given).sum() / (found.sum() + given.sum()))

    least = max((step / 100 for step in range(5, 80)), key=f1)
    clause, whole = (round(float(weight), 4) for weight in model.coef_[0])
    return {"clause": clause, "whole": whole, "bias": round(float(model.intercept_[0]), 4), "from": least}


def _packed(said: dict[str, Any], words: Words, sense: Linear, stacks: dict[str, Stack]) -> bytes:
    written = {
        name: {
            "words": one.words,
            "concepts": one.concepts,
            "sense": one.sense,
            "bias": [round(float(bias), 4) for bias in one.bias],
        }
        for name, one in stacks.items()
    }
    scale, concepts_scale = (np.abs(one.weights).max(axis=0) / 127 + 1e-12 for one in (words.all, words.concepts))
    out = BytesIO()
    np.savez_compressed(
        out,
        said=np.array(json.dumps({**said, "stacks": written})),
        idf=words.idf.astype(np.float16),
        words=np.round(words.all.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        words_bias=words.all.bias.astype(np.float32),
        concepts=np.round(words.concepts.weights / concepts_scale).astype(np.int8),
        concepts_scale=concepts_scale.astype(np.float32),
        concepts_bias=words.concepts.bias.astype(np.float32),
        sense=sense.weights.T.astype(np.float16),
        sense_bias=sense.bias.astype(np.float32),
    )
    return out.getvalue()


def main() -> None:
    """`make model`: train on the packaged corpus and write the shipped files."""
    root = Path(__file__).parent.parent
    vectors = Vectors.packaged()
    content = train(corpus(), vectors)
    place = root / "engines" / "models" / MODEL_FILE
    place.write_bytes(content)
    vectors.keep(root / "corpus" / KEPT)
    print(f"{place.name}: {len(content)} bytes")  # noqa: T201 - a command for developers


if __name__ == "__main__":
    main()
