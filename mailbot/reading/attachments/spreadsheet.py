"""Excel's .xlsx to rows of text (ECMA-376 part 1 section 18): the values last calculated, as they are shown."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from mailbot.reading.attachments.numbers import BUILT_IN, shown
from mailbot.reading.attachments.opened import DAMAGED, TOO_LONG, Lines, Measure, Opened
from mailbot.reading.attachments.package import Enough, Package, Relations, attribute, local
from mailbot.reading.attachments.wordprocessing import embedded, macros, main_part

MOST_CELLS: Final = 50_000
_MOST_STRINGS: Final = 200_000
_MOST_SHEETS: Final = 50
_MOST_COLUMNS: Final = 16_384
_COLUMN: Final = re.compile(r"([A-Z]{1,3})\d")
_HIDDEN: Final = frozenset(("hidden", "veryHidden"))
_UNKNOWN: Final = "it holds formulas without their results: these were not read"


def read_spreadsheet(content: bytes, measure: Measure) -> Opened:
    """Each sheet under its name.  Raises Refused, Measureless, or what zipfile raises for a broken archive."""
    package = Package(content, measure)
    main = main_part(package, "xl/workbook.xml")
    relations = Relations(package, main)
    book, styles, strings = _Book(), _Styles(), _Strings()
    whole = package.feed(main, book)
    for kind, target in (("styles", styles), ("sharedStrings", strings)):
        for name in relations.of(kind)[:1]:
            whole &= name in package and package.feed(name, target)
    lines, left, unknown = Lines(), [MOST_CELLS], 0
    for title, relation, hidden in book.sheets[:_MOST_SHEETS]:
        _, name = relations.targets.get(relation, ("", ""))
        heading = f"[{title}{' (hidden)' if hidden else ''}]"
        sheet = _Sheet(heading, lines, left, partial(styles.shown, since_1904=book.since_1904), strings.strings)
        whole &= name in package and package.feed(name, sheet)
        sheet.end_row()
        unknown += sheet.unknown
        for kind, comments in Relations(package, name).targets.values() if name in package else ():
            if kind in {"comments", "threadedComment"} and comments in package:
                package.feed(comments, _Comments(lines))
    cut = left[0] <= 0 or lines.full or len(book.sheets) > _MOST_SHEETS
    return Opened(
        lines.text,
        missing=(*((TOO_LONG,) if cut else ()), *(() if whole else (DAMAGED,)), *((_UNKNOWN,) if unknown else ())),
        notes=macros(package),
        members=embedded(package, relations),
    )


class _Book:
    """The names of the sheets, in the order of their tabs."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.since_1904 = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match local(tag):
            case "sheet":
                hidden = attributes.get("state", "") in _HIDDEN
                relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
                self.sheets.append((attributes.get("name", ""), relation, hidden))
            case "workbookPr":
                self.since_1904 = attributes.get("date1904", "0") in {"1", "true"}
            case _:
                pass

    def end(self, tag: str) -> None:
        """Nothing hangs on it."""

    def data(self, text: str) -> None:
        """A workbook part has no text."""


class _Styles:
    """The number format of each cell style."""

    def __init__(self) -> None:
        self._codes = dict(BUILT_IN)
        self._formats: list[int] = []
        self._cells = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match local(tag):
            case "numFmt":
                self._codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:200]
            case "cellXfs":
                self._cells = True
            case "xf" if self._cells:
                self._formats.append(_whole(attributes.get("numFmtId")))
            case _:
                pass

    def end(self, tag: str) -> None:
        if local(tag) == "cellXfs":
            self._cells = False

    def data(self, text: str) -> None:
        """Styles have no text."""

    def shown(self, value: str, style: int, *, since_1904: bool) -> str:
        number = self._formats[style] if 0 <= style < len(self._formats) else 0
        return shown(value, self._codes.get(number, ""), since_1904=since_1904)


