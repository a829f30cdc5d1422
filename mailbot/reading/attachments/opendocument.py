"""LibreOffice's .odt, .ods and .odp to text (OpenDocument 1.3 part 3): cells as they are shown, repeats counted."""

import re
from collections.abc import Mapping
from typing import Final

from mailbot.reading.attachments.opened import DAMAGED, MACROS, TOO_LONG, Lines, Measure, Member, Opened
from mailbot.reading.attachments.package import Enough, Package, Refused, attribute, feed, local
from mailbot.reading.attachments.spreadsheet import MOST_CELLS
from mailbot.reading.attachments.wordprocessing import row

_GONE: Final = frozenset(("tracked-changes", "scripts", "settings", "deletion", "forms", "database-ranges"))
_ABOUT: Final = "{http://purl.org/dc/elements/"
"""Who wrote an annotation, and when."""
_SPACES: Final = re.compile(r"[ \t\r\n]+")
_MOST_REPEATS: Final = 100
_MOST_SPACES: Final = 20
_MOST_PICTURES: Final = 20
_MOST_BYTES: Final = 30_000_000


def read_opendocument(content: bytes, measure: Measure) -> Opened:
    """Raises Refused, Measureless, or what zipfile raises for a broken archive."""
    package = Package(content, measure)
    manifest = _Manifest()
    if "meta-inf/manifest.xml" in package:
        package.feed("meta-inf/manifest.xml", manifest)
    if manifest.encrypted:
        raise Refused("encrypted")
    lines = Lines()
    whole = "content.xml" in package
    # Headers and footers are styles here (section 16.10).
    if "styles.xml" in package:
        package.feed("styles.xml", _Text(lines, margins=True))
    page = _Text(lines)
    whole = whole and package.feed("content.xml", page)
    page.close()
    pictures = [name for name in package.names if name.startswith("pictures/")]
    scripts = any(name.startswith(("basic/", "scripts/")) for name in package.names)
    return Opened(
        lines.text,
        missing=(*((TOO_LONG,) if lines.full or page.cut else ()), *(() if whole else (DAMAGED,))),
        notes=(MACROS,) if scripts else (),
        members=tuple(
            Member(name.rpartition("/")[2], package.read(name, _MOST_BYTES), inline=True)
            for name in pictures[:_MOST_PICTURES]
        ),
    )


def read_flat_opendocument(content: bytes) -> Opened:
    """One XML file that holds everything (.fodt, .fods)."""
    lines = Lines()
    page = _Text(lines)
    whole = feed(iter((content,)), page)
    page.close()
    return Opened(
        lines.text, missing=(*((TOO_LONG,) if lines.full or page.cut else ()), *(() if whole else (DAMAGED,)))
    )


class _Manifest:
    """Says whether the members are encrypted."""

    def __init__(self) -> None:
        self.encrypted = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - what a target hears
        self.encrypted |= local(tag) == "encryption-data"

    def end(self, tag: str) -> None:
        """Nothing hangs on it."""

    def data(self, text: str) -> None:
        """A manifest has no text."""


