"""Cut a mail into its MIME entities (RFC 2045 to 2049) by offsets: linear, bounded, and never without an answer.

The standard library's parser recurses, drops the bytes of enclosed messages and gives up on a missing boundary; this
one keeps each entity's own bytes and says what it had to guess.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.model import Defect
from mailbot.reading import limits
from mailbot.reading.parameters import Parameterised, parse_parameters
from mailbot.reading.transfer import decode_transfer, encoding_of

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FIELD = re.compile(rb"([!-9;-~]{1,120})[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"(?:received|return-path|from|to|cc|bcc|subject|date|sender|reply-to|message-id|in-reply-to|references|mime-version"
    rb"|content-[a-z-]+|x-[!-9;-~]+|dkim-signature|arc-[a-z-]+|authentication-results|delivered-to|list-[a-z-]+"
    rb"|auto-submitted|precedence|importance|thread-[a-z]+|user-agent|organi[sz]ation|disposition-notification-to)"
    rb"[ \t]*:",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\r?\n|\r\r")
_GUESSED_BOUNDARY = re.compile(rb"(?:\A|(?<=[\r\n]))--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-)", re.IGNORECASE)
_DELIMITER_REST = re.compile(rb"[ \t]*(--)?[ \t]*(?:\r\n|\r|\n|\Z)")
_MBOX_LINE = re.compile(rb"(?:>?From (?![ \t]*:)[^\r\n]{1,300}(?:\r\n|\r|\n)){1,3}")
_GARBAGE = 3
_SPLIT_LINES = 40
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n \t]*(?=[!-9;-~]+[ \t]*:|>?From )")


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: its header fields in order, names in lower case, and its body as transferred."""

    fields: tuple[tuple[str, bytes], ...]
    content_type: Parameterised
    raw: bytes
    start: int
    end: int
    parts: tuple["Entity", ...] = ()

    def first(self, name: str) -> bytes | None:
        return next((value for key, value in self.fields if key == name), None)

    def all(self, name: str) -> tuple[bytes, ...]:
        return tuple(value for key, value in self.fields if key == name)

    @property
    def body(self) -> bytes:
        return self.raw[self.start : self.end]

    @property
    def media_type(self) -> str:
        return self.content_type.value

    def walk(self) -> Iterator["Entity"]:
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(slots=True)
class _Budget:
    """What one mail may still cost, and what had to be guessed or left."""

    parts: int = limits.PARTS
    defects: list[Defect] = field(default_factory=list)
    exhausted: bool = False

    def note(self, where: str, what: str) -> None:
        defect = Defect(where, what)
        if defect not in self.defects:
            self.defects.append(defect)

    def exhaust(self, where: str, what: str) -> None:
        self.exhausted = True
        self.note(where, what)


@dataclass(frozen=True, slots=True)
class Structure:
    root: Entity
    defects: tuple[Defect, ...]
    incomplete: bool


def cut(raw: bytes) -> Structure:
    """Total: any bytes are an entity, if only a text without a header."""
    budget = _Budget()
    raw = _with_line_ends(raw, budget)
    start = 0
    if leading := _LEADING.match(raw):
        start = leading.end()
    if mbox := _MBOX_LINE.match(raw, start):
        start = mbox.end()
    root = _entity(raw, start, len(raw), 0, budget, default="text/plain")
    return Structure(root, tuple(budget.defects), budget.exhausted)


