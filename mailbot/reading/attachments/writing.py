"""What can be told of writing without reading it: how high its letters are, how much was missed, what is on bars."""

from typing import Final

import numpy as np
from PIL import Image
from scipy import ndimage

from mailbot.ports import OcrText

Box = tuple[int, int, int, int]

_INK: Final = 128
_FEWEST: Final = 30
_MOST: Final = 8_000
_HEIGHTS: Final = (5, 120)
"""Pixels between which a stain of ink may be a letter."""
_LONGEST: Final = 4
"""Times as wide as high, or as high as wide, that a letter or some that touch may be."""
_WORD: Final = 15
"""Times as wide as high that a word may be."""
_LOWEST: Final = 0.5
"""Of a word's usual height: what a letter has at least, and the grain of a table top has not."""
_USUAL: Final = 0.75
"""Quantile of the heights: lower ones are full stops, dots and dirt."""
_BAR_TILE: Final = 8
_BAR_SCALE: Final = 4
_BAR_CONTRAST: Final = 60
_BAR_GROUND: Final = 140
_BAR_TILES: Final = 4
_BAR_SHAPE: Final = 2
"""Times as wide as high, at least: a line."""
_MOST_BARS: Final = 3
_MOST_OF_PAGE: Final = 0.15
"""Of its height."""


def letter_height(flat: Image.Image) -> float | None:
    """Pixels from top to bottom of a usual letter on an evened page; None for too few, or for grain."""
    heights = [
        bottom - top
        for left, top, right, bottom in _stains(flat)
        if right - left <= _LONGEST * (bottom - top) and bottom - top <= _LONGEST * (right - left)
    ]
    return float(np.quantile(heights, _USUAL)) if _FEWEST <= len(heights) <= _MOST else None


def unread(flat: Image.Image, read: OcrText) -> float:
    """Share of what looks like letters, or like words whose letters touch, that stands in no recognised word."""
    if not read.boxes:
        return 0.0
    usual = float(np.median([bottom - top for _, top, _, bottom in read.boxes]))
    known = np.zeros((flat.height, flat.width), dtype=bool)
    for left, top, right, bottom in read.boxes:
        known[top:bottom, left:right] = True
    inside = [
        bool(known[(top + bottom) // 2, (left + right) // 2])
        for left, top, right, bottom in _stains(flat)
        if _LOWEST * usual <= bottom - top <= _LONGEST * (right - left) and right - left <= _WORD * (bottom - top)
    ]
    return 1 - sum(inside) / len(inside) if len(inside) >= _FEWEST else 0.0


def _stains(flat: Image.Image) -> list[Box]:
    """The connected pieces of ink that are as high as letters may be."""
    named, _ = ndimage.label(np.asarray(flat) < _INK, structure=np.ones((3, 3)))
    return [
        (across.start, down.start, across.stop, down.stop)
        for down, across in ndimage.find_objects(named)
        if _HEIGHTS[0] <= down.stop - down.start <= _HEIGHTS[1]
    ]


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
        share = (down.stop - down.start) / rows
        wide = across.stop - across.start >= _BAR_SHAPE * (down.stop - down.start)
        if count >= _BAR_TILES and wide and share < _MOST_OF_PAGE:
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
