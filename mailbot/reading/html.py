"""HTML to the lines that a person sees, the mail programs' own quote and signature containers told apart.

Reads a stream of events, so that no nesting is too deep for it; fetches nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from lxml import etree

from mailbot.reading import limits, styles
from mailbot.reading.containers import Container, container
from mailbot.reading.lines import Line, joined

# fmt: off
_UNSEEN: Final = frozenset((
    "script", "style", "head", "title", "template", "object", "applet", "svg", "math", "iframe", "frameset", "select",
    "datalist", "audio", "video", "canvas", "xml",
))
_BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figure", "figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "thead", "tfoot", "tr", "ul",
))
_SPACED: Final = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table", "dl"))
_TELLING: Final = frozenset(("blockquote", "pre", "textarea"))
_VOID: Final = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
))
# fmt: on
_SPACE: Final = re.compile(r"[ \t\r\n\f\u2028\u2029]+")
_EMOJI: Final = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")
_TYPED_LINES: Final = 40
_DATED: Final = re.compile(r"\d{1,2}:\d{2}|@")
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_XML: Final = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_BREAK: Final = re.compile(r"</br\s{0,9}/?>", re.IGNORECASE)
_ENTITIES: Final = re.compile(r"<!\[(?:if[^\]]{0,100}|endif)\]>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What one HTML body shows."""

    lines: tuple[Line, ...]
    hidden: bool = False
    """Words that nobody sees were left out."""
    cut: bool = False
    """It was longer than what is read."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Content-ID of each image shown, and where: "fresh", "quoted" or "signature"."""

    @property
    def fresh(self) -> str:
        return joined(line for line in self.lines if not line.depth)

    @property
    def quoted(self) -> str:
        return joined(line for line in self.lines if line.depth)


def to_text(source: str) -> Page:
    """Never raises; what the parser refuses is read by cutting out its tags."""
    cut = len(source) > limits.HTML
    source = _XML.sub("", _ENTITIES.sub("", source[: limits.HTML].replace("\0", "")))
    source = _BREAK.sub("<br>", source)
    pen = _Pen()
    if source.strip():
        try:
            etree.fromstring(
                source, etree.HTMLParser(target=cast("Any", pen), huge_tree=True, recover=True, no_network=True)
            )
        except (etree.XMLSyntaxError, etree.ParserError, ValueError, AssertionError):
            if not pen.lines:
                return Page(tuple(Line(line) for line in _TAG.sub(" ", source).split("\n")), cut=True)
            cut = True
    pen.end_line()
    return Page(tuple(pen.lines), pen.hidden, cut, pen.images)


@dataclass(slots=True)
class _Frame:
    """One open element: what it says about the text inside."""

    tag: str
    hidden: bool
    """For good; `small` and `unseen` are letters of no size or no visibility, which an element inside may have again."""
    literal: bool
    depth: int
    signed: bool
    ink: styles.Colour
    paper: styles.Colour
    small: bool = False
    unseen: bool = False
    holds: Container = ""
    around: "_Frame | None" = None
    """The innermost open `frame` that no quote separates from here."""
    quoted_once: bool = False
    """A frame whose quote has been closed: what follows in it is the writer's again."""
    first_line: int | None = None
    """Of a frame that nothing has introduced yet: where its lines begin."""
    items: int = 0
    cells: int = 0


_OUTSIDE: Final = _Frame("", hidden=False, literal=False, depth=0, signed=False, ink=(0, 0, 0), paper=styles.WHITE)


