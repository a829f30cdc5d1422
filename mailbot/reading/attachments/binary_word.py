"""Old .doc and .ppt (MS-DOC, MS-PPT) to their text: the piece table of the one, the text atoms of the other.

Small and honest: what tracked changes deleted in a .doc is not told from what stands there.
"""

import re
import struct
from collections.abc import Iterator
from typing import Final

from mailbot.reading.attachments.compound import Compound
from mailbot.reading.attachments.opened import DAMAGED, ENCRYPTED, Lines, Measure, Opened

_WORD: Final = 0xA5EC
_IS_COMPLEX, _IS_ENCRYPTED, _SECOND_TABLE = 0x0004, 0x0100, 0x0200
_WORD_97: Final = 0x00C1
_COUNTS: Final = (0x4C, 0x50, 0x54, 0x5C, 0x60, 0x64, 0x68)
"""Of the characters of the text, its footnotes, headers, annotations, endnotes and text boxes (section 2.5.4)."""
_CLX: Final = 0x1A2
_IN_BYTES: Final = 0x40000000
_MOST_PIECES: Final = 100_000
_FIELD: Final = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_MARKS: Final = str.maketrans(
    {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " ", "\x07": "\t"}
    | {chr(code): None for code in (*range(7), 8, 0x1F)}
)
_TEXT_CHARS, _TEXT_BYTES, _MASTER, _CONTAINER = 0x0FA0, 0x0FA8, 0x03F8, 0xF
_ENCRYPTED_TOKEN: Final = 0xF3D1C4DF


def read_word(file: Compound, measure: Measure) -> Opened:
    """Raises struct.error for a file that breaks off in its header."""
    stream = file.read("WordDocument") or b""
    measure.take(len(stream))
    identity, version = struct.unpack_from("<HH", stream)
    (flags,) = struct.unpack_from("<H", stream, 0x0A)
    if flags & _IS_ENCRYPTED:
        return Opened(missing=(ENCRYPTED,))
    if identity != _WORD or version < _WORD_97:
        first, last = struct.unpack_from("<II", stream, 0x18)
        text = stream[first:last].decode("cp1252", "replace")
        return _written(text, whole=not flags & _IS_COMPLEX)
    table = file.read("1Table" if flags & _SECOND_TABLE else "0Table") or b""
    measure.take(len(table))
    pieces = _pieces(stream, table)
    wanted = sum(max(0, struct.unpack_from("<i", stream, at)[0]) for at in _COUNTS)
    text = "".join(pieces)
    return _written(text, whole=bool(text) or not wanted)


def _pieces(stream: bytes, table: bytes) -> Iterator[str]:
    """The text in its order (section 2.4.1); bounded by the bytes there are, however often they are named."""
    start, length = struct.unpack_from("<II", stream, _CLX)
    clx = table[start : start + length]
    position = 0
    while position + 3 <= len(clx) and clx[position] == 1:
        position += 3 + int(struct.unpack_from("<H", clx, position + 1)[0])
    if clx[position : position + 1] != b"\x02":
        return
    (size,) = struct.unpack_from("<I", clx, position + 1)
    plan = clx[position + 5 : position + 5 + size]
    count = min((len(plan) - 4) // 12, _MOST_PIECES)
    room = 2 * len(stream)
    for number in range(max(0, count)):
        first, last = struct.unpack_from("<II", plan, 4 * number)
        (at,) = struct.unpack_from("<I", plan, 4 * (count + 1) + 8 * number + 2)
        narrow = bool(at & _IN_BYTES)
        at = (at & (_IN_BYTES - 1)) // (2 if narrow else 1)
        raw = stream[at : at + max(0, last - first) * (1 if narrow else 2)]
        room -= len(raw)
        if room < 0:
            return
        yield raw.decode("cp1252" if narrow else "utf-16-le", "replace")


def _written(text: str, *, whole: bool) -> Opened:
    for _ in range(5):
        # A field shows its result; its code stands before it.  Innermost first.
        text, found = _FIELD.subn(lambda match: match[1] or "", text)
        if not found:
            break
    # Two cell marks together end a row.
    text = text.replace("\x07\x07", "\n").translate(_MARKS)
    lines = Lines()
    for line in text.split("\n"):
        if line.strip():
            lines.add(line.strip(" ").rstrip("\t"))
    return Opened(lines.text, missing=(*lines.missing, *(() if whole else (DAMAGED,))))


def read_slides(file: Compound, measure: Measure) -> Opened:
    """Every text atom outside of the master slides, in the order of the file."""
    user = file.read("Current User") or b""
    if len(user) >= 16 and struct.unpack_from("<I", user, 12)[0] == _ENCRYPTED_TOKEN:
        return Opened(missing=(ENCRYPTED,))
    stream = file.read("PowerPoint Document") or b""
    measure.take(len(stream))
    lines, position = Lines(), 0
    while position + 8 <= len(stream):
        version, kind, length = struct.unpack_from("<HHI", stream, position)
        position += 8
        if version & 0xF == _CONTAINER and kind != _MASTER:
            continue
        raw = stream[position : position + length]
        position += length
        if kind in {_TEXT_CHARS, _TEXT_BYTES}:
            text = raw.decode("utf-16-le" if kind == _TEXT_CHARS else "latin-1", "replace")
            for line in text.replace("\x0b", "\r").split("\r"):
                if line.strip():
                    lines.add(line.strip())
    return Opened(lines.text, missing=lines.missing)
