"""Word's .docx to text (ECMA-376 part 1 section 17): what is printed, in the order of the page, then its margins."""

from collections.abc import Mapping
from typing import Final

from mailbot.reading.attachments.opened import DAMAGED, MACROS, Lines, Measure, Member, Opened
from mailbot.reading.attachments.package import Package, Relations, attribute, local

_DRAWN_TWICE: Final = "Fallback"
"""The same text box again, for readers that do not know the first (ECMA-376 part 3 section 7.7)."""
_TAKEN_OUT: Final = frozenset(("del", "moveFrom", "pPrChange", "rPrChange", _DRAWN_TWICE))
_BULLET: Final = "- "
_OFF: Final = frozenset(("0", "false", "off", "none"))
_SYMBOLS: Final = {"F0FE": "☒", "F0A8": "☐", "F06F": "☐", "F0FC": "✓", "F0FB": "✗", "F0B7": "•", "F0E0": "→"}
"""Wingdings and Symbol, which forms tick their boxes with."""
_EMBEDDED: Final = ("aFChunk", "package", "oleObject", "image")
_MOST_EMBEDDED: Final = 20
_MOST_BYTES: Final = 30_000_000


def read_wordprocessing(content: bytes, measure: Measure) -> Opened:
    """Raises Refused, Measureless, or what zipfile raises for a broken archive."""
    package = Package(content, measure)
    main = main_part(package, "word/document.xml")
    relations = Relations(package, main)
    lines = Lines()
    margins = {kind: relations.of(kind) for kind in ("header", "footnotes", "endnotes", "footer", "comments")}
    whole, hid = True, False
    for name in (*margins.pop("header"), main, *(name for names in margins.values() for name in names)):
        page = _Page(lines)
        whole &= name in package and package.feed(name, page)
        page.close()
        hid |= page.hid
    return Opened(
        lines.text,
        missing=(*lines.missing, *(() if whole else (DAMAGED,))),
        notes=(*(("it holds hidden words: left out",) if hid else ()), *macros(package)),
        members=embedded(package, relations),
    )


def main_part(package: Package, usual: str) -> str:
    """The part that the package says is the document; some writers call it document2.xml."""
    return next((name for name in Relations(package, "").of("officeDocument") if name in package), usual)


def macros(package: Package) -> tuple[str, ...]:
    return (MACROS,) if any(name.endswith("vbaproject.bin") for name in package.names) else ()


def embedded(package: Package, relations: Relations) -> tuple[Member, ...]:
    """Files that the document holds: objects, pasted pictures, documents shown as part of it."""
    names = [name for kind in _EMBEDDED for name in relations.of(kind) if name in package]
    return tuple(
        Member(name.rpartition("/")[2], package.read(name, _MOST_BYTES), inline="/media/" in f"/{name}")
        for name in names[:_MOST_EMBEDDED]
    )


class _Paragraph:
    """Its words, and the text boxes that hang in it, which are read after it."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.boxes: list[str] = []


class _Page:
    """Hears a part of the document and writes its lines."""

    def __init__(self, lines: Lines) -> None:
        self.hid = False
        self._out = lines
        self._blocks: list[list[str]] = []
        """Of lines: the open table cells and text boxes."""
        self._rows: list[list[str]] = []
        self._paragraphs: list[_Paragraph] = []
        self._gone = 0
        self._speaking = False
        self._hidden_run = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local(tag)
        if self._gone or name in _TAKEN_OUT:
            self._gone += 1
            return
        match name:
            case "p":
                self._paragraphs.append(_Paragraph())
            case "t":
                self._speaking = True
            case "r":
                self._hidden_run = False
            case "vanish":
                self._hidden_run = (attribute(attributes, "val") or "1").lower() not in _OFF
            case "txbxContent" | "tc":
                self._blocks.append([])
            case "tr":
                self._rows.append([])
            case "comment":
                self._line(f"[{attribute(attributes, 'author') or 'comment'}]")
            case _:
                self._mark(name, attributes)

    def end(self, tag: str) -> None:
        if self._gone:
            self._gone -= 1
            return
        match local(tag):
            case "p":
                self._end_paragraph()
            case "t":
                self._speaking = False
            case "txbxContent" if self._blocks:
                box = self._blocks.pop()
                if self._paragraphs:
                    self._paragraphs[-1].boxes.extend(box)
            case "tc" if self._blocks:
                cell = self._blocks.pop()
                if self._rows:
                    self._rows[-1].append("\n".join(cell))
            case "tr" if self._rows:
                self._line(row(self._rows.pop()))
            case _:
                pass

    def data(self, text: str) -> None:
        if not self._speaking or self._gone:
            return
        if self._hidden_run:
            self.hid = True
            return
        self._say(text)

    def close(self) -> None:
        """Whatever a damaged document left open."""
        while self._paragraphs:
            self._end_paragraph()
        blocks, self._blocks = self._blocks, []
        for line in (line for block in blocks for line in block):
            self._line(line)

    def _mark(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            # A tab stop's definition is called `tab` too, and stands outside of runs: `pos` tells them apart.
            case "tab" | "ptab" if attribute(attributes, "pos") is None:
                self._say("\t")
            case "br" | "cr":
                self._say("\n")
            case "noBreakHyphen":
                self._say("-")
            case "sym":
                self._say(_SYMBOLS.get((attribute(attributes, "char") or "").upper(), ""))
            case "numId" if attribute(attributes, "val") not in {None, "0"} and self._paragraphs:
                self._paragraphs[-1].words.insert(0, _BULLET)
            case _:
                pass

    def _say(self, text: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1].words.append(text)

    def _end_paragraph(self) -> None:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs.pop()
        said = "".join(paragraph.words).strip()
        for line in ("" if said == _BULLET.strip() else said, *paragraph.boxes):
            self._line(line)

    def _line(self, text: str) -> None:
        if not text.strip():
            return
        if self._blocks:
            self._blocks[-1].append(text)
        else:
            self._out.add(text)


def row(cells: list[str]) -> str:
    """One line with tabs between the cells; cells of several lines, as in a letter's lay-out, one below the other."""
    said = [cell.strip() for cell in cells]
    if any("\n" in cell for cell in said):
        return "\n".join(cell for cell in said if cell)
    return "\t".join(said).rstrip()
