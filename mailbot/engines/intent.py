"""What a mail is about: a linear model over words, fused with one over sentence embeddings."""

import hashlib
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

from mailbot.engines.embedding import Embedding
from mailbot.engines.features import counts, weighed
from mailbot.errors import Misconfigured
from mailbot.model import Because, Ranked

MODEL_FILE = "intent.npz"
_SENTENCE = re.compile(r"[^.!?\n;]{12,400}")
_MOST_SENTENCES = 12


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained numbers.  `words` and `sense` are (labels × features); `share` is the embedding's say."""

    labels: tuple[str, ...]
    idf: npt.NDArray[np.float32]
    words: npt.NDArray[np.float32]
    words_bias: npt.NDArray[np.float32]
    sense: npt.NDArray[np.float32]
    sense_bias: npt.NDArray[np.float32]
    share: float
    sharpness: float
    digest: str


def load_weights(content: bytes | None = None) -> Weights:
    """The shipped model, or the one given.  Raises Misconfigured when it is damaged."""
    try:
        if content is None:
            content = files("mailbot.engines").joinpath("models", MODEL_FILE).read_bytes()
        with np.load(BytesIO(content), allow_pickle=False) as saved:
            return Weights(
                labels=tuple(json.loads(str(saved["labels"]))),
                idf=saved["idf"].astype(np.float32),
                words=saved["words"].astype(np.float32),
                words_bias=saved["words_bias"].astype(np.float32),
                sense=saved["sense"].astype(np.float32),
                sense_bias=saved["sense_bias"].astype(np.float32),
                share=float(saved["share"]),
                sharpness=float(saved["sharpness"]),
                digest=hashlib.sha256(content).hexdigest()[:12],
            )
    except (OSError, ValueError, KeyError) as error:
        raise Misconfigured(f"the intent model cannot be read ({type(error).__name__}); run `make model`") from error


class IntentModel:
    """ports.IntentEngine.  Without the embedding package the words decide alone."""

    def __init__(self, weights: Weights, embedding: Embedding) -> None:
        self._weights = weights
        self._embedding = embedding
        self.name = f"linear {weights.digest}"

    def classify(self, subject: str, text: str, language: str) -> Ranked:
        """Never raises; an empty text gives a flat ranking."""
        weights = self._weights
        if not (subject + text).strip():
            flat = 1.0 / len(weights.labels)
            return Ranked(tuple((label, flat) for label in weights.labels))
        whole = self._shares(subject, text, language)
        order = np.argsort(-whole)
        ranking = tuple((weights.labels[at], float(whole[at])) for at in order)
        return Ranked(ranking, (), self._reason(text, int(order[0])))

    def _shares(self, subject: str, text: str, language: str) -> npt.NDArray[np.float32]:
        weights = self._weights
        buckets, values = weighed(counts(subject, text), weights.idf)
        by_words = _softmax(weights.words[:, buckets] @ values + weights.words_bias)
        vector = self._embedding.vector(f"{subject}. {text}" if subject else text)
        if vector is None:
            return by_words
        by_sense = _softmax(weights.sense @ vector + weights.sense_bias)
        # The words were learned in French: elsewhere the meaning knows better.
        share = weights.share if language == "fr" else max(weights.share, 0.85)
        raised = ((1 - share) * by_words + share * by_sense) ** weights.sharpness
        shares: npt.NDArray[np.float32] = raised / raised.sum()
        return shares

    def _reason(self, text: str, label: int) -> tuple[Because, ...]:
        """The sentence whose words speak most for the label."""
        weights = self._weights
        best: tuple[float, tuple[int, int]] | None = None
        for sentence in list(_SENTENCE.finditer(text))[:_MOST_SENTENCES]:
            buckets, values = weighed(counts("", sentence[0]), weights.idf)
            score = float(_softmax(weights.words[:, buckets] @ values + weights.words_bias)[label])
            if best is None or score > best[0]:
                start = sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())
                best = (score, (start, sentence.end()))
        return () if best is None else (Because("intent", f"reads like {weights.labels[label]}", best[1]),)


def _softmax(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    raised = np.exp(scores - scores.max())
    shares: npt.NDArray[np.float32] = raised / raised.sum()
    return shares
