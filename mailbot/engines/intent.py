"""What a mail is about: linear models over words and over sentence embeddings, stacked and calibrated.

The words decide alone where they are sure (the light path); only where they are not is the embedding, ten times as
slow, asked too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mailbot.engines.clauses import Clause, clauses
from mailbot.engines.embedding import Embedding
from mailbot.engines.features import CONCEPTS, counts, together, weighed
from mailbot.errors import Misconfigured
from mailbot.model import Because, Ranked

MODEL_FILE: Final = "intent.npz"
DIGEST: Final = 240
"""Characters of a mail that are embedded: the embedding's time grows with them."""
_MOST_CHARACTERS: Final = 8000

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stack:
    """How margins become shares: softmax(words · w + concepts · c + sense · s + bias)."""

    words: float
    concepts: float
    sense: float
    bias: Floats

    def shares(self, margins: "Margins", sense: Floats | None = None) -> Floats:
        score = self.words * margins.words + self.concepts * margins.concepts + self.bias
        if sense is not None:
            score = score + self.sense * sense
        return softmax(score)


@dataclass(frozen=True, slots=True)
class Margins:
    """(labels) of one text, or (texts × labels): by everything it says, and by the concepts alone."""

    words: Floats
    concepts: Floats

    def at(self, places: Any) -> "Margins":  # noqa: ANN401 - whatever numpy takes for an index
        return Margins(self.words[places], self.concepts[places])


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
    sense: Floats
    """(labels × 384)"""
    sense_bias: Floats
    stacks: Mapping[str, Stack]
    """"light" and "heavy", each also with "-other" for languages that the corpus holds little of."""
    main_language: str
    unsure: float
    """The light path's share under which the embedding is asked."""
    also: Mapping[str, float]
    """How further requests are told: log-odds = clause · x + whole · y + bias, counted "from" a share on."""
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
                sense=saved["sense"].astype(np.float32),
                sense_bias=saved["sense_bias"],
                stacks={name: _stack(one) for name, one in said["stacks"].items()},
                main_language=said["main_language"],
                unsure=said["unsure"],
                also=said["also"],
                threshold=said["threshold"],
                digest=hashlib.sha256(content).hexdigest()[:12],
                trained_on=said["trained_on"],
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misconfigured(f"the intent model cannot be read ({type(error).__name__}); run `make model`") from error


def _stack(said: Mapping[str, Any]) -> Stack:
    bias = np.array(said["bias"], dtype=np.float32)
    return Stack(float(said["words"]), float(said["concepts"]), float(said["sense"]), bias)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A mail cut for the models: its subject first (when it has one), then its clauses."""

    parts: tuple[Clause, ...]
    counted: tuple[dict[int, float], ...]
    headed: bool
    """The first part is the subject: its span is not one of the text."""


def pieces(subject: str, text: str) -> Pieces:
    """Every clause with its features."""
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


def further(margins: Margins, shares: Floats, stack: Stack) -> Floats:
    """(labels × 2) log shares: of the clause that speaks most for a label, and of the whole mail."""
    clause = stack.shares(margins).max(axis=0)
    found: Floats = np.log(np.stack((clause, shares), axis=1) + 1e-5)
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
        if not (subject + text).strip():
            flat = 1.0 / len(weights.labels)
            return Ranked(tuple((label, flat) for label in weights.labels))
        cut = pieces(subject, text)
        each = [self._margins(counted) for counted in cut.counted]
        margins = Margins(np.stack([one.words for one in each]), np.stack([one.concepts for one in each]))
        shares = self._shares(cut, self._margins(together(list(cut.counted))), language)
        order = np.argsort(-shares, kind="stable")
        ranking = tuple((weights.labels[at], float(shares[at])) for at in order)
        best = int(order[0])
        stack = weights.stacks[f"light{self._suffix(language)}"]
        return Ranked(ranking, self._also(margins, shares, best, stack), self._reason(cut, margins, best))

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

    def _margins(self, counted: dict[int, float]) -> Margins:
        weights = self._weights
        buckets, values = weighed(counted, weights.idf)
        meant = buckets >= CONCEPTS
        words = values @ weights.words[buckets].astype(np.float32)
        concepts = values[meant] @ weights.concepts[buckets[meant] - CONCEPTS].astype(np.float32)
        return Margins(
            words * weights.scale + weights.words_bias, concepts * weights.concepts_scale + weights.concepts_bias
        )

    def _also(self, margins: Margins, shares: Floats, best: int, stack: Stack) -> tuple[str, ...]:
        """Labels that a clause of its own speaks for, and the whole mail not against."""
        weights, also = self._weights, self._weights.also
        odds = further(margins, shares, stack) @ np.array([also["clause"], also["whole"]]) + also["bias"]
        said = 1 / (1 + np.exp(-odds))
        return tuple(
            weights.labels[at] for at in np.argsort(-said, kind="stable") if at != best and said[at] >= also["from"]
        )

    def _reason(self, cut: Pieces, margins: Margins, best: int) -> tuple[Because, ...]:
        """The clause that speaks most for the label."""
        at = int(np.argmax(margins.words[:, best]))
        said = f"reads like {self._weights.labels[best]}"
        if cut.headed and at == 0:
            return (Because("intent", f"the subject {said}"),)
        return (Because("intent", said, cut.parts[at].span),)
