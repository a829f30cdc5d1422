"""Outlook's winmail.dat (MS-OXTNEF) to a letter, with the files that it hides."""

import struct
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from mailbot.reading import charset
from mailbot.reading.attachments import codepages, mapi
from mailbot.reading.attachments.opened import DAMAGED, Measure, Member, Opened

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_ATTRIBUTE: Final = struct.Struct("<BHHI")
_WIDTHS: Final = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x000B: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_VARIABLE: Final = frozenset((0x001E, 0x001F, 0x0102, 0x000D))
_MANY: Final = 0x1000
_NAMED_FROM: Final = 0x8000
_MOST: Final = 2_000
"""Properties of one set, values of one property, rows of one table."""


class Attribute(IntEnum):
    """Section 2.1.3.2."""

    FROM = 0x8000
    SUBJECT = 0x8004
    SENT = 0x8005
    BODY = 0x800C
    CONTENT = 0x800F
    TITLE = 0x8010
    TRANSPORT_NAME = 0x9001
    RENDERING = 0x9002
    PROPERTIES = 0x9003
    RECIPIENTS = 0x9004
    ATTACHMENT = 0x9005
    PAGE = 0x9007


@dataclass(slots=True)
class _Attached:
    """One attachment, as its attributes come in."""

    title: str = ""
    content: bytes = b""
    properties: mapi.Properties = field(default_factory=dict)


class _Cursor:
    """Reads on; struct.error at the end."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def number(self, layout: str) -> int:
        (found,) = struct.unpack_from(layout, self._content, self._at)
        self._at += struct.calcsize(layout)
        return int(found)

    def take(self, length: int) -> bytes:
        if length > len(self._content) - self._at:
            raise struct.error
        found = self._content[self._at : self._at + length]
        self._at += length
        return found

    def padded(self, length: int) -> bytes:
        """Values begin at multiples of four (section 2.1.3.1)."""
        found = self.take(length)
        self._at += min(-length % 4, len(self._content) - self._at)
        return found


@dataclass(frozen=True, slots=True)
class Packed:
    """A whole winmail.dat."""

    message: mapi.Properties
    recipients: list[mapi.Properties]
    members: tuple[Member, ...]
    whole: bool

    @property
    def markup(self) -> str:
        return mapi.markup(self.message)

    @property
    def plain(self) -> str:
        return mapi.body(self.message)


def read_tnef(content: bytes, measure: Measure) -> Opened:
    """Total but for Measureless: what breaks off is read as far as it goes."""
    packed = unpack(content, measure)
    lines = mapi.letter(packed.message, packed.recipients).written()
    return Opened(
        lines.text,
        "mail",
        missing=(*lines.missing, *(() if packed.whole else (DAMAGED,))),
        members=packed.members,
    )


def unpack(content: bytes, measure: Measure) -> Packed:
    """As read_tnef, its properties not yet put into words."""
    attached: list[_Attached] = []
    message: mapi.Properties = {}
    recipients: list[mapi.Properties] = []
    page: str | None = "windows-1252"
    whole, position = content.startswith(SIGNATURE), 6
    while position + _ATTRIBUTE.size <= len(content):
        _, name, _, length = _ATTRIBUTE.unpack_from(content, position)
        position += _ATTRIBUTE.size
        found = content[position : position + length]
        if len(found) < length:
            whole = False
        # Then a checksum of two bytes, which nobody needs to trust.
        position += length + 2
        measure.take(len(found))
        try:
            match name:
                case Attribute.PAGE:
                    page = codepages.label(struct.unpack_from("<I", found)[0]) or page
                case Attribute.PROPERTIES:
                    message |= _properties(_Cursor(found), page)
                case Attribute.RECIPIENTS:
                    recipients = _rows(found, page)
                case Attribute.RENDERING:
                    attached.append(_Attached())
                case Attribute.TITLE | Attribute.CONTENT | Attribute.TRANSPORT_NAME | Attribute.ATTACHMENT:
                    _attach(attached, name, found, page)
                case _:
                    _attribute(message, name, found, page)
        except struct.error:
            whole = False
    return Packed(message, recipients, tuple(_member(one) for one in attached), whole)


def _attach(attached: list[_Attached], name: int, found: bytes, page: str | None) -> None:
    if not attached:
        attached.append(_Attached())
    last = attached[-1]
    match name:
        case Attribute.CONTENT:
            last.content = found
        case Attribute.ATTACHMENT:
            last.properties = _properties(_Cursor(found), page)
        case _:
            last.title = last.title or charset.decode(found.rstrip(b"\0"), page)[0]


def _attribute(message: mapi.Properties, name: int, found: bytes, page: str | None) -> None:
    """The old attributes; MAPI properties of the same meaning are better and come later or win here."""
    text = charset.decode(found.rstrip(b"\0"), page)[0]
    match name:
        case Attribute.SUBJECT:
            message.setdefault(mapi.SUBJECT, text)
        case Attribute.BODY:
            message.setdefault(mapi.BODY, text)
        case Attribute.SENT if len(found) >= 12:
            year, month, day, hour, minute, second = struct.unpack_from("<6H", found)
            try:
                message.setdefault(mapi.CLIENT_SUBMIT, datetime(year, month, day, hour, minute, second))  # noqa: DTZ001 - none given
            except ValueError:
                return
        case Attribute.FROM if len(found) > 8:
            _, _, name_length, address_length = struct.unpack_from("<4H", found)
            message.setdefault(mapi.SENDER_NAME, charset.decode(found[8 : 8 + name_length].rstrip(b"\0"), page)[0])
            address = found[8 + name_length : 8 + name_length + address_length].rstrip(b"\0")
            message.setdefault(mapi.SENDER_EMAIL, charset.decode(address, page)[0].rpartition(":")[2])
        case _:
            pass


def _rows(found: bytes, page: str | None) -> list[mapi.Properties]:
    cursor = _Cursor(found)
    return [_properties(cursor, page) for _ in range(min(cursor.number("<I"), _MOST))]


def _properties(cursor: _Cursor, page: str | None) -> mapi.Properties:
    """A list of properties (section 2.1.3.4)."""
    found: mapi.Properties = {}
    for _ in range(min(cursor.number("<I"), _MOST)):
        kind, key = cursor.number("<H"), cursor.number("<H")
        if key >= _NAMED_FROM:
            cursor.take(16)
            if cursor.number("<I"):
                cursor.padded(cursor.number("<I"))
            else:
                cursor.take(4)
        base = kind & ~_MANY
        count = cursor.number("<I") if kind & _MANY or base in _VARIABLE else 1
        for _ in range(min(count, _MOST)):
            if base in _VARIABLE:
                raw = cursor.padded(cursor.number("<I"))
            elif base in _WIDTHS:
                raw = cursor.take(_WIDTHS[base])
            else:
                raise struct.error
            if key < _NAMED_FROM and (read := mapi.value(base, raw, page)) is not None:
                found.setdefault(key, read)
    return found


def _member(attached: _Attached) -> Member:
    data = attached.properties.get(mapi.ATTACH_DATA)
    content = attached.content or (data if isinstance(data, bytes) else b"")
    # An object begins with the identifier of its interface (section 2.1.3.3.15); a message is again TNEF.
    if content[16:20] == SIGNATURE:
        content = content[16:]
    named = dict(attached.properties)
    named.setdefault(mapi.ATTACH_LONG, attached.title)
    return mapi.member(named, content)
