"""What can be told of writing before and after it is read: how high its letters are, where it stands, what was missed."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from mailbot.ports import OcrText

Box = tuple[int, int, int, int]

_INK: Final = 128
_FEWEST: Final = 30
_HEIGHTS: Final = (4, 120)
"""Pixels between which a stain of ink may be a letter."""
_LONGEST: Final = 4
"""Times as wide as high, or as high as wide, that a letter or some that touch may be."""
_USUAL: Final = 0.75
"""Quantile of the heights: lower ones are full stops, dots and dirt."""
_TILE: Final = 32
_SPARSE: Final = 0.04
_DENSE: Final = 0.4
"""Shares of ink in a tile between which it may hold writing."""
_BESIDE: Final = 8
_BAR_TILE: Final = 8
_BAR_SCALE: Final = 4
_BAR_CONTRAST: Final = 60
_BAR_GROUND: Final = 140
_BAR_TILES: Final = 4
_MOST_BARS: Final = 3
_MOST_OF_PAGE: Final = 0.4


def letter_height(flat: Image.Image) -> float | None:
    """Pixels from top to bottom of a usual letter on an evened page; None when there are too few."""
    named, _ = ndimage.label(np.asarray(flat) < _INK, structure=np.ones((3, 3)))
    heights = []
    for rows, columns in ndimage.find_objects(named):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        fits = _HEIGHTS[0] <= height <= _HEIGHTS[1] and width <= _LONGEST * height and height <= _LONGEST * width
        if fits:
            heights.append(height)
    return float(np.quantile(heights, _USUAL)) if len(heights) >= _FEWEST else None


def unread(flat: Image.Image, read: OcrText) -> float:
    """Share of what looks like writing that stands in no recognised word."""
    ink = np.asarray(flat) < _INK
    known = np.zeros(ink.shape, dtype=bool)
    for left, top, right, bottom in read.boxes:
        known[max(0, top - _BESIDE) : bottom + _BESIDE, max(0, left - _BESIDE) : right + _BESIDE] = True
    share = _shares(ink, _TILE)
    written = (share > _SPARSE) & (share < _DENSE)
    count = int(written.sum())
    return float((_shares(ink & ~known, _TILE)[written] > _SPARSE).mean()) if count >= _FEWEST else 0.0


def bars(given: Image.Image) -> list[Box]:
    """Where light letters stand on dark ground, as in the head of a form; the largest first."""
    small = np.asarray(given.resize((given.width // _BAR_SCALE, given.height // _BAR_SCALE), Image.Resampling.BOX))
    rows, columns = small.shape[0] // _BAR_TILE, small.shape[1] // _BAR_TILE
    if rows < 2 or columns < 2:
        return []
    whole = small[: rows * _BAR_TILE, : columns * _BAR_TILE].reshape(rows, _BAR_TILE, columns, _BAR_TILE)
    tiles = whole.swapaxes(1, 2).reshape(rows, columns, -1)
    least, middle, most = np.quantile(tiles, (0.02, 0.5, 0.95), axis=2)
    light = (most - middle > _BAR_CONTRAST) & (most - middle > 2 * (middle - least)) & (middle < _BAR_GROUND)
    # Words of one line have gaps between them.
    named, _ = ndimage.label(ndimage.binary_dilation(light, structure=np.ones((1, 5))))
    found = []
    for number, (down, across) in enumerate(ndimage.find_objects(named), 1):
        count = int((light[down, across] & (named[down, across] == number)).sum())
        share = (down.stop - down.start) * (across.stop - across.start) / (rows * columns)
        if count >= _BAR_TILES and share < _MOST_OF_PAGE:
            found.append((count, _widened(down, across, given)))
    return [box for _, box in sorted(found, reverse=True)[:_MOST_BARS]]


def _widened(down: slice, across: slice, page: Image.Image) -> Box:
    side = _BAR_SCALE * _BAR_TILE
    return (
        max(0, (across.start - 1) * side),
        max(0, (down.start - 1) * side),
        min(page.width, (across.stop + 1) * side),
        min(page.height, (down.stop + 1) * side),
    )


def _shares(ink: npt.NDArray[np.bool_], side: int) -> npt.NDArray[np.float64]:
    rows, columns = ink.shape[0] // side, ink.shape[1] // side
    tiles = ink[: rows * side, : columns * side].reshape(rows, side, columns, side)
    shares: npt.NDArray[np.float64] = tiles.mean(axis=(1, 3))
    return shares
