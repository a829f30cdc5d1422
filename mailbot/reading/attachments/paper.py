"""Light, shadow and the colour of paper taken off a page: what is left is ink."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Grey = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_SHRINK: Final = 4
_STROKE: Final = 9
"""Shrunken pixels that the widest stroke of a letter has, and a bit: what is wider is paper, a shadow or a block."""
_PALE: Final = 0.08
"""Share of the paper's brightness by which ink is darker even in the palest print."""
_LIGHTEST_INK: Final = 0.25
"""Share of the ink's darkness up to which a pixel may be grain: more would eat the edges of blurred letters."""
_WHITE: Final = 200
_EVEN: Final = 30
_INK: Final = 130
_BARE: Final = 0.003
_COARSE: Final = 8
_GRAIN: Final = 5.0
"""How far single grains exceed the usual one."""
_SPECKLED: Final = 0.004


def unspeckled(page: Image.Image) -> Image.Image:
    """Without the single dark pixels that a fax is strewn with; any other page as it is."""
    dark = np.asarray(page) < 128
    inner = dark[1:-1, 1:-1]
    around = dark[:-2, 1:-1] | dark[2:, 1:-1] | dark[1:-1, :-2] | dark[1:-1, 2:]
    if not inner.size or float((inner & ~around).mean()) < _SPECKLED:
        return page
    return page.filter(ImageFilter.MedianFilter(3))


def even(page: Image.Image) -> Image.Image:
    """Each pixel against the paper around it: ink becomes black, paper white, wherever the lamp stood.

    A page that a scanner has made well is best left as it is.
    """
    small = np.asarray(page.resize((-(-page.width // _SHRINK), -(-page.height // _SHRINK)), Image.Resampling.BOX))
    closed = 255 - _spread(255 - _spread(small))
    if _is_white(closed) and float((small < _INK).mean()) > _BARE:
        return page
    paper = Image.fromarray(closed).filter(ImageFilter.GaussianBlur(2)).resize(page.size, Image.Resampling.BILINEAR)
    white = np.maximum(np.asarray(paper), 8).astype(np.float32)
    absent = np.clip(1 - np.asarray(page, dtype=np.float32) / white, 0, 1)
    noise, ink = _measure(absent)
    most = _LIGHTEST_INK * ink
    floor = np.clip(_flicker(absent, page.size), min(2.0 * noise, most), most)
    absent -= floor
    absent /= np.maximum(ink - floor, _PALE)
    return Image.fromarray((255 - 255 * np.clip(absent, 0, 1)).astype(np.uint8))


def _is_white(paper: Bytes) -> bool:
    darkest, lightest = np.quantile(paper, (0.02, 0.9))
    return bool(darkest > _WHITE and lightest - darkest < _EVEN)


def _spread(values: Bytes) -> Bytes:
    """The brightest in a square around each pixel, by doubling."""
    half = _STROKE // 2
    for axis in (0, 1):
        wide = np.pad(values, [(half, half) if axis == at else (0, 0) for at in (0, 1)], mode="edge")
        reached, length = 1, values.shape[axis]
        while reached < _STROKE:
            step = min(reached, _STROKE - reached)
            end = wide.shape[axis] - step
            wide = np.maximum(wide.take(range(end), axis), wide.take(range(step, end + step), axis))
            reached += step
        values = wide.take(range(length), axis)
    return values


def _flicker(absent: Grey, size: tuple[int, int]) -> Grey:
    """How dark the grain gets around each place: a table top is full of it, print stands in little."""
    sample = Image.fromarray((absent[::_COARSE, ::_COARSE] * 255).astype(np.uint8))
    usual = sample.filter(ImageFilter.MedianFilter(5)).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(usual, dtype=np.float32) * (_GRAIN / 255)


def _measure(absent: Grey) -> tuple[float, float]:
    """How much bare paper flickers, and how dark ink is, as shares of the paper's brightness."""
    sample = absent[::3, ::3]
    noise = float(np.sqrt(np.mean(np.square(sample[sample <= np.quantile(sample, 0.75)])))) if sample.size else 0.0
    dark = sample[sample > max(3 * noise, _PALE)]
    ink = float(np.quantile(dark, 0.9)) if dark.size > 50 else 1.0
    return noise, ink
