"""How soon someone must act: a linear model over words and the dangers they name, stacked with the intents' shares.

In other languages than the main one, of which the corpus holds less, the sentence embedding is asked too.

It says what it thinks; the danger net (mailbot.understanding.danger) may raise a level, and nothing lowers the net's.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Final

import numpy as np
import numpy.typing as npt

from mailbot.engines.clauses import Clause
from mailbot.engines.embedding import Embedding
from mailbot.engines.features import SIZE, together, weighed
from mailbot.engines.intent import Floats, Pieces, digest_of, pieces
from mailbot.errors import Misconfigured
from mailbot.model import Ranked, UrgencyLevel
from mailbot.ports import Judged
from mailbot.understanding.danger import COLD_MONTHS, Danger, Sightings, hits, sightings

MODEL_FILE: Final = "urgency.npz"
CUES: Final = 1 << 12
"""Buckets of the concepts that the danger net's words name, and of neighbouring pairs: the same in every language."""
_CUE_WEIGHT: Final = 0.7
"""Length of the cues' part of a mail's vector."""
_CUE_NEAR: Final = 10
_MOST_NEIGHBOURS: Final = 20
_WINDOW: Final = 240
"""Characters of whole clauses that are weighed together: danger is told in a sentence or two."""
_MOST_WINDOWS: Final = 12
_RULES: Final = 64
_MOST_HITS: Final = 3


@dataclass(frozen=True, slots=True)
class UrgencyWeights:
    """`linear` is (SIZE + CUES) × levels, 8 bits each with one scale a level; the stacks (heads × evidence)."""

    idf: Floats
    linear: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    light: Floats
    """Log-odds of critical, of at least high, of low."""
    light_bias: Floats
    heavy: Floats
    """With what the embedding says, of which there are two more columns."""
    heavy_bias: Floats
    sense: Floats
    """(2 × 384) critical, at least high."""
    sense_bias: Floats
    intents: tuple[str, ...]
    least: Mapping[str, tuple[float, float, float]]
    """The share from which each head counts, in the "main" language and in "other" ones."""
    main_language: str
    digest: str


def load_urgency(content: bytes | None = None) -> UrgencyWeights:
    """The shipped model, or the one given.  Raises Misconfigured when it is damaged."""
    try:
        if content is None:
            content = files("mailbot.engines").joinpath("models", MODEL_FILE).read_bytes()
        with np.load(BytesIO(content), allow_pickle=False) as saved:
            said = json.loads(str(saved["said"]))
            return UrgencyWeights(
                idf=saved["idf"].astype(np.float32),
                linear=saved["linear"],
                scale=saved["scale"],
                bias=saved["bias"],
                light=saved["light"],
                light_bias=saved["light_bias"],
                heavy=saved["heavy"],
                heavy_bias=saved["heavy_bias"],
                sense=saved["sense"].astype(np.float32),
                sense_bias=saved["sense_bias"],
                intents=tuple(said["intents"]),
                least={name: (one[0], one[1], one[2]) for name, one in said["least"].items()},
                main_language=said["main_language"],
                digest=hashlib.sha256(content).hexdigest()[:12],
            )
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise Misconfigured(f"the urgency model cannot be read ({type(error).__name__}); run `make model`") from error


@dataclass(frozen=True, slots=True)
class Told:
    """One mail, cut and counted for the model."""

    cut: Pieces
    windows: tuple[dict[int, float], ...]
    """Counts of neighbouring clauses."""
    cues: tuple[int, ...]
    net: Floats
    """What the danger net holds, and the season."""


def tell(cut: Pieces, subject: str, text: str, month: int) -> Told:
    seen = sightings(f"{subject}\n{text}")
    windows = tuple(together([cut.counted[at] for at in some]) for some in _windows(cut.parts))
    return Told(cut, windows, _cues(seen), _net(list(hits(seen, month)), month))


def _windows(parts: Sequence[Clause]) -> list[list[int]]:
    found: list[list[int]] = []
    length = _WINDOW
    for at, part in enumerate(parts):
        if length + len(part.text) > _WINDOW:
            found.append([])
            length = 0
        found[-1].append(at)
        length += len(part.text) + 1
    return found[:_MOST_WINDOWS]


