"""A body as lines that know how deep they stand in quotes: what plain text and HTML have in common."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_MARKS: Final = re.compile(r"^(?:[ \t]{0,3}>)+[ \t]?|^[ \t]{0,3}\|[ \t](?=.*\|?$)(?=>)")
_FRAMED: Final = re.compile(r"^\s*>+[^<>]*<+\s*$")
"""`>> urgent <<` is nobody's quote."""
_MANY_BLANKS: Final = re.compile(r"\n{3,}")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_EMPTY_PAGES: Final = re.compile(r"\n{4,}")
_TAGS: Final = re.compile("[\U000e0000-\U000e007f]")
_FLAGS: Final = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]+\U000e007f")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_LINE_ENDS: Final = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")


_MARKS_SHOWN: Final = 8
"""Quotes within quotes that are still marked one by one."""


@dataclass(frozen=True, slots=True)
class Line:
    """`depth` counts the quotes around it; `signed`: the mail program itself put it into a signature."""

    text: str
    depth: int = 0
    signed: bool = False


def lines_of(text: str) -> tuple[Line, ...]:
    """Plain text, its `>` marks taken as depth (RFC 3676 section 4.5)."""
    lines: list[Line] = []
    for line in text.split("\n"):
        marks = None if _FRAMED.match(line) else _MARKS.match(line)
        depth = marks.group().count(">") if marks else 0
        lines.append(Line(line[marks.end() :] if marks and depth else line, depth))
    return tuple(lines)


def visible(text: str) -> tuple[str, bool]:
    """The text with one kind of line end and nothing invisible in it, and whether tag characters hid words."""
    text = _EMPTY_PAGES.sub("\n\n\n", _LINE_ENDS.sub("\n", text))
    hidden = False
    if _TAGS.search(text):
        hidden = bool(_TAGS.search(_FLAGS.sub("", text)))
        text = _TAGS.sub("", text)
    text = _CONTROLS.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text), hidden


def joined(lines: Iterable[Line | str]) -> str:
    """As one text: no blanks at line ends, at most one empty line in a row."""
    texts = (line if isinstance(line, str) else line.text for line in lines)
    return _MANY_BLANKS.sub("\n\n", "\n".join(text.replace("\xa0", " ").rstrip() for text in texts)).strip()


def marked(lines: Sequence[Line]) -> str:
    """As one text, what is quoted within the quote marked as in a mail program."""
    least = min((line.depth for line in lines if line.text.strip()), default=0)
    return joined("> " * min(line.depth - least, _MARKS_SHOWN) + line.text for line in lines)


def is_blank(line: Line) -> bool:
    return not line.text.strip(" \t\xa0*_|")


def next_words(lines: Sequence[Line], number: int) -> int | None:
    for following in range(number, min(number + 4, len(lines))):
        if not is_blank(lines[following]):
            return following
    return None


def flowed_lines(text: str, *, delsp: bool) -> tuple[Line, ...]:
    """Paragraphs of format=flowed joined again (RFC 3676 section 4); a `>` behind a stuffed blank is the writer's."""
    paragraphs: list[tuple[int, list[str]]] = []
    flows = False
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if depth and (marks := _MARKS.match(content)):
            depth += marks.group().count(">")
            content = content[marks.end() :]
        if not (flows and depth == paragraphs[-1][0] and content != "-- "):
            paragraphs.append((depth, []))
        flows = content.endswith(" ") and content != "-- "
        paragraphs[-1][1].append(content[:-1] if flows and delsp else content)
    return tuple(Line("".join(pieces), depth) for depth, pieces in paragraphs)
