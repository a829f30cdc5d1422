"""The ways in which tenants, telephones and scanners spoil a page; each is another for every seed."""

import random
from collections.abc import Callable
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Grey = npt.NDArray[np.float32]
Spoil = Callable[[Image.Image, random.Random], Image.Image]


def _array(image: Image.Image) -> Grey:
    return np.asarray(image.convert("L"), dtype=np.float32)


def _image(values: "npt.NDArray[np.floating]") -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _normal(chance: random.Random, shape: tuple[int, ...]) -> Grey:
    return np.random.default_rng(chance.randrange(1 << 30)).standard_normal(shape, dtype=np.float32)


def grain(image: Image.Image, chance: random.Random, strength: float = 6) -> Image.Image:
    values = _array(image)
    return _image(values + strength * _normal(chance, values.shape))


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out).copy()


def shrunk(image: Image.Image, scale: float) -> Image.Image:
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def clean(page: Image.Image, _chance: random.Random) -> Image.Image:
    return page


def scanned(page: Image.Image, chance: random.Random) -> Image.Image:
    """A good scanner's page: half a degree off, a little grain."""
    turned = page.rotate(chance.uniform(-0.6, 0.6), Image.Resampling.BICUBIC, fillcolor=255)
    return jpeg(grain(turned, chance, 3), 85)


def skew(page: Image.Image, chance: random.Random) -> Image.Image:
    angle = chance.choice((-1, 1)) * chance.uniform(2, 15)
    return grain(page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255), chance)


def turned(page: Image.Image, chance: random.Random) -> Image.Image:
    upright = page.rotate(chance.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=255)
    return grain(upright.rotate(chance.choice((90, 180, 270)), expand=True), chance)


def uneven_light(page: Image.Image, chance: random.Random) -> Image.Image:
    height, width = page.size[::-1]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = chance.uniform(-1, 1), chance.uniform(-1, 1)
    slope = across * x / width + down * y / height
    slope = (slope - slope.min()) / max(float(np.ptp(slope)), 1e-6)
    return grain(_image(_array(page) * (0.97 - chance.uniform(0.55, 0.78) * slope)), chance, 4)


def shadow(page: Image.Image, chance: random.Random) -> Image.Image:
    """The hand and the telephone of whoever takes the picture."""
    height, width = page.size[::-1]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, cut = chance.uniform(0, 2 * np.pi), chance.uniform(-0.2, 0.2)
    side = np.cos(angle) * (x / width - 0.5) + np.sin(angle) * (y / height - 0.5) - cut
    middle, radius = (chance.uniform(0.2, 0.8), chance.uniform(0.2, 0.8)), chance.uniform(0.15, 0.35)
    spot = np.hypot(x / width - middle[0], y / height - middle[1]) - radius
    soft = chance.uniform(0.004, 0.03)
    light = (1 - chance.uniform(0.45, 0.7) / (1 + np.exp(-side / soft))) * (
        1 - chance.uniform(0.3, 0.6) / (1 + np.exp(spot / soft))
    )
    return grain(_image(_array(page) * 0.95 * light), chance, 4)


def low_contrast(page: Image.Image, chance: random.Random) -> Image.Image:
    paper, depth = chance.uniform(120, 230), chance.uniform(0.06, 0.2)
    return grain(_image(paper - (255 - _array(page)) * depth), chance, chance.uniform(3, 6))


def coloured_paper(page: Image.Image, chance: random.Random) -> Image.Image:
    paper = [chance.randint(90, 235) for _ in range(3)]
    ink = [chance.randint(10, 90) for _ in range(3)]
    share = _array(page)[..., None] / 255
    colours = share * np.array(paper, np.float32) + (1 - share) * np.array(ink, np.float32)
    return _image(colours + 6 * _normal(chance, colours.shape))


def small(page: Image.Image, chance: random.Random) -> Image.Image:
    """100 dpi, as messengers shrink photographs."""
    return jpeg(grain(shrunk(page, 0.5), chance, 4), chance.randint(35, 65))


