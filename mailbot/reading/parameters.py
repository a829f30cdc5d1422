"""Structured MIME fields: a value and its parameters (RFC 2045 section 5.1, RFC 2231), as senders write them."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote_to_bytes

_TOKEN: Final = rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100})"
_TYPE: Final = re.compile(rb"[\s\"']*" + _TOKEN + rb"(?:\s*/\s*" + _TOKEN + rb")?")
_SEPARATORS: Final = re.compile(rb"[;,:\s]*")
_NAME: Final = re.compile(rb"([^\s=;,:\"(]{1,100})\s*=\s*")
_QUOTED: Final = re.compile(rb'"((?:[^"\\]|\\.)*)("?)', re.DOTALL)
_BARE: Final = re.compile(rb"[^;\r\n]*(?:[\r\n]+[ \t]+[^;\r\n=]*(?=[;\r\n]|\Z))*")
_NEXT: Final = re.compile(rb";\s*[A-Za-z][A-Za-z0-9*-]{2,30}\s*=")
_CONTINUED: Final = re.compile(r"(.+?)\*(\d{1,3})(\*?)\Z")
_EXTENDED: Final = re.compile(rb"([A-Za-z0-9_.:+-]{0,40})'[A-Za-z0-9-]{0,40}'(.*)", re.DOTALL)
_ALONE: Final = {"text": "text/plain", "html": "text/html", "plain": "text/plain", "pdf": "application/pdf"}
_PARAMETERS: Final = 100


@dataclass(frozen=True, slots=True)
class Value:
    """One parameter: its bytes and, when RFC 2231 says it, their charset."""

    raw: bytes
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Parameterised:
    value: str
    parameters: MappingProxyType[str, Value]

    def plain(self, name: str) -> str | None:
        """A parameter that can only be ASCII."""
        found = self.parameters.get(name)
        return None if found is None else found.raw.decode("ascii", "replace").strip()

    @property
    def raw_boundary(self) -> bytes:
        found = self.parameters.get("boundary")
        return b"" if found is None else found.raw.strip()


def parse_parameters(raw: bytes | None, default: str = "") -> Parameterised:
    """Total: what is not a value and parameters is the default and none."""
    if raw is None:
        return Parameterised(default, MappingProxyType({}))
    match = _TYPE.match(raw)
    value, position = default, 0
    if match:
        position = match.end()
        main = match.group(1).decode("ascii").lower()
        sub = (match.group(2) or b"").decode("ascii").lower()
        if raw[position:].lstrip()[:1] == b"=":
            position = 0  # parameters without a value before them
        elif sub or "/" not in default:
            value = f"{main}/{sub}" if sub else main
        else:
            value = _ALONE.get(main, default if main != "multipart" else "multipart/mixed")
    return Parameterised(value, MappingProxyType(_assembled(_pairs(raw, position))))


def _pairs(raw: bytes, position: int) -> list[tuple[str, bytes]]:
    pairs: list[tuple[str, bytes]] = []
    while len(pairs) < _PARAMETERS and position < len(raw):
        separators = _SEPARATORS.match(raw, position)
        assert separators is not None, "the pattern matches the empty string"
        position = separators.end()
        name = _NAME.match(raw, position)
        if name is None:
            following = raw.find(b";", position)
            if following < 0:
                break
            position = following + 1
            continue
        position = name.end()
        quoted = _QUOTED.match(raw, position)
        if quoted:
            text, position = quoted.group(1), quoted.end()
            if not quoted.group(2) and (next_one := _NEXT.search(text)) is not None:
                # A quote that is never closed ends where the next parameter begins.
                position -= len(text) - next_one.start()
                text = text[: next_one.start()]
            pairs.append((_lower(name.group(1)), _unescaped(text)))
            continue
        bare = _BARE.match(raw, position)
        assert bare is not None, "the pattern matches the empty string"
        text, position = bare.group(), bare.end()
        # A forgotten semicolon: name=a.pdf charset=x
        if (joined := re.search(rb"(?<=\S)\s+(?=[a-z*0-9-]{3,20}=)", text)) is not None:
            position -= len(text) - joined.end()
            text = text[: joined.start()]
        text = _without_comment(text.strip())
        single = len(text) > 2 and text[:1] == text[-1:] == b"'"
        pairs.append((_lower(name.group(1)), text[1:-1] if single else text))
    return pairs


def _lower(name: bytes) -> str:
    return name.decode("ascii", "replace").lower()


def _unescaped(text: bytes) -> bytes:
    """Undo quoted pairs; the lone backslashes of an old Windows program's path stay."""
    return re.sub(rb'\\(["\\])', rb"\1", re.sub(rb"[\r\n]+[ \t]", b" ", text))


def _without_comment(text: bytes) -> bytes:
    return re.sub(rb"(?<=\S)\s+\([^()]*\)\Z", b"", text)


def _assembled(pairs: list[tuple[str, bytes]]) -> dict[str, Value]:
    """Put continuations (`name*0=`, `name*1*=`) together and undo percent-encoding."""
    values: dict[str, Value] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, text in pairs:
        if continued := _CONTINUED.match(name):
            pieces.setdefault(continued.group(1), {}).setdefault(
                int(continued.group(2)), (text, bool(continued.group(3)))
            )
        elif name.endswith("*"):
            values[name[:-1]] = _extended(text)
        elif name not in values:
            extended = _EXTENDED.fullmatch(text) if b"'" in text and b"%" in text else None
            values[name] = _extended(text) if extended else Value(text)
    for name, numbered in pieces.items():
        charset: str | None = None
        raw = bytearray()
        for number, (text, is_extended) in sorted(numbered.items()):
            head = _EXTENDED.fullmatch(text) if is_extended and number == 0 else None
            charset = (head.group(1).decode("ascii").lower() or None) if head else charset
            piece = head.group(2) if head else text
            raw += unquote_to_bytes(piece) if is_extended else piece
        values[name] = Value(bytes(raw), charset)
    return values


def _extended(text: bytes) -> Value:
    match = _EXTENDED.fullmatch(text)
    if match is None:
        return Value(unquote_to_bytes(text))
    return Value(unquote_to_bytes(match.group(2)), match.group(1).decode("ascii").lower() or None)
