"""Light, shadow and the colour of paper taken off a page: what is left is ink."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps
from scipy import ndimage

Grey = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_SHRINK: Final = 4
_STROKE: Final = 9
"""Shrunken pixels that the widest stroke of a letter has, and a bit: what is wider is paper, a shadow or a block."""
_PALE: Final = 0.08
"""Share of the paper's brightness by which ink is darker even in the palest print."""
_FADED: Final = 0.3
"""Share of the usual ink's darkness that the palest ink on the same page has."""
_LIGHTEST_INK: Final = 0.25
"""Share of the ink's darkness up to which a pixel may be grain: more would eat the edges of blurred letters."""
_WHITE: Final = 200
_EVEN: Final = 45
_INK: Final = 130
_BAR: Final = 110
_UNPRINTED: Final = 0.8
_BARE: Final = 0.003
_COARSE: Final = 8
_GRAIN: Final = 5.0
"""How far single grains exceed the usual one."""
_SPECKLED: Final = 0.001
_EDGES: Final = 20
"""Changes from black to white along a row that crosses letters."""
_DOUBLED: Final = 0.3
_GRAINY: Final = 0.08
_SMOOTH_GRAIN: Final = 0.9
_SMOOTH_DOTS: Final = 1.2
"""Pixels.  Half as much or half as much again hardly changes the recall of noisy pages."""
_GREY: Final = 0.02
"""Share of pixels that are neither black nor white in a picture that has no grey."""
_TILE: Final = 16
_CONTRAST: Final = 40
_DARK: Final = 110
_MOSTLY: Final = 3
_FEW_TILES: Final = 12


def smoothed(page: Image.Image) -> Image.Image:
    """Without the grain of dark rooms and the dots of fax machines; a page that has neither as it is."""
    if _is_bilevel(page):
        return page.filter(ImageFilter.GaussianBlur(_SMOOTH_DOTS)) if _is_coarse(page) else page
    return page.filter(ImageFilter.GaussianBlur(_SMOOTH_GRAIN)) if _grain(page) > _GRAINY else page


def upright_ink(page: Image.Image) -> Image.Image:
    """Dark on light, whatever it was: telephones show letters that shine on a dark ground."""
    small = np.asarray(page.resize((-(-page.width // _SHRINK), -(-page.height // _SHRINK)), Image.Resampling.BOX))
    rows, columns = small.shape[0] // _TILE, small.shape[1] // _TILE
    if not rows or not columns:
        return page
    whole = small[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE)
    tiles = whole.swapaxes(1, 2).reshape(rows * columns, -1)
    least, middle, most = np.quantile(tiles, (0.02, 0.5, 0.98), axis=1)
    written = most - least > _CONTRAST
    # A table top is uneven too, but in both directions.
    light = (middle - least > 2 * (most - middle)) & written
    dark = (most - middle > 2 * (middle - least)) & written & (middle < _DARK)
    if int(dark.sum()) > _MOSTLY * int(light.sum()) and int(dark.sum()) > _FEW_TILES:
        return ImageOps.invert(page)
    return page


def _is_bilevel(page: Image.Image) -> bool:
    counts = page.histogram()
    return sum(counts[32:224]) < _GREY * sum(counts)


def _is_coarse(page: Image.Image) -> bool:
    """Strewn with single dots, or of doubled rows, as a fax has them."""
    dark = np.asarray(page) < 128
    inner = dark[1:-1, 1:-1]
    around = dark[:-2, 1:-1] | dark[2:, 1:-1] | dark[1:-1, :-2] | dark[1:-1, 2:]
    if inner.size and float((inner & ~around).mean()) > _SPECKLED:
        return True
    letters = (dark[:, 1:] != dark[:, :-1]).sum(axis=1)[1:] > _EDGES
    same = (dark[1:] == dark[:-1]).all(axis=1)
    return bool(letters.any()) and float(same[letters].mean()) > _DOUBLED


def _grain(page: Image.Image) -> float:
    """How much a pixel differs from its neighbours for no reason, as a share of how dark the ink is."""
    values = np.asarray(page, dtype=np.float32)[: page.height // 2 * 2, : page.width // 2 * 2]
    if min(values.shape) < 2 * _COARSE:
        return 0.0
    one, other, third, fourth = values[::2, ::2], values[1::2, ::2], values[::2, 1::2], values[1::2, 1::2]
    flicker = float(np.median(np.abs(one - other - third + fourth))) / 2 / 0.6745
    darkest, lightest = np.quantile(values[::_COARSE, ::_COARSE], (0.01, 0.5))
    return flicker / max(float(lightest - darkest), 16.0)


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
    noise, usual = _measure(absent)
    ink = _darkness(absent, page.size, max(_FADED * usual, _PALE / 2, 6 * noise), usual)
    most = _LIGHTEST_INK * ink
    floor = np.clip(_flicker(absent, page.size), np.minimum(2.0 * noise, most), most)
    absent -= floor
    absent /= np.maximum(ink - floor, _PALE)
    return Image.fromarray((255 - 255 * np.clip(absent, 0, 1)).astype(np.uint8))


def _is_white(paper: Bytes) -> bool:
    """Evenly white, but for bars and blocks that are printed black: tesseract reads what is white on them."""
    sheet = paper[paper > _BAR]
    if sheet.size < _UNPRINTED * paper.size:
        return False
    darkest, lightest = np.quantile(sheet, (0.02, 0.9))
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


def _darkness(absent: Grey, size: tuple[int, int], least: float, usual: float) -> Grey:
    """How dark ink is around each place, between `least` and `usual`: print fades in bands, pens and toner run dry."""
    if least >= usual:
        return np.full(absent.shape, usual, dtype=np.float32)
    sample = absent[:: _COARSE // 2, :: _COARSE // 2]
    rows, columns = max(1, sample.shape[0] // _TILE), max(1, sample.shape[1] // _TILE)
    cut = sample[: rows * _TILE, : columns * _TILE].reshape(rows, min(_TILE, sample.shape[0]), columns, -1)
    dark = np.quantile(cut.swapaxes(1, 2).reshape(rows, columns, -1), 0.97, axis=2)
    # A place without ink has that of its neighbours.
    dark = ndimage.maximum_filter(dark, size=3)
    dark = np.where(dark > least, np.minimum(dark, usual), usual).astype(np.float32)
    smooth = Image.fromarray(ndimage.uniform_filter(dark, size=3)).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(smooth, dtype=np.float32)


def _measure(absent: Grey) -> tuple[float, float]:
    """How much bare paper flickers, and how dark ink is, as shares of the paper's brightness."""
    sample = absent[::3, ::3]
    noise = float(np.sqrt(np.mean(np.square(sample[sample <= np.quantile(sample, 0.75)])))) if sample.size else 0.0
    dark = sample[sample > max(3 * noise, _PALE)]
    ink = float(np.quantile(dark, 0.9)) if dark.size > 50 else 1.0
    return noise, ink