class _Pen:
    """Takes the parser's events and writes lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.hidden = False
        self.images: dict[str, str] = {}
        self._css: list[str] = []
        self._css_room = limits.STYLES
        self._sheet = styles.Sheet()
        self._stack: list[_Frame] = []
        self._words: list[str] = []
        self._line_depth = 0
        self._line_signed = False
        self._rest = 0

    # --- the parser's side ---

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = tag.lower()
        above = self._stack[-1] if self._stack else _OUTSIDE
        if tag in _BLOCKS:
            self.end_line()
        frame = self._frame(tag, attributes, above)
        if tag in _SPACED and not frame.hidden:
            self._blank_line()
        if not frame.hidden:
            self._lead_in(tag, attributes, above)
        if tag not in _VOID:
            self._stack.append(frame)

    def end(self, tag: str) -> None:
        tag = tag.lower()
        if tag in _VOID or not self._stack:
            return
        frame = self._stack.pop()
        if frame.tag == "style" and self._css:
            self._sheet = self._sheet | styles.parse_sheet("".join(self._css))
            self._css = []
        if frame.tag in _BLOCKS:
            self.end_line()
            if frame.tag in _SPACED and not frame.hidden:
                self._blank_line()
        if frame.holds == "quote" and frame.tag == "blockquote":
            outer = self._stack[-1].around if self._stack else None
            if outer is not None:
                outer.quoted_once = True

    def data(self, text: str) -> None:
        frame = self._stack[-1] if self._stack else _OUTSIDE
        if frame.tag == "style":
            self._css.append(text[: self._css_room])
            self._css_room -= len(self._css[-1])
        if frame.hidden or frame.small or frame.unseen or styles.same(frame.ink, frame.paper):
            self.hidden = self.hidden or (frame.tag not in _UNSEEN and any(char.isalnum() for char in text))
            return
        if frame.literal:
            first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._write(first, frame)
            for line in others:
                self.end_line()
                self._write(line, frame)
                if not line:
                    self._blank_line()
            return
        words = _SPACE.sub(" ", text)
        if words == " " and not self._words:
            return
        self._write(words, frame)

    def comment(self, text: str) -> None:
        """Not seen, and Outlook's conditional ones are for Word."""

    def close(self) -> None:
        self.end_line()

    # --- the writer's side ---

    def end_line(self) -> None:
        text = "".join(self._words)
        self._words = []
        if text.strip(" \t\n\xa0"):
            self.lines.append(Line(text.strip(" \t\n").replace("\xa0", " "), self._line_depth, self._line_signed))

    def _blank_line(self) -> None:
        if self.lines and self.lines[-1].text:
            last = self.lines[-1]
            self.lines.append(Line("", last.depth, last.signed))

    def _write(self, text: str, frame: _Frame) -> None:
        if not text:
            return
        depth = self._depth(frame)
        if self._words and (depth, frame.signed) != (self._line_depth, self._line_signed) and text.strip():
            self.end_line()
        if not self._words or text.strip():
            self._line_depth, self._line_signed = depth, frame.signed
        self._words.append(text)

    def _depth(self, frame: _Frame) -> int:
        loose = frame.around is not None and frame.around.quoted_once
        return max(0, frame.depth - loose) + self._rest

    def _frame(self, tag: str, attributes: Mapping[str, str], above: _Frame) -> _Frame:
        if not attributes and tag not in _TELLING and not self._sheet.papered:
            # Most elements say nothing; hostile mails have a million of them.
            hidden = above.hidden or tag in _UNSEEN
            return replace(above, tag=tag, hidden=hidden, holds="", quoted_once=False, items=0, cells=0)
        style = attributes.get("style", "")
        holds = container(tag, attributes)
        if tag == "blockquote" and not holds and self._is_introduced():
            holds = "quote"
        if holds == "quote" and above.around is not None:
            self._loosen(above.around)
        if holds == "rest" and not self._rest and not above.depth:
            self.end_line()
            self._rest = 1
        hidden = above.hidden or tag in _UNSEEN or "hidden" in attributes or bool(style and styles.hides(style))
        opened = _Frame(
            tag,
            hidden=hidden or self._sheet.hides(tag, attributes, style),
            small=_first(styles.shrinks(style), self._sheet.shrinks(tag, attributes), above.small),
            unseen=_first(styles.unseen(style), above.unseen),
            literal=above.literal or tag in {"pre", "textarea"} or "white-space:pre" in style.replace(" ", ""),
            depth=above.depth + (holds == "frame" or (holds == "quote" and above.around is None)),
            signed=above.signed or holds == "signature",
            ink=styles.ink(style, attributes.get("color", attributes.get("text", ""))) or above.ink,
            paper=self._paper(tag, attributes, style) or above.paper,
            items=max(0, _number(attributes.get("start", "")) - 1) if tag == "ol" else 0,
            holds=holds,
            around=None if holds == "quote" else above.around,
        )
        if holds == "frame":
            self.end_line()
            opened.around, opened.first_line = opened, len(self.lines)
        return opened

    def _loosen(self, frame: _Frame) -> None:
        """What stands in a frame above its introduction was typed there."""
        self.end_line()
        if frame.first_line is not None and len(self.lines) - frame.first_line <= _TYPED_LINES:
            for number in range(frame.first_line, len(self.lines)):
                line = self.lines[number]
                self.lines[number] = replace(line, depth=max(0, line.depth - 1))
        frame.first_line = None

    def _paper(self, tag: str, attributes: Mapping[str, str], style: str) -> styles.Colour | None:
        """What an element is drawn on, as far as it says; a picture or a style sheet's colour is not known."""
        if "background" in attributes:
            return styles.UNKNOWN
        return styles.paper(style, attributes.get("bgcolor", "")) or self._sheet.paper(tag, attributes)

    def _is_introduced(self) -> bool:
        """Does the line above give a date or an address and a colon?  Then a bare blockquote is a quote."""
        last = next((line for line in reversed(self.lines[-3:]) if line.text), None)
        return last is not None and last.text.endswith((":", "：")) and _DATED.search(last.text) is not None

    def _lead_in(self, tag: str, attributes: Mapping[str, str], above: _Frame) -> None:
        """What an element shows before its text: a line end, a bullet, the gap between two cells, a picture."""
        match tag:
            case "br":
                if self._words:
                    self.end_line()
                else:
                    self._blank_line()
            case "li":
                above.items = _number(attributes.get("value", "")) or above.items + 1
                self._write(f"{above.items}. " if above.tag == "ol" else "- ", above)
            case "td" | "th":
                above.cells += 1
                if above.cells > 1 and self._words:
                    self._write("\t", above)
            case "img":
                self._picture(attributes, above)
            case "input" if attributes.get("type", "").casefold() in {"submit", "button"}:
                self._write(attributes.get("value", ""), above)
            case _:
                pass

    def _picture(self, attributes: Mapping[str, str], above: _Frame) -> None:
        source = attributes.get("src", "")
        if source[:4].casefold() == "cid:":
            where = "quoted" if self._depth(above) else "signature" if above.signed else "fresh"
            self.images.setdefault(source[4:].strip(), where)
        label = attributes.get("alt", "")
        # A smiley is written as a picture by some mail programs.
        if len(label) <= 4 and _EMOJI.search(label):
            self._write(label, above)


def _first(*said: bool | None) -> bool:
    """What the nearest says that says anything."""
    return next((one for one in said if one is not None), False)


def _number(text: str) -> int:
    """Of a list item; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
