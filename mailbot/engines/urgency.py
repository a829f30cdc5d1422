"""How soon someone must act: linear models over words and concepts, stacked with intent and season.

It says what it thinks; the danger net (mailbot.understanding.danger) may raise a level, and nothing lowers the net's.
"""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Final

import numpy as np
import numpy.typing as npt

from mailbot.engines.features import CONCEPTS, together, weighed
from mailbot.engines.intent import Floats, Pieces, pieces
from mailbot.errors import Misconfigured
from mailbot.model import Ranked, UrgencyLevel
from mailbot.ports import Judged

MODEL_FILE: Final = "urgency.npz"
HEADS: Final = ("critical", "high", "low")
"""What each model tells: danger, at least high, low."""
_COLD: Final = frozenset({10, 11, 12, 1, 2, 3, 4})


@dataclass(frozen=True, slots=True)
class UrgencyWeights:
    """`words` is (features × heads) and `concepts` (concepts × heads), 8 bits each; `stack` (heads × evidence)."""

    idf: Floats
    words: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    concepts: npt.NDArray[np.int8]
    concepts_scale: Floats
    concepts_bias: Floats
    stack: Floats
    stack_bias: Floats
    intents: tuple[str, ...]
    least: tuple[float, float, float]
    """The share from which each head counts."""
    digest: str


def load_urgency(content: bytes | None = None) -> UrgencyWeights:
    """The shipped model, or the one given.  Raises Misconfigured when it is damaged."""
    try:
        if content is None:
            content = files("mailbot.engines").joinpath("models", MODEL_FILE).read_bytes()
        with np.load(BytesIO(content), allow_pickle=False) as saved:
            said = json.loads(str(saved["said"]))
            critical, high, low = said["least"]
            return UrgencyWeights(
                idf=saved["idf"].astype(np.float32),
                words=saved["words"],
                scale=saved["scale"],
                bias=saved["bias"],
                concepts=saved["concepts"],
                concepts_scale=saved["concepts_scale"],
                concepts_bias=saved["concepts_bias"],
                stack=np.array(said["stack"], dtype=np.float32),
                stack_bias=np.array(said["stack_bias"], dtype=np.float32),
                intents=tuple(said["intents"]),
                least=(critical, high, low),
                digest=hashlib.sha256(content).hexdigest()[:12],
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misconfigured(f"the urgency model cannot be read ({type(error).__name__}); run `make model`") from error


def evidence(
    words: Floats, concepts: Floats, clauses: Floats, shares: Floats, *, heating: float, month: int, length: int
) -> Floats:
    """What the stack weighs: margins of the mail, of its gravest clause, the intents' shares, the cold."""
    cold = float(month in _COLD)
    more = np.array([cold, cold * heating, np.log1p(length) / 5], dtype=np.float32)
    found: Floats = np.concatenate((words, concepts, clauses, shares, more))
    return found


class UrgencyModel:
    """ports.UrgencyEngine."""

    def __init__(self, weights: UrgencyWeights) -> None:
        self._weights = weights
        self.name = f"linear {weights.digest}"

    def judge(self, subject: str, text: str, ranked: Ranked, month: int) -> Judged:
        """Never raises; an empty mail is normal."""
        weights = self._weights
        cut = pieces(subject, text)
        if not cut.parts:
            return Judged("normal", 0.0)
        known = dict(ranked.ranking)
        shares = np.array([known.get(intent, 0.0) for intent in weights.intents], dtype=np.float32)
        words, concepts, clauses = self._margins(cut)
        seen = evidence(
            words,
            concepts,
            clauses,
            shares,
            heating=known.get("repair.heating", 0.0),
            month=month,
            length=len(text.split()),
        )
        critical, high, low = (1 / (1 + np.exp(-(weights.stack @ seen + weights.stack_bias)))).tolist()
        return Judged(*self._level(critical, high, low))

    def _level(self, critical: float, high: float, low: float) -> tuple[UrgencyLevel, float]:
        least = self._weights.least
        if critical >= least[0]:
            return "critical", critical
        if high >= least[1]:
            return "high", high
        return ("low", low) if low >= least[2] else ("normal", 1 - max(high, low))

    def _margins(self, cut: Pieces) -> tuple[Floats, Floats, Floats]:
        whole = self._margin(together(list(cut.counted)))
        each = np.stack([self._margin(counted)[0] for counted in cut.counted])
        return whole[0], whole[1], each.max(axis=0)

    def _margin(self, counted: dict[int, float]) -> tuple[Floats, Floats]:
        weights = self._weights
        if not counted:
            return weights.bias, weights.concepts_bias
        buckets, values = weighed(counted, weights.idf)
        meant = buckets >= CONCEPTS
        words = (values @ weights.words[buckets].astype(np.float32)) * weights.scale + weights.bias
        concepts = values[meant] @ weights.concepts[buckets[meant] - CONCEPTS].astype(np.float32)
        return words, concepts * weights.concepts_scale + weights.concepts_bias
