"""A PDF page's text layer, and whether it says what a person sees on the page."""

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from mailbot.reading.attachments import paper, plausible

_OBJECTS: Final = 5_000
"""Looked at for pictures; pages with more of them are drawings."""
_DEPTH: Final = 4
_SCAN: Final = 0.5
"""Share of a page that pictures cover when it may be a scan."""
_MAPPED: Final = 500
_UNMAPPED: Final = 0.3
_UNCOVERED: Final = 0.5
_INKED: Final = 0.0005
_RECTANGLES: Final = 4_000
_MOST_PIXELS: Final = 12_000_000
LARGEST_PICTURE: Final = 100_000_000
"""Pixels of a picture on a page: a JBIG2 of some bytes may claim any number."""


@dataclass(frozen=True, slots=True)
class Layer:
    """`text` is shown as it is when `good`; else the page is to be recognised, and `text` is what few words it had."""

    text: str
    good: bool
    bomb: bool = False
    """A picture on it is too large to be drawn."""


def layer(page: Any) -> Layer:  # noqa: ANN401 - pypdfium2 ships no types
    """Raises PdfiumError for a page that cannot be read."""
    textpage = page.get_textpage()
    try:
        text = _joined(textpage.get_text_bounded())
        covered, largest, drawn = _pictures(page)
        bomb = largest > LARGEST_PICTURE
        if not text.strip():
            return Layer("", good=not drawn, bomb=bomb)
        scan = covered > _SCAN
        if _unmapped(textpage) or plausible.is_rubbish(text, scanned=scan):
            return Layer("", good=False, bomb=bomb)
        if scan and not bomb and _uncovered(page, textpage) > _UNCOVERED:
            return Layer(text, good=False)
        return Layer(text, good=True)
    finally:
        textpage.close()


def render(page: Any, dpi: int) -> Image.Image:  # noqa: ANN401 - pypdfium2 ships no types
    """In grey, with what is filled into its forms; smaller than asked for when the page is huge."""
    width, height = page.get_size()
    scale = dpi / 72
    pixels = width * height * scale * scale
    if pixels > _MOST_PIXELS:
        scale *= (_MOST_PIXELS / pixels) ** 0.5
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return image


def _joined(text: str) -> str:
    """Words cut at a line's end put together: pdfium marks the hyphen with U+FFFE."""
    return (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe\n", "").replace("\ufffe", "").replace("\0", "")
    )


def _pictures(page: Any) -> tuple[float, int, bool]:  # noqa: ANN401 - pypdfium2 ships no types
    """Share of the page under pictures, pixels of the largest, and whether anything at all is drawn."""
    # Not its size, which is that of the turned page.
    x, y, end, top_edge = page.get_bbox()
    width, height = end - x, top_edge - y
    area, largest, drawn = 0.0, 0, False
    for thing in islice(page.get_objects(max_depth=_DEPTH), _OBJECTS):
        drawn = drawn or thing.type != pdfium.FPDF_PAGEOBJ_FORM
        if thing.type != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        try:
            bounds = thing.get_bounds()
            container = thing.container
            while container is not None:
                bounds = container.get_matrix().on_rect(*bounds)
                container = container.container
            across, down = thing.get_px_size()
        except pypdfium2.PdfiumError:
            continue
        left, bottom, right, top = bounds
        across_page = max(0.0, min(right, x + width) - max(left, x))
        down_page = max(0.0, min(top, y + height) - max(bottom, y))
        area += across_page * down_page
        largest = max(largest, across * down)
    return (min(1.0, area / (width * height)) if width * height else 0.0), largest, drawn


def _unmapped(textpage: Any) -> bool:  # noqa: ANN401 - pypdfium2 ships no types
    """Whether its fonts do not say which letters they draw."""
    count = min(int(textpage.count_chars()), _MAPPED)
    wrong = sum(1 for index in range(count) if pdfium.FPDFText_HasUnicodeMapError(textpage, index) == 1)
    return wrong > max(0.0, _UNMAPPED * count)


def _uncovered(page: Any, textpage: Any) -> float:  # noqa: ANN401 - pypdfium2 ships no types
    """Share of the ink on the page that lies outside the text layer's words."""
    image = paper.even(render(page, 72))
    ink = np.asarray(image) < 128
    total = int(ink.sum())
    if total < _INKED * ink.size:
        return 0.0
    left, bottom, right, top = page.get_bbox()
    # Turned pages: the layer's places are the unturned page's.
    turned = page.get_rotation() % 360
    ink = np.rot90(ink, turned // 90)
    down, across = ink.shape[0] / max(1.0, top - bottom), ink.shape[1] / max(1.0, right - left)
    bare = ink.copy()
    for index in range(min(textpage.count_rects(), _RECTANGLES)):
        x0, y0, x1, y1 = textpage.get_rect(index)
        rows = slice(max(0, round((top - y1) * down) - 2), max(0, round((top - y0) * down) + 3))
        columns = slice(max(0, round((x0 - left) * across) - 2), max(0, round((x1 - left) * across) + 3))
        bare[rows, columns] = False
    return float(bare.sum()) / total