def _cues(seen: Sightings) -> tuple[int, ...]:
    """Of the language that most of the named things belong to: of others, words stand there by chance."""
    named = seen.by_language.get(seen.dominant, {})
    found = set(named)
    places = sorted((one.place, concept) for concept, some in named.items() for one in some)
    for at, (place, concept) in enumerate(places):
        for other_place, other in places[at + 1 : at + 1 + _MOST_NEIGHBOURS]:
            if other_place - place > _CUE_NEAR:
                break
            if other != concept:
                found.add(" ".join(sorted((concept, other))))
    return tuple(sorted({zlib.crc32(name.encode()) & (CUES - 1) for name in found}))


def _net(found: list[Danger], month: int) -> Floats:
    net = np.zeros(_RULES + 5, dtype=np.float32)
    for danger in found:
        net[zlib.crc32(f"{danger.why} {danger.sure}".encode()) % _RULES] = 1.0
    for at, (level, sure) in enumerate((("critical", True), ("critical", False), ("high", True), ("high", False))):
        net[_RULES + at] = min(sum(one.level == level and one.sure >= sure for one in found), _MOST_HITS)
    net[_RULES + 4] = float(month in COLD_MONTHS)
    return net


def values(told: Told, idf: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Buckets of the whole mail, words then cues, with their values."""
    buckets, strengths = weighed(together(list(told.cut.counted)), idf[:SIZE])
    cues = np.array(told.cues, dtype=np.int64) + SIZE
    worth = idf[cues]
    length = float(np.linalg.norm(worth))
    worth = worth * (_CUE_WEIGHT / length) if length else worth
    return np.concatenate((buckets, cues)), np.concatenate((strengths, worth)).astype(np.float32)


def evidence(whole: Floats, windows: Floats, net: Floats, shares: Floats) -> Floats:
    """What the stack weighs: margins of the mail and of its gravest stretch, the net's rules, the intents."""
    found: Floats = np.concatenate((whole, windows.max(axis=0), net, shares))
    return found


class UrgencyModel:
    """ports.UrgencyEngine.  `embedding`: the intent model's, which has just been asked about the same mail."""

    def __init__(self, weights: UrgencyWeights, embedding: Embedding | None = None) -> None:
        self._weights = weights
        self._embedding = embedding
        self.name = f"linear {weights.digest}"

    def judge(self, subject: str, text: str, ranked: Ranked, month: int, language: str = "") -> Judged:
        """Never raises; an empty mail is normal."""
        weights = self._weights
        cut = pieces(subject, text)
        if not cut.parts:
            return Judged("normal", 0.0)
        told = tell(cut, subject, text, month)
        known = dict(ranked.ranking)
        shares = np.array([known.get(intent, 0.0) for intent in weights.intents], dtype=np.float32)
        whole = self._margins(*values(told, weights.idf))
        windows = np.stack([self._margins(*weighed(one, weights.idf[:SIZE])) for one in told.windows])
        told_so = evidence(whole, windows, told.net, shares)
        main = language in {"", weights.main_language}
        vector = None if main or self._embedding is None else self._embedding.vector(digest_of(cut))
        if vector is None:
            odds = weights.light @ told_so + weights.light_bias
        else:
            sense = weights.sense @ vector + weights.sense_bias
            odds = weights.heavy @ np.concatenate((told_so, sense)) + weights.heavy_bias
        critical, high, low = (1 / (1 + np.exp(-odds))).tolist()
        return Judged(*level_of((critical, high, low), weights.least["main" if main else "other"]))

    def _margins(self, buckets: npt.NDArray[np.int64], strengths: Floats) -> Floats:
        weights = self._weights
        found: Floats = (strengths @ weights.linear[buckets].astype(np.float32)) * weights.scale + weights.bias
        return found


def level_of(shares: tuple[float, float, float], least: tuple[float, float, float]) -> tuple[UrgencyLevel, float]:
    """The level and how sure it is, from the shares of critical, at least high, low."""
    critical, high, low = shares
    if critical >= least[0]:
        return "critical", critical
    if high >= least[1]:
        return "high", high
    return ("low", low) if low >= least[2] else ("normal", 1 - max(high, low))
