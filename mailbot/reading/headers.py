"""Header fields, read without ever raising: the library's own accessors do, on hostile values."""

import binascii
import quopri
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message as EmailMessage
from email.utils import parsedate_to_datetime

from mailbot.model import Address
from mailbot.reading import charset

MAX_FIELD = 16_000
MAX_WORDS = 200
MAX_ADDRESSES = 100
MAX_REFERENCES = 20

# RFC 2047 section 2; spaces inside the text are wrong and common.
_WORD = re.compile(r"=\?([^?\s]{1,75})\?([bBqQ])\?([^?\r\n]*)\?=")
_GAP = re.compile(r"(\?=)\s+(=\?)")
_MESSAGE_ID = re.compile(r"<[^<>\s\"\\(){}\x00-\x20\x7f]{1,250}>")
_ADDR_SPEC = re.compile(r"[^\s<>,;:\"()\[\]\\@]{1,64}@[^\s<>,;:\"()\\@]{1,255}")
_SPACES = re.compile(r"\s+")


def fields(message: EmailMessage, name: str) -> Iterator[str]:
    """The raw values of every field of this name, as text that may hold surrogate escapes."""
    for key, value in message.raw_items():
        if key.casefold() == name.casefold():
            yield str(value)[:MAX_FIELD]


def first(message: EmailMessage, name: str) -> str | None:
    return next(fields(message, name), None)


def clean(text: str) -> str:
    """One printable line: control characters, bidi overrides and tag characters removed, spaces collapsed, NFC."""
    kept = "".join(
        " " if char in "\r\n\t\x0b\x0c\x85\u2028\u2029" else char
        for char in text
        if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"} or char in "\r\n\t\x0b\x0c\x85\u200c\u200d"
    )
    return unicodedata.normalize("NFC", _SPACES.sub(" ", kept).strip())


def decoded(raw: str | None) -> str:
    """The value as a person sees it: encoded words of RFC 2047 joined before they are decoded, 8-bit repaired."""
    if not raw:
        return ""
    text = _unfold(raw)
    if "=?" not in text:
        return clean(text)
    text = _GAP.sub(r"\1\2", text)
    out: list[str] = []
    position = 0
    pending: tuple[str, bytes] | None = None
    for number, word in enumerate(_WORD.finditer(text)):
        if number >= MAX_WORDS:
            break
        between = text[position : word.start()]
        label, content = word[1].split("*")[0], _word_bytes(word[2], word[3])
        position = word.end()
        # Some mailers cut a character in two: words of one charset that touch are one text.
        if pending is not None and not between and pending[0].casefold() == label.casefold():
            pending = (pending[0], pending[1] + content)
            continue
        if pending is not None:
            out.append(charset.decode(pending[1], pending[0])[0])
        out.append(between)
        pending = (label, content)
    if pending is not None:
        out.append(charset.decode(pending[1], pending[0])[0])
    out.append(text[position:])
    return clean("".join(out))


def addresses(raw_values: Iterator[str]) -> tuple[Address, ...]:
    """An address list of RFC 5322 section 3.4, as far as it can be understood; linear in its length."""
    found: list[Address] = []
    for raw in raw_values:
        for piece in _split(_unfold(raw)):
            address = _address(piece)
            if address is not None:
                found.append(address)
            if len(found) >= MAX_ADDRESSES:
                return tuple(found)
    return tuple(found)


def message_id(raw: str | None) -> str | None:
    """With angle brackets, only when it is safe to write into a header or a command."""
    match = _MESSAGE_ID.search(raw or "")
    return match[0] if match and match[0].isascii() else None


def references(message: EmailMessage) -> tuple[str, ...]:
    """The newest 20 valid ids of References, else of In-Reply-To (RFC 5322 section 3.6.4)."""
    for name in ("References", "In-Reply-To"):
        ids = [found for raw in fields(message, name) for found in _MESSAGE_ID.findall(raw) if found.isascii()]
        if ids:
            return tuple(dict.fromkeys(ids))[-MAX_REFERENCES:]
    return ()


def date(raw: str | None) -> datetime | None:
    """Aware; None when it cannot be understood or is absurd."""
    if not raw:
        return None
    try:
        when = parsedate_to_datetime(clean(_unfold(raw))[:100])
        when = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
        when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return when if 1980 <= when.year <= 2200 else None


def _unfold(raw: str) -> str:
    text = raw[:MAX_FIELD]
    if any("\udc80" <= char <= "\udcff" for char in text):
        text = charset.decode(text.encode("utf-8", "surrogateescape"), None)[0]
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r", "").replace("\n", "")


def _word_bytes(kind: str, text: str) -> bytes:
    if kind in "qQ":
        return quopri.decodestring(text.replace("_", " ").encode("utf-8", "replace"), header=False)
    data = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        return binascii.a2b_base64(data + "=" * (-len(data) % 4))
    except binascii.Error:
        return b""


def _split(text: str) -> Iterator[str]:
    """At commas and semicolons outside quotes and angle brackets; group names end at their colon."""
    quoted, angle = False, False
    piece: list[str] = []
    for char in text:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "<>":
            angle = char == "<"
        elif not quoted and not angle and char in ",;":
            yield "".join(piece)
            piece = []
            continue
        elif not quoted and not angle and char == ":" and "@" not in piece:
            piece = []
            continue
        piece.append(char)
    yield "".join(piece)


def _address(piece: str) -> Address | None:
    start = piece.rfind("<")
    name, spec = "", piece
    if start >= 0:
        name, spec = piece[:start], piece[start + 1 :].split(">", maxsplit=1)[0]
    match = _ADDR_SPEC.search(spec)
    if match is None:
        return None
    if start < 0:
        comment = re.search(r"\(([^()]*)\)", spec[match.end() :])
        name = comment[1] if comment else ""
    local, _, domain = match[0].strip("'").rpartition("@")
    shown = decoded(name.strip().strip('"').replace('\\"', '"').replace("\\\\", "\\"))
    return Address(shown.strip("'\" "), clean(f"{local}@{domain.casefold().rstrip('.')}"))
