"""Recognised words to lines: what stands side by side in a form is one line, what stands in columns is not."""

import re
from dataclasses import dataclass
from statistics import median
from typing import Final

Place = tuple[int, int, int]
Box = tuple[int, int, int, int]

_CELL: Final = 5
"""Words that the lines of a column of labels or values have at most, usually."""
_HAN: Final = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
"""What is written without spaces."""
_LEVEL: Final = 0.5
"""Share of a line's height that two parts of one row have in common at least."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    sure: float
    place: Place
    """Block, paragraph and line on the page."""
    box: Box
    """Left, top, right, bottom."""


@dataclass(slots=True)
class _Line:
    place: Place
    text: str
    words: int
    box: Box


def assemble(words: list[Word]) -> str:
    """The page's text, a blank line between paragraphs."""
    lines = _lines(words)
    beside = _beside(lines)
    taken = {number for others in beside.values() for number in others}
    text: list[str] = []
    paragraph: tuple[int, int] | None = None
    for number, line in enumerate(lines):
        if number in taken:
            continue
        if paragraph is not None and line.place[:2] != paragraph:
            text.append("")
        paragraph = line.place[:2]
        text.append("  ".join((line.text, *(lines[other].text for other in beside.get(number, ())))))
    return "\n".join(text)


def _lines(words: list[Word]) -> list[_Line]:
    lines: list[_Line] = []
    for word in words:
        if lines and lines[-1].place == word.place:
            last = lines[-1]
            gap = "" if _HAN.search(last.text[-1:]) and _HAN.search(word.text[:1]) else " "
            last.text, last.words = f"{last.text}{gap}{word.text}", last.words + 1
            low, high = zip(last.box, word.box, strict=True), zip(last.box, word.box, strict=True)
            least, most = [min(pair) for pair in low], [max(pair) for pair in high]
            last.box = (least[0], least[1], most[2], most[3])
        else:
            lines.append(_Line(word.place, word.text, 1, word.box))
    return lines


def _beside(lines: list[_Line]) -> dict[int, list[int]]:
    """Line number to those that continue it in another block to its right."""
    blocks: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        blocks.setdefault(line.place[0], []).append(number)
    cells = {block for block, mine in blocks.items() if median(lines[number].words for number in mine) <= _CELL}
    found: dict[int, list[int]] = {}
    taken: set[int] = set()
    for number, line in enumerate(lines):
        if number in taken or line.place[0] not in cells:
            continue
        row = [
            other
            for block in cells - {line.place[0]}
            for other in blocks[block]
            if other not in taken and lines[other].box[0] >= line.box[2] and _level(line.box, lines[other].box)
        ]
        if row:
            found[number] = sorted(row, key=lambda other: lines[other].box[0])
            taken.update(row)
    return found


def _level(one: Box, other: Box) -> bool:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared > _LEVEL * min(one[3] - one[1], other[3] - other[1])
