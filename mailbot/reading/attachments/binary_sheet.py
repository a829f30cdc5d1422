"""Old .xls (MS-XLS, BIFF5 and BIFF8) to rows of text: values as they are shown, formulas by what they last gave."""

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from mailbot.reading import charset
from mailbot.reading.attachments import codepages
from mailbot.reading.attachments.compound import Compound
from mailbot.reading.attachments.numbers import BUILT_IN, shown
from mailbot.reading.attachments.opened import ENCRYPTED, TOO_LONG, Lines, Measure, Opened
from mailbot.reading.attachments.spreadsheet import MOST_CELLS

_BIFF8: Final = 0x0600
_WIDE, _EXTENDED, _RICH_RUNS = 0x01, 0x04, 0x08
_MOST_STRINGS: Final = 200_000


class Record(IntEnum):
    """Section 2.3.2."""

    FORMULA = 0x0006
    EOF = 0x000A
    DATES = 0x0022
    PASSWORD = 0x002F
    CONTINUE = 0x003C
    CODE_PAGE = 0x0042
    SHEET = 0x0085
    PACKED_ROW = 0x00BD
    RICH_LABEL = 0x00D6
    STYLE = 0x00E0
    STRINGS = 0x00FC
    SHARED = 0x00FD
    NUMBER = 0x0203
    LABEL = 0x0204
    BOOLEAN = 0x0205
    RESULT = 0x0207
    PACKED = 0x027E
    FORMAT = 0x041E
    BOF = 0x0809


@dataclass(slots=True)
class _Book:
    """What is known of the workbook while its records go by."""

    wide: bool = True
    page: str = "windows-1252"
    since_1904: bool = False
    sheets: list[tuple[int, str, bool]] = field(default_factory=list)
    """Position of its first record, name, hidden."""
    strings: list[str] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    styles: list[int] = field(default_factory=list)
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    waiting: tuple[int, int] | None = None
    """The cell of a formula whose text follows."""


def read_sheets(file: Compound, measure: Measure) -> Opened:
    """Raises struct.error or ValueError for records that break off."""
    stream = file.read("Workbook") or file.read("Book") or b""
    measure.take(len(stream))
    book, lines = _Book(), Lines()
    position, title, number = 0, "", 0
    cut = False
    while position + 4 <= len(stream) and not cut:
        kind, length = struct.unpack_from("<HH", stream, position)
        start, position = position, position + 4 + length
        found = stream[start + 4 : position]
        if kind == Record.PASSWORD:
            return Opened(missing=(ENCRYPTED,))
        if kind == Record.BOF and len(found) >= 2:
            book.wide = struct.unpack_from("<H", found)[0] >= _BIFF8
            sheet = next((one for one in book.sheets if one[0] == start), None)
            if sheet is not None:
                number += 1
                title = f"[{sheet[1]}{' (hidden)' if sheet[2] else ''}]"
        elif kind == Record.EOF:
            _write(lines, title, book)
        elif kind == Record.STRINGS:
            pieces = [found]
            while position + 4 <= len(stream) and struct.unpack_from("<H", stream, position)[0] == Record.CONTINUE:
                (length,) = struct.unpack_from("<H", stream, position + 2)
                pieces.append(stream[position + 4 : position + 4 + length])
                position += 4 + length
            book.strings = _shared(pieces)
        else:
            _record(book, kind, found)
            cut = len(book.cells) > MOST_CELLS
    _write(lines, title, book)
    return Opened(lines.text, missing=(TOO_LONG,) if cut or lines.full else ())


def _write(lines: Lines, title: str, book: _Book) -> None:
    rows: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in book.cells.items():
        if said := " ".join(text.split()):
            rows.setdefault(row, []).append((column, said))
    book.cells = {}
    if rows and title:
        lines.add(title)
    for row in sorted(rows):
        lines.add("\t".join(text for _, text in sorted(rows[row])))


def _record(book: _Book, kind: int, found: bytes) -> None:
    match kind:
        case Record.SHEET if len(found) > 8:
            position, state = struct.unpack_from("<IB", found)
            book.sheets.append((position, _text(found[6:], book, 1), bool(state & 3)))
        case Record.FORMAT if len(found) > 4:
            book.codes[struct.unpack_from("<H", found)[0]] = _text(found[2:], book, 2 if book.wide else 1)
        case Record.STYLE if len(found) >= 4:
            book.styles.append(struct.unpack_from("<H", found, 2)[0])
        case Record.CODE_PAGE if len(found) >= 2:
            book.page = codepages.label(struct.unpack_from("<H", found)[0]) or book.page
        case Record.DATES:
            book.since_1904 = found[:1] == b"\x01"
        case Record.RESULT if book.waiting is not None:
            book.cells[book.waiting] = _text(found, book, 2)
            book.waiting = None
        case _ if len(found) >= 6:
            _cell(book, kind, found)
        case _:
            pass


