"""What stands inside an envelope that is no MIME: an S/MIME signature (RFC 8551), winmail.dat (MS-OXTNEF), RTF.

The readers belong to the attachments, which read enclosed mails by this package: hence they are imported when needed.
"""

import struct
from dataclasses import dataclass
from typing import Final

from mailbot.reading.message import RawPart
from mailbot.reading.words import clean

_MOST: Final = 60_000_000
"""Bytes that come out of one envelope."""
_BROKEN: Final = (ValueError, IndexError, KeyError, struct.error, OverflowError, RecursionError)
_TNEF: Final = b"\x78\x9f\x3e\x22"
_NAME_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """What Outlook packed: its words, as HTML where it had them, and its files."""

    html: str = ""
    plain: str = ""
    parts: tuple[RawPart, ...] = ()


def is_tnef(content: bytes) -> bool:
    return content.startswith(_TNEF)


def signed_mail(content: bytes) -> tuple[bytes | None, bool]:
    """The signed entity, and whether the envelope is sealed.  (None, False): it holds no mail, or it is broken."""
    from mailbot.reading.attachments.opened import ENCRYPTED, Measure  # noqa: PLC0415 - it imports this package
    from mailbot.reading.attachments.signed import read_signed  # noqa: PLC0415 - it imports this package

    try:
        opened = read_signed(content, Measure(_MOST))
    except _BROKEN:
        return None, False
    return (opened.members[0].content if opened.members else None), ENCRYPTED in opened.missing


def packed_letter(content: bytes) -> Letter:
    """Empty for what cannot be opened."""
    from mailbot.reading.attachments.opened import Measure  # noqa: PLC0415 - it imports this package
    from mailbot.reading.attachments.tnef import unpack  # noqa: PLC0415 - it imports this package

    try:
        packed = unpack(content, Measure(_MOST))
        html, plain = packed.markup, packed.plain
    except _BROKEN:
        return Letter()
    parts = tuple(
        RawPart(
            clean(member.name)[:_NAME_LENGTH],
            member.media_type_declared,
            member.content,
            member.content_id,
            member.inline,
        )
        for member in packed.members
        if member.content
    )
    return Letter(html, plain, parts)


def rich_text(content: bytes) -> str:
    """The words of RTF; empty for what cannot be read."""
    from mailbot.reading.attachments.rtf import read_rtf  # noqa: PLC0415 - it imports this package

    try:
        return read_rtf(content).text
    except _BROKEN:
        return ""
