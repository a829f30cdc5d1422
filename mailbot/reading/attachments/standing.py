"""Which way up a page is, and where on a picture it lies."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from mailbot.ports import OcrText
from mailbot.reading.attachments import straight
from mailbot.reading.attachments.budget import Budget

_DPI: Final = 200
_TILE: Final = 32
_SIDE: Final = 20
"""Tiles along a side of the piece that is tried."""
_BLOCK: Final = 0.4
"""Share of ink above which a tile is a picture or a bar."""
_PLENTY: Final = 0.15
_SURELY: Final = 0.8
_SURE_WORDS: Final = 12
_WORKING: Final = 500
_LEAST: Final = 0.12
_MOST: Final = 0.92
_FULL: Final = 0.8
_APART: Final = 40
_TABLE_SIDES: Final = 2
"""Sides of the picture that the table must reach: a dark bar across the head of a page reaches one."""
_BARE: Final = 0.005
_TEXTURE: Final = 0.15
"""Shares of ink between which there may be writing."""


def turn(flat: Image.Image, how: straight.Lie, languages: tuple[str, ...], budget: Budget) -> int:
    """Degrees counter-clockwise that make the page upright: 0, 90, 180 or 270.

    A piece of the page is read in all four ways, the likelier first; the way that gives most sure words wins.
    """
    best, most = 0, 0.0
    for sideways in (90, 0) if how.sideways else (0, 90):
        page = flat.rotate(sideways, expand=True) if sideways else flat
        lie = how if not sideways and not how.sideways else straight.lie(page, sideways=False)
        piece = _piece(straight.level(page, lie))
        for half in (0, 180):
            read = budget.recognise(piece.rotate(half) if half else piece, languages, _DPI)
            if not read.sideways and _worth(read) > most:
                best, most = sideways + half, _worth(read)
                if read.confidence >= _SURELY and read.sure_words >= _SURE_WORDS:
                    return best
    return best


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on a table, what lies around it made white."""

    image: Image.Image
    surely: bool
    """Nothing is written around it; else the rest may be the shaded half of the same page."""


def sheet(given: Image.Image, flat: Image.Image) -> Sheet | None:
    """None when no sheet stands out from a darker ground."""
    scale = _WORKING / max(given.size)
    size = (max(1, round(given.width * scale)), max(1, round(given.height * scale)))
    small = np.asarray(given.resize(size, Image.Resampling.BOX))
    light = ndimage.median_filter(ndimage.grey_closing(small, size=(7, 7)), size=5)
    border = _between(light)
    bright = light > border
    named, count = ndimage.label(bright)
    if not count:
        return None
    largest = int(np.bincount(named.ravel())[1:].argmax()) + 1
    mask = ndimage.binary_fill_holes(ndimage.binary_opening(named == largest, iterations=4))
    share = float(mask.mean())
    if not _LEAST < share < _MOST or float(light[mask].mean()) - float(light[~mask].mean()) < _APART:
        return None
    if share < _FULL * _hull(mask) or sum(float(side.mean()) < 0.5 for side in _sides(mask)) < _TABLE_SIDES:
        return None
    mask = ndimage.binary_erosion(mask, iterations=2)
    where = Image.fromarray((mask * 255).astype(np.uint8)).resize(flat.size, Image.Resampling.BILINEAR)
    alone = Image.new("L", flat.size, 255)
    alone.paste(flat, mask=where.point(lambda value: 255 if value > 127 else 0))
    around = np.asarray(flat.resize(size, Image.Resampling.NEAREST))[~mask] < 128
    return Sheet(alone, surely=not _BARE < float(around.mean()) < _TEXTURE)


def _piece(page: Image.Image) -> Image.Image:
    """The square of the page that has most writing in it."""
    rows, columns = page.height // _TILE, page.width // _TILE
    if rows <= _SIDE and columns <= _SIDE:
        return page
    ink = np.asarray(page)[: rows * _TILE, : columns * _TILE] < 128
    dark = ink.reshape(rows, _TILE, columns, _TILE).mean(axis=(1, 3))
    written = np.where(dark > _BLOCK, 0.0, np.minimum(dark, _PLENTY))
    heap = np.pad(written.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    down, across = min(_SIDE, rows), min(_SIDE, columns)
    sums = heap[down:, across:] - heap[:-down, across:] - heap[down:, :-across] + heap[:-down, :-across]
    top, left = np.unravel_index(int(sums.argmax()), sums.shape)
    box = (int(left) * _TILE, int(top) * _TILE, (int(left) + across) * _TILE, (int(top) + down) * _TILE)
    return page.crop(box)


def _between(values: npt.NDArray[np.uint8]) -> float:
    """Otsu's threshold."""
    counts = np.bincount(values.ravel(), minlength=256).astype(np.float64)
    heap, weight = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        below, above = weight / heap, (weight[-1] - weight) / (heap[-1] - heap)
        spread = heap * (heap[-1] - heap) * (below - above) ** 2
    return float(np.nan_to_num(spread).argmax())


def _sides(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], ...]:
    return mask[0], mask[-1], mask[:, 0], mask[:, -1]


def _hull(mask: npt.NDArray[np.bool_]) -> float:
    """Share of the picture inside the eight-sided box around the mask."""
    y, x = np.nonzero(mask)
    rows, columns = np.indices(mask.shape)
    inside = np.ones(mask.shape, dtype=bool)
    for across, down in ((1, 0), (0, 1), (1, 1), (1, -1)):
        at, place = across * x + down * y, across * columns + down * rows
        inside &= (place >= at.min()) & (place <= at.max())
    return float(inside.mean())


def _worth(read: OcrText) -> float:
    return read.confidence * read.sure_words
