"""From labelled mails to the numbers of the urgency model, the same bytes every time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailbot.engines.features import SIZE
from mailbot.engines.intent import Floats
from mailbot.engines.urgency import CUES, Told, evidence, tell, values
from mailbot.learning.apart import Cut, Ready, ready
from mailbot.learning.apart import Unseen as UnseenIntents
from mailbot.learning.apart import unseen as unseen_intents
from mailbot.learning.labelled import Labelled
from mailbot.learning.linear import Bools, Ints, Linear, fit_words, idf_of, matrix, rows_of
from mailbot.learning.train import fit_stack
from mailbot.learning.vectors import Vectors
from mailbot.model import URGENCIES

_C: Final = 1.0
_STACK_C: Final = 0.3
_SENSE_C: Final = 10.0
_LEVELS: Final = {str(level): at for at, level in enumerate(URGENCIES)}
_CRITICAL_PRECISION: Final = 0.8
_LOW_FROM: Final = 0.5
_HIGH_RECALL: Final = 0.95
_HIGH_PRECISION: Final = 0.6
"""Of "at least high" on unseen mails: the recall is taken unless that costs more precision than this."""
_SENSES: Final = 2
"""Columns of what the embedding says, the last of the evidence."""
_SURE: Final = -5
"""Where in a mail's net evidence stands how many sure critical rules hold."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unseen:
    """What models that were trained without a mail's hand say of it."""

    wanted: Ints
    """Indexes into URGENCIES."""
    folds: Ints
    evidence: Floats
    """(mails × evidence), what the embedding says last."""
    net_critical: Bools
    """The danger net is sure of it, whatever the model says."""


def train_urgency(mails: Sequence[Labelled], vectors: Vectors, main_language: str = "fr") -> bytes:
    """The model file.  Raises RuntimeError when the embedding package is absent."""
    some = ready(usable(mails), vectors, main_language)
    return urgency_model(some, unseen_intents(some))


def usable(mails: Sequence[Labelled]) -> list[Labelled]:
    return [mail for mail in mails if mail.urgency is not None and mail.intent is not None]


def urgency_model(some: Ready, intents: UnseenIntents) -> bytes:
    """The model file.  Every mail has an urgency."""
    told = [
        tell(one.pieces, mail.subject, mail.text, mail.on.month if mail.on is not None else 1)
        for one, mail in zip(some.cuts, some.mails, strict=True)
    ]
    apart = _unseen(some, told, intents)
    light, heavy = _shares(apart, apart.evidence[:, :-_SENSES]), _shares(apart, apart.evidence)
    others = ~some.main if (~some.main).any() else some.main
    least = {
        "main": _least(light[some.main], apart.wanted[some.main], apart.net_critical[some.main]),
        "other": _least(heavy[others], apart.wanted[others], apart.net_critical[others]),
    }
    idf = _idf(some.cuts, told)
    linear = fit_words(_matrix(told, idf), apart.wanted, len(URGENCIES), _C)
    said = {"intents": some.labels, "least": least, "main_language": some.main_language}
    stacks = _stack(apart.evidence[:, :-_SENSES], apart.wanted), _stack(apart.evidence, apart.wanted)
    return _packed(said, idf, linear, stacks, _sense(some.vectors, apart.wanted))


def _idf(cuts: Sequence[Cut], told: Sequence[Told]) -> Floats:
    seen = np.zeros(CUES, dtype=np.float32)
    for one in told:
        seen[list(one.cues)] += 1
    cues = np.log((1 + len(told)) / (1 + seen)) + 1
    return np.concatenate((idf_of([one.whole for one in cuts]), cues)).astype(np.float16).astype(np.float32)


def _matrix(told: Sequence[Told], idf: Floats) -> csr_matrix:
    return rows_of([values(one, idf) for one in told], SIZE + CUES)


def _sense(vectors: Floats, wanted: Ints) -> Linear:
    """(384 × 2): critical, at least high."""
    # lbfgs starts from zero and uses no chance.
    models = [LogisticRegression(C=_SENSE_C, max_iter=500).fit(vectors, wanted <= least) for least in range(_SENSES)]
    weights = np.concatenate([model.coef_ for model in models]).T.astype(np.float16).astype(np.float32)
    return Linear(weights, np.array([model.intercept_[0] for model in models], dtype=np.float32))


