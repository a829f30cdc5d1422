"""What a reader of one kind of file gives back, and what it may unpack on the way."""

from dataclasses import dataclass
from typing import Final

from mailbot.model import TextSource

MOST_CHARACTERS: Final = 200_000
"""Of one attachment's text."""
TOO_LONG: Final = "longer than what is read"
DAMAGED: Final = "damaged: not all of it was read"
ENCRYPTED: Final = "encrypted"
MACROS: Final = "it holds macros: not run"


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file, not opened yet; `name` is a label as the container writes it."""

    name: str
    content: bytes
    media_type_declared: str = "application/octet-stream"
    inline: bool = False
    content_id: str | None = None
    charset: str | None = None
    shown_in: str = ""
    opened: "Opened | None" = None
    """Read already: a message that has no bytes of its own."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One file as read.  Words may be missing when `missing` is not empty; `notes` are only good to know."""

    text: str = ""
    source: TextSource = "office"
    pages: int | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    worthless: bool = False
    """Nothing a person would read: a detached signature, a key."""


class Measureless(ValueError):
    """More came out of packed bytes than anybody can want to read."""


@dataclass(slots=True)
class Measure:
    """How many bytes may still come out of packed data; counted as they come, whatever a header says."""

    left: int

    def take(self, count: int) -> None:
        """Raises Measureless when there is nothing left."""
        self.left -= count
        if self.left < 0:
            raise Measureless


class Lines:
    """A text that is being written, no longer than what is read."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._lines: list[str] = []
        self._room = most
        self.full = False

    def add(self, line: str) -> None:
        if self.full:
            return
        if len(line) >= self._room:
            line, self.full = line[: max(0, self._room)], True
        self._room -= len(line) + 1
        self._lines.append(line)

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    @property
    def missing(self) -> tuple[str, ...]:
        return (TOO_LONG,) if self.full else ()
