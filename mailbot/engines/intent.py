"""What a mail is about: linear models over words, clauses and sentence embeddings, stacked and calibrated.

One model weighs the whole mail's words, one its concepts alone, one each clause by itself: a request is usually one
sentence among ten.  They decide alone where they are sure (the light path); only where they are not is the embedding,
ten times as slow, asked too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mailbot.engines.clauses import Clause, clauses
from mailbot.engines.embedding import Embedding
from mailbot.engines.features import CONCEPTS, counts, single, together, weighed
from mailbot.errors import Misconfigured
from mailbot.model import Because, Ranked

MODEL_FILE: Final = "intent.npz"
DIGEST: Final = 240
"""Characters of a mail that are embedded: the embedding's time grows with them."""
_MOST_CHARACTERS: Final = 8000
_NO_CLAUSE: Final = -2.0
"""Margin of a clause that is not there."""
_MANY: Final = 3

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stack:
    """How margins become shares: softmax(words · w + concepts · c + clause · l + sense · s + bias)."""

    words: float
    concepts: float
    clause: float
    sense: float
    bias: Floats

    def shares(self, margins: "Margins", sense: Floats | None = None) -> Floats:
        score = self.words * margins.words + self.concepts * margins.concepts + self.clause * margins.clause + self.bias
        if sense is not None:
            score = score + self.sense * sense
        return softmax(score)


@dataclass(frozen=True, slots=True)
class Margins:
    """(labels) of one mail, or (mails × labels)."""

    words: Floats
    """By everything it says."""
    concepts: Floats
    """By the concepts alone."""
    clause: Floats
    """By the clause that speaks most for each label."""

    def at(self, places: Any) -> "Margins":  # noqa: ANN401 - whatever numpy takes for an index
        return Margins(self.words[places], self.concepts[places], self.clause[places])


@dataclass(frozen=True, slots=True)
class Also:
    """How a further request is told: from (labels × evidence), see `further`, to log-odds."""

    weights: Floats
    bias: float
    least: float
    """The share from which it counts."""
    beside: Floats
    """(labels × labels) log share of mails about the first that raise the second, too."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained numbers.  `words` is (features × labels), 8 bits each with one scale a label."""

    labels: tuple[str, ...]
    idf: Floats
    words: npt.NDArray[np.int8]
    scale: Floats
    words_bias: Floats
    concepts: npt.NDArray[np.int8]
    """(concepts × labels): what concepts alone say, whatever the language."""
    concepts_scale: Floats
    concepts_bias: Floats
    clause: npt.NDArray[np.int8]
    """(single features × labels): what one clause says."""
    clause_scale: Floats
    clause_bias: Floats
    sense: Floats
    """(labels × 384)"""
    sense_bias: Floats
    stacks: Mapping[str, Stack]
    """"light" and "heavy", each also with "-other" for languages that the corpus holds little of."""
    main_language: str
    unsure: float
    """The light path's share under which the embedding is asked."""
    also: Mapping[str, Also]
    """"main" and "other" languages."""
    threshold: float
    """The share under which a guess had better be left to a human."""
    digest: str
    trained_on: str
    """SHA-256 of what it was trained on."""


def softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def load_weights(content: bytes | None = None) -> Weights:
    """The shipped model, or the one given.  Raises Misconfigured when it is damaged."""
    try:
        if content is None:
            content = files("mailbot.engines").joinpath("models", MODEL_FILE).read_bytes()
        with np.load(BytesIO(content), allow_pickle=False) as saved:
            said = json.loads(str(saved["said"]))
            return Weights(
                labels=tuple(said["labels"]),
                idf=saved["idf"].astype(np.float32),
                words=saved["words"],
                scale=saved["scale"],
                words_bias=saved["words_bias"],
                concepts=saved["concepts"],
                concepts_scale=saved["concepts_scale"],
                concepts_bias=saved["concepts_bias"],
                clause=saved["clause"],
                clause_scale=saved["clause_scale"],
                clause_bias=saved["clause_bias"],
                sense=saved["sense"].astype(np.float32),
                sense_bias=saved["sense_bias"],
                stacks={name: _stack(one) for name, one in said["stacks"].items()},
                main_language=said["main_language"],
                unsure=said["unsure"],
                also={
                    group: Also(
                        np.array(one["weights"], dtype=np.float32),
                        one["bias"],
                        one["least"],
                        saved[f"beside_{group}"].astype(np.float32),
                    )
                    for group, one in said["also"].items()
                },
                threshold=said["threshold"],
                digest=hashlib.sha256(content).hexdigest()[:12],
                trained_on=said["trained_on"],
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misconfigured(f"the intent model cannot be read ({type(error).__name__}); run `make model`") from error


def _stack(said: Mapping[str, Any]) -> Stack:
    bias = np.array(said["bias"], dtype=np.float32)
    words, concepts, clause, sense = (float(said[layer]) for layer in ("words", "concepts", "clause", "sense"))
    return Stack(words, concepts, clause, sense, bias)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A mail cut for the models: its subject first (when it has one), then its clauses."""

    parts: tuple[Clause, ...]
    counted: tuple[dict[int, float], ...]
    headed: bool
    """The first part is the subject: its span is not one of the text."""


@lru_cache(maxsize=1)
def pieces(subject: str, text: str) -> Pieces:
    """Every clause with its features; those of the last mail are kept, since its urgency is asked about next."""
    head = (Clause(subject, (0, 0)),) if subject.strip() else ()
    parts = (*head, *clauses(text[:_MOST_CHARACTERS]))
    return Pieces(parts, tuple(counts(part.text) for part in parts), bool(head))


def digest_of(cut: Pieces) -> str:
    """The clauses that name most, in their order, as one short text to embed.

    Told by the concepts alone, so that a text's digest stays the same when the model is trained anew.
    """
    named = [sum(bucket >= CONCEPTS for bucket in counted) for counted in cut.counted]
    left = DIGEST
    kept: set[int] = set()
    for at in sorted(range(len(named)), key=lambda at: (not (cut.headed and at == 0), -named[at], at)):
        length = len(cut.parts[at].text)
        if kept and length > left:
            continue
        kept.add(at)
        left -= length
        if left <= 0:
            break
    return ". ".join(cut.parts[at].text for at in sorted(kept))[:DIGEST]


def further(clauses: Floats, margins: Margins, shares: Floats, best: int, beside: Floats) -> Floats:
    """(labels × 7) what speaks for a second request, from the (clauses × labels) margins and the mail's.

    Its share; its clause; the same without the clause that speaks most for the best label; how far a clause of its own
    leads; how many clauses it leads in; the whole mail's words; how often it stands beside the best label.
    """
    lead = clauses - _second(clauses)
    rest = np.delete(clauses, int(clauses[:, best].argmax()), axis=0)
    found: Floats = np.stack(
        (
            np.log(shares + 1e-5),
            margins.clause,
            rest.max(axis=0) if len(rest) else np.full_like(shares, _NO_CLAUSE),
            lead.max(axis=0),
            np.minimum((lead > 0).sum(axis=0), _MANY).astype(np.float32),
            margins.words,
            beside[best],
        ),
        axis=1,
    )
    return found


def _second(clauses: Floats) -> Floats:
    """(clauses × labels) the best margin of another label in the same clause."""
    if clauses.shape[1] == 1:
        return np.full_like(clauses, _NO_CLAUSE)
    highest = np.sort(clauses, axis=1)
    first, second = highest[:, -1:], highest[:, -2:-1]
    found: Floats = np.where(clauses == first, second, first)
    return found


class IntentModel:
    """ports.IntentEngine.  Without the embedding package the words decide alone."""

    def __init__(self, weights: Weights, embedding: Embedding) -> None:
        self._weights = weights
        self._embedding = embedding
        self.name = f"linear {weights.digest}"

    @property
    def labels(self) -> tuple[str, ...]:
        """Everything it can say."""
        return self._weights.labels

    @property
    def threshold(self) -> float:
        """The share under which a guess had better be left to a human."""
        return self._weights.threshold

    def classify(self, subject: str, text: str, language: str) -> Ranked:
        """Never raises; an empty text gives a flat ranking."""
        weights = self._weights
        cut = pieces(subject, text)
        if not cut.parts:
            flat = 1.0 / len(weights.labels)
            return Ranked(tuple((label, flat) for label in weights.labels))
        clauses = np.stack([self._of_clause(counted) for counted in cut.counted])
        margins = self._margins(together(list(cut.counted)), clauses)
        shares = self._shares(cut, margins, language)
        order = np.argsort(-shares, kind="stable")
        ranking = tuple((weights.labels[at], float(shares[at])) for at in order)
        best = int(order[0])
        also = weights.also["other" if self._suffix(language) else "main"]
        odds = further(clauses, margins, shares, best, also.beside) @ also.weights + also.bias
        return Ranked(ranking, self._also(odds, best, also.least), self._reason(cut, clauses, best))

    def _suffix(self, language: str) -> str:
        return "" if language in {"", self._weights.main_language} else "-other"

    def _shares(self, cut: Pieces, whole: Margins, language: str) -> Floats:
        weights = self._weights
        other = self._suffix(language)
        shares = weights.stacks[f"light{other}"].shares(whole)
        if not other and shares.max() >= weights.unsure:
            return shares
        vector = self._embedding.vector(digest_of(cut))
        if vector is None:
            return shares
        return weights.stacks[f"heavy{other}"].shares(whole, weights.sense @ vector + weights.sense_bias)

    def _margins(self, counted: dict[int, float], clauses: Floats) -> Margins:
        weights = self._weights
        buckets, values = weighed(counted, weights.idf)
        meant = buckets >= CONCEPTS
        words = values @ weights.words[buckets].astype(np.float32)
        concepts = values[meant] @ weights.concepts[buckets[meant] - CONCEPTS].astype(np.float32)
        return Margins(
            words * weights.scale + weights.words_bias,
            concepts * weights.concepts_scale + weights.concepts_bias,
            clauses.max(axis=0),
        )

    def _of_clause(self, counted: dict[int, float]) -> Floats:
        weights = self._weights
        buckets, values = single(*weighed(counted, weights.idf))
        found: Floats = (values @ weights.clause[buckets].astype(np.float32)) * weights.clause_scale
        return found + weights.clause_bias

    def _also(self, odds: Floats, best: int, least: float) -> tuple[str, ...]:
        """The likeliest first."""
        said = 1 / (1 + np.exp(-odds))
        return tuple(
            self._weights.labels[at] for at in np.argsort(-said, kind="stable") if at != best and said[at] >= least
        )

    def _reason(self, cut: Pieces, clauses: Floats, best: int) -> tuple[Because, ...]:
        """The clause that speaks most for the label."""
        at = int(np.argmax(clauses[:, best]))
        said = f"reads like {self._weights.labels[best]}"
        if cut.headed and at == 0:
            return (Because("intent", f"the subject {said}"),)
        return (Because("intent", said, cut.parts[at].span),)
