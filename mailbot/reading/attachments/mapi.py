"""MAPI properties (MS-OXPROPS, MS-OXCDATA section 2.11), as .msg files and winmail.dat hold them, to a letter."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from mailbot.reading import charset, html
from mailbot.reading.attachments import codepages
from mailbot.reading.attachments.compressed_rtf import decompress
from mailbot.reading.attachments.letters import Letter, mailbox
from mailbot.reading.attachments.opened import Member
from mailbot.reading.attachments.rtf import read_rtf

Properties = dict[int, str | bytes | int | datetime]
"""By property id; of each what its type makes of it."""

# fmt: off
SUBJECT, CLIENT_SUBMIT, SENT_NAME, START, END = 0x0037, 0x0039, 0x0042, 0x0060, 0x0061
SENDER_NAME, SENDER_TYPE, SENDER_EMAIL, RECIPIENT_TYPE = 0x0C1A, 0x0C1E, 0x0C1F, 0x0C15
DISPLAY_CC, DISPLAY_TO, DELIVERED, BODY, RTF, HTML = 0x0E03, 0x0E04, 0x0E06, 0x1000, 0x1009, 0x1013
DISPLAY_NAME, EMAIL, SMTP, SENDER_SMTP, SENT_SMTP, SENT_EMAIL = 0x3001, 0x3003, 0x39FE, 0x5D01, 0x5D02, 0x0065
ATTACH_DATA, ATTACH_SHORT, ATTACH_METHOD, ATTACH_LONG = 0x3701, 0x3704, 0x3705, 0x3707
ATTACH_MIME, ATTACH_CID, ATTACH_HIDDEN, INTERNET_PAGE, MESSAGE_PAGE = 0x370E, 0x3712, 0x7FFE, 0x3FDE, 0x3FFD
# fmt: on
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


def value(kind: int, raw: bytes, page: str | None) -> str | bytes | int | datetime | None:
    """What the bytes of a property say; None for a type that holds nothing to read."""
    match kind:
        case 0x001F:
            return raw.decode("utf-16-le", "replace").rstrip("\0")
        case 0x001E:
            return charset.decode(raw.rstrip(b"\0"), page)[0]
        case 0x0102 | 0x000D:
            return raw
        case 0x0002 if len(raw) >= 2:
            return int(struct.unpack_from("<h", raw)[0])
        case 0x0003 if len(raw) >= 4:
            return int(struct.unpack_from("<i", raw)[0])
        case 0x000B if raw:
            return int(raw[0] != 0)
        case 0x0040 if len(raw) >= 8:
            return moment(struct.unpack_from("<q", raw)[0])
        case _:
            return None


def moment(ticks: int) -> datetime | None:
    """FILETIME: tenths of microseconds since 1601, in UTC."""
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None


def page_of(properties: Properties) -> str | None:
    """The code page of the message's 8-bit strings."""
    number = properties.get(MESSAGE_PAGE)
    return codepages.label(number) if isinstance(number, int) else None


def letter(message: Properties, recipients: Sequence[Properties]) -> Letter:
    to = tuple(_person(one) for one in recipients if one.get(RECIPIENT_TYPE, 1) not in {2, 3})
    cc = tuple(_person(one) for one in recipients if one.get(RECIPIENT_TYPE) == 2)
    sent = message.get(CLIENT_SUBMIT) or message.get(DELIVERED)
    return Letter(
        sender=sender(message),
        to=to or tuple(filter(None, (said(message, DISPLAY_TO),))),
        cc=cc or tuple(filter(None, (said(message, DISPLAY_CC),))),
        date=_iso(sent),
        subject=said(message, SUBJECT),
        start=_iso(message.get(START)),
        end=_iso(message.get(END)),
        body=body(message),
    )


def sender(message: Properties) -> str:
    name = said(message, SENT_NAME) or said(message, SENDER_NAME)
    address = said(message, SENT_SMTP) or said(message, SENDER_SMTP)
    # Inside an Exchange organisation the address is a path of X.500: nothing that a person writes to.
    address = address or next((one for key in (SENT_EMAIL, SENDER_EMAIL) if "@" in (one := said(message, key))), "")
    return mailbox(name, address)


def body(message: Properties) -> str:
    """The plain text, else what the HTML shows, else the RTF."""
    if plain := said(message, BODY).strip():
        return plain
    if source := markup(message):
        shown = html.to_text(source)
        if text := f"{shown.fresh}\n\n{shown.quoted}".strip():
            return text
    packed = message.get(RTF)
    plain_rtf = decompress(packed) if isinstance(packed, bytes) else None
    return read_rtf(plain_rtf).text if plain_rtf else ""


def markup(message: Properties) -> str:
    """The HTML of a message that has any."""
    page = message.get(INTERNET_PAGE)
    label = codepages.label(page) if isinstance(page, int) else page_of(message)
    match message.get(HTML):
        case str(text):
            return text
        case bytes(raw):
            return charset.decode(raw, label)[0]
        case _:
            return ""


def member(attachment: Properties, content: bytes) -> Member:
    name = said(attachment, ATTACH_LONG) or said(attachment, ATTACH_SHORT) or said(attachment, DISPLAY_NAME)
    content_id = said(attachment, ATTACH_CID) or None
    return Member(
        name,
        content,
        said(attachment, ATTACH_MIME).lower() or "application/octet-stream",
        inline=bool(attachment.get(ATTACH_HIDDEN)) or content_id is not None,
        content_id=content_id,
    )


def said(properties: Properties, key: int) -> str:
    found = properties.get(key)
    return found if isinstance(found, str) else ""


def _person(recipient: Properties) -> str:
    address = said(recipient, SMTP) or (one if "@" in (one := said(recipient, EMAIL)) else "")
    return mailbox(said(recipient, DISPLAY_NAME), address)


def _iso(found: object) -> str:
    return f"{found:%Y-%m-%d %H:%M}{' UTC' if found.tzinfo else ''}" if isinstance(found, datetime) else ""
