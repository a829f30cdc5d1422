"""Compound files to the reader of what they hold."""

import struct
from typing import Final

from mailbot.reading.attachments.binary_sheet import read_sheets
from mailbot.reading.attachments.binary_word import read_slides, read_word
from mailbot.reading.attachments.compound import Compound
from mailbot.reading.attachments.opened import DAMAGED, ENCRYPTED, MACROS, Measure, Member, Opened
from mailbot.reading.words import decode_text

_NATIVE: Final = "\x01Ole10Native"
_INNER: Final = ("CONTENTS", "Package", "Contents")
"""Streams under which an embedded document stands as it is."""


def read_compound(content: bytes, kind: str, measure: Measure) -> Opened:
    """Raises ValueError for what is no compound file, Measureless when it holds too much."""
    file = Compound(content)
    if "EncryptedPackage" in file or "EncryptionInfo" in file:
        return Opened(source="none", missing=(ENCRYPTED,))
    try:
        found = _read(file, kind, measure)
    except (struct.error, IndexError):
        found = Opened(missing=(DAMAGED,))
    notes = (MACROS,) if any(name in file for name in ("Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT")) else ()
    return Opened(found.text, found.source, None, found.missing, (*found.notes, *notes), found.members)


def _read(file: Compound, kind: str, measure: Measure) -> Opened:
    match kind:
        case "application/msword":
            return read_word(file, measure)
        case "application/vnd.ms-excel":
            return read_sheets(file, measure)
        case "application/vnd.ms-powerpoint":
            return read_slides(file, measure)
        case _:
            members = _embedded(file, measure)
            unread = () if members else ("a file of Microsoft's of unknown kind: not opened",)
            return Opened(source="none", missing=unread, members=members)


def _embedded(file: Compound, measure: Measure) -> tuple[Member, ...]:
    """The file that an embedded object wraps (MS-OLEDS section 2.3.6)."""
    for name in _INNER:
        if content := file.read(name):
            measure.take(len(content))
            return (Member("", content),)
    native = file.read(_NATIVE) or b""
    measure.take(len(native))
    try:
        label, rest = native[6:].split(b"\0", 1)
        _, rest = rest.split(b"\0", 1)
        (length,) = struct.unpack_from("<I", rest, 4)
        rest = rest[8 + length :]
        (size,) = struct.unpack_from("<I", rest)
    except (ValueError, struct.error):
        return ()
    return (Member(decode_text(label), rest[4 : 4 + size]),)
