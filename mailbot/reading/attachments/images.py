"""A picture of a page: upright, straight, clean, then read."""

import contextlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from mailbot.errors import MailbotError
from mailbot.model import Defect

MAX_PIXELS = 50_000_000
MAX_FRAMES = 30
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "HEIF")
_SMALL = 150
_WORKING = 2200
_ANGLES = 15.0
_GOOD = 0.75
_WORDS = 4
_DPI = 200

Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
with contextlib.suppress(ImportError):
    import pillow_heif

    pillow_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Seen:
    text: str
    confidence: float
    defects: tuple[Defect, ...] = ()


def open_frames(content: bytes, where: str) -> tuple[list[Image.Image], list[Defect]]:
    """The pages of a picture, turned as its EXIF says; never more than the limits."""
    try:
        picture = Image.open(BytesIO(content), formats=list(_FORMATS))
        if picture.width * picture.height > MAX_PIXELS:
            return [], [Defect(where, f"larger than {MAX_PIXELS // 1_000_000} megapixels: not read")]
        frames = []
        count = getattr(picture, "n_frames", 1)
        wanted = 1 if picture.format == "GIF" else min(count, MAX_FRAMES)
        for number in range(wanted):
            picture.seek(number)
            frames.append(ImageOps.exif_transpose(picture.copy()).convert("L"))
    except Image.DecompressionBombError:
        return [], [Defect(where, f"larger than {MAX_PIXELS // 1_000_000} megapixels: not read")]
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        TypeError,
        IndexError,
        ZeroDivisionError,
    ) as error:
        return [], [Defect(where, f"not a readable picture ({type(error).__name__})")]
    defects = (
        [Defect(where, f"only {wanted} of {count} pages were read")]
        if picture.format == "TIFF" and count > wanted
        else []
    )
    return frames, defects


def is_decoration(content: bytes, *, inline: bool) -> bool:
    """A logo, a tracker or a signature picture: small, or a narrow banner shown inside the text."""
    try:
        with Image.open(BytesIO(content), formats=list(_FORMATS)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    if max(width, height) <= _SMALL or min(width, height) <= 8:
        return True
    return inline and (min(width, height) <= _SMALL or max(width, height) > 4 * min(width, height))


def recognise(page: Image.Image, budget: Any, where: str) -> Seen:  # noqa: ANN401 - dispatch.Budget, which knows this file
    """Read one grey page; turns it when it does not read well as it stands."""
    if budget.ocr is None:
        return Seen("", 0.0, (Defect(where, "no OCR engine here"),))
    if page.width * page.height > _WORKING * _WORKING * 2:
        page.thumbnail((_WORKING, _WORKING * 2))
    if min(page.size) < 1000:
        page = page.resize((page.width * 2, page.height * 2), Image.Resampling.LANCZOS)
    try:
        flat = _even(page)
        best = _read(_straight(flat), budget)
        if best.confidence < _GOOD or len(best.text.split()) < _WORDS:
            for turn in (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180):
                other = _read(_straight(flat.transpose(turn)), budget)
                if _worth(other) > _worth(best):
                    best = other
                if best.confidence >= _GOOD and len(best.text.split()) >= _WORDS:
                    break
    except MailbotError as error:
        return Seen("", 0.0, (Defect(where, f"not read: {error}"),))
    return best


def _worth(seen: Seen) -> float:
    return seen.confidence * len([word for word in seen.text.split() if len(word) > 2])


def _read(page: Image.Image, budget: Any) -> Seen:  # noqa: ANN401 - dispatch.Budget
    found = budget.ocr.recognise(page, budget.languages, _DPI, budget.seconds_for_page())
    return Seen(found.text, found.confidence)


def _even(page: Image.Image) -> Image.Image:
    """Shadows and coloured paper divided out: each pixel against the paper around it."""
    small = page.resize((max(1, page.width // 8), max(1, page.height // 8)), Image.Resampling.BILINEAR)
    paper = (
        small.filter(ImageFilter.MaxFilter(9))
        .filter(ImageFilter.GaussianBlur(6))
        .resize(page.size, Image.Resampling.BILINEAR)
    )
    ink, white = np.asarray(page, dtype=np.float32), np.maximum(np.asarray(paper, dtype=np.float32), 1)
    flat = np.clip(ink / white * 255, 0, 255).astype(np.uint8)
    return ImageOps.autocontrast(Image.fromarray(flat), cutoff=1)


def _straight(page: Image.Image) -> Image.Image:
    """Lines level: the angle at which rows of ink and rows of paper differ most."""
    small = page.copy()
    small.thumbnail((700, 700))
    dark = Image.fromarray(((np.asarray(small) < 128) * 255).astype(np.uint8))

    def sharpness(angle: float) -> float:
        rows = np.asarray(dark.rotate(angle, fillcolor=0)).sum(axis=1, dtype=np.float64)
        return float(((rows[1:] - rows[:-1]) ** 2).sum())

    coarse = max((float(step) for step in range(int(-_ANGLES), int(_ANGLES) + 1)), key=sharpness)
    angle = max((coarse + step / 5 for step in range(-4, 5)), key=sharpness)
    if abs(angle) < 0.3:
        return page
    return page.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
