"""What reading one mail's attachments may cost."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from mailbot.model import Part
from mailbot.ports import Ocr, OcrText

_PAGE_SECONDS: Final = 15.0
_WASTED_SECONDS: Final = 20.0
_MEMBERS: Final = 100
_EXPANDED: Final = 200_000_000


class Watcher(Protocol):
    """Whoever waits for the reading: hears of pages being recognised, and of what is known so far."""

    def page(self, *, working: bool) -> None: ...

    def so_far(self, part: Part) -> None: ...


class Unwatched:
    """Nobody waits."""

    def page(self, *, working: bool) -> None:
        """Nothing to say."""

    def so_far(self, part: Part) -> None:
        """Nothing to keep."""


@dataclass(slots=True)
class Budget:
    """What is left of it; one for a mail, used up by its attachments in turn."""

    ocr: Ocr | None
    languages: tuple[str, ...]
    pages: int
    until: float
    """By time.monotonic()."""
    watcher: Watcher = field(default_factory=Unwatched)
    page_seconds: float = _PAGE_SECONDS
    members: int = _MEMBERS
    """Files inside files."""
    expanded: int = _EXPANDED
    """Bytes inside archives."""
    wasted: float = 0.0
    """Seconds that pages took which gave nothing."""
    used: set[str] = field(default_factory=set)
    """What read: "tesseract 5.3.0 fra"."""
    known: dict[tuple[str, bool], Part] = field(default_factory=dict)
    """What was read already, by SHA-256 and whether it stood inline."""
    repeated: frozenset[str] = frozenset()
    """SHA-256 of the inline pictures that the mail carries more than once."""
    clock: Callable[[], float] = time.monotonic
    _started: float = 0.0

    def is_late(self) -> bool:
        return self.clock() >= self.until

    def is_spent(self) -> bool:
        """No page is left, or no time."""
        return self.pages <= 0 or self.wasted >= _WASTED_SECONDS or self.is_late()

    def page(self) -> bool:
        """Take one page; False when none is left."""
        if self.is_spent():
            return False
        self.pages -= 1
        self._started = self.clock()
        self.watcher.page(working=True)
        return True

    def page_done(self, *, read: bool) -> None:
        if not read:
            self.wasted += self.clock() - self._started
        self.watcher.page(working=False)

    def seconds_for_page(self) -> float:
        """What the page in hand may still take, all attempts together."""
        spent = self.clock() - self._started
        return max(1.0, min(self.page_seconds - spent, self.until - self.clock()))

    def recognise(self, image: object, languages: tuple[str, ...], dpi: int) -> OcrText:
        """Raises Permanent when the page cannot be read in time."""
        assert self.ocr is not None
        read = self.ocr.recognise(image, languages, dpi, self.seconds_for_page())
        self.used.add(self.ocr.name)
        return read