def _cell(book: _Book, kind: int, found: bytes) -> None:
    row, column, style = struct.unpack_from("<HHH", found)
    where, rest = (row, column), found[6:]
    match kind:
        case Record.SHARED if len(rest) >= 4:
            number = struct.unpack_from("<I", rest)[0]
            book.cells[where] = book.strings[number] if number < len(book.strings) else ""
        case Record.PACKED if len(rest) >= 4:
            book.cells[where] = _shown(book, _unpacked(rest), style)
        case Record.PACKED_ROW:
            for number, at in enumerate(range(4, len(found) - 7, 6)):
                (style,) = struct.unpack_from("<H", found, at)
                book.cells[row, column + number] = _shown(book, _unpacked(found[at + 2 : at + 6]), style)
        case Record.NUMBER if len(rest) >= 8:
            book.cells[where] = _shown(book, struct.unpack_from("<d", rest)[0], style)
        case Record.LABEL | Record.RICH_LABEL:
            book.cells[where] = _text(rest, book, 2)
        case Record.BOOLEAN if len(rest) >= 2 and not rest[1]:
            book.cells[where] = "VRAI" if rest[0] else "FAUX"
        case Record.FORMULA if len(rest) >= 8:
            if rest[6:8] != b"\xff\xff":
                book.cells[where] = _shown(book, struct.unpack_from("<d", rest)[0], style)
            elif rest[0] == 0:
                book.waiting = where
            elif rest[0] == 1:
                book.cells[where] = "VRAI" if rest[2] else "FAUX"
        case _:
            pass


def _shown(book: _Book, number: float, style: int) -> str:
    code = book.codes.get(book.styles[style] if style < len(book.styles) else 0, "")
    return shown(repr(number), code, since_1904=book.since_1904)


def _unpacked(packed: bytes) -> float:
    """RK: thirty bits of a number, perhaps a hundred times too large (section 2.5.218)."""
    (found,) = struct.unpack("<i", packed)
    number = float(found >> 2) if found & 2 else struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", found & ~3))[0]
    return float(number / 100 if found & 1 else number)


def _text(found: bytes, book: _Book, width: int) -> str:
    """A string behind its length of one or two bytes."""
    length = int.from_bytes(found[:width], "little")
    found = found[width:]
    if not book.wide:
        return charset.decode(found[:length], book.page)[0]
    if found[:1] and found[0] & _WIDE:
        return found[1 : 1 + 2 * length].decode("utf-16-le", "replace")
    return found[1 : 1 + length].decode("latin-1")


def _shared(pieces: list[bytes]) -> list[str]:
    """The shared strings; one that goes on in the next record says its characters' width anew (section 2.5.293)."""
    reader = _Pieces(pieces)
    (count,) = struct.unpack("<I", reader.take(8)[4:])
    strings: list[str] = []
    while len(strings) < min(count, _MOST_STRINGS):
        head = reader.take(3)
        if len(head) < 3:
            break
        length, flags = struct.unpack("<HB", head)
        runs = int.from_bytes(reader.take(2), "little") if flags & _RICH_RUNS else 0
        extra = int.from_bytes(reader.take(4), "little") if flags & _EXTENDED else 0
        strings.append(reader.text(length, flags))
        reader.take(4 * runs + extra)
    return strings


class _Pieces:
    """Reads on through a record and those that continue it."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self._piece = 0
        self._at = 0

    def take(self, length: int) -> bytes:
        """As many bytes as there are."""
        out = bytearray()
        while length > 0 and self._here():
            found = self._pieces[self._piece][self._at : self._at + length]
            self._at += len(found)
            length -= len(found)
            out += found
        return bytes(out)

    def text(self, length: int, flags: int) -> str:
        out: list[str] = []
        while length > 0:
            width = 2 if flags & _WIDE else 1
            here = self._pieces[self._piece] if self._piece < len(self._pieces) else b""
            raw = here[self._at : self._at + length * width]
            out.append(raw.decode("utf-16-le" if width == 2 else "latin-1", "replace"))
            self._at += len(raw)
            length -= len(raw) // width
            if length > 0:
                if self._piece + 1 >= len(self._pieces):
                    break
                self._piece, self._at = self._piece + 1, 1
                flags = self._pieces[self._piece][0] if self._pieces[self._piece] else 0
        return "".join(out)

    def _here(self) -> bool:
        while self._piece < len(self._pieces) and self._at >= len(self._pieces[self._piece]):
            self._piece, self._at = self._piece + 1, 0
        return self._piece < len(self._pieces)
