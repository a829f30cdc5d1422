"""What a PDF's streams would become, before anything opens them."""

import re
import zlib
from typing import Final

_STREAM: Final = re.compile(rb"stream\r?\n")
_RATIO: Final = 1032
"""Deflate's best."""
LARGEST_STREAM: Final = 150_000_000
"""Bytes: a picture of 50 megapixels in three colours."""
_LARGEST_DRAWING: Final = 25_000_000
"""Bytes of what is neither picture nor file: a drawing of millions of strokes is no document."""
_TOTAL: Final = 600_000_000
_LAYERS: Final = 3
_FED: Final = 1 << 16


def expands(content: bytes) -> bool:
    """Whether a stream of it would fill the memory.

    Flate streams are unpacked and thrown away, piece by piece; those packed again and again too.  Streams hidden
    otherwise, by encryption or as parts of others, are found by the limits of the process.
    """
    spent = 0
    for found in _STREAM.finditer(content):
        start = found.end()
        end = content.find(b"endstream", start)
        end = len(content) if end < 0 else end
        # Twice packed streams reach any size from a few bytes.
        dictionary = _dictionary(content, found.start())
        most = LARGEST_STREAM if b"/Image" in dictionary or b"/EmbeddedFile" in dictionary else _LARGEST_DRAWING
        packed = dictionary.count(b"FlateDecode") + dictionary.count(b"/Fl ")
        if (end - start) * _RATIO < most and packed < 2:
            continue
        size = _unpacked(content[start:end], 1, most)
        if size > most:
            return True
        spent += size
        if spent > _TOTAL:
            return False
    return False


def unpacked(raw: bytes, most: int) -> int:
    """Bytes in a Flate stream; any number above `most` when it is more."""
    total = 0
    packed = zlib.decompressobj()
    rest = raw
    try:
        while rest and not packed.eof and total <= most:
            total += len(packed.decompress(rest, _FED))
            rest = packed.unconsumed_tail
    except zlib.error:
        return total
    return total


def _dictionary(content: bytes, at: int) -> bytes:
    """What stands between the object's number and its stream, at most its last thousand bytes."""
    found = content[max(0, at - 1000) : at]
    return found[found.rfind(b" obj") + 1 :]


def _unpacked(raw: bytes, layer: int, most: int) -> int:
    """The largest of what a stream becomes when it is unpacked as often as it can be."""
    packed = zlib.decompressobj()
    total, inner, rest = 0, bytearray(), raw
    try:
        while rest and not packed.eof and total <= most:
            piece = packed.decompress(rest, _FED)
            total += len(piece)
            if len(inner) < 4_000_000:
                inner += piece
            rest = packed.unconsumed_tail
    except zlib.error:
        return total
    if layer < _LAYERS and inner[:1] == b"\x78":
        return max(total, _unpacked(bytes(inner), layer + 1, most))
    return total
