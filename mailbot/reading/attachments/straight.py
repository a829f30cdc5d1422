"""Lines of text made level: the whole page turned, and what lies aslant or curled bent back."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

Points = npt.NDArray[np.float64]
Cell = tuple[tuple[int, int, int, int], tuple[float, ...]]

_WORKING: Final = 1600
_STEEPEST: Final = 16.0
_LEVEL: Final = 0.6
"""Degrees that tesseract does not mind."""
_STRAIGHT: Final = 0.25
"""Degrees by which the slopes of lines may differ over a page."""
_TILES: Final = (5, 6)
_SIDEWAYS: Final = 1.6
_MOST_POINTS: Final = 150_000
_FEWEST_POINTS: Final = 150
_FEWEST_TILES: Final = 6
_FEWEST_BENT: Final = 10
_BETTER: Final = 0.6
_DENSEST: Final = 0.45
_FURTHEST: Final = 0.13
"""Slope by which a part of a page may differ from the rest."""
_MESH: Final = 16


@dataclass(frozen=True, slots=True)
class Lie:
    """How lines run."""

    angle: float
    """Degrees by which the page is to be turned, counter-clockwise."""
    across: float = 0.0
    """How much the slope grows from the middle to the right edge."""
    down: float = 0.0
    """How much it grows from the middle to the bottom."""
    bend: float = 0.0
    """How much steeper it is at both sides than in the middle: the page lies in a wave."""
    sideways: bool = False
    """Lines seem to run from top to bottom."""


def lie(page: Image.Image, *, sideways: bool = True) -> Lie:
    """By the angle at which rows of ink and rows of paper differ most, for each part of the page.

    `sideways`: whether it may be found to lie on its side.
    """
    dark = _dark(page)
    points = _points(dark)
    if len(points) < _FEWEST_POINTS:
        return Lie(0.0)
    height, width = dark.shape
    slopes = _slopes(points, (height, width))
    if sideways and _slopes(points[:, ::-1], (width, height))[:, 3].sum() > _SIDEWAYS * slopes[:, 3].sum():
        return Lie(0.0, sideways=True)
    if len(slopes) < _FEWEST_TILES:
        return Lie(_steepest(points, _STEEPEST)[0])
    rise, across, down, bend = _fit(slopes)
    return Lie(float(np.degrees(np.arctan(rise))), across, down, bend)


def level(page: Image.Image, how: Lie) -> Image.Image:
    """The page with its lines level; as it is when they nearly are, for each turning blurs small print."""
    bent = max(abs(how.across), abs(how.down), abs(how.bend)) >= np.radians(_STRAIGHT)
    if abs(how.angle) >= _LEVEL or bent:
        page = page.rotate(how.angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    if not bent:
        return page
    mesh = _mesh(page.size, how)
    return page.transform(page.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC, fill=1, fillcolor=255)


def _dark(page: Image.Image) -> npt.NDArray[np.bool_]:
    scale = min(1.0, _WORKING / max(page.size))
    small = page.resize((max(1, round(page.width * scale)), max(1, round(page.height * scale))), Image.Resampling.BOX)
    return np.asarray(small) < 160


def _points(dark: npt.NDArray[np.bool_]) -> Points:
    found = np.argwhere(dark).astype(np.float64)
    if len(found) > _MOST_POINTS:
        found = found[:: len(found) // _MOST_POINTS + 1]
    return found


def _steepest(points: Points, reach: float) -> tuple[float, float]:
    """The sharpest angle within `reach` degrees, and how sharp it is."""
    step = max(reach / 16, 0.1)
    best = max((_sharpness(points, step * n), step * n) for n in range(-16, 17))
    while step > 0.1:
        step /= 3
        best = max(best, *((_sharpness(points, best[1] + step * n), best[1] + step * n) for n in (-2, -1, 1, 2)))
    return best[1], best[0]


def _sharpness(points: Points, angle: float) -> float:
    rows = points[:, 0] - points[:, 1] * np.tan(np.radians(angle))
    counts = np.bincount((rows - rows.min()).astype(np.int64)).astype(np.float64)
    return float(np.square(np.diff(counts)).sum())


def _slopes(points: Points, shape: tuple[int, ...]) -> Points:
    """x, y (-1 to 1 over the page), slope and weight of each part of the page that has lines of text."""
    height, width = shape
    columns, rows = _TILES
    column = np.minimum(points[:, 1] * columns // width, columns - 1)
    row = np.minimum(points[:, 0] * rows // height, rows - 1)
    found = []
    for number in range(columns * rows):
        across, down = number % columns, number // columns
        mine = points[(column == across) & (row == down)]
        if not _FEWEST_POINTS <= len(mine) < _DENSEST * width * height / (columns * rows):
            continue
        tilt, sharpness = _steepest(mine, _STEEPEST)
        usual = float(np.median([_sharpness(mine, float(angle)) for angle in range(-15, 16, 3)]))
        if abs(tilt) < _STEEPEST - 0.5 and sharpness > 1.5 * usual:
            x, y = (across + 0.5) / columns * 2 - 1, (down + 0.5) / rows * 2 - 1
            found.append((x, y, np.tan(np.radians(tilt)), (sharpness - usual) ** 0.5))
    return np.array(found).reshape(-1, 4)


def _fit(found: Points) -> tuple[float, float, float, float]:
    """Slope = rise + across · x + down · y + bend · x², by weighted least squares around the median, outliers left out.

    `bend` is 0 unless it explains much of what the others leave.
    """
    order = np.argsort(found[:, 2])
    heaped = np.cumsum(found[order, 3])
    middle = found[order[int(np.searchsorted(heaped, heaped[-1] / 2))], 2]
    near = found[:, 3] * (np.abs(found[:, 2] - middle) < _FURTHEST)
    x, y = found[:, 0], found[:, 1]
    plain = _solved(np.column_stack((np.ones(len(found)), x, y)), found[:, 2], near)
    if plain is None:
        return float(middle), 0.0, 0.0, 0.0
    bent = _solved(np.column_stack((np.ones(len(found)), x, y, x * x)), found[:, 2], near)
    if bent is not None and len(found) >= _FEWEST_BENT and bent[1] < _BETTER * plain[1]:
        return float(bent[0][0]), float(bent[0][1]), float(bent[0][2]), float(bent[0][3])
    return float(plain[0][0]), float(plain[0][1]), float(plain[0][2]), 0.0


def _solved(design: Points, slopes: Points, weights: Points) -> tuple[npt.NDArray[np.floating], float] | None:
    """The coefficients, and how far the slopes are from them; None when too few are left."""
    for _ in range(3):
        if np.count_nonzero(weights) < _FEWEST_TILES:
            return None
        root = np.sqrt(weights)[:, None]
        solution = np.linalg.lstsq(design * root, slopes * root[:, 0], rcond=None)[0]
        off = np.abs(slopes - design @ solution)
        rest = float(np.average(np.minimum(off, _FURTHEST), weights=weights))
        weights = weights * (off <= max(3 * float(np.median(off[weights > 0])), 0.006))
    return solution, rest


def _mesh(size: tuple[int, int], how: Lie) -> list[Cell]:
    """Cells of the level page, and where their corners are on the bent one."""
    width, height = size
    half = width / 2

    def source(x: float, y: float) -> tuple[float, float]:
        u, v = x / half - 1, y / height * 2 - 1
        # The slope's integral from the middle to here: the height that the line through (middle, y) has at x.
        return x, y + half * (how.down * v * u + how.across * u * u / 2 + how.bend * u * u * u / 3)

    cells: list[Cell] = []
    xs = [round(width * n / _MESH) for n in range(_MESH + 1)]
    ys = [round(height * n / _MESH) for n in range(_MESH + 1)]
    for top, bottom in pairwise(ys):
        for left, right in pairwise(xs):
            corners = (*source(left, top), *source(left, bottom), *source(right, bottom), *source(right, top))
            cells.append(((left, top, right, bottom), corners))
    return cells
