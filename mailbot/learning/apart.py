"""Mails held apart: what models say of mails whose writers they have not seen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from mailbot.engines.features import CONCEPTS, SINGLE, single, together, weighed
from mailbot.engines.intent import Floats, Margins, Pieces, digest_of, pieces
from mailbot.learning.labelled import Labelled
from mailbot.learning.linear import (
    WORDS_C,
    Bools,
    Ints,
    Linear,
    fit_clauses,
    fit_sense,
    fit_words,
    idf_of,
    matrix,
    rows_of,
)
from mailbot.learning.vectors import Vectors

_CONCEPTS_C: Final = 0.5
_FOLDS: Final = 6
_FEW: Final = 5
"""Hands from which mails are held apart by who wrote them; under that, by label."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One mail, cut and counted once for everything that is trained."""

    pieces: Pieces
    whole: dict[int, float]


@dataclass(frozen=True, slots=True)
class Ready:
    """Labelled mails, ready to be trained on."""

    mails: tuple[Labelled, ...]
    labels: tuple[str, ...]
    wanted: Ints
    """Indexes into `labels`."""
    raised: Bools
    """(mails × labels) the intent, and what the mail raises also."""
    main_language: str
    main: Bools
    """Which mails are written in the main language."""
    folds: Ints
    cuts: tuple[Cut, ...]
    vectors: Floats
    """(mails × 384) of each mail's digest."""


def ready(mails: Sequence[Labelled], vectors: Vectors, main_language: str = "fr") -> Ready:
    """Of the mails that have an intent.  Raises RuntimeError when the embedding package is absent."""
    mails = tuple(mail for mail in mails if mail.intent is not None)
    labels = sorted({str(mail.intent) for mail in mails})
    wanted = np.array([labels.index(str(mail.intent)) for mail in mails])
    raised = np.array([[label == mail.intent or label in mail.also for label in labels] for mail in mails])
    main = np.array([(mail.language or main_language) == main_language for mail in mails])
    if not main.any():
        # Nobody writes in it: there is no language to be light in.
        main[:] = True
    found = [pieces(mail.subject, mail.text) for mail in mails]
    cuts = tuple(Cut(one, together(list(one.counted))) for one in found)
    embedded = vectors.of([digest_of(one) for one in found])
    return Ready(mails, tuple(labels), wanted, raised, main_language, main, _folds(mails, wanted, main), cuts, embedded)


def _folds(mails: Sequence[Labelled], wanted: Ints, main: Bools) -> Ints:
    """A fold for each mail: hands are kept whole where there are enough of them, else labels are dealt out.

    Mails of other languages, of each of which few hands wrote, are dealt out: a model without one of them would know
    too little of the language.
    """
    written = Counter(mail.hand for mail, here in zip(mails, main.tolist(), strict=True) if here)
    places: dict[str, int] = {}
    if len(written) >= _FEW:
        loads = [0] * _FOLDS
        for hand, number in sorted(written.items(), key=lambda entry: (-entry[1], entry[0])):
            places[hand] = loads.index(min(loads))
            loads[places[hand]] += number
    seen: Counter[int] = Counter()
    found = []
    for mail, label, here in zip(mails, wanted.tolist(), main.tolist(), strict=True):
        if here and places:
            found.append(places[mail.hand])
        else:
            found.append(seen[label] % _FOLDS)
            seen[label] += 1
    return np.array(found)


@dataclass(frozen=True, slots=True)
class Words:
    """What a text's words say: all of them, its concepts alone, one clause alone."""

    idf: Floats
    all: Linear
    concepts: Linear
    clause: Linear

    def margins(self, cut: Cut) -> tuple[Margins, Floats]:
        """(labels) of the mail and (clauses × labels) of its clauses."""
        clauses = self.clause.margins(_single(cut.pieces.counted, self.idf))
        whole = matrix([cut.whole], self.idf)
        return Margins(
            self.all.margins(whole)[0],
            self.concepts.margins(whole[:, CONCEPTS:])[0],
            clauses.max(axis=0) if len(clauses) else self.clause.bias,
        ), clauses


def fit_all(some: Ready, rows: Ints) -> Words:
    """On the mails at these places."""
    cuts = [some.cuts[at] for at in rows]
    wanted, labels = some.wanted[rows], len(some.labels)
    idf = idf_of([one.whole for one in cuts])
    features = matrix([one.whole for one in cuts], idf)
    everything = fit_words(features, wanted, labels, WORDS_C)
    clauses = [counted for one in cuts for counted in one.pieces.counted]
    owner = np.repeat(np.arange(len(cuts)), [len(one.pieces.counted) for one in cuts])
    first = everything.margins(matrix(clauses, idf))
    return Words(
        idf,
        everything,
        fit_words(features[:, CONCEPTS:], wanted, labels, _CONCEPTS_C),
        fit_clauses(_single(clauses, idf), owner, some.raised[rows], first),
    )


def _single(counted: Sequence[dict[int, float]], idf: Floats) -> csr_matrix:
    """(clauses × SINGLE)"""
    return rows_of([single(*weighed(one, idf)) for one in counted], SINGLE)


@dataclass(frozen=True, slots=True)
class Unseen:
    """Margins of each mail by models that were trained without its fold."""

    whole: Margins
    sense: Floats
    clauses: tuple[Floats, ...]
    """Each mail's (clauses × labels)."""


def unseen(some: Ready) -> Unseen:
    count, labels = len(some.mails), len(some.labels)
    whole = Margins(*(np.zeros((count, labels), dtype=np.float32) for _ in range(3)))
    clauses: list[Floats] = [np.zeros((0, labels), dtype=np.float32)] * count
    sense = np.zeros((count, labels), dtype=np.float32)
    for fold in np.unique(some.folds):
        out = some.folds == fold
        model = fit_all(some, np.flatnonzero(~out))
        for at in np.flatnonzero(out).tolist():
            found, clauses[at] = model.margins(some.cuts[at])
            whole.words[at], whole.concepts[at], whole.clause[at] = found.words, found.concepts, found.clause
        sense[out] = fit_sense(some.vectors[~out], some.wanted[~out], labels).margins(some.vectors[out])
    return Unseen(whole, sense, tuple(clauses))