class _Strings:
    """The texts that cells share; phonetic guides (rPh) are not part of them."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._words: list[str] = []
        self._speaking = False
        self._guide = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - what a target hears
        match local(tag):
            case "si":
                self._words = []
            case "rPh":
                self._guide = True
            case "t":
                self._speaking = not self._guide
            case _:
                pass

    def end(self, tag: str) -> None:
        match local(tag):
            case "si":
                self.strings.append("".join(self._words))
                if len(self.strings) >= _MOST_STRINGS:
                    raise Enough
            case "rPh":
                self._guide = False
            case "t":
                self._speaking = False
            case _:
                pass

    def data(self, text: str) -> None:
        if self._speaking:
            self._words.append(text)


class _Sheet:
    """Writes one line a row, with a tab between its cells."""

    def __init__(
        self, heading: str, lines: Lines, left: list[int], format_: Callable[[str, int], str], strings: list[str]
    ) -> None:
        self._strings = strings
        self._heading = heading
        self._lines = lines
        self._left = left
        self._format = format_
        self._row: dict[int, str] = {}
        self._column = 0
        self._kind = "n"
        self._style = 0
        self._value: list[str] = []
        self._speaking = False
        self._formula = self._result = False
        self.unknown = 0
        """Formulas whose result the file does not hold: only a spreadsheet program could tell it."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match local(tag):
            case "row":
                self.end_row()
            case "c":
                named = _COLUMN.match(attributes.get("r", ""))
                self._column = _number(named[1]) if named else self._column + 1
                self._kind = attributes.get("t", "n")
                self._style = _whole(attributes.get("s"))
                self._value = []
                self._formula = self._result = False
            case "f":
                # Not read: its value stands beside it.
                self._formula = True
            case "v" | "t":
                self._speaking = self._result = True
            case _:
                pass

    def end(self, tag: str) -> None:
        match local(tag):
            case "v" | "t":
                self._speaking = False
            case "c":
                # An empty text is a result, too.
                self.unknown += self._formula and not self._value and not (self._result and self._kind == "str")
                self._cell()
            case "sheetData":
                self.end_row()
            case _:
                pass

    def data(self, text: str) -> None:
        if self._speaking:
            self._value.append(text)

    def end_row(self) -> None:
        row, self._row, self._column = self._row, {}, 0
        if not row:
            return
        if self._heading:
            self._lines.add(self._heading)
            self._heading = ""
        # Columns left empty for looks are not shown as empty ones; one gap tells a cell from the next.
        self._lines.add("\t".join(" ".join(row[column].split()) for column in sorted(row)))

    def _cell(self) -> None:
        value = "".join(self._value)
        if not value or self._column > _MOST_COLUMNS:
            return
        self._left[0] -= 1
        if self._left[0] < 0 or self._lines.full:
            self.end_row()
            raise Enough
        if said := self._said(value):
            self._row[self._column] = said

    def _said(self, value: str) -> str:
        match self._kind:
            case "s":
                number = _whole(value)
                return self._strings[number].strip() if 0 <= number < len(self._strings) else ""
            case "b":
                return "VRAI" if value.strip() == "1" else "FAUX"
            case "n":
                return self._format(value.strip(), self._style)
            case "d":
                return value.strip().replace("T00:00:00", "")
            case _:
                return value.strip()


class _Comments:
    """What people pinned to cells."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._words: list[str] = []
        self._speaking = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if local(tag) in {"comment", "threadedComment"}:
            self._words = [f"[{attribute(attributes, 'ref') or ''}] "]
        self._speaking = local(tag) in {"t", "text"}

    def end(self, tag: str) -> None:
        if local(tag) in {"comment", "threadedComment"}:
            self._lines.add(" ".join("".join(self._words).split()))
        self._speaking = False

    def data(self, text: str) -> None:
        if self._speaking:
            self._words.append(text)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _whole(value: str | None) -> int:
    """-1 for what is no number."""
    return (
        int(value)
        if value is not None and value.strip().isdecimal() and len(value) < 10
        else (0 if value is None else -1)
    )
