"""Address lists as people and programs write them (RFC 5322 sections 3.4 and 4.4).  Total and linear."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from mailbot.model import Address
from mailbot.reading import charset, limits
from mailbot.reading.words import clean, decode_text, unfold

_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|\\.|[<>(),;:]|[^"\\<>(),;:]+|"', re.DOTALL)
_SPEC: Final = re.compile(
    r"(?P<quoted>\"[^\"]{1,64}\")?(?(quoted)|[^\s<>,;:\"()\[\]\\@]{1,128})@(?:\[[^\]\s]{1,100}\]|[^\s<>,;:\"()\\@\[\]]{1,255})"
)
_ROUTE: Final = re.compile(r"\A\s*(?:@[^\s<>,;:@]{1,255}[\s,]*)+:(?=[^:]*@)")
_LOCAL: Final = re.compile(r"[^\s<>,;:\"()\[\]\\@]{1,64}")
_SPACES: Final = re.compile(r"(\"[^\"]*\")|\s+")


def parse_addresses(
    values: Iterable[bytes], hint: str | None = None, *, incomplete: bool = False
) -> tuple[Address, ...]:
    """Every mailbox that can be made out, in order; groups are opened, at most `limits.ADDRESSES`.

    `incomplete`: also a name without an address, and a local user (`MAILER-DAEMON`) without a domain.
    """
    found: list[Address] = []
    for value in values:
        held = ""
        for name, spec in _mailboxes(_in_utf_8(unfold(value[: limits.HEADER_FIELD]), hint)):
            if spec is None:
                # A comma in an unquoted name: `Dupont, Jeanne <jd@example.org>`.
                held = f"{held}, {name}" if held else name
                continue
            address = _address(f"{held}, {name}" if held else name, spec, hint, incomplete=incomplete)
            held = ""
            if address is not None:
                found.append(address)
            if len(found) >= limits.ADDRESSES:
                return tuple(found)
        if not found and b"=?" in value and b"=?" not in (shown := decode_text(value, hint).encode("utf-8")):
            # The whole field stands in an encoded word.
            found += parse_addresses([shown])
        if not found and held and incomplete and (named := _named(held, hint)) is not None:
            found.append(named)
    return tuple(dict.fromkeys(found))


def _in_utf_8(line: bytes, hint: str | None) -> bytes:
    """Bytes of old Chinese and Japanese characters look like brackets, commas and backslashes: decoded first."""
    if b"\x1b$" not in line and (line.isascii() or not charset.is_wide(hint)):
        return line
    return charset.decode(line, None, hint)[0].encode("utf-8", "replace")


@dataclass(slots=True)
class _Item:
    """What has been read of one item of the list."""

    words: list[bytes] = field(default_factory=list)
    comments: list[bytes] = field(default_factory=list)
    angle: list[bytes] | None = None
    """What stands in angle brackets that are still open."""
    spec: bytes | None = None
    has_at: bool = False

    def add(self, token: bytes) -> None:
        (self.words if self.angle is None else self.angle).append(token)
        self.has_at = self.has_at or b"@" in token

    def close(self) -> None:
        if self.angle is not None:
            self.spec, self.angle = b"".join(self.angle).strip(), None

    def ends_at(self, separator: bytes) -> bool:
        if self.angle is None or separator == b";":
            return True
        # Between the hosts of a source route a comma ends nothing (RFC 5322 section 4.4).
        return self.has_at and not b"".join(self.angle[:1]).lstrip().startswith(b"@")

    def result(self) -> tuple[str, str | None] | None:
        """Name and address, still undecoded; no address when there is none, None when there is nothing."""
        self.close()
        name, note = b"".join(self.words).strip(), b"".join(self.comments).strip()
        if self.spec is not None:
            return _raw(name or note), _raw(self.spec)
        if b"@" in name:
            return _bare(_raw(name), _raw(note))
        return (_raw(name + (b" (" + note + b")" if note else b"")), None) if name else None


def _mailboxes(line: bytes) -> Iterator[tuple[str, str | None]]:
    """Name and address of each item, comments and groups understood; nested comments are counted, not entered."""
    item = _Item()
    depth = 0
    group_ends = line.rfind(b";")
    for match in _TOKEN.finditer(line):
        token = match.group()
        if depth or token == b"(":
            depth += (token == b"(") - (token == b")")
            if depth and not (depth == 1 and token == b"("):
                item.comments.append(token)
            continue
        match token:
            case b"<":
                item.angle = []
            case b">":
                item.close()
            case b"," | b";" if item.ends_at(token):
                if (complete := item.result()) is not None:
                    yield complete
                item = _Item()
            case b":" if item.angle is None and not item.has_at and match.end() <= group_ends:
                item = _Item()  # that was the name of a group
            case _:
                item.add(token)
    if (complete := item.result()) is not None:
        yield complete


def _bare(text: str, comment: str) -> tuple[str, str]:
    """`j@example.org (Jeanne)`, or a name that forgot its brackets: `Jeanne j@example.org`."""
    match = _SPEC.search(text)
    if match is None:
        return comment, text
    around = f"{text[: match.start()]} {text[match.end() :]}".strip(" '[]")
    return around or comment, match.group()


def _raw(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _address(name: str, spec: str, hint: str | None, *, incomplete: bool) -> Address | None:
    spec = _ROUTE.sub("", spec)
    match = _SPEC.search(_SPACES.sub(r"\1", spec) if spec.count("@") == 1 else spec)
    if match is None:
        # An encoded word where only an address may stand, or a local user without a domain.
        decoded = decode_text(spec.encode("utf-8", "surrogateescape"), hint)
        match = _SPEC.search(decoded) or _SPEC.search(name)
        if match is None:
            return _named(f"{decoded} ({name})" if decoded else name, hint) if incomplete else None
    local, _, domain = match.group().strip("'").rpartition("@")
    shown = _name(name, hint)
    address = clean(f"{local}@{domain.casefold().rstrip('.')}")
    return Address("" if shown.casefold() == address.casefold() else shown, address)


def _named(text: str, hint: str | None) -> Address | None:
    """A person's name alone, or a local user with a comment."""
    local, _, note = text.rstrip(") ").partition(" (")
    name = _name(note, hint)
    if _LOCAL.fullmatch(local) and local.isascii() and local.isprintable() and not local.istitle():
        return Address(name, local)
    return Address(_name(text, hint), "") if _name(text, hint) else None


def _name(name: str, hint: str | None) -> str:
    """Quotes and their escapes undone, then encoded words, which some programs put inside quotes."""
    text = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda quoted: re.sub(r"\\(.)", r"\1", quoted.group(1)), name)
    shown = decode_text(text.strip(' "').encode("utf-8", "surrogateescape"), hint)
    if len(shown) > 1 and shown[0] == shown[-1] == "'":
        shown = shown[1:-1].strip()
    return shown
