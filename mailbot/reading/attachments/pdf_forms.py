"""What people fill into PDF forms and write in their margins: no text layer has it."""

import ctypes
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any, Final

import pdfplumber
import pypdfium2.raw as pdfium
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from pdfminer.pdftypes import resolve1
from pdfminer.utils import decode_text

from mailbot.reading.attachments.pdf_tables import BROKEN

_ANNOTATIONS: Final = 500
"""On one page."""
_LONGEST: Final = 4_000
_DEEPEST: Final = 8
_FORM_BYTES: Final = 3_000_000
_XFA_BYTES: Final = 2_000_000
_LABEL: Final = 60
_NOTES: Final = frozenset(
    {
        pdfium.FPDF_ANNOT_TEXT,
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_STAMP,
        pdfium.FPDF_ANNOT_HIGHLIGHT,
        pdfium.FPDF_ANNOT_UNDERLINE,
        pdfium.FPDF_ANNOT_STRIKEOUT,
        pdfium.FPDF_ANNOT_SQUARE,
        pdfium.FPDF_ANNOT_CIRCLE,
        pdfium.FPDF_ANNOT_LINE,
        pdfium.FPDF_ANNOT_CARET,
        pdfium.FPDF_ANNOT_INK,
    }
)
_TICKED: Final = frozenset({pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON})
_WRITTEN: Final = frozenset(
    {pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX}
)
_UNSEEN: Final = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW


def written(page: Any, form: Any) -> Iterator[str]:  # noqa: ANN401 - pypdfium2 ships no types
    """A line for each filled field ("label: value", "[x] label") and each remark; `form` is the document's formenv."""
    textpage = page.get_textpage()
    try:
        for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _ANNOTATIONS)):
            annotation = pdfium.FPDFPage_GetAnnot(page, index)
            if not annotation:
                continue
            try:
                line = _line(annotation, form, textpage)
            finally:
                pdfium.FPDFPage_CloseAnnot(annotation)
            if line:
                yield line
    finally:
        textpage.close()


def xfa(document: Any) -> Iterator[str]:  # noqa: ANN401 - pypdfium2 ships no types
    """The values of a form made of XML, which shows nothing but "please wait" on its pages."""
    for index in range(min(pdfium.FPDF_GetXFAPacketCount(document), 20)):
        name = _bytes(lambda buffer, size, at=index: pdfium.FPDF_GetXFAPacketName(document, at, buffer, size))
        if name.rstrip(b"\0") != b"datasets":
            continue
        length = ctypes.c_ulong()
        pdfium.FPDF_GetXFAPacketContent(document, index, None, 0, length)
        if not 0 < length.value <= _XFA_BYTES:
            continue
        buffer = ctypes.create_string_buffer(length.value)
        pdfium.FPDF_GetXFAPacketContent(document, index, buffer, length.value, length)
        try:
            root = fromstring(buffer.raw.rstrip(b"\0"))
        except (ParseError, DefusedXmlException, ValueError):
            continue
        for element in root.iter():
            value = (element.text or "").strip()
            if value and len(element) == 0:
                yield f"{str(element.tag).rpartition('}')[2]}: {value[:_LONGEST]}"


def unplaced(content: bytes, shown: str) -> Iterator[str]:
    """Fields whose value is not among what the pages show: of a form that a program filled and never drew."""
    if b"/AcroForm" not in content or len(content) > _FORM_BYTES:
        return
    try:
        with pdfplumber.open(BytesIO(content), pages=[1]) as document:
            fields = resolve1(resolve1(document.doc.catalog.get("AcroForm", {})).get("Fields", []))
            yield from islice(_fields(fields, 0, shown), _ANNOTATIONS)
    except BROKEN:
        return


def _fields(references: Any, depth: int, shown: str) -> Iterator[str]:  # noqa: ANN401 - pdfminer's objects
    for reference in references[:_ANNOTATIONS]:
        field = resolve1(reference)
        if not isinstance(field, dict) or depth > _DEEPEST:
            continue
        kids = resolve1(field.get("Kids")) or []
        value = resolve1(field.get("V"))
        if isinstance(value, bytes) and not kids:
            label, said = (
                " ".join(decode_text(each).split()) for each in (field.get("TU") or field.get("T") or b"", value)
            )
            if said and said not in shown:
                yield f"{label[:_LABEL]}: {said[:_LONGEST]}"
        yield from _fields(kids, depth + 1, shown)


def _line(annotation: Any, form: Any, textpage: Any) -> str:  # noqa: ANN401 - pypdfium2 ships no types
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    if pdfium.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
        return ""
    if kind in _NOTES:
        return _text(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))
    if kind != pdfium.FPDF_ANNOT_WIDGET or form is None:
        return ""
    field = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if field in _TICKED:
        return f"[x] {_label(annotation, form, textpage)}" if pdfium.FPDFAnnot_IsChecked(form, annotation) else ""
    if field not in _WRITTEN:
        return ""
    value = _text(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))
    return f"{_label(annotation, form, textpage)}: {value}" if value else ""


def _label(annotation: Any, form: Any, textpage: Any) -> str:  # noqa: ANN401 - pypdfium2 ships no types
    """What a person takes for the field's name: its tooltip, the words before it, or its own name."""
    tooltip = _text(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldAlternateName(form, annotation, buffer, size))
    if tooltip:
        return tooltip[:_LABEL]
    place = pdfium.FS_RECTF()
    if pdfium.FPDFAnnot_GetRect(annotation, place) and place.top > place.bottom:
        middle, half = (place.top + place.bottom) / 2, min(8.0, (place.top - place.bottom) / 2)
        before = textpage.get_text_bounded(place.left - 220, middle - half, place.left, middle + half)
        last = before.strip().splitlines()[-1].strip(" :.…_") if before.strip() else ""
        if any(character.isalpha() for character in last):
            return str(last[-_LABEL:])
    return _text(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldName(form, annotation, buffer, size))[:_LABEL]


def _text(ask: Any) -> str:  # noqa: ANN401 - a call into pdfium
    found = _bytes(ask)
    return " ".join(found.decode("utf-16-le", "replace").replace("\0", "").split())


def _bytes(ask: Any) -> bytes:  # noqa: ANN401 - a call into pdfium
    """`ask` takes a buffer and its size in bytes and says how many bytes it needs."""
    size = ask(None, 0)
    if not 0 < size <= 2 * _LONGEST * 8:
        return b""
    buffer = (ctypes.c_ushort * -(-size // 2))()
    ask(buffer, size)
    return bytes(buffer)[:size]
