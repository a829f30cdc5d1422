"""Undo Content-Transfer-Encoding (RFC 2045 section 6), and take out uuencode and yEnc blocks that stand in text."""

import binascii
import re
from dataclasses import dataclass

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_LINE_OF_DATA = re.compile(rb"^[A-Za-z0-9+/]{8,}={0,2}[ \t]*\r?$", re.MULTILINE)
_LONG_LINE_OF_DATA = re.compile(rb"^[A-Za-z0-9+/]{60,}={0,2}[ \t]*\r?$", re.MULTILINE)
_SPACE = re.compile(rb"\s+")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^(?:`\s*\r?\n)?end[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_Y_BEGIN = re.compile(rb"^=ybegin [^\r\n]*?name=([^\r\n]+)\r?\n(?:=ypart[^\r\n]*\r?\n)?", re.MULTILINE)
_Y_END = re.compile(rb"^=yend[^\r\n]*(?:\r?\n|\Z)", re.MULTILINE)
_Y_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_Y_SHIFT = bytes((byte - 42) % 256 for byte in range(256))
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


def decode_transfer(body: bytes, encoding: str) -> Transferred:
    """Total: what does not decode stays as it came, and the defect says so."""
    match encoding:
        case "base64":
            return _base64(body)
        case "quoted-printable":
            return Transferred(binascii.a2b_qp(body))
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            _, blocks = take_blocks(body)
            return Transferred(blocks[0].content) if blocks else Transferred(body, "no uuencoded data")
        case "x-yenc" | "yenc":
            _, blocks = take_blocks(body)
            return Transferred(blocks[0].content) if blocks else Transferred(body, "no yEnc data")
        case "" | "7bit" | "8bit" | "binary" | "none" | "7-bit" | "8-bit":
            return Transferred(body)
        case _:
            return Transferred(body, "unknown transfer encoding")


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
    """The text without its uuencode and yEnc blocks, and those blocks decoded."""
    if b"begin" not in text:
        return text, ()
    blocks: list[Block] = []
    kept: list[bytes] = []
    position = 0
    while len(blocks) < _BLOCKS and (found := _next_block(text, position)) is not None:
        start, stop, block = found
        kept.append(text[position:start])
        blocks.append(block)
        position = stop
    kept.append(text[position:])
    return b"".join(kept), tuple(blocks)


def _next_block(text: bytes, position: int) -> tuple[int, int, Block] | None:
    if (begin := _UU_BEGIN.search(text, position)) and (end := _UU_END.search(text, begin.end())):
        lines = text[begin.end() : end.start()]
        content = _base64(lines).content if begin.group().startswith(b"begin-base64") else _uudecoded(lines)
        if content is not None:
            return begin.start(), end.end(), Block(begin.group(1).strip(), content)
    if (begin := _Y_BEGIN.search(text, position)) and (end := _Y_END.search(text, begin.end())):
        return begin.start(), end.end(), Block(begin.group(1).strip(), _ydecoded(text[begin.end() : end.start()]))
    return None


def _uudecoded(lines: bytes) -> bytes | None:
    content = bytearray()
    for line in lines.splitlines():
        if not line.strip():
            continue
        length = (line[0] - 32) & 63
        needed = 1 + (length + 2) // 3 * 4
        # Mail programs strip the blanks at line ends that stand for zero bits.
        try:
            content += binascii.a2b_uu(line[:needed].ljust(needed))
        except binascii.Error:
            return None
    return bytes(content)


def _ydecoded(lines: bytes) -> bytes:
    data = lines.replace(b"\r", b"").replace(b"\n", b"")
    return _Y_ESCAPE.sub(lambda match: bytes([(match.group(1)[0] - 64) % 256]), data).translate(_Y_SHIFT)