def _unseen(some: Ready, told: Sequence[Told], intents: UnseenIntents) -> Unseen:
    wanted = np.array([_LEVELS[str(mail.urgency)] for mail in some.mails])
    stack = fit_stack(intents.whole, intents.sense, some.wanted)
    shares = stack.shares(intents.whole, intents.sense)
    rows: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(told)
    for fold in np.unique(some.folds):
        kept, out = np.flatnonzero(some.folds != fold).tolist(), np.flatnonzero(some.folds == fold).tolist()
        idf = _idf([some.cuts[at] for at in kept], [told[at] for at in kept])
        model = fit_words(_matrix([told[at] for at in kept], idf), wanted[kept], len(URGENCIES), _C)
        wholes = model.margins(_matrix([told[at] for at in out], idf))
        senses = _sense(some.vectors[kept], wanted[kept]).margins(some.vectors[out])
        words = Linear(model.weights[:SIZE], model.bias)
        for at, whole, sense in zip(out, wholes, senses, strict=True):
            windows = words.margins(matrix(told[at].windows, idf[:SIZE])) if told[at].windows else model.bias[None]
            rows[at] = np.concatenate((evidence(whole, windows, told[at].net, shares[at]), sense))
    return Unseen(wanted, some.folds, np.stack(rows), np.array([one.net[_SURE] > 0 for one in told]))


def _stack(seen: Floats, wanted: Ints) -> tuple[Floats, Floats]:
    """Log-odds of critical, of at least high, of low (URGENCIES goes down from critical)."""
    models = [
        LogisticRegression(C=_STACK_C, max_iter=1000).fit(seen, said)
        for said in (wanted == 0, wanted <= 1, wanted == len(URGENCIES) - 1)
    ]
    weights = np.concatenate([model.coef_ for model in models]).round(4).astype(np.float32)
    return weights, np.array([model.intercept_[0] for model in models]).round(4).astype(np.float32)


def _shares(apart: Unseen, seen: Floats) -> Doubles:
    shares = np.zeros((len(apart.wanted), 3))
    for fold in np.unique(apart.folds):
        out = apart.folds == fold
        weights, bias = _stack(seen[~out], apart.wanted[~out])
        shares[out] = 1 / (1 + np.exp(-(seen[out] @ weights.T + bias)))
    return shares


def _least(shares: Doubles, wanted: Ints, net: Bools) -> tuple[float, float, float]:
    critical = _critical_from(shares[:, 0], wanted, net)
    found = net | (shares[:, 0] >= critical)
    return critical, _high_from(np.where(found, 1.0, shares[:, 1]), wanted <= 1), _LOW_FROM


def _critical_from(shares: Doubles, wanted: Ints, net: Bools) -> float:
    """The lowest share from which, together with the net's sure hits, enough of the found ones are critical."""
    for step in range(3, 97):
        found = (shares >= step / 100) | net
        if found.any() and (wanted[found] == 0).mean() >= _CRITICAL_PRECISION:
            return step / 100
    return 0.97


def _high_from(shares: Doubles, grave: Bools) -> float:
    """The highest share that finds enough of what cannot wait, and is right often enough."""
    best = 0.97
    for step in range(96, 2, -1):
        found = shares >= step / 100
        if found.any() and grave[found].mean() < _HIGH_PRECISION:
            break
        best = step / 100
        if (found & grave).sum() >= _HIGH_RECALL * grave.sum():
            break
    return best


def _packed(
    said: dict[str, Any],
    idf: Floats,
    linear: Linear,
    stacks: tuple[tuple[Floats, Floats], tuple[Floats, Floats]],
    sense: Linear,
) -> bytes:
    weights, scale = linear.packed()
    light, heavy = stacks
    out = BytesIO()
    np.savez_compressed(
        out,
        said=np.array(json.dumps(said)),
        idf=idf.astype(np.float16),
        linear=weights,
        scale=scale,
        bias=linear.bias,
        light=light[0],
        light_bias=light[1],
        heavy=heavy[0],
        heavy_bias=heavy[1],
        sense=sense.weights.T.astype(np.float16),
        sense_bias=sense.bias,
    )
    return out.getvalue()
