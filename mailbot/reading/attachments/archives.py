"""zip, tar, gzip, bzip2 and xz to their members: to memory, by index, counted as they come; no name is ever a path."""

import bz2
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from io import BytesIO
from typing import Final

from mailbot.reading.attachments.opened import DAMAGED, Measure, Measureless, Member, Opened
from mailbot.reading.attachments.package import Refused, overlap, stream
from mailbot.reading.words import clean, decode_text

_MOST_MEMBERS: Final = 60
_MOST_LISTED: Final = 10_000
_MOST_BYTES: Final = 60_000_000
"""Of one member."""
_FREE: Final = 10_000_000
_RATIO: Final = 200
"""A member that has given more than `_FREE` bytes must not have given this many times what was packed."""
_CHUNK: Final = 65_536
_UTF8_NAME: Final = 0x800
_UNICODE_PATH: Final = 0x7075
_SYMBOLIC_LINK: Final = 0o120000
_KEPT_BY_SYSTEMS: Final = re.compile(
    r"(?:^|[/\\])(?:__MACOSX[/\\]|\.DS_Store$|\._|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE
)
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError),
    *(OverflowError, IndexError, KeyError, struct.error, lzma.LZMAError),
)
MEASURELESS: Final = "expands without measure: not all of it was opened"


def read_zip(content: bytes, measure: Measure) -> Opened:
    """Total: what cannot be opened is said."""
    members: list[Member] = []
    missing: list[str] = []
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            listed = [one for one in archive.infolist()[:_MOST_LISTED] if not one.is_dir()]
            if overlap(archive.infolist()):
                return Opened(source="none", missing=("its files lie over one another: not opened",))
            wanted = [one for one in listed if not _KEPT_BY_SYSTEMS.search(one.filename) and not _is_link(one)]
            for one in wanted[:_MOST_MEMBERS]:
                try:
                    members.append(Member(_name(one), _unzipped(archive, one, measure)))
                except Refused as error:
                    missing.append(str(error))
                except Measureless:
                    missing.append(MEASURELESS)
                except (
                    zipfile.BadZipFile,
                    zlib.error,
                    EOFError,
                    NotImplementedError,
                    RuntimeError,
                    ValueError,
                    OSError,
                ):
                    missing.append(DAMAGED)
                if measure.left < 0:
                    break
            if len(wanted) > _MOST_MEMBERS:
                missing.append(f"only {_MOST_MEMBERS} of its {len(wanted)} files were read")
    except _BROKEN:
        missing.append("a damaged archive: not opened")
    return Opened(source="none", missing=tuple(dict.fromkeys(missing)), members=tuple(members))


def _unzipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo, measure: Measure) -> bytes:
    out = bytearray()
    for chunk in stream(archive, member, measure, _MOST_BYTES):
        out += chunk
        _weigh(len(out), min(member.compress_size, _MOST_BYTES))
    return bytes(out)


def _weigh(expanded: int, packed: int) -> None:
    if expanded > _MOST_BYTES or (expanded > _FREE and expanded > _RATIO * packed):
        raise Measureless


def _is_link(member: zipfile.ZipInfo) -> bool:
    return (member.external_attr >> 16) & 0o170000 == _SYMBOLIC_LINK


def _name(member: zipfile.ZipInfo) -> str:
    """UTF-8 when the zip says so or the bytes are; else the old page of DOS (APPNOTE appendix D)."""
    if member.flag_bits & _UTF8_NAME:
        return clean(member.filename)
    raw = member.filename.encode("cp437", "replace")
    if (unicode := _unicode_path(member.extra, raw)) is not None:
        return clean(unicode)
    try:
        return clean(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(member.filename)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """Info-ZIP's extra field with the name in UTF-8 (APPNOTE section 4.6.9), if it still belongs to this name."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = (int.from_bytes(extra[position + at : position + at + 2], "little") for at in (0, 2))
        field = extra[position + 4 : position + 4 + length]
        if kind == _UNICODE_PATH and len(field) > 5 and field[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:].decode("utf-8", "replace")
        position += 4 + length
    return None


def read_packed(content: bytes, kind: str, measure: Measure) -> Opened:
    """One file packed by itself: its member, which may be a tar."""
    out = bytearray()
    missing: tuple[str, ...] = ()
    try:
        for chunk in _unpacked(content, kind):
            measure.take(len(chunk))
            out += chunk
            _weigh(len(out), len(content))
    except Measureless:
        return Opened(source="none", missing=(MEASURELESS,))
    except _BROKEN:
        missing = (DAMAGED,)
    name = _gzip_name(content) if kind == "application/gzip" else ""
    return Opened(source="none", missing=missing, members=(Member(name, bytes(out)),) if out else ())


def _unpacked(content: bytes, kind: str) -> Iterator[bytes]:
    """Bytes in pieces; further streams behind the first are part of the file (RFC 1952 section 2.2)."""
    left = content
    # What follows a stream and is none is padding or dirt, and nobody's words.
    while left.startswith(content[:2]):
        if kind == "application/gzip":
            left = yield from _inflated(left)
        else:
            left = yield from _decompressed(left, kind)


def _inflated(content: bytes) -> Generator[bytes, None, bytes]:
    unpacker, left = zlib.decompressobj(wbits=31), content
    while not unpacker.eof:
        piece = unpacker.decompress(left, _CHUNK)
        left = unpacker.unconsumed_tail
        if not piece and not left and not unpacker.eof:
            raise EOFError
        yield piece
    return unpacker.unused_data.lstrip(b"\0")


def _decompressed(content: bytes, kind: str) -> Generator[bytes, None, bytes]:
    bzip2 = kind == "application/x-bzip2"
    unpacker = bz2.BZ2Decompressor() if bzip2 else lzma.LZMADecompressor(memlimit=2 * _MOST_BYTES)
    left = content
    while not unpacker.eof:
        piece = unpacker.decompress(left, _CHUNK)
        left = b""
        if not piece and unpacker.needs_input and not unpacker.eof:
            raise EOFError
        yield piece
    return unpacker.unused_data.lstrip(b"\0")


def _gzip_name(content: bytes) -> str:
    """The name of the original (FNAME, RFC 1952 section 2.3.1), where no extra field stands before it."""
    if len(content) > 10 and content[3] & 0x08 and not content[3] & 0x04:
        return decode_text(content[10 : content.find(b"\0", 10)][:255])
    return ""


def read_tar(content: bytes, measure: Measure) -> Opened:
    """Regular files only: a link or a device has no bytes to read."""
    members: list[Member] = []
    missing: list[str] = []
    count = 0
    try:
        with tarfile.open(fileobj=BytesIO(content), mode="r:", errors="replace") as archive:
            for one in archive:
                count += 1
                if count > _MOST_LISTED:
                    missing.append(MEASURELESS)
                    break
                if not one.isreg() or _KEPT_BY_SYSTEMS.search(one.name):
                    continue
                if len(members) >= _MOST_MEMBERS:
                    missing.append(f"only {_MOST_MEMBERS} of its files were read")
                    break
                file = archive.extractfile(one)
                # A sparse file's holes are bytes that nobody sent.
                if file is None or one.sparse or one.size > len(content):
                    missing.append(DAMAGED)
                    continue
                measure.take(one.size)
                members.append(Member(clean(one.name), file.read(_MOST_BYTES)))
    except Measureless:
        missing.append(MEASURELESS)
    except (tarfile.TarError, ValueError, OSError, EOFError, OverflowError, RecursionError):
        missing.append("a damaged archive: not opened" if not members else DAMAGED)
    return Opened(source="none", missing=tuple(dict.fromkeys(missing)), members=tuple(members))
