"""From labelled mails to the numbers of the intent model, the same bytes every time."""

import hashlib
import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from mailbot.engines.intent import Also, Floats, Margins, Stack, further, softmax
from mailbot.learning.apart import Ready, Unseen, Words, fit_all, ready, unseen
from mailbot.learning.labelled import Labelled
from mailbot.learning.linear import Bools, Ints, Linear, fit_sense
from mailbot.learning.vectors import Vectors

_BIAS_PENALTY: Final = 1.0
_ENOUGH: Final = 10
"""Mails of other languages, a label, from which these have a stack of their own."""
_AS_GOOD: Final = 0.003
_HALF: Final = 0.5
_RARE: Final = 5
"""Mails of the mean that are added to each pair of labels."""
_EVIDENCE: Final = 7
"""Columns of `further`."""


def train(mails: Sequence[Labelled], vectors: Vectors, main_language: str = "fr") -> bytes:
    """The model file.  Raises RuntimeError when the embedding package is absent: both halves are needed."""
    some = ready(mails, vectors, main_language)
    return intent_model(some, unseen(some))


def intent_model(some: Ready, apart: Unseen) -> bytes:
    """The model file."""
    others = ~some.main if (~some.main).sum() >= _ENOUGH * len(some.labels) else np.ones_like(some.main)
    stacks = {
        f"{path}{suffix}": fit_stack(
            apart.whole.at(here), apart.sense[here] if path == "heavy" else None, some.wanted[here]
        )
        for suffix, here in (("", some.main), ("-other", others))
        for path in ("light", "heavy")
    }
    words = fit_all(some, np.arange(len(some.mails)))
    sense = fit_sense(some.vectors, some.wanted, len(some.labels))
    said = {
        "labels": some.labels,
        "main_language": some.main_language,
        "trained_on": trained_on(some.mails),
        "unsure": _unsure(some, apart, stacks),
        "threshold": _threshold(some, apart, stacks),
    }
    also = {"main": _also(some, apart, stacks, some.main, ""), "other": _also(some, apart, stacks, others, "-other")}
    return _packed(said, words, sense, stacks, also)


def trained_on(mails: Sequence[Labelled]) -> str:
    """SHA-256 of the mails and labels, in their order."""
    heard = hashlib.sha256()
    for mail in mails:
        heard.update(json.dumps([mail.subject, mail.text, mail.intent, mail.also, mail.urgency]).encode())
    return heard.hexdigest()


def fit_stack(margins: Margins, sense: Floats | None, wanted: Ints) -> Stack:
    """By maximum likelihood on margins of mails that the models had not seen: its shares are calibrated."""
    given = [margins.words, margins.concepts, margins.clause, *([] if sense is None else [sense])]
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
    words, concepts, clause, *more = (float(weight) for weight in found[:count])
    return Stack(words, concepts, clause, more[0] if more else 0.0, found[count:].astype(np.float32))


def _unsure(some: Ready, apart: Unseen, stacks: dict[str, Stack]) -> float:
    """The lowest share of the light path above which the embedding would not do better."""
    here, wanted = some.main, some.wanted[some.main]
    light = stacks["light"].shares(apart.whole.at(here))
    heavy = stacks["heavy"].shares(apart.whole.at(here), apart.sense[here])
    by_light, by_heavy = light.argmax(axis=1) == wanted, heavy.argmax(axis=1) == wanted
    for step in range(50, 99):
        sure = light.max(axis=1) >= step / 100
        if sure.any() and by_light[sure].mean() >= by_heavy[sure].mean() - _AS_GOOD:
            return step / 100
    return 0.99


def _threshold(some: Ready, apart: Unseen, stacks: dict[str, Stack]) -> float:
    """The share under which guesses are more often wrong than right."""
    here = some.main
    heavy = stacks["heavy"].shares(apart.whole.at(here), apart.sense[here])
    sure, right = heavy.max(axis=1), heavy.argmax(axis=1) == some.wanted[here]
    for step in range(20, 70):
        near = (sure >= step / 100) & (sure < step / 100 + 0.1)
        if not near.any() or right[near].mean() >= _HALF:
            return step / 100
    return 0.5


def _also(some: Ready, apart: Unseen, stacks: dict[str, Stack], here: Bools, suffix: str) -> Also:
    """How the evidence of a further request is weighed: on unseen mails whose intent was told right.

    With the others more of the true intents would be among the further ones, and more of what is not asked as well.
    """
    beside = _beside(some)
    rows, said = [np.zeros((0, _EVIDENCE), np.float32)], [np.zeros(0, np.bool_)]
    for at in np.flatnonzero(here).tolist():
        margins, clauses = apart.whole.at(at), apart.clauses[at]
        shares = stacks[f"heavy{suffix}"].shares(margins, apart.sense[at])
        best = int(shares.argmax())
        if len(clauses) and best == some.wanted[at]:
            rows.append(np.delete(further(clauses, margins, shares, best, beside), best, axis=0))
            said.append(np.delete(some.raised[at], best))
    evidence, given = np.concatenate(rows).astype(np.float64), np.concatenate(said)
    if not given.any() or given.all():
        return Also(np.zeros(_EVIDENCE, np.float32), -1.0, 1.0, beside)
    middle, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=500).fit((evidence - middle) / spread, given)
    weights = (model.coef_[0] / spread).round(4)
    bias = round(float(model.intercept_[0] - middle @ weights), 4)
    shares = 1 / (1 + np.exp(-(evidence @ weights + bias)))

    def f1(least: float) -> float:
        found = shares >= least
        return float(2 * (found & given).sum() / (found.sum() + given.sum()))

    return Also(weights.astype(np.float32), bias, max((step / 100 for step in range(5, 80)), key=f1), beside)


def _beside(some: Ready) -> Floats:
    """(labels × labels) log share of the mails about one that raise the other, too; rare pairs go to the mean."""
    labels = len(some.labels)
    others = some.raised.copy()
    others[np.arange(len(some.mails)), some.wanted] = False
    together = np.zeros((labels, labels))
    np.add.at(together, some.wanted, others)
    about = np.bincount(some.wanted, minlength=labels)[:, None]
    shares = (together + _RARE * others.mean(axis=0)) / (about + _RARE)
    found: Floats = np.log(shares + 1e-4).astype(np.float16).astype(np.float32)
    return found


def _packed(
    said: dict[str, Any], words: Words, sense: Linear, stacks: dict[str, Stack], also: dict[str, Also]
) -> bytes:
    written = {
        name: {
            "words": one.words,
            "concepts": one.concepts,
            "clause": one.clause,
            "sense": one.sense,
            "bias": [round(float(bias), 4) for bias in one.bias],
        }
        for name, one in stacks.items()
    }
    further_ones = {
        name: {"weights": [round(float(weight), 4) for weight in one.weights], "bias": one.bias, "least": one.least}
        for name, one in also.items()
    }
    arrays: dict[str, Any] = {f"beside_{name}": one.beside.astype(np.float16) for name, one in also.items()}
    for name, scale, one in (
        ("words", "scale", words.all),
        ("concepts", "concepts_scale", words.concepts),
        ("clause", "clause_scale", words.clause),
    ):
        arrays[name], arrays[scale] = one.packed()
        arrays[f"{name}_bias"] = one.bias.astype(np.float32)
    out = BytesIO()
    np.savez_compressed(
        out,
        said=np.array(json.dumps({**said, "stacks": written, "also": further_ones})),
        idf=words.idf.astype(np.float16),
        sense=sense.weights.T.astype(np.float16),
        sense_bias=sense.bias.astype(np.float32),
        **arrays,
    )
    return out.getvalue()
