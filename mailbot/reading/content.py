"""What a mail says in all its bodies, and those words as the lines that a person sees."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from mailbot.model import Defect
from mailbot.reading import limits
from mailbot.reading.html import Page
from mailbot.reading.lines import Line, visible
from mailbot.reading.message import RawPart

ENCRYPTED: Final = "encrypted: its words were not read"
IN_PIECES: Final = "one piece of a mail that was sent in several"
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_WORD_AT_ALL: Final = re.compile(r"\w")
_DIFFERENCE: Final = 0.4
"""Share of one alternative's words that the other lacks, from which they say different things (H34)."""
_FEW_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class Body:
    """One part that is read as words."""

    media_type: str
    page: Page
    text: str
    """As written: HTML with its tags."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a tree of parts amounts to."""

    bodies: tuple[Body, ...] = ()
    alternatives: tuple[Body, ...] = ()
    """Bodies that a person is not shown, because a better one stands beside them."""
    parts: tuple[RawPart, ...] = ()
    defects: tuple[Defect, ...] = ()
    authors: tuple[str, ...] = ()
    """Of mails that stand in the place of a body."""

    def __add__(self, other: "Content") -> "Content":
        return Content(
            self.bodies + other.bodies,
            self.alternatives + other.alternatives,
            self.parts + other.parts,
            tuple(dict.fromkeys(self.defects + other.defects)),
            self.authors + other.authors,
        )

    @property
    def has_html(self) -> bool:
        return any(body.media_type == "text/html" for body in self.bodies)

    @property
    def has_words(self) -> bool:
        return any(_WORD_AT_ALL.search(line.text) for body in self.bodies for line in body.page.lines)


@dataclass(frozen=True, slots=True)
class Words:
    """The body as a person sees it, line by line."""

    lines: tuple[Line, ...]
    marks: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    incomplete: bool = False
    images: dict[str, str] = field(default_factory=dict)


def words(content: Content) -> Words:
    """The bodies one after the other, and what about them a person should be told."""
    lines: list[Line] = []
    marks: list[str] = []
    defects: list[Defect] = []
    images: dict[str, str] = {}
    room = limits.TEXT
    for body in content.bodies:
        page = body.page
        images.update(page.images)
        hidden = page.hidden
        shown: list[Line] = []
        for line in page.lines:
            text, tagged = visible(line.text)
            hidden = hidden or tagged
            shown.append(replace(line, text=text[: max(0, room)]))
            room -= len(text) + 1
            if room <= 0:
                break
        if hidden:
            marks.append("hidden-text")
        if page.cut or room <= 0:
            defects.append(Defect("body", "longer than what is read"))
        if lines and shown:
            lines.append(Line(""))
        lines += shown
    if _differ(content, " ".join(line.text for line in lines)):
        marks.append("alternatives-differ")
    partial = any(defect.what in {ENCRYPTED, IN_PIECES} for defect in content.defects)
    return Words(
        tuple(lines), tuple(dict.fromkeys(marks)), tuple(dict.fromkeys(defects)), bool(defects) or partial, images
    )


def says_more(one: str, other: str) -> bool:
    """Does one text hold words that the other mostly lacks?"""
    theirs = _vocabulary(one[: limits.TEXT])
    return len(theirs - _vocabulary(other)) > _DIFFERENCE * len(theirs)


def _differ(content: Content, shown: str) -> bool:
    """Does the plain alternative say something that the HTML does not?  Links and addresses do not count."""
    plain = " ".join(body.text for body in content.alternatives if body.media_type == "text/plain")[: limits.TEXT]
    theirs, ours = _vocabulary(plain), _vocabulary(shown)
    if min(len(theirs), len(ours)) < _FEW_WORDS:
        return len(theirs) >= 4 * _FEW_WORDS or (len(theirs) >= _FEW_WORDS and not theirs & ours)
    return len(theirs - ours) > _DIFFERENCE * len(theirs)


def _vocabulary(text: str) -> set[str]:
    told = (word for word in text.split() if not ("://" in word or "@" in word or "www." in word))
    return set(_WORD.findall(" ".join(told).casefold()))
