"""Office files to text: members of a zip, read as XML that may define and fetch nothing."""

import re
import zipfile
from io import BytesIO

import docx
import openpyxl
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from docx.opc.exceptions import PackageNotFoundError
from openpyxl.utils.exceptions import InvalidFileException

from mailbot.model import Defect

MAX_EXPANDED = 200_000_000
MAX_MEMBERS = 500
_MOST_RATIO = 100
_MOST_CELLS = 20_000
_MOST_CHARACTERS = 200_000
_WORDPROCESSING = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEMBERS = re.compile(r"^(?:content\.xml|ppt/slides/slide\d+\.xml)$")
_BROKEN = (
    *(zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, RuntimeError, AttributeError, IndexError),
    *(DefusedXmlException, ElementTree.ParseError, PackageNotFoundError, InvalidFileException, NotImplementedError),
)


def read_office(content: bytes, media_type: str, where: str) -> tuple[str, list[Defect]]:
    """The words, and what stood in the way."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            fault = _bomb(archive)
            if fault is not None:
                return "", [Defect(where, fault)]
            if _declares_entities(archive):
                return "", [Defect(where, "its XML defines entities: not read")]
            if media_type not in {_WORDPROCESSING, _SPREADSHEET}:
                return _plain(archive)[:_MOST_CHARACTERS], []
        text = _document(content) if media_type == _WORDPROCESSING else _sheet(content)
    except _BROKEN as error:
        encrypted = "encrypt" in str(error).casefold() or "password" in str(error).casefold()
        return "", [Defect(where, "encrypted" if encrypted else f"not readable ({type(error).__name__})")]
    return text[:_MOST_CHARACTERS], []


def _bomb(archive: zipfile.ZipFile) -> str | None:
    """By the directory's own figures; the child's memory limit stands behind those that lie."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        return f"more than {MAX_MEMBERS} files inside: not read"
    expanded = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if expanded > MAX_EXPANDED or (expanded > 1_000_000 and expanded / packed > _MOST_RATIO):
        return "expands without measure: not read"
    return None


def _declares_entities(archive: zipfile.ZipFile) -> bool:
    return any(
        b"<!DOCTYPE" in archive.open(member).read(4096).upper()
        or b"<!ENTITY" in archive.open(member).read(4096).upper()
        for member in archive.infolist()
        if member.filename.endswith((".xml", ".rels"))
    )


def _document(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        lines += [" | ".join(cell.text.strip() for cell in row.cells) for row in table.rows]
    return "\n".join(line for line in lines if line.strip())


def _sheet(content: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    lines, cells = [], 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            said = [str(value) for value in row if value is not None]
            cells += len(row)
            if said:
                lines.append(" | ".join(said))
            if cells > _MOST_CELLS:
                book.close()
                return "\n".join(lines)
    book.close()
    return "\n".join(lines)


def _plain(archive: zipfile.ZipFile) -> str:
    """OpenDocument and presentations: every paragraph's text, in the order of the members."""
    lines = []
    for member in sorted(name for name in archive.namelist() if _MEMBERS.match(name)):
        for element in ElementTree.fromstring(archive.read(member)).iter():
            if element.tag.endswith(("}p", "}h")):
                line = "".join(element.itertext()).strip()
                if line:
                    lines.append(line)
    return "\n".join(lines)
