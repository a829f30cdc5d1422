"""Separated values to rows (RFC 4180, and the semicolons of European spreadsheets)."""

import csv
from typing import Final

from mailbot.reading import charset
from mailbot.reading.attachments.opened import MOST_CHARACTERS, TOO_LONG, Lines

_DELIMITERS: Final = ";\t,|"
_SAMPLE: Final = 40
_MOST_BYTES: Final = 4 * MOST_CHARACTERS
_SEP: Final = "sep="


def read_rows(text: str) -> Lines | None:
    """One line a row, tabs between the cells; None when these are no rows."""
    text = text.replace("\0", "")
    delimiter = ""
    if text[: len(_SEP)].casefold() == _SEP:
        # Excel's own way to name the delimiter in the first line.
        first, _, text = text.partition("\n")
        delimiter = first[len(_SEP) : len(_SEP) + 1]
    delimiter = delimiter or _delimiter(text)
    if not delimiter:
        return None
    lines = Lines()
    try:
        for cells in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            lines.add("\t".join(" ".join(cell.split()) for cell in cells).rstrip())
            if lines.full:
                break
    except csv.Error:
        return None
    return lines


def _delimiter(text: str) -> str:
    """The one that cuts the first rows into equally many cells, at least two."""
    sample = [line for line in text[:20_000].splitlines() if line.strip()][:_SAMPLE]
    best, most = "", 0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells]
        except csv.Error:
            continue
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        agreeing = widths.count(usual) if usual > 1 else 0
        if agreeing * 10 >= len(widths) * 7 and (agreeing, usual) > (most, 0):
            best, most = delimiter, agreeing
    return best


def decoded(content: bytes, label: str | None) -> tuple[str, tuple[str, ...]]:
    """A text as far as it is read, and what is missing."""
    text, _ = charset.decode(content[:_MOST_BYTES], label)
    return text, (TOO_LONG,) if len(content) > _MOST_BYTES or len(text) > MOST_CHARACTERS else ()
