"""Pictures that say nothing: logos, trackers, signature pictures, letterheads."""

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from typing import Final, Protocol

from PIL import Image, UnidentifiedImageError

from mailbot.reading.attachments.images import is_decoration

_FORMATS: Final = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "HEIF")
_BROKEN: Final = (
    *(UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, TypeError, EOFError),
    *(IndexError, ZeroDivisionError),
)
_DRAWN: Final = frozenset(("image/svg+xml", "image/wmf", "image/emf", "image/vnd.microsoft.icon"))
"""Formats of drawing programs: never a photograph, never a scan."""
_LOGO_PIXELS: Final = 200_000
"""500 x 400: what a signature or an older mail of the thread shows and is no larger is a logo."""
_PASTED_SIDE: Final = 500
"""Pixels of the longer side from which a picture pasted in a document may be a scan or a photograph."""
_REPEATED_PIXELS: Final = 1_000_000


class Picture(Protocol):
    """What is asked of a part of a mail or a member of a file."""

    @property
    def content(self) -> bytes: ...

    @property
    def inline(self) -> bool: ...

    @property
    def shown_in(self) -> str: ...


def repeated(parts: Iterable[Picture]) -> frozenset[str]:
    """SHA-256 of the inline pictures that the mail carries more than once: each reply of a thread adds its logo."""
    counted = Counter(sha256(part.content).hexdigest() for part in parts if part.inline and part.content)
    return frozenset(fingerprint for fingerprint, times in counted.items() if times > 1)


def is_decorative(part: Picture, kind: str, *, pasted: bool, again: bool) -> bool:
    """`pasted`: it stands in a document; `again`: the mail shows it more than once."""
    if not kind.startswith("image/"):
        return False
    if kind in _DRAWN:
        return part.inline
    if not part.content:
        return part.inline
    if is_decoration(part.content, inline=part.inline):
        return True
    width, height = _size(part.content)
    if not width or not part.inline:
        return False
    if pasted and max(width, height) < _PASTED_SIDE:
        return True
    if part.shown_in in {"signature", "quoted"} and width * height <= _LOGO_PIXELS:
        return True
    return again and width * height <= _REPEATED_PIXELS


def _size(content: bytes) -> tuple[int, int]:
    """(0, 0) for what is no readable picture."""
    try:
        with Image.open(BytesIO(content), formats=list(_FORMATS)) as picture:
            return picture.size
    except _BROKEN:
        return 0, 0
