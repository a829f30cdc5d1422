"""From labelled mails to the numbers of the urgency model, the same bytes every time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from mailbot.engines.features import SIZE
from mailbot.engines.intent import Floats
from mailbot.engines.urgency import CUES, MODEL_FILE, Told, evidence, level_of, tell, values
from mailbot.learning.labelled import Labelled, corpus
from mailbot.learning.train import Cut, Linear, cut, fit_stack, fit_words, folds_of, idf_of, matrix, unseen
from mailbot.learning.vectors import Vectors
from mailbot.model import URGENCIES, UrgencyLevel

_C: Final = 1.0
_STACK_C: Final = 0.3
_LEVELS: Final = {str(level): at for at, level in enumerate(URGENCIES)}
_FOLDS: Final = 5
_CRITICAL_PRECISION: Final = 0.8
_LOW_FROM: Final = 0.5
_HIGH_RECALL: Final = 0.95
_HIGH_PRECISION: Final = 0.6
"""Of "at least high" on unseen mails: the recall is taken unless that costs more precision than this."""
_SURE: Final = -5
"""Where in a mail's net evidence stands how many sure critical rules hold."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unseen:
    """What models that were trained without a mail's hand say of it."""

    wanted: Ints
    """Indexes into URGENCIES."""
    folds: Ints
    evidence: Floats
    net_critical: Bools
    """The danger net is sure of it, whatever the model says."""


def train_urgency(mails: Sequence[Labelled], vectors: Vectors) -> bytes:
    """The model file.  Raises RuntimeError when the embedding package is absent."""
    return trained(usable(mails), vectors).content


def usable(mails: Sequence[Labelled]) -> list[Labelled]:
    return [mail for mail in mails if mail.urgency is not None and mail.intent is not None]


@dataclass(frozen=True, slots=True)
class Trained:
    content: bytes
    apart: Unseen
    shares: Doubles
    """(mails × heads) of mails by stacks that had not seen their hands."""
    least: dict[str, tuple[float, float, float]]


def trained(mails: Sequence[Labelled], vectors: Vectors, main_language: str = "fr") -> Trained:
    """The model file with what it was chosen by."""
    cuts = cut(mails)
    told = [
        tell(one.pieces, mail.subject, mail.text, mail.on.month if mail.on is not None else 1)
        for one, mail in zip(cuts, mails, strict=True)
    ]
    intents = sorted({str(mail.intent) for mail in mails})
    main = np.array([(mail.language or main_language) == main_language for mail in mails])
    apart = _unseen(mails, cuts, told, intents, main, vectors)
    shares = _shares(apart)
    least = {
        name: _least(shares[some], apart.wanted[some], apart.net_critical[some])
        for name, some in (("main", main), ("other", ~main if (~main).any() else main))
    }
    idf = _idf(cuts, told)
    linear = fit_words(_matrix(told, idf), apart.wanted, len(URGENCIES), _C)
    said = {"intents": intents, "least": least, "main_language": main_language}
    return Trained(_packed(said, idf, linear, _stack(apart.evidence, apart.wanted)), apart, shares, least)


def _folds(mails: Sequence[Labelled], labels: Ints, main: Bools) -> Ints:
    """One a hand; but mails of other languages, each of which one hand wrote, are dealt out: a model without a
    language's hand has never seen the language.
    """
    folds = folds_of(mails, labels)
    others = np.flatnonzero(~main)
    folds[others] = folds.max() + 1 + np.arange(len(others)) % _FOLDS
    return folds


def _idf(cuts: Sequence[Cut], told: Sequence[Told]) -> Floats:
    seen = np.zeros(CUES, dtype=np.float32)
    for one in told:
        seen[list(one.cues)] += 1
    cues = np.log((1 + len(told)) / (1 + seen)) + 1
    return np.concatenate((idf_of(cuts), cues)).astype(np.float16).astype(np.float32)


def _matrix(told: Sequence[Told], idf: Floats) -> csr_matrix:
    rows = [values(one, idf) for one in told]
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in rows)])
    columns = np.concatenate([buckets for buckets, _ in rows])
    strengths = np.concatenate([strengths for _, strengths in rows])
    return csr_matrix((strengths, columns, ends), shape=(len(rows), SIZE + CUES))


def _unseen(
    mails: Sequence[Labelled],
    cuts: Sequence[Cut],
    told: Sequence[Told],
    intents: list[str],
    main: Bools,
    vectors: Vectors,
) -> Unseen:
    labels = np.array([intents.index(str(mail.intent)) for mail in mails])
    wanted = np.array([_LEVELS[str(mail.urgency)] for mail in mails])
    folds = _folds(mails, labels, main)
    intent = unseen(cuts, labels, folds, len(intents), vectors)
    shares = fit_stack(intent.whole, intent.sense, labels).shares(intent.whole, intent.sense)
    rows: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(mails)
    for fold in np.unique(folds):
        kept, out = np.flatnonzero(folds != fold).tolist(), np.flatnonzero(folds == fold).tolist()
        idf = _idf([cuts[at] for at in kept], [told[at] for at in kept])
        model = fit_words(_matrix([told[at] for at in kept], idf), wanted[kept], len(URGENCIES), _C)
        wholes = model.margins(_matrix([told[at] for at in out], idf))
        words = Linear(model.weights[:SIZE], model.bias)
        for at, whole in zip(out, wholes, strict=True):
            windows = words.margins(matrix(told[at].windows, idf[:SIZE])) if told[at].windows else model.bias[None]
            rows[at] = evidence(whole, windows, told[at].net, shares[at])
    return Unseen(wanted, folds, np.stack(rows), np.array([one.net[_SURE] > 0 for one in told]))


def _stack(seen: Floats, wanted: Ints) -> tuple[Floats, Floats]:
    """Log-odds of critical, of at least high, of low (URGENCIES goes down from critical)."""
    models = [
        LogisticRegression(C=_STACK_C, max_iter=1000).fit(seen, said)
        for said in (wanted == 0, wanted <= 1, wanted == len(URGENCIES) - 1)
    ]
    weights = np.concatenate([model.coef_ for model in models]).round(4).astype(np.float32)
    return weights, np.array([model.intercept_[0] for model in models]).round(4).astype(np.float32)


def _shares(apart: Unseen) -> Doubles:
    shares = np.zeros((len(apart.wanted), 3))
    for fold in np.unique(apart.folds):
        out = apart.folds == fold
        weights, bias = _stack(apart.evidence[~out], apart.wanted[~out])
        shares[out] = 1 / (1 + np.exp(-(apart.evidence[out] @ weights.T + bias)))
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


def levels(made: Trained, mails: Sequence[Labelled], main_language: str = "fr") -> list[UrgencyLevel]:
    """What each training mail would be given by models that had not seen its hand, the net's sure hits included."""
    found = []
    for at, mail in enumerate(mails):
        critical, high, low = made.shares[at].tolist()
        group = "main" if (mail.language or main_language) == main_language else "other"
        raised = 1.0 if made.apart.net_critical[at] else critical
        found.append(level_of((raised, high, low), made.least[group])[0])
    return found


def _packed(said: dict[str, Any], idf: Floats, linear: Linear, stack: tuple[Floats, Floats]) -> bytes:
    scale = np.abs(linear.weights).max(axis=0) / 127 + 1e-12
    out = BytesIO()
    np.savez_compressed(
        out,
        said=np.array(json.dumps(said)),
        idf=idf.astype(np.float16),
        linear=np.round(linear.weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=linear.bias,
        stack=stack[0],
        stack_bias=stack[1],
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