def _with_line_ends(raw: bytes, budget: _Budget) -> bytes:
    """Repair line ends that hide the header: CR alone, and CR CR LF from a doubled conversion."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        budget.note("line ends", "the whole mail is UTF-16")
        raw = raw.decode("utf-16", "replace").encode()
    head = raw[:4096]
    if b"\n" not in head and b"\r" in head and b"\n" not in raw:
        budget.note("line ends", "CR alone")
        return raw.replace(b"\r", b"\n")
    if head.count(b"\n\r") >= 2 and head.count(b"\n\r") >= head.count(b"\n") - 1 > head.count(b"\r\n"):
        budget.note("line ends", "LF CR")
        return raw.replace(b"\n\r", b"\n")
    if head.count(b"\r\r\n") >= 2 and head.count(b"\r\r\n") == head.count(b"\n"):
        budget.note("line ends", "CR CR LF")
        return raw.replace(b"\r\r\n", b"\r\n")
    return raw


def _entity(raw: bytes, start: int, end: int, depth: int, budget: _Budget, default: str) -> Entity:
    fields, body = _header(raw, start, end, budget, top=depth == 0)
    declared = next((value for name, value in fields if name == "content-type"), None)
    content_type = parse_parameters(declared, default)
    main = content_type.value.partition("/")[0]
    if main != "multipart":
        return Entity(fields, content_type, raw, body, end)
    if depth >= limits.DEPTH:
        budget.exhaust("structure", f"nested more than {limits.DEPTH} deep")
        return Entity(fields, content_type, raw, body, body)
    raw, body, end = _transferred(fields, raw, body, end)
    spans = _spans(raw, body, end, content_type, budget)
    if spans is None:
        budget.note("structure", "multipart without boundary")
        return Entity(fields, parse_parameters(None, "text/plain"), raw, body, _closed(raw, body, end, content_type))
    child_default = "message/rfc822" if content_type.value == "multipart/digest" else "text/plain"
    parts: list[Entity] = []
    for first, last in spans:
        if budget.parts <= 0:
            budget.exhaust("structure", f"more than {limits.PARTS} parts")
            break
        budget.parts -= 1
        parts.append(_entity(raw, first, last, depth + 1, budget, child_default))
    return Entity(fields, content_type, raw, body, end, tuple(parts))


def _transferred(fields: tuple[tuple[str, bytes], ...], raw: bytes, body: int, end: int) -> tuple[bytes, int, int]:
    """RFC 2045 section 6.4 forbids encoding a multipart; some senders do it all the same."""
    encoding = encoding_of(next((value for name, value in fields if name == "content-transfer-encoding"), b""))
    if encoding not in {"base64", "quotedprintable"} or _looks_cut(raw, body, end):
        return raw, body, end
    decoded = decode_transfer(raw[body:end], encoding).content
    return decoded, 0, len(decoded)


def _looks_cut(raw: bytes, body: int, end: int) -> bool:
    return re.search(rb"(?:\A|[\r\n])--[^\r\n]+\r?\n(?:content-|\r?\n)", raw[body:end], re.IGNORECASE) is not None


def _header(
    raw: bytes, start: int, end: int, budget: _Budget, *, top: bool
) -> tuple[tuple[tuple[str, bytes], ...], int]:
    """The fields, unfolded only in that their lines stand together, and the offset of the body."""
    fields: list[tuple[str, bytearray]] = []
    position = start
    while position < end:
        match = _LINE.match(raw, position, end)
        assert match is not None, "the pattern matches the empty string"
        line, following = match.group(), match.end()
        if not line.strip(b"\r\n") or (not fields and not line.strip()):
            if not (top and fields and _is_split(fields, raw, following, end)):
                return _finished(fields, budget), following
            budget.note("header", "an empty line among the fields")
            position = following
            continue
        if position - start > limits.HEADER_BLOCK:
            budget.exhaust("header", f"longer than {limits.HEADER_BLOCK} bytes")
            blank = _BLANK_LINE.search(raw, position, end)
            return _finished(fields, budget), blank.end() if blank else end
        if not _take(line, fields):
            if not ((fields or top) and _goes_on(raw, following, end)):
                if not fields or (top and not any(_is_known(name) for name, _ in fields)):
                    return (), start  # a text whose first words are followed by a colon
                budget.note("header", "no blank line before the body")
                return _finished(fields, budget), position
            budget.note("header", "a line that is no field")
        position = following
    if top and not any(_is_known(name) for name, _ in fields):
        return (), start
    return _finished(fields, budget), end


def _is_split(fields: list[tuple[str, bytearray]], raw: bytes, position: int, end: int) -> bool:
    """A header without anything that makes a mail, and below its empty line the rest of it."""
    if any(name in {"subject", "date", "message-id", "mime-version", "content-type"} for name, _ in fields):
        return False
    found: set[bytes] = set()
    for _ in range(_SPLIT_LINES):
        line = _LINE.match(raw, position, end)
        if line is None or not line.group().strip():
            break
        known = _KNOWN_FIELD.match(line.group())
        if known is None and not (found and line.group()[:1] in b" \t"):
            return False
        found.add(known.group().rstrip(b": \t").lower() if known else b"")
        position = line.end()
    return len(found) >= 2 and bool(found & {b"subject", b"mime-version", b"content-type", b"message-id"})


def _is_known(name: str) -> bool:
    return _KNOWN_FIELD.match(f"{name}:".encode()) is not None


def _goes_on(raw: bytes, position: int, end: int) -> bool:
    """A known field within a few lines: what stands before it is garbage among the fields, not the body."""
    for _ in range(_GARBAGE):
        if _KNOWN_FIELD.match(raw, position, end):
            return True
        line = _LINE.match(raw, position, end)
        if line is None or not line.group().strip():
            return False
        position = line.end()
    return False


def _take(line: bytes, fields: list[tuple[str, bytearray]]) -> bool:
    """Add a line to the field that it begins or continues; False when it does neither."""
    if line[:1] in b" \t":
        if fields and len(fields[-1][1]) <= limits.HEADER_FIELD:
            fields[-1][1].extend(line)
        return bool(fields)
    if (named := _FIELD.match(line)) is None:
        return False
    fields.append((named.group(1).decode("ascii").lower(), bytearray(line[named.end() :])))
    return True


def _finished(fields: list[tuple[str, bytearray]], budget: _Budget) -> tuple[tuple[str, bytes], ...]:
    finished: list[tuple[str, bytes]] = []
    for name, value in fields:
        if len(value) > limits.HEADER_FIELD:
            budget.exhaust("header", f"a field longer than {limits.HEADER_FIELD} bytes")
        finished.append((name, bytes(value[: limits.HEADER_FIELD]).strip()))
    return tuple(finished)


def _spans(
    raw: bytes, start: int, end: int, content_type: Parameterised, budget: _Budget
) -> list[tuple[int, int]] | None:
    """Where the parts of a multipart lie, by its boundary (RFC 2046 section 5.1.1), else by the one it uses."""
    boundary = content_type.raw_boundary
    if boundary and (spans := _between(raw, start, end, boundary)):
        return spans
    guessed = _GUESSED_BOUNDARY.search(raw, start, end)
    if guessed is None:
        return None
    budget.note("structure", "boundary differs from the declared one")
    return _between(raw, start, end, guessed.group(1)) or None


def _closed(raw: bytes, start: int, end: int, content_type: Parameterised) -> int:
    """Where a multipart without parts is closed, if it is."""
    closing = b"--" + content_type.raw_boundary + b"--"
    if not content_type.raw_boundary or raw.startswith(closing, start):
        return start if content_type.raw_boundary else end
    at = raw.find(b"\n" + closing, start, end)
    return at if at >= 0 else end


def _between(raw: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    delimiter = b"--" + boundary
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    position = start
    while len(spans) <= limits.PARTS and (at := raw.find(delimiter, position, end)) >= 0:
        position = at + len(delimiter)
        rest = _DELIMITER_REST.match(raw, position, end)
        if rest is None or (at > 0 and raw[at - 1] not in b"\r\n"):
            continue
        if opened is not None:
            spans.append((opened, max(opened, _without_line_end(raw, at))))
        # Past the closing delimiter lies the epilogue; a part that follows it all the same is still read.
        position = rest.end()
        opened = None if rest.group(1) else position
    if opened is not None and opened < end:
        spans.append((opened, end))
    return spans


def _without_line_end(raw: bytes, position: int) -> int:
    """The line end before a delimiter belongs to it, not to the part (RFC 2046 section 5.1.1)."""
    if raw[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1 if position and raw[position - 1] in b"\r\n" else position
