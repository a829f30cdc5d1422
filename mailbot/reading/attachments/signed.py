"""S/MIME envelopes (RFC 8551, CMS RFC 5652): the signed content taken out, by a small walk through the ASN.1.

Nothing is verified: a signature says nothing here.
"""

import binascii
import re
import zlib
from dataclasses import dataclass
from typing import Final

from mailbot.reading.attachments.opened import DAMAGED, ENCRYPTED, Measure, Member, Opened

_PEM: Final = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----(.*?)-----END", re.DOTALL)
_PREFIX: Final = bytes.fromhex("2a864886f70d0107")
_SIGNED, _ENVELOPED, _ENCRYPTED_DATA = _PREFIX + b"\x02", _PREFIX + b"\x03", _PREFIX + b"\x06"
_AUTHENTICATED: Final = bytes.fromhex("2a864886f70d0109100117")
_COMPRESSED: Final = bytes.fromhex("2a864886f70d0109100109")
_SEALED: Final = frozenset((_ENVELOPED, _ENCRYPTED_DATA, _AUTHENTICATED))
_SEQUENCE, _OID, _OCTETS, _OCTETS_IN_PIECES, _CONTEXT = 0x30, 0x06, 0x04, 0x24, 0xA0
_MOST: Final = 60_000_000
_PIECES: Final = 100_000
_DEPTH: Final = 8


@dataclass(frozen=True, slots=True)
class _Value:
    tag: int
    start: int
    end: int
    """Of the contents; for an indefinite length as far as the surrounding value goes."""
    indefinite: bool = False


def read_signed(content: bytes, measure: Measure) -> Opened:
    """Total but for Measureless: the mail inside as a member, or why there is none."""
    if armoured := _PEM.search(content):
        try:
            content = binascii.a2b_base64(armoured[1])
        except binascii.Error:
            return Opened(source="none", missing=(DAMAGED,))
    try:
        kind, inner = _content(content)
        if kind in _SEALED:
            return Opened(source="none", missing=(ENCRYPTED,))
        found = _encapsulated(content, inner)
    except (IndexError, ValueError, RecursionError):
        return Opened(source="none", missing=("an S/MIME envelope that cannot be opened: not read",))
    if kind == _COMPRESSED and found is not None:
        unpacker = zlib.decompressobj()
        try:
            found = unpacker.decompress(found, _MOST)
        except zlib.error:
            return Opened(source="none", missing=(DAMAGED,))
    if not found:
        # The signature of words that stand beside it.
        return Opened(source="none", worthless=True)
    measure.take(len(found))
    return Opened(
        source="none", notes=("signed: the signature was not checked",), members=(Member("", found, "message/rfc822"),)
    )


def _content(der: bytes) -> tuple[bytes, _Value]:
    """ContentInfo: the type and the explicitly tagged content."""
    outer = _value(der, 0, len(der), _SEQUENCE)
    kind = _value(der, outer.start, outer.end, _OID)
    inner = _value(der, kind.end, outer.end, _CONTEXT)
    return der[kind.start : kind.end], inner


def _encapsulated(der: bytes, inner: _Value) -> bytes | None:
    """The eContent of SignedData or CompressedData; None when it stands outside."""
    data = _value(der, inner.start, inner.end, _SEQUENCE)
    position = data.start
    # Version and algorithms first, then the encapsulated content: a sequence that begins with an object identifier and
    # goes on with a context tag (an algorithm goes on otherwise).
    for _ in range(4):
        found = _any(der, position, data.end)
        if found.tag == _SEQUENCE:
            kind = _any(der, found.start, found.end)
            named = der[kind.start : kind.end] if kind.tag == _OID else b""
            if named and kind.end < found.end and der[kind.end] == _CONTEXT:
                tagged = _any(der, kind.end, found.end)
                return _octets(der, _any(der, tagged.start, tagged.end), 0)[0]
            if named.startswith(_PREFIX):
                return None
        position = _after(der, found, 0)
    return None


def _octets(der: bytes, value: _Value, depth: int) -> tuple[bytes, int]:
    """An octet string, which BER may cut into pieces; and where it ends."""
    if value.tag == _OCTETS:
        return der[value.start : value.end], value.end
    if value.tag != _OCTETS_IN_PIECES or depth > _DEPTH:
        raise ValueError("not an octet string")
    pieces: list[bytes] = []
    position = value.start
    while position < value.end and len(pieces) < _PIECES:
        if der[position : position + 2] == b"\0\0" and value.indefinite:
            position += 2
            break
        piece, position = _octets(der, _any(der, position, value.end), depth + 1)
        pieces.append(piece)
    return b"".join(pieces), position


def _after(der: bytes, value: _Value, depth: int) -> int:
    """Where the next value begins."""
    if not value.indefinite:
        return value.end
    if depth > _DEPTH:
        raise ValueError("nested too deep")
    position = value.start
    while der[position : position + 2] != b"\0\0":
        position = _after(der, _any(der, position, value.end), depth + 1)
    return position + 2


def _value(der: bytes, position: int, end: int, tag: int) -> _Value:
    found = _any(der, position, end)
    if found.tag != tag:
        raise ValueError("another value than expected")
    return found


def _any(der: bytes, position: int, end: int) -> _Value:
    """One value's head (X.690 section 8.1).  Raises IndexError or ValueError outside of the surrounding value."""
    if position + 2 > end:
        raise IndexError
    tag, length = der[position], der[position + 1]
    position += 2
    if length == 0x80:
        return _Value(tag, position, end, indefinite=True)
    if length & 0x80:
        count = length & 0x7F
        if count > 8:
            raise ValueError("a length of more than eight bytes")
        length = int.from_bytes(der[position : position + count], "big")
        position += count
    if position + length > end:
        raise IndexError
    return _Value(tag, position, position + length)