def perspective(page: Image.Image, chance: random.Random) -> Image.Image:
    """A sheet on a table, taken aslant, by telephone."""
    width, height = page.size
    out = (round(width * 1.15), round(height * 1.1))
    corners = [
        (out[0] * chance.uniform(0.04, 0.20), out[1] * chance.uniform(0.03, 0.12)),
        (out[0] * chance.uniform(0.80, 0.96), out[1] * chance.uniform(0.03, 0.12)),
        (out[0] * chance.uniform(0.86, 0.98), out[1] * chance.uniform(0.88, 0.97)),
        (out[0] * chance.uniform(0.02, 0.14), out[1] * chance.uniform(0.88, 0.97)),
    ]
    laid, where = _laid(page, corners, out)
    top = table_top(out, chance, chance.randint(50, 170))
    top.paste(laid.point(lambda value: value * 0.94), mask=where)
    return jpeg(grain(top, chance, 4), chance.randint(55, 80))


def phone(page: Image.Image, chance: random.Random) -> Image.Image:
    """All of it at 100 dpi."""
    return jpeg(shrunk(shadowless(perspective(page, chance), chance), 0.55), chance.randint(45, 70))


def shadowless(page: Image.Image, chance: random.Random) -> Image.Image:
    """Darker towards the corners, as lenses do."""
    height, width = page.size[::-1]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return _image(_array(page) * (1 - chance.uniform(0.1, 0.35) * (x * x + y * y) / 2))


def aslant(page: Image.Image, chance: random.Random) -> Image.Image:
    """Taken aslant and so near that no edge of the sheet is seen."""
    width, height = page.size
    tilt, lean = chance.uniform(0.03, 0.09), chance.uniform(-0.02, 0.02)
    corners = [
        (width * tilt, height * (0.02 + lean)),
        (width * (1 - tilt), height * (0.0 - lean)),
        (width * 1.01, height * (1.0 + lean)),
        (-width * 0.02, height * (1.02 - lean)),
    ]
    if chance.random() < 0.5:
        corners = [(width - x, height - y) for x, y in (corners[2], corners[3], corners[0], corners[1])]
    laid, where = _laid(page, corners, (width, height))
    paper = Image.new("L", (width, height), 255)
    paper.paste(laid, mask=where)
    return jpeg(grain(paper.point(lambda value: value * 0.93), chance, 4), 75)


def curled(page: Image.Image, chance: random.Random) -> Image.Image:
    """A page that does not lie flat: lines run in waves, and one side is darker."""
    height, width = page.size[::-1]
    values = np.asarray(page, dtype=np.float32)
    x = np.linspace(0, 1, width, dtype=np.float32)
    bow = height * chance.uniform(0.008, 0.022) * np.sin(np.pi * (x * chance.uniform(0.7, 1.3) + chance.uniform(0, 1)))
    rows = np.clip(np.arange(height)[:, None] + bow[None, :], 0, height - 1).astype(np.int32)
    bent = np.take_along_axis(values, rows, axis=0)
    shade = 1 - chance.uniform(0.1, 0.4) * (0.5 + 0.5 * np.sin(2 * np.pi * (x + chance.uniform(0, 1))))
    return jpeg(grain(_image(bent * shade * 0.96), chance, 4), 75)


