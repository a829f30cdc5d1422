"""From labelled mails to the numbers of the urgency model, the same bytes every time."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from mailbot.engines.features import CONCEPTS
from mailbot.engines.intent import Floats
from mailbot.engines.urgency import HEADS, MODEL_FILE, evidence
from mailbot.learning.labelled import Labelled, corpus
from mailbot.learning.train import Cut, Linear, cut, fit_stack, folds_of, idf_of, matrix, unseen
from mailbot.learning.vectors import Vectors

_C: Final = 0.2
_STACK_C: Final = 0.3
_PRECISION: Final = {"critical": 0.8, "high": 0.62, "low": 0.75}
"""Least precision of each head on unseen mails; as much recall as that leaves is taken."""

Bools = npt.NDArray[np.bool_]


def _said(mails: Sequence[Labelled]) -> Bools:
    """(mails × heads)"""
    levels = [mail.urgency for mail in mails]
    return np.array([[level == "critical", level in {"critical", "high"}, level == "low"] for level in levels])


def _fit(features: csr_matrix, said: Bools) -> Linear:
    models = [
        LinearSVC(C=_C, class_weight="balanced", random_state=0).fit(features, said[:, head])
        for head in range(len(HEADS))
    ]
    weights = np.concatenate([model.coef_ for model in models]).T.astype(np.float32)
    return Linear(weights, np.array([model.intercept_[0] for model in models], dtype=np.float32))


def train_urgency(mails: Sequence[Labelled], vectors: Vectors) -> bytes:
    """The model file.  Raises RuntimeError when the embedding package is absent."""
    mails = [mail for mail in mails if mail.urgency is not None and mail.intent is not None]
    said, cuts = _said(mails), cut(mails)
    intents = sorted({str(mail.intent) for mail in mails})
    wanted = np.array([intents.index(str(mail.intent)) for mail in mails])
    folds = folds_of(mails, wanted)
    apart = unseen(cuts, wanted, folds, len(intents), vectors)
    shares = fit_stack(apart.whole, apart.sense, wanted).shares(apart.whole, apart.sense)
    seen = _evidence(mails, cuts, said, folds, shares, intents)
    stack, least = _stacked(seen, said, folds)
    idf = idf_of(cuts)
    features = matrix([one.whole for one in cuts], idf)
    words, concepts = _fit(features, said), _fit(features[:, CONCEPTS:], said)
    return _packed({**stack, "intents": intents, "least": least}, idf, words, concepts)


def _evidence(
    mails: Sequence[Labelled],
    cuts: Sequence[Cut],
    said: Bools,
    folds: npt.NDArray[np.int64],
    shares: Floats,
    intents: list[str],
) -> Floats:
    rows: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(mails)
    heating = intents.index("repair.heating") if "repair.heating" in intents else None
    for fold in np.unique(folds):
        out = folds == fold
        idf = idf_of([one for one, held in zip(cuts, out, strict=True) if not held])
        features = matrix([one.whole for one, held in zip(cuts, out, strict=True) if not held], idf)
        words, concepts = _fit(features, said[~out]), _fit(features[:, CONCEPTS:], said[~out])
        for at in np.flatnonzero(out).tolist():
            whole = matrix([cuts[at].whole], idf)
            each = words.margins(matrix(cuts[at].pieces.counted, idf)) if cuts[at].pieces.parts else words.bias[None]
            on = mails[at].on
            rows[at] = evidence(
                words.margins(whole)[0],
                concepts.margins(whole[:, CONCEPTS:])[0],
                each.max(axis=0),
                shares[at],
                heating=0.0 if heating is None else float(shares[at][heating]),
                month=on.month if on is not None else 1,
                length=len(mails[at].text.split()),
            )
    return np.stack(rows)


def _stacked(seen: Floats, said: Bools, folds: npt.NDArray[np.int64]) -> tuple[dict[str, Any], list[float]]:
    weights, biases, least = [], [], []
    for head, name in enumerate(HEADS):
        shares = np.zeros(len(seen))
        for fold in np.unique(folds):
            out = folds == fold
            model = LogisticRegression(C=_STACK_C, max_iter=500).fit(seen[~out], said[~out, head])
            shares[out] = model.predict_proba(seen[out])[:, 1]
        model = LogisticRegression(C=_STACK_C, max_iter=500).fit(seen, said[:, head])
        weights.append([round(float(weight), 4) for weight in model.coef_[0]])
        biases.append(round(float(model.intercept_[0]), 4))
        least.append(_least(shares, said[:, head], _PRECISION[name]))
    return {"stack": weights, "stack_bias": biases}, least


def _least(shares: npt.NDArray[np.float64], said: Bools, precision: float) -> float:
    """The lowest share from which a head is right often enough."""
    for step in range(3, 97):
        found = shares >= step / 100
        if found.any() and said[found].mean() >= precision:
            return step / 100
    return 0.97


def _packed(said: dict[str, Any], idf: Floats, words: Linear, concepts: Linear) -> bytes:
    scale, concepts_scale = (np.abs(one.weights).max(axis=0) / 127 + 1e-12 for one in (words, concepts))
    out = BytesIO()
    np.savez_compressed(
        out,
        said=np.array(json.dumps(said)),
        idf=idf.astype(np.float16),
        words=np.round(words.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=words.bias,
        concepts=np.round(concepts.weights / concepts_scale).astype(np.int8),
        concepts_scale=concepts_scale.astype(np.float32),
        concepts_bias=concepts.bias,
    )
    return out.getvalue()


def main() -> None:
    """`make model`: train on the packaged corpus and write the shipped file."""
    content = train_urgency(corpus(), Vectors.packaged())
    place = Path(__file__).parent.parent / "engines" / "models" / MODEL_FILE
    place.write_bytes(content)
    print(f"{place.name}: {len(content)} bytes")  # noqa: T201 - a command for developers


if __name__ == "__main__":
    main()
