"""Outlook's .msg (MS-OXMSG) to a letter, with what is attached to it."""

import re
import struct
from typing import Final

from mailbot.reading.attachments import mapi
from mailbot.reading.attachments.compound import Compound
from mailbot.reading.attachments.opened import Measure, Member, Opened

_PROPERTIES: Final = "__properties_version1.0"
_NAMED: Final = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})\Z", re.IGNORECASE)
_TOP, _INNER, _PART = 32, 24, 8
"""Bytes before the first entry of a properties stream (section 2.4.1)."""
_FIXED: Final = frozenset((0x0002, 0x0003, 0x000B, 0x0040))
_DEPTH: Final = 3
_MOST_PARTS: Final = 100
_INNER_MESSAGE: Final = "__substg1.0_3701000D"
TOO_DEEP: Final = "messages inside messages: not all were opened"


def read_outlook(content: bytes, measure: Measure) -> Opened:
    """Raises ValueError for what is no compound file, Measureless when it holds too much."""
    return _message(Compound(content), (), _TOP, measure, 0)


def _message(file: Compound, at: tuple[str, ...], header: int, measure: Measure, depth: int) -> Opened:
    names = file.children(*at)
    message = _properties(file, at, header, measure, None)
    page = mapi.page_of(message)
    recipients = [
        _properties(file, (*at, name), _PART, measure, page)
        for name in sorted(name for name in names if name.lower().startswith("__recip"))[:_MOST_PARTS]
    ]
    attached = sorted(name for name in names if name.lower().startswith("__attach"))
    members: list[Member] = []
    missing: list[str] = []
    for name in attached[:_MOST_PARTS]:
        where = (*at, name)
        attachment = _properties(file, where, _PART, measure, page)
        if _INNER_MESSAGE in file.children(*where):
            if depth + 1 >= _DEPTH:
                missing.append(TOO_DEEP)
                continue
            inner = _message(file, (*where, _INNER_MESSAGE), _INNER, measure, depth + 1)
            label = mapi.said(attachment, mapi.DISPLAY_NAME) or mapi.said(attachment, mapi.ATTACH_LONG) or "message"
            members.append(Member(label, inner.text.encode(), "application/vnd.ms-outlook", opened=inner))
            continue
        data = attachment.get(mapi.ATTACH_DATA)
        members.append(mapi.member(attachment, data if isinstance(data, bytes) else b""))
    if len(attached) > _MOST_PARTS:
        missing.append(f"only {_MOST_PARTS} of {len(attached)} attachments inside were read")
    lines = mapi.letter(message, recipients).written()
    return Opened(lines.text, "mail", missing=(*lines.missing, *dict.fromkeys(missing)), members=tuple(members))


def _properties(
    file: Compound, at: tuple[str, ...], header: int, measure: Measure, page: str | None
) -> mapi.Properties:
    """Fixed values from the properties stream, the others from a stream each; strings last, they need the code page."""
    found: mapi.Properties = {}
    table = file.read(*at, _PROPERTIES) or b""
    for offset in range(header, len(table) - 15, 16):
        kind, key = struct.unpack_from("<HH", table, offset)
        if kind in _FIXED and (read := mapi.value(kind, table[offset + 8 : offset + 16], None)) is not None:
            found.setdefault(key, read)
    label = page or mapi.page_of(found)
    for name in file.children(*at):
        named = _NAMED.match(name)
        if named is None or (content := file.read(*at, name)) is None:
            continue
        measure.take(len(content))
        if (read := mapi.value(int(named[2], 16), content, label)) is not None:
            found.setdefault(int(named[1], 16), read)
    return found
