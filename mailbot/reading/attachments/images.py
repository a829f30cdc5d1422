"""Pictures: their pages one by one, and which of them are decoration."""

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from mailbot.model import Defect
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.recognition import recognise

MAX_PIXELS: Final = 50_000_000
MAX_FRAMES: Final = 30
_FORMATS: Final = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "HEIF")
_PAGED: Final = frozenset(("TIFF", "WEBP", "HEIF"))
_BRIGHT: Final = 150
_BROKEN: Final = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    IndexError,
    KeyError,
    OverflowError,
    RuntimeError,
    MemoryError,
    ZeroDivisionError,
)
"""What Pillow raises for broken files, by its own fuzzers' account."""
_SMALL: Final = 150
_BANNER: Final = 4
"""Times as long as high."""

# Pillow raises at twice this number and warns above it.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
with contextlib.suppress(ImportError):
    import pillow_heif

    pillow_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class PictureText:
    text: str
    pages: int | None
    confidence: float | None
    defects: tuple[Defect, ...]


def read_picture(content: bytes, where: str, budget: Budget) -> PictureText:
    """Never raises for what the bytes hold."""
    with warnings.catch_warnings():
        # Pillow warns of what is broken in a file; what cannot be read of it is said by a defect.
        warnings.simplefilter("ignore")
        return _read(content, where, budget)


def _read(content: bytes, where: str, budget: Budget) -> PictureText:
    texts: list[str] = []
    sure: list[float] = []
    defects: list[Defect] = []
    pages = 0
    for frame in _frames(content):
        if isinstance(frame, str):
            defects.append(Defect(where, frame))
            continue
        pages += 1
        seen = recognise(frame, budget)
        if seen.fault is not None:
            defects.append(Defect(where, seen.fault if pages == 1 else f"page {pages}: {seen.fault}"))
        if seen.text.strip():
            texts.append(seen.text.strip())
            sure.append(seen.confidence)
    return PictureText("\n\n".join(texts), pages or None, sum(sure) / len(sure) if sure else None, tuple(defects))


def is_decoration(content: bytes, *, inline: bool) -> bool:
    """A logo, a tracker or a signature picture: small, or a narrow banner shown inside the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(content), formats=list(_FORMATS)) as picture:
                width, height = picture.size
    except (*_BROKEN, Image.DecompressionBombError):
        return False
    if max(width, height) <= _SMALL or min(width, height) <= 8:
        return True
    least, most = min(width, height), max(width, height)
    return inline and (least <= _SMALL or (most > _BANNER * least and least <= 2 * _SMALL))


def _frames(content: bytes) -> Iterator[Image.Image | str]:
    """The pages, turned as EXIF says; a sentence instead of a page for what cannot be had."""
    try:
        with Image.open(BytesIO(content), formats=list(_FORMATS)) as picture:
            count = getattr(picture, "n_frames", 1)
            # A film of pictures is seen by its first; what a telephone adds to a JPEG is the same picture again.
            wanted = min(count, MAX_FRAMES) if picture.format in _PAGED else 1
            for number in range(wanted):
                picture.seek(number)
                if picture.width * picture.height > MAX_PIXELS:
                    yield f"larger than {MAX_PIXELS // 1_000_000} megapixels: not read"
                    continue
                yield _grey(ImageOps.exif_transpose(picture.copy()))
            if picture.format == "TIFF" and count > wanted:
                yield f"only {wanted} of {count} pages were read"
    except Image.DecompressionBombError:
        yield f"larger than {MAX_PIXELS // 1_000_000} megapixels: not read"
    except _BROKEN as error:
        yield f"not a readable picture ({type(error).__name__})"


def _grey(picture: Image.Image) -> Image.Image:
    """As it is seen: on white paper where it is transparent, on black when it is drawn in light colours."""
    if picture.mode in {"F", "I"}:
        # Numbers without a fixed range.
        values = np.nan_to_num(np.asarray(picture, dtype=np.float64))
        least, most = float(values.min()), float(values.max())
        return Image.fromarray(((values - least) * (255 / max(most - least, 1e-9))).astype(np.uint8))
    if not picture.has_transparency_data:
        return picture.convert("L")
    shown = picture.convert("RGBA")
    seen, grey = shown.getchannel("A"), shown.convert("L")
    drawn = ImageStat.Stat(grey, seen.point(lambda value: 255 if value > 127 else 0))
    ground = 0 if drawn.count[0] and drawn.mean[0] > _BRIGHT else 255
    return Image.composite(grey, Image.new("L", shown.size, ground), seen)
