"""The lines of calendars and cards (RFC 5545 section 3.1, RFC 6350 section 3.2, vCard 2.1): name, parameters, value."""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mailbot.reading import charset

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_NAME: Final = re.compile(rb'(?:[A-Za-z0-9-]{1,60}\.)?([A-Za-z0-9-]{1,60})((?:;(?:[^:;"]|"[^"]*")*)*):')
_QUOTED_PRINTABLE: Final = re.compile(rb"[^:]{1,500};(?:ENCODING=)?QUOTED-PRINTABLE[;:]", re.IGNORECASE)
_PARAMETER: Final = re.compile(r';([^=;"]{1,60})(?:=((?:"[^"]*"|[^;"])*))?')
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MOST_LINES: Final = 20_000
_MOST_BYTES: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class ContentLine:
    name: str
    """Upper case, without its group."""
    parameters: Mapping[str, str]
    """Upper-case names; a bare word of vCard 2.1 ("CELL") stands under TYPE."""
    raw: str
    """The value with its escapes."""

    @property
    def value(self) -> str:
        return unescaped(self.raw)

    def fields(self) -> list[str]:
        """A value in several fields (N, ADR, ORG)."""
        return [unescaped(piece).strip() for piece in re.split(r"(?<!\\);", self.raw)]


def content_lines(content: bytes, label: str | None) -> Iterator[ContentLine]:
    """At most 20 000 lines of 4 MB; what is no such line is passed over."""
    for line in _unfolded(_LINE_END.split(content[:_MOST_BYTES])[:_MOST_LINES]):
        if (match := _NAME.match(line)) is None:
            continue
        parameters = _parameters(match[2].decode("utf-8", "replace"))
        value = line[match.end() :]
        if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
            value = binascii.a2b_qp(value)
        text = charset.decode(value, parameters.get("CHARSET") or label or "utf-8")[0]
        yield ContentLine(match[1].decode("ascii").upper(), parameters, text)


def _unfolded(lines: list[bytes]) -> Iterator[bytes]:
    """A line that begins with a blank goes on; in quoted-printable, one after a line that ends with an equals sign."""
    position = 0
    while position < len(lines):
        pieces = [lines[position]]
        position += 1
        if _QUOTED_PRINTABLE.match(pieces[0]):
            while pieces[-1].endswith(b"=") and position < len(lines):
                pieces[-1] = pieces[-1][:-1]
                pieces.append(lines[position])
                position += 1
        else:
            while position < len(lines) and lines[position][:1] in {b" ", b"\t"}:
                pieces.append(lines[position][1:])
                position += 1
        yield b"".join(pieces)


def unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        name, value = match[1].upper(), match[2]
        if value is None:
            name, value = ("ENCODING", match[1]) if name in {"QUOTED-PRINTABLE", "BASE64"} else ("TYPE", match[1])
        value = value.replace('"', "")
        found[name] = f"{found[name]},{value}" if name in found else value
    return found
