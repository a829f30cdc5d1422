"""PowerPoint's .pptx to text (ECMA-376 part 1 section 19): slides in their order, each with its notes."""

from collections.abc import Mapping
from typing import Final

from mailbot.reading.attachments.opened import DAMAGED, TOO_LONG, Lines, Measure, Member, Opened
from mailbot.reading.attachments.package import Package, Relations, local
from mailbot.reading.attachments.wordprocessing import embedded, macros, main_part, row

_MOST_SLIDES: Final = 300
_UNSAID: Final = frozenset(("sldNum", "dt", "ftr", "hdr", "sldImg"))
"""Placeholders that number and date every slide."""


def read_presentation(content: bytes, measure: Measure) -> Opened:
    """Raises Refused, Measureless, or what zipfile raises for a broken archive."""
    package = Package(content, measure)
    main = main_part(package, "ppt/presentation.xml")
    relations, order = Relations(package, main), _Order()
    whole = package.feed(main, order)
    slides = [relations.targets.get(relation, ("", ""))[1] for relation in order.relations]
    lines = Lines()
    members: list[Member] = []
    for number, name in enumerate(slides[:_MOST_SLIDES], 1):
        lines.add(f"[{number}]")
        whole &= name in package and package.feed(name, _Slide(lines))
        if name not in package:
            continue
        around = Relations(package, name)
        for kind in ("notesSlide", "comments", "diagramData"):
            for part in around.of(kind):
                whole &= part in package and package.feed(part, _Slide(lines))
        members += embedded(package, around)
    cut = lines.full or len(slides) > _MOST_SLIDES
    return Opened(
        lines.text,
        pages=len(slides) or None,
        missing=(*((TOO_LONG,) if cut else ()), *(() if whole else (DAMAGED,))),
        notes=macros(package),
        members=tuple({member.content: member for member in members}.values()),
    )


class _Order:
    """Slides are shown in the order of this list, whatever their files are called."""

    def __init__(self) -> None:
        self.relations: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if local(tag) == "sldId":
            self.relations += [value for key, value in attributes.items() if key.endswith("}id")]

    def end(self, tag: str) -> None:
        """Nothing hangs on it."""

    def data(self, text: str) -> None:
        """The list has no text."""


class _Slide:
    """The paragraphs of shapes and tables."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._words: list[str] = []
        self._cells: list[str] | None = None
        self._cell: list[str] = []
        self._speaking = False
        self._unsaid = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match local(tag):
            case "sp":
                self._unsaid = False
            case "ph":
                self._unsaid = attributes.get("type", "") in _UNSAID
            case "t" | "text":
                self._speaking = True
            case "br":
                self._words.append("\n")
            case "tr":
                self._cells = []
            case "tc":
                self._cell = []
            case _:
                pass

    def end(self, tag: str) -> None:
        match local(tag):
            case "t":
                self._speaking = False
            case "p" | "text":
                self._speaking = False
                self._end_paragraph()
            case "tc" if self._cells is not None:
                self._cells.append("\n".join(self._cell))
            case "tr" if self._cells is not None:
                self._add(row(self._cells))
                self._cells = None
            case _:
                pass

    def data(self, text: str) -> None:
        if self._speaking and not self._unsaid:
            self._words.append(text)

    def _end_paragraph(self) -> None:
        said, self._words = "".join(self._words).strip(), []
        if self._cells is None:
            self._add(said)
        elif said:
            self._cell.append(said)

    def _add(self, line: str) -> None:
        if line.strip():
            self._lines.add(line)
