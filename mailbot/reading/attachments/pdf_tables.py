"""Pages whose words only make sense in rows and columns, by pdfplumber; never a page that could keep it busy."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any, Final

import pdfplumber
import pypdfium2.raw as pdfium
from pdfminer.pdfexceptions import PDFException
from pdfminer.psparser import PSException

from mailbot.reading.attachments.pdf_bounds import unpacked

MAX_TABLE_PAGES: Final = 20
_FILE: Final = 3_000_000
_CONTENT: Final = 1_000_000
_FEWEST_RULES: Final = 6
_MOST_OBJECTS: Final = 2_500
_MOST_CHARACTERS: Final = 8_000
_LOST: Final = 0.02
"""Share of a page's letters that a table may lack before the text layer is taken as it stands."""
BROKEN: Final = (
    PDFException,
    PSException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
    ZeroDivisionError,
    OSError,
)
"""What pdfminer raises for pages that pdfium can read."""


def is_tabular(page: Any, text: str) -> bool:  # noqa: ANN401 - pypdfium2 ships no types
    """Whether rules cross the page, and it is small enough for pdfplumber."""
    if not 20 <= len(text) <= _MOST_CHARACTERS:
        return False
    rules = 0
    for number, thing in enumerate(islice(page.get_objects(max_depth=4), _MOST_OBJECTS + 1)):
        if number >= _MOST_OBJECTS:
            return False
        rules += thing.type == pdfium.FPDF_PAGEOBJ_PATH
    return rules >= _FEWEST_RULES


def with_tables(content: bytes, pages: dict[int, str]) -> dict[int, str]:
    """Page number (from 0) to text with a line for each row, "cell | cell"; only those that gain by it.

    `pages` are the text layers of the pages that `is_tabular` has named.
    """
    if not pages or len(content) > _FILE:
        return {}
    found: dict[int, str] = {}
    try:
        with pdfplumber.open(
            BytesIO(content), pages=[number + 1 for number in sorted(pages)[:MAX_TABLE_PAGES]]
        ) as document:
            for page in document.pages:
                number = page.page_number - 1
                if not _is_small(page):
                    continue
                text = "\n".join(_lines(page))
                page.close()
                if _letters(text) >= (1 - _LOST) * _letters(pages[number]):
                    found[number] = text
    except BROKEN:
        # The text layer has been read; a page that breaks pdfminer keeps it.
        return found
    return found


def _is_small(page: Any) -> bool:  # noqa: ANN401 - pdfplumber ships no types
    """Its content, unpacked, is what a page of a document has; pdfminer would take minutes for a bomb."""
    size = 0
    for stream in page.page_obj.contents:
        resolved = stream.resolve() if hasattr(stream, "resolve") else stream
        filters = resolved.get_filters()
        raw = resolved.rawdata or b""
        if [getattr(name, "name", "") for name, _ in filters] not in ([], ["FlateDecode"]):
            return False
        size += unpacked(raw, _CONTENT) if filters else len(raw)
        if size > _CONTENT:
            return False
    return True


def _lines(page: Any) -> Iterator[str]:  # noqa: ANN401 - pdfplumber ships no types
    """Rows of tables and the lines between them, from top to bottom."""
    tables = [
        table for table in page.find_tables() if len(table.rows) > 1 and any(len(row.cells) > 1 for row in table.rows)
    ]
    if not tables:
        return
    boxes = [table.bbox for table in tables]
    around = page.filter(lambda thing: thing["object_type"] != "char" or not any(_inside(thing, box) for box in boxes))
    parts = [(float(line["top"]), str(line["text"])) for line in around.extract_text_lines(return_chars=False)]
    for table in tables:
        for row, cells in zip(table.rows, table.extract(), strict=False):
            said = " | ".join(" ".join((cell or "").split()) for cell in cells).strip(" |")
            if said:
                parts.append((float(row.bbox[1]), said))
    for _, text in sorted(parts, key=lambda part: part[0]):
        yield text


def _inside(thing: Any, box: tuple[float, float, float, float]) -> bool:  # noqa: ANN401 - pdfplumber ships no types
    x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)
