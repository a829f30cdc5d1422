"""Outlook's compressed RTF (MS-OXRTFCP): a dictionary of 4096 bytes that begins with the usual words."""

import struct
from typing import Final

_HEADER: Final = struct.Struct("<II4sI")
_PACKED: Final = b"LZFu"
_PLAIN: Final = b"MELA"
_USUAL: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW: Final = 4096
_MOST: Final = 20_000_000


def decompress(content: bytes) -> bytes | None:
    """The RTF; None when these are other bytes.  What breaks off early is given as far as it goes."""
    if len(content) < _HEADER.size:
        return None
    packed_size, size, kind, _ = _HEADER.unpack_from(content)
    packed = content[_HEADER.size : packed_size + 4]
    if kind == _PLAIN:
        return packed[:size]
    return _unpacked(packed, min(size, _MOST)) if kind == _PACKED else None


def _unpacked(packed: bytes, size: int) -> bytes:
    window = bytearray(_USUAL.ljust(_WINDOW, b"\0"))
    out = bytearray()
    write, read = len(_USUAL), 0
    while read < len(packed) and len(out) < size:
        control = packed[read]
        read += 1
        for bit in range(8):
            run = bytearray()
            if not control >> bit & 1:
                run += packed[read : read + 1]
                read += 1
            else:
                reference = int.from_bytes(packed[read : read + 2].ljust(2, b"\0"), "big")
                read += 2
                start, length = reference >> 4, (reference & 15) + 2
                if start == write:
                    return bytes(out)
                # Byte by byte: a run may reach into what it is writing.
                for step in range(length):
                    byte = window[(start + step) % _WINDOW]
                    window[(write + step) % _WINDOW] = byte
                    run.append(byte)
            for byte in run:
                window[write] = byte
                write = (write + 1) % _WINDOW
            out += run
            if read > len(packed) or len(out) >= size:
                break
    return bytes(out[:size])