class _Text:
    """Paragraphs, lists, tables, notes and annotations, in the order of the file."""

    def __init__(self, lines: Lines, *, margins: bool = False) -> None:
        self.cut = False
        self._out = lines
        self._margins = margins
        self._inside = 0 if margins else 1
        self._gone = 0
        self._paragraphs: list[list[str]] = []
        self._after: list[str] = []
        self._tables: list[_Table] = []
        self._items = 0
        self._sheets = False
        self._style = ""
        self._hidden: set[str] = set()
        self._left = MOST_CELLS

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = local(tag)
        if self._gone or name in _GONE or tag.startswith(_ABOUT):
            self._gone += 1
            return
        match name:
            case "spreadsheet":
                self._sheets = True
            case "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first":
                self._inside += self._margins
            case "p" | "h":
                self._paragraphs.append(["- "] if self._items and not self._paragraphs else [])
                self._items = 0
            case "list-item":
                self._items = 1
            case "table":
                self._begin_table(attributes)
            case "table-row" if self._tables:
                self._tables[-1].begin_row(_repeats(attributes, "number-rows-repeated"))
            case "table-cell" | "covered-table-cell" if self._tables:
                self._tables[-1].begin_cell(attributes)
            case "page":
                self._out.add(f"[{attribute(attributes, 'name') or 'page'}]")
            case _:
                self._mark(name, attributes)

    def end(self, tag: str) -> None:
        if self._gone:
            self._gone -= 1
            return
        match local(tag):
            case "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first":
                self._inside -= self._margins
            case "p" | "h":
                self._end_paragraph()
            case "table-cell" | "covered-table-cell" if self._tables:
                self._end_cell()
            case "table-row" if self._tables:
                self._end_row()
            case "table" if self._tables:
                self._tables.pop()
            case _:
                pass

    def data(self, text: str) -> None:
        if self._paragraphs and self._inside and not self._gone:
            # Further blanks and line ends are written as elements (section 6.1.2).
            self._paragraphs[-1].append(_SPACES.sub(" ", text))

    def close(self) -> None:
        """Whatever a damaged document left open."""
        while self._paragraphs:
            self._end_paragraph()
        for table in self._tables:
            self._out.add(row(table.cells))

    def _begin_table(self, attributes: Mapping[str, str]) -> None:
        title = ""
        if self._sheets and not self._tables:
            hidden = attribute(attributes, "style-name") in self._hidden
            title = f"[{attribute(attributes, 'name') or ''}{' (hidden)' if hidden else ''}]"
        self._tables.append(_Table(title))

    def _mark(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "style":
                self._style = attribute(attributes, "name") or ""
            case "table-properties" if attribute(attributes, "display") == "false":
                self._hidden.add(self._style)
            case _ if not self._paragraphs:
                pass
            case "s":
                self._paragraphs[-1].append(" " * min(_MOST_SPACES, _repeats(attributes, "c")))
            case "tab":
                self._paragraphs[-1].append("\t")
            case "line-break":
                self._paragraphs[-1].append("\n")
            case _:
                pass

    def _end_paragraph(self) -> None:
        if not self._paragraphs:
            return
        said = "".join(self._paragraphs.pop()).strip()
        said = "" if said == "-" else said
        if self._paragraphs:
            # A note, an annotation or a text box stands in the middle of a paragraph: it is read after it.
            self._after.append(said)
            return
        self._line(said)
        after, self._after = self._after, []
        for line in after:
            self._line(line)

    def _end_cell(self) -> None:
        self._left -= 1
        self._tables[-1].end_cell()
        if self._left <= 0:
            self.cut = True
            raise Enough

    def _end_row(self) -> None:
        table = self._tables[-1]
        line = row(table.cells)
        if line and table.title:
            self._out.add(table.title)
            table.title = ""
        for _ in range(min(table.times, _MOST_REPEATS) if line else 0):
            self._line(line, cell=False)

    def _line(self, text: str, *, cell: bool = True) -> None:
        if not text.strip() or not self._inside:
            return
        around = self._tables if cell else self._tables[:-1]
        if around and around[-1].open:
            around[-1].words.append(text)
        else:
            self._out.add(text)


class _Table:
    """The row in hand of one table."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.cells: list[str] = []
        self.words: list[str] = []
        self.open = False
        self.times = 1
        self._across = 1
        self._value = ""

    def begin_row(self, times: int) -> None:
        self.cells, self.times = [], times

    def begin_cell(self, attributes: Mapping[str, str]) -> None:
        self.words, self.open = [], True
        self._across = _repeats(attributes, "number-columns-repeated")
        # A cell without its text, from a program that writes none: the value itself.
        self._value = next(
            (found for key in ("date-value", "value", "string-value") if (found := attribute(attributes, key))), ""
        )

    def end_cell(self) -> None:
        said = "\n".join(self.words) or self._value
        self.cells += [said] * (min(self._across, _MOST_REPEATS) if said else 1)
        self.words, self.open = [], False


def _repeats(attributes: Mapping[str, str], name: str) -> int:
    said = attribute(attributes, name) or "1"
    return int(said) if said.isdecimal() and len(said) < 10 else 1
