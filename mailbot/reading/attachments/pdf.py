"""PDF: the text layer where it is good, OCR where there is none; forms and tables by pdfplumber."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pdfplumber
import pypdfium2
from pdfminer.pdfparser import PDFSyntaxError
from PIL import Image

from mailbot.model import Defect
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.recognition import Seen, recognise

MAX_PAGES = 200
_DPI = 200
_MOST_PIXELS = 12_000_000
_SCAN_CHARACTERS = 50
_SCAN_COVERAGE = 0.5
_MOST_CHARACTERS = 200_000
_LAYOUT_BYTES = 3_000_000


@dataclass(frozen=True, slots=True)
class PdfText:
    text: str
    pages: int
    source: str
    confidence: float | None
    defects: tuple[Defect, ...]
    embedded: tuple[tuple[str, bytes], ...] = ()
    """Name and content of the files it carries, not read yet."""


def read_pdf(content: bytes, where: str, budget: Budget) -> PdfText:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        what = "encrypted" if "password" in str(error).casefold() else "not a readable PDF"
        return PdfText("", 0, "none", None, (Defect(where, what),))
    try:
        return _read(document, content, where, budget)
    finally:
        document.close()


def _read(document: Any, content: bytes, where: str, budget: Budget) -> PdfText:  # noqa: ANN401 - pypdfium2 ships no types
    count = len(document)
    texts: list[str] = []
    seen: list[Seen] = []
    defects: list[Defect] = []
    layered = False
    for number in range(min(count, MAX_PAGES)):
        text, scanned = _page(document, number)
        if not scanned:
            layered = layered or bool(text.strip())
            texts.append(text)
            continue
        found = recognise(_render(document, number), budget)
        seen.append(found)
        texts.append(found.text or text)
        if found.fault is not None:
            defects.append(Defect(where, f"page {number + 1}: {found.fault}"))
    if count > MAX_PAGES:
        defects.append(Defect(where, f"only {MAX_PAGES} of {count} pages were read"))
    extra = list(_forms(content)) if layered and len(content) <= _LAYOUT_BYTES else []
    text = "\n\n".join(piece.strip() for piece in (*texts, *extra) if piece.strip())[:_MOST_CHARACTERS]
    words = [found.confidence for found in seen if found.text]
    source = "ocr" if seen and not layered else "pdf"
    return PdfText(text, count, source, sum(words) / len(words) if words else None, tuple(defects))


def _page(document: Any, number: int) -> tuple[str, bool]:  # noqa: ANN401 - pypdfium2 ships no types
    """The page's text layer, and whether the page is a picture of a page."""
    page = document[number]
    text = page.get_textpage().get_text_bounded().replace("\r\n", "\n")
    width, height = page.get_size()
    largest = 0.0
    for thing in page.get_objects(filter=[3], max_depth=3):
        left, bottom, right, top = thing.get_bounds() if hasattr(thing, "get_bounds") else thing.get_pos()
        largest = max(largest, (right - left) * (top - bottom))
    coverage = largest / (width * height) if width * height else 0.0
    readable = sum(1 for char in text if char.isalnum() or char.isspace())
    rubbish = len(text) > _SCAN_CHARACTERS and readable < 0.6 * len(text)
    return text, coverage > _SCAN_COVERAGE and (len(text.strip()) < _SCAN_CHARACTERS or rubbish)


def _render(document: Any, number: int) -> Image.Image:  # noqa: ANN401 - pypdfium2 ships no types
    page = document[number]
    width, height = page.get_size()
    scale = _DPI / 72
    pixels = width * height * scale * scale
    if pixels > _MOST_PIXELS:
        scale *= (_MOST_PIXELS / pixels) ** 0.5
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return image


def _forms(content: bytes) -> Iterator[str]:
    """What people typed into form fields: no text layer has it."""
    try:
        with pdfplumber.open(BytesIO(content), laparams={"boxes_flow": None}) as document:
            for note in (note for page in document.pages[:20] for note in page.annots):
                value = (note.get("data") or {}).get("V")
                label = (note.get("data") or {}).get("T")
                if isinstance(value, bytes):
                    yield f"{_words(label)}: {_words(value)}"
    except (PDFSyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        # The text layer has been read; a form that breaks its reader adds nothing.
        return
    except Exception as error:  # pdfminer's own errors have no common ancestor
        if not type(error).__module__.startswith(("pdfminer", "pdfplumber")):
            raise


def _words(value: object) -> str:
    if not isinstance(value, bytes):
        return ""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    return value.decode("latin-1")
