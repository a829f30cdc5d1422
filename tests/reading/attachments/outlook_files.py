"""Writers of .msg (MS-OXMSG) and winmail.dat (MS-OXTNEF), for tests: from the documents, not from the readers."""

import struct
from datetime import UTC, datetime

from tests.reading.attachments.compound_file import compound_file

STRING8, UNICODE, BINARY, LONG, BOOLEAN, TIME, OBJECT = 0x001E, 0x001F, 0x0102, 0x0003, 0x000B, 0x0040, 0x000D
Property = tuple[int, int, bytes | str | int | datetime]
"""Its id, its type, its value."""
Streams = dict[tuple[str, ...], bytes]


def filetime(moment: datetime) -> bytes:
    return struct.pack("<Q", int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000)


def raw(kind: int, value: bytes | str | int | datetime, codec: str = "cp1252") -> bytes:
    match value:
        case str():
            return value.encode("utf-16-le" if kind == UNICODE else codec)
        case datetime():
            return filetime(value)
        case int():
            return struct.pack("<i", value)
        case _:
            return value


# --- .msg ---


def storage(properties: list[Property], header: int, codec: str = "cp1252") -> Streams:
    """One message, recipient or attachment: a properties stream, and a stream for each long value."""
    table = bytearray(header)
    streams: Streams = {}
    for key, kind, value in properties:
        content = raw(kind, value, codec)
        entry = content.ljust(8, b"\0") if kind in {LONG, BOOLEAN, TIME} else struct.pack("<II", len(content), 0)
        table += struct.pack("<HHI", kind, key, 6) + entry
        if kind not in {LONG, BOOLEAN, TIME}:
            streams[(f"__substg1.0_{key:04X}{kind:04X}",)] = content
    streams[("__properties_version1.0",)] = bytes(table)
    return streams


def under(name: str, streams: Streams) -> Streams:
    return {(name, *path): content for path, content in streams.items()}


def msg_streams(
    properties: list[Property],
    recipients: list[list[Property]] = [],  # noqa: B006 - never changed
    attachments: list[Streams] = [],  # noqa: B006
    header: int = 32,
    codec: str = "cp1252",
) -> Streams:
    streams = storage(properties, header, codec)
    for number, recipient in enumerate(recipients):
        streams |= under(f"__recip_version1.0_#{number:08X}", storage(recipient, 8, codec))
    for number, attachment in enumerate(attachments):
        streams |= under(f"__attach_version1.0_#{number:08X}", attachment)
    return streams


def msg(*arguments: list[Property], attachments: list[Streams] = [], codec: str = "cp1252") -> bytes:  # noqa: B006
    properties, recipients = arguments[0], list(arguments[1:])
    return compound_file(msg_streams(properties, recipients, attachments, codec=codec))


def attached(name: str, content: bytes, *more: Property) -> Streams:
    return storage([(0x3707, UNICODE, name), (0x3701, BINARY, content), (0x3705, LONG, 1), *more], 8)


def attached_message(name: str, inner: Streams) -> Streams:
    streams = storage([(0x3001, UNICODE, name), (0x3705, LONG, 5)], 8)
    return streams | under("__substg1.0_3701000D", inner)


# --- winmail.dat ---


def attribute(level: int, name: int, kind: int, content: bytes) -> bytes:
    checksum = sum(content) & 0xFFFF
    return struct.pack("<BHHI", level, name, kind, len(content)) + content + struct.pack("<H", checksum)


def property_list(properties: list[Property]) -> bytes:
    out = bytearray(struct.pack("<I", len(properties)))
    for key, kind, value in properties:
        out += struct.pack("<HH", kind, key)
        if key >= 0x8000:
            out += bytes(16) + struct.pack("<II", 0, 0x8501)
        content = raw(kind, value)
        if kind in {STRING8, UNICODE}:
            content += b"\0" * (2 if kind == UNICODE else 1)
        if kind in {STRING8, UNICODE, BINARY, OBJECT}:
            out += struct.pack("<II", 1, len(content)) + content + b"\0" * (-len(content) % 4)
        else:
            out += content
    return bytes(out)


def named_property(text: str, value: str) -> bytes:
    """A property that is named by a string (section 2.1.3.4.1), as part of a list of one."""
    name = (text + "\0").encode("utf-16-le")
    out = (
        struct.pack("<I", 1)
        + struct.pack("<HH", UNICODE, 0x8001)
        + bytes(16)
        + struct.pack("<II", 1, len(name))
        + name
        + b"\0" * (-len(name) % 4)
    )
    content = (value + "\0").encode("utf-16-le")
    return out + struct.pack("<II", 1, len(content)) + content + b"\0" * (-len(content) % 4)


def tnef(*attributes: bytes) -> bytes:
    head = b"\x78\x9f\x3e\x22" + struct.pack("<H", 1)
    version = attribute(1, 0x9006, 0x0008, struct.pack("<I", 0x00010000))
    page = attribute(1, 0x9007, 0x0006, struct.pack("<II", 1252, 0))
    return head + version + page + b"".join(attributes)


def tnef_message(properties: list[Property]) -> bytes:
    return attribute(1, 0x9003, 0x0006, property_list(properties))


def tnef_file(title: str, content: bytes, properties: list[Property]) -> bytes:
    return (
        attribute(2, 0x9002, 0x0006, bytes(14))
        + attribute(2, 0x8010, 0x0001, title.encode("cp1252") + b"\0")
        + (attribute(2, 0x800F, 0x0006, content) if content else b"")
        + attribute(2, 0x9005, 0x0006, property_list(properties))
    )