def fax(page: Image.Image, chance: random.Random) -> Image.Image:
    """Black or white, 200 by 100 dots to the inch, speckled."""
    coarse = page.resize((page.width, page.height // 2), Image.Resampling.BILINEAR)
    speckled = grain(coarse, chance, chance.uniform(25, 60)).point(lambda value: 255 if value > 128 else 0)
    return speckled.resize(page.size, Image.Resampling.NEAREST)


def speckled(page: Image.Image, chance: random.Random) -> Image.Image:
    """Black or white at full sharpness, strewn with dots."""
    return grain(page, chance, chance.uniform(50, 75)).point(lambda value: 255 if value > 128 else 0)


def noise(page: Image.Image, chance: random.Random) -> Image.Image:
    return grain(page.point(lambda value: 40 + value * 0.7), chance, chance.uniform(22, 40))


def artefacts(page: Image.Image, chance: random.Random) -> Image.Image:
    return jpeg(shrunk(page, chance.uniform(0.6, 0.8)), chance.randint(12, 22))


def blurred(page: Image.Image, chance: random.Random) -> Image.Image:
    return jpeg(grain(page.filter(ImageFilter.GaussianBlur(chance.uniform(1.4, 2.3))), chance, 5), 50)


def shaken(page: Image.Image, chance: random.Random) -> Image.Image:
    """The hand moved."""
    values, length, angle = _array(page), chance.randint(3, 6), chance.uniform(0, np.pi)
    shots = [
        np.roll(values, (round(step * np.sin(angle)), round(step * np.cos(angle))), (0, 1)) for step in range(length)
    ]
    return jpeg(grain(_image(np.mean(shots, axis=0)), chance, 4), 65)


def dark(page: Image.Image, chance: random.Random) -> Image.Image:
    """On a table, in the evening."""
    photo = perspective(page, chance)
    return jpeg(grain(photo.point(lambda value: value * 0.24), chance, 4), 80)


def folded(page: Image.Image, chance: random.Random) -> Image.Image:
    """Out of an envelope: two folds, and a crumpled sheet between them."""
    values = _array(page)
    height, width = values.shape
    y = np.arange(height, dtype=np.float32)[:, None]
    light = np.full(values.shape, 0.95, np.float32)
    for fold in (height / 3 + chance.uniform(-40, 40), 2 * height / 3 + chance.uniform(-40, 40)):
        light -= 0.35 * np.exp(-np.abs(y - fold) / 4) - 0.08 * np.tanh((y - fold) / 60)
    rough = Image.fromarray(_normal(chance, (height // 90, width // 90))).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    return jpeg(grain(_image(values * (light + 0.09 * np.asarray(rough))), chance, 4), 70)


def crumpled(page: Image.Image, chance: random.Random) -> Image.Image:
    """Out of a pocket: creases in all directions, lines that rise and fall a little, facets of unlike light."""
    height, width = page.size[::-1]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lift, light = np.zeros((height, width), np.float32), np.full((height, width), 0.93, np.float32)
    for _ in range(chance.randint(7, 10)):
        angle, cut = chance.uniform(0, np.pi), chance.uniform(-0.45, 0.45)
        side = np.cos(angle) * (x - width / 2) + np.sin(angle) * (y - height / 2) - cut * height
        lift += chance.uniform(1, 3) * np.abs(side) / height * 8 * chance.choice((-1, 1))
        light += chance.uniform(0.03, 0.07) * np.tanh(side / 25) - 0.22 * np.exp(-np.abs(side) / 3)
    rows = np.clip(y + lift - lift.mean(), 0, height - 1).astype(np.int32)
    bent = np.take_along_axis(_array(page), rows, axis=0)
    return jpeg(grain(_image(bent * np.clip(light, 0.25, 1)), chance, 4), 65)


def on_a_table(page: Image.Image, chance: random.Random) -> Image.Image:
    """From so far that half of the picture is table: a certificate beside the keys and the coffee."""
    width, height = page.size
    out = (round(width * 1.6), round(height * 1.5))
    left, top = chance.uniform(0.15, 0.4) * width, chance.uniform(0.15, 0.3) * height
    corners = [
        (left + width * chance.uniform(0, 0.05), top + height * chance.uniform(0, 0.04)),
        (left + width * chance.uniform(0.95, 1.0), top + height * chance.uniform(0, 0.04)),
        (left + width * chance.uniform(0.98, 1.03), top + height * chance.uniform(0.97, 1.0)),
        (left - width * chance.uniform(0, 0.03), top + height * chance.uniform(0.97, 1.0)),
    ]
    laid, where = _laid(page, corners, out)
    table = table_top(out, chance, chance.randint(60, 140))
    table.paste(laid.point(lambda value: value * 0.9), mask=where)
    return jpeg(shrunk(shadowless(table, chance), 0.8), chance.randint(50, 75))


def booklet(page: Image.Image, chance: random.Random) -> Image.Image:
    """Two pages on a scanner's glass: dark and bent towards the middle."""
    height, width = page.size[::-1]
    off = np.abs(np.linspace(-1, 1, width, dtype=np.float32))
    bow = height * chance.uniform(0.004, 0.01) * np.exp(-off / 0.12)
    rows = np.clip(np.arange(height)[:, None] + bow[None, :], 0, height - 1).astype(np.int32)
    bent = np.take_along_axis(_array(page), rows, axis=0)
    light = 0.97 - chance.uniform(0.5, 0.75) * np.exp(-off / 0.06)
    return jpeg(grain(shrunk(_image(bent * light[None, :]), 0.75), chance, 4), 75)


def faded(page: Image.Image, chance: random.Random) -> Image.Image:
    """A till slip that lay in the sun: pale in bands, on paper that turned yellow."""
    height = page.height
    y = np.arange(height, dtype=np.float32)[:, None]
    strength = 0.16 + 0.09 * np.sin(2 * np.pi * (y / height * chance.uniform(1, 3) + chance.random()))
    tone = chance.uniform(175, 215)
    return jpeg(grain(_image(tone - (255 - _array(page)) * strength), chance, 4), 70)


def through(page: Image.Image, chance: random.Random) -> Image.Image:
    """Thin paper: the back is seen."""
    back = np.asarray(page.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2)), np.float32)
    shift = np.roll(back, (chance.randint(20, 60), chance.randint(-40, 40)), (0, 1))
    return grain(_image(_array(page) * 0.95 - (255 - shift) * chance.uniform(0.15, 0.3)), chance, 4)


def copied(page: Image.Image, chance: random.Random) -> Image.Image:
    """A photocopy of a photocopy: black edges, dirt, thick letters."""
    thick = page.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(1.0))
    values = _array(thick.rotate(chance.uniform(-2, 2), Image.Resampling.BICUBIC, fillcolor=20))
    edge = chance.randint(15, 60)
    values[:, :edge] = 15
    values[-edge // 2 :, :] = 15
    return grain(_image(np.where(values > 140, 250, 10).astype(np.float32)), chance, 12)


def kitchen(page: Image.Image, chance: random.Random) -> Image.Image:
    """A shadow, aslant, a little skewed, shrunk: the telephone in the kitchen."""
    photo = perspective(page, chance).rotate(chance.uniform(-6, 6), Image.Resampling.BICUBIC, fillcolor=78)
    return jpeg(shrunk(shadow(photo, chance), 0.75), 65)


def table_top(size: tuple[int, int], chance: random.Random, grey: int) -> Image.Image:
    """Wood, stone or cloth."""
    width, height = size
    fine = 14 * _normal(chance, (height // 2, width // 2))
    veins = Image.fromarray(30 * _normal(chance, (height // 12, max(2, width // 200)))).resize(
        (width // 2, height // 2), Image.Resampling.BICUBIC
    )
    return _image(grey + fine + np.asarray(veins) * (chance.random() < 0.6)).resize(size, Image.Resampling.BILINEAR)


def _laid(
    page: Image.Image, corners: list[tuple[float, float]], out: tuple[int, int]
) -> tuple[Image.Image, Image.Image]:
    width, height = page.size
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    found = tuple(float(value) for value in np.linalg.solve(np.array(rows), np.array(right)))
    method, cubic = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    return page.transform(out, method, found, cubic), Image.new("L", page.size, 255).transform(out, method, found)


KINDS: dict[str, tuple[Spoil, str]] = {
    "clean": (clean, ""),
    "scanned": (scanned, ""),
    "skew": (skew, ""),
    "turned": (turned, ""),
    "uneven light": (uneven_light, ""),
    "shadow": (shadow, ""),
    "low contrast": (low_contrast, ""),
    "coloured paper": (coloured_paper, ""),
    "100 dpi": (small, ""),
    "perspective": (perspective, ""),
    "100 dpi photo": (phone, ""),
    "aslant": (aslant, ""),
    "curled": (curled, ""),
    "fax": (fax, ""),
    "speckled": (speckled, ""),
    "noise": (noise, ""),
    "JPEG artefacts": (artefacts, ""),
    "blurred": (blurred, ""),
    "shaken": (shaken, ""),
    "dark": (dark, ""),
    "folded": (folded, ""),
    "crumpled": (crumpled, ""),
    "see-through": (through, ""),
    "photocopy": (copied, ""),
    "kitchen": (kitchen, ""),
    "certificate on a table": (on_a_table, "certificate"),
    "double page": (booklet, "double"),
    "receipt": (phone, "receipt"),
    "faded receipt": (faded, "receipt"),
    "dark screen": (artefacts, "screen"),
}
"""Each with the design of its page, if it is always the same."""
