"""PDF, page by page: the text layer where it says what is seen, OCR where it does not; forms, remarks and tables."""

from dataclasses import dataclass, field
from typing import Any, Final

import pypdfium2

from mailbot.model import Defect
from mailbot.reading.attachments import pdf_bounds, pdf_forms, pdf_layer, pdf_tables
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.recognition import recognise

MAX_PAGES: Final = 200
MAX_EMBEDDED: Final = 20
_EMBEDDED_BYTES: Final = 25_000_000
_DPI: Final = 200
_LAYER_SECONDS: Final = 8.0
"""For all text layers of one file; pages that are recognised have limits of their own."""
_MOST_CHARACTERS: Final = 200_000


@dataclass(frozen=True, slots=True)
class PdfText:
    text: str
    pages: int
    source: str
    """pdf, ocr or none."""
    confidence: float | None
    """Mean of the recognised pages, 0 to 1."""
    defects: tuple[Defect, ...]
    embedded: tuple[tuple[str, bytes], ...] = ()
    """Name and content of the files it carries, not read yet; names as they stand there, not safe to print."""


@dataclass(slots=True)
class _Pages:
    """What is known so far."""

    texts: dict[int, str] = field(default_factory=dict)
    tabular: dict[int, str] = field(default_factory=dict)
    confidences: list[float] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    layered: bool = False
    unread: int = 0
    """Scans for which nothing was left."""


def read_pdf(content: bytes, where: str, budget: Budget) -> PdfText:
    """Never raises for what the bytes hold."""
    if pdf_bounds.expands(content):
        return PdfText("", 0, "none", None, (Defect(where, "expands without measure: not opened"),))
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        what = (
            "encrypted: not read without its password" if "password" in str(error).casefold() else "not a readable PDF"
        )
        return PdfText("", 0, "none", None, (Defect(where, what),))
    try:
        return _read(document, content, where, budget)
    finally:
        document.close()


def _read(document: Any, content: bytes, where: str, budget: Budget) -> PdfText:  # noqa: ANN401 - pypdfium2 ships no types
    form = _form(document)
    count = len(document)
    pages = _Pages()
    spent = 0.0
    for number in range(min(count, MAX_PAGES)):
        started = budget.clock()
        if spent > _LAYER_SECONDS or started >= budget.until:
            pages.defects.append(Defect(where, f"only {number} of {count} pages were read: no time left"))
            break
        recognised = _page(document, number, where, pages, budget, form)
        spent += 0.0 if recognised else budget.clock() - started
    else:
        if count > MAX_PAGES:
            pages.defects.append(Defect(where, f"only {MAX_PAGES} of {count} pages were read"))
    if pages.unread:
        pages.defects.append(Defect(where, f"{pages.unread} scanned pages were not read: too many, or no time left"))
    if spent < _LAYER_SECONDS:
        pages.texts.update(pdf_tables.with_tables(content, pages.tabular))
    texts = [pages.texts[number] for number in sorted(pages.texts)]
    if form is not None:
        shown = " ".join(" ".join(texts).split())
        texts.append("\n".join((*pdf_forms.xfa(document), *pdf_forms.unplaced(content, shown))))
    embedded, more = _embedded(document, where)
    sure = pages.confidences
    return PdfText(
        text="\n\n".join(text.strip() for text in texts if text.strip())[:_MOST_CHARACTERS],
        pages=count,
        source="pdf" if pages.layered or not sure else "ocr",
        confidence=sum(sure) / len(sure) if sure else None,
        defects=(*pages.defects, *more),
        embedded=embedded,
    )


def _form(document: Any) -> Any:  # noqa: ANN401 - pypdfium2 ships no types
    """Before the first page is opened, or its fields are not drawn."""
    try:
        document.init_forms()
    except pypdfium2.PdfiumError:
        return None
    return document.formenv


def _page(document: Any, number: int, where: str, pages: _Pages, budget: Budget, form: Any) -> bool:  # noqa: ANN401
    """Read one page into `pages`; whether it was recognised."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        pages.defects.append(Defect(where, f"page {number + 1}: broken"))
        return False
    try:
        layer = pdf_layer.layer(page)
        filled = "\n".join(pdf_forms.written(page, form))
        if layer.good or layer.bomb:
            if layer.bomb:
                pages.defects.append(Defect(where, f"page {number + 1}: a picture on it is too large to be read"))
            pages.layered = pages.layered or bool(layer.text.strip())
            pages.texts[number] = f"{layer.text}\n{filled}"
            if pdf_tables.is_tabular(page, layer.text) and not filled:
                pages.tabular[number] = layer.text
            return False
        text = _scan(page, number, where, pages, budget)
        pages.texts[number] = f"{_together(text, layer.text)}\n{filled}"
    except pypdfium2.PdfiumError:
        pages.defects.append(Defect(where, f"page {number + 1}: broken"))
        return False
    finally:
        page.close()
    return True


def _scan(page: Any, number: int, where: str, pages: _Pages, budget: Budget) -> str:  # noqa: ANN401 - pypdfium2 ships no types
    if budget.ocr is not None and budget.is_spent():
        pages.unread += 1
        return ""
    seen = recognise(pdf_layer.render(page, _DPI), budget)
    if seen.fault is not None:
        pages.defects.append(Defect(where, f"page {number + 1}: {seen.fault}"))
    if seen.text.strip():
        pages.confidences.append(seen.confidence)
    return seen.text


def _together(seen: str, layer: str) -> str:
    """What was recognised, and the layer's lines that it lacks."""
    known = set(seen.casefold().split())
    lacking = [line for line in layer.splitlines() if line.strip() and not set(line.casefold().split()) <= known]
    return "\n".join((seen, *lacking))


def _embedded(document: Any, where: str) -> tuple[tuple[tuple[str, bytes], ...], list[Defect]]:  # noqa: ANN401
    """The files of a portfolio, or those that an invoice carries."""
    found: list[tuple[str, bytes]] = []
    defects: list[Defect] = []
    count, total = document.count_attachments(), 0
    for index in range(min(count, MAX_EMBEDDED)):
        try:
            attachment = document.get_attachment(index)
            name, data = attachment.get_name(), bytes(attachment.get_data())
        except (pypdfium2.PdfiumError, UnicodeDecodeError):
            defects.append(Defect(where, "a file in it cannot be read"))
            continue
        total += len(data)
        if total > _EMBEDDED_BYTES:
            defects.append(Defect(where, "the files in it are too large: not all were read"))
            break
        found.append((name, data))
    if count > MAX_EMBEDDED:
        defects.append(Defect(where, f"only {MAX_EMBEDDED} of {count} files in it were read"))
    return tuple(found), defects
