"""How much of a new model of intents is taken where all of it would make other mails worse."""

import json
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Final

import numpy as np

from mailbot.engines.intent import MODEL_FILE, Floats, load_weights


@dataclass(frozen=True, slots=True)
class Step:
    """How much of a new model is taken, 0 to 1; the rest is the shipped one's."""

    name: str
    words: float
    meaning: float
    """What concepts and sentence vectors say: that alone carries the languages the corpus holds little of."""


STEPS: Final = (
    Step("all", 1.0, 1.0),
    Step("half", 0.5, 0.5),
    Step("words", 1.0, 0.0),
    Step("half of the words", 0.5, 0.0),
)
"""The first that is no worse than the model in use is taken.  Whatever is trained anew flips a few of the mails that
stood between two intents; a smaller step flips fewer, and still learns.
"""


def taken(new: bytes, step: Step) -> bytes | None:
    """A part of a new model; None when its intents are others than the shipped one's: then there is only the whole."""
    if step == STEPS[0]:
        return new
    content = files("mailbot.engines").joinpath("models", MODEL_FILE).read_bytes()
    ours, shipped = load_weights(new), load_weights(content)
    if ours.labels != shipped.labels:
        return None
    with np.load(BytesIO(new), allow_pickle=False) as saved:
        arrays = {name: saved[name] for name in saved.files}
    if not step.meaning:
        # Shares are calibrated on what most of the margins come from.
        with np.load(BytesIO(content), allow_pickle=False) as saved:
            theirs = json.loads(str(saved["said"]))
        arrays["said"] = np.array(json.dumps({**theirs, "trained_on": ours.trained_on}))
        arrays |= {f"beside_{group}": also.beside.astype(np.float16) for group, also in shipped.also.items()}

    def between(name: str, share: float) -> Floats:
        one, other = (getattr(weights, name) for weights in (ours, shipped))
        found: Floats = (share * one + (1 - share) * other).astype(np.float32)
        return found

    for name, scale, share in (
        ("words", "scale", step.words),
        ("clause", "clause_scale", step.words),
        ("concepts", "concepts_scale", step.meaning),
    ):
        one, other = (getattr(weights, name) * getattr(weights, scale) for weights in (ours, shipped))
        whole = share * one + (1 - share) * other
        unit = np.abs(whole).max(axis=0) / 127 + 1e-12
        arrays[name], arrays[scale] = np.round(whole / unit).astype(np.int8), unit.astype(np.float32)
    for name, share in (
        ("idf", step.words),
        ("words_bias", step.words),
        ("clause_bias", step.words),
        ("concepts_bias", step.meaning),
        ("sense", step.meaning),
        ("sense_bias", step.meaning),
    ):
        arrays[name] = between(name, share).astype(arrays[name].dtype)
    out = BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()
