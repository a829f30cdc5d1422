"""Undo Content-Transfer-Encoding (RFC 2045 section 6), and take out uuencode and yEnc blocks that stand in text."""

import binascii
import re
import zlib
from dataclasses import dataclass
from itertools import islice

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_LINE_OF_DATA = re.compile(rb"^[A-Za-z0-9+/]{8,}={0,2}[ \t]*\r?$", re.MULTILINE)
_LONG_LINE_OF_DATA = re.compile(rb"^[A-Za-z0-9+/]{60,}={0,2}[ \t]*\r?$", re.MULTILINE)
_SPACE = re.compile(rb"\s+")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,6} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_LINE = re.compile(rb"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_UU_DATA = re.compile(rb"[\x20-\x60]*[a-zA-Z]?\Z")
"""One byte more than needed: some encoders add a check to each line."""
_UU_END = re.compile(rb"(?:end|====)[ \t]*\Z")
_BASE64_END = re.compile(rb"^====\s*$", re.MULTILINE)
_Y_BEGIN = re.compile(rb"^=ybegin ([^\r\n]{0,200}?)name=([^\r\n]{1,255})\r?\n(?:=ypart([^\r\n]*)\r?\n)?", re.MULTILINE)
_Y_END = re.compile(rb"^=yend[^\r\n]*(?:\r?\n|\Z)", re.MULTILINE)
_Y_NUMBER = re.compile(rb"\b(part|size|begin|end)=(\d{1,12})")
_Y_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_Y_SHIFT = bytes((byte - 42) % 256 for byte in range(256))
_SOFT_BREAK = re.compile(rb"=[ \t]*(?:\r\n|\r|\n|\Z)")
_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_SLICE = 1_000_000
_UNZIPPED = 40_000_000
_BLOCKS = 100
"""uuencode and yEnc blocks looked for in one text."""


@dataclass(frozen=True, slots=True)
class Transferred:
    content: bytes
    defect: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A file found inside a text."""

    name: bytes
    content: bytes


def encoding_of(value: bytes) -> str:
    """Content-Transfer-Encoding as programs mean it: `"base64"`, `base-64`, `quoted printable;`, `8 bit`."""
    text = re.sub(r"\([^()]*\)", "", value.decode("ascii", "replace")).lower().partition(";")[0]
    return re.sub(r"[^a-z0-9]", "", text).removeprefix("x")


def decode_transfer(body: bytes, encoding: str) -> Transferred:
    """Total: what does not decode stays as it came, and the defect says so.  `encoding` as `encoding_of` gives it."""
    match encoding:
        case "base64":
            return _base64(body)
        case "gzip64":
            return _unzipped(_base64(body))
        case "quotedprintable":
            return Transferred(_quoted_printable(body))
        case "uuencode" | "uue":
            _, blocks = take_blocks(body)
            content = blocks[0].content if blocks else _uudecoded(body, 0)[0]
            return Transferred(content) if content else Transferred(body, "no uuencoded data")
        case "yenc":
            _, blocks = take_blocks(body)
            return Transferred(blocks[0].content) if blocks else Transferred(body, "no yEnc data")
        case "" | "7bit" | "8bit" | "binary" | "none":
            return Transferred(body)
        case _:
            return Transferred(body, "unknown transfer encoding")


def _unzipped(packed: Transferred) -> Transferred:
    """MIME-tools' own encoding: gzip below base64."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(packed.content, _UNZIPPED)
    except zlib.error:
        return Transferred(packed.content, "broken gzip")
    return Transferred(content, packed.defect or ("longer than what is read" if unpacker.unconsumed_tail else None))


def _quoted_printable(body: bytes) -> bytes:
    """RFC 2045 section 6.7, with blanks after the sign of a soft break; what is no escape stays as it is.

    Slice by slice: all pieces between escapes at once take sixty times the memory of the text.
    """
    text = _SOFT_BREAK.sub(b"", body)
    out, start = [], 0
    while start < len(text):
        end = start + _SLICE
        while end < len(text) and b"=" in text[end - 2 : end]:
            end += 1
        out.append(_ESCAPE.sub(_escaped, text[start:end]))
        start = end
    return b"".join(out)


def _escaped(found: re.Match[bytes]) -> bytes:
    return bytes((int(found[1], 16),))


def _base64(body: bytes) -> Transferred:
    """Data after padding is a second run of base64 (some gateways join two); text after it is a footer, and left."""
    defect = None
    if stray := _NOT_BASE64.search(body):
        body, defect = _without_strangers(body, stray.start())
        if defect == "not base64":
            return Transferred(body, defect)
    data = _SPACE.sub(b"", body)
    if b"=" not in data.rstrip(b"="):
        return _run(data, defect)
    content = bytearray()
    for run in data.split(b"="):
        decoded = _run(run, defect)
        content += decoded.content
        defect = decoded.defect
    return Transferred(bytes(content), defect)


def _without_strangers(body: bytes, stray: int) -> tuple[bytes, str]:
    """Foreign bytes among the data are noise to be skipped (RFC 2045 section 6.8); behind all of it, a footer."""
    head = body[: body.rfind(b"\n", 0, stray) + 1]
    if _LINE_OF_DATA.search(head) and not _LONG_LINE_OF_DATA.search(body, len(head)):
        return head, "text after the base64 data"
    alphabet = _NOT_BASE64.sub(b"", body)
    first_line = body.strip().partition(b"\n")[0].strip()
    if len(alphabet) * 4 < len(body) * 3 or b" " in first_line:
        return body, "not base64"
    return alphabet, "broken base64"


def _run(data: bytes, defect: str | None) -> Transferred:
    data = data.rstrip(b"=")
    surplus = len(data) % 4
    if surplus == 1:
        data, defect = data[:-1], defect or "broken base64"
    return Transferred(binascii.a2b_base64(data + b"=" * (-len(data) % 4)), defect)


def take_blocks(text: bytes) -> tuple[bytes, tuple[Block, ...]]:
    """The text without its uuencode and yEnc blocks, and those blocks decoded; pieces of one yEnc file are joined."""
    if b"begin" not in text:
        return text, ()
    blocks: dict[tuple[bytes, int], Block] = {}
    kept: list[bytes] = []
    position = 0
    for number, begin in enumerate(_begins(text)):
        if begin.start() < position or (found := _block(text, begin)) is None:
            continue
        stop, block, piece = found
        kept.append(text[position : begin.start()])
        position = stop
        before = blocks.get((block.name, 0)) if piece > 1 else None
        if before is not None:
            blocks[block.name, 0] = Block(block.name, before.content + block.content)
        else:
            blocks[block.name, 0 if piece else number + 1] = block
    kept.append(text[position:])
    return b"".join(kept), tuple(blocks.values())


def _begins(text: bytes) -> list[re.Match[bytes]]:
    found = [*islice(_UU_BEGIN.finditer(text), _BLOCKS), *islice(_Y_BEGIN.finditer(text), _BLOCKS)]
    return sorted(found, key=lambda begin: begin.start())[:_BLOCKS]


def _block(text: bytes, begin: re.Match[bytes]) -> tuple[int, Block, int] | None:
    """Where it ends, the file, and the number of its piece (0: it is whole); None for prose."""
    if begin.re is _Y_BEGIN:
        end = _Y_END.search(text, begin.end())
        stop = end.start() if end else len(text)
        about = {key: int(value) for key, value in _Y_NUMBER.findall(begin[1] + b" " + (begin[3] or b""))}
        length = about[b"end"] - about.get(b"begin", 1) + 1 if b"end" in about else about.get(b"size", -1)
        block = Block(begin[2].strip(), _ydecoded(text[begin.end() : stop], length))
        return end.end() if end else stop, block, about.get(b"part", 0)
    name = begin[1].strip().strip(b'"')
    if begin.group().startswith(b"begin-base64"):
        ended = _BASE64_END.search(text, begin.end())
        return (ended.end(), Block(name, _base64(text[begin.end() : ended.start()]).content), 0) if ended else None
    content, stop = _uudecoded(text, begin.end())
    return None if content is None else (stop, Block(name, content), 0)


def _uudecoded(text: bytes, position: int) -> tuple[bytes | None, int]:
    """The data and where it stops: at its end line, or at the first line that is no data.  None when none is."""
    content = bytearray()
    full = False
    for line in _UU_LINE.finditer(text, position):
        data = line[1]
        if _UU_END.match(data):
            return bytes(content), line.end()
        if line.start() == len(text):
            break
        length = (data[0] - 32) & 63 if data else 0
        needed = 1 + (length + 2) // 3 * 4
        if len(data.rstrip()) > needed + 1 or not _UU_DATA.match(data):
            break
        # Mail programs strip the blanks at line ends that stand for zero bits.
        full = full or len(data) >= needed > 1
        content += binascii.a2b_uu(data[:needed].ljust(needed)) if data else b""
        position = line.end()
    return (bytes(content) if full else None), position


def _ydecoded(lines: bytes, length: int) -> bytes:
    """Two points at the head of a line are one when the length says so: news servers double them."""
    content = _yshifted(lines)
    if len(content) > length >= 0 and (lines.startswith(b"..") or b"\n.." in lines):
        shorter = _yshifted(re.sub(rb"(?m)^\.\.", b".", lines))
        return shorter if len(shorter) == length else content
    return content


def _yshifted(lines: bytes) -> bytes:
    data = lines.replace(b"\r", b"").replace(b"\n", b"")
    return _Y_ESCAPE.sub(lambda match: bytes([(match.group(1)[0] - 64) % 256]), data).translate(_Y_SHIFT)
