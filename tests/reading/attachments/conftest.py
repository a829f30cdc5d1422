import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from mailbot.engines.tesseract import Tesseract
from mailbot.ports import OcrText, Orientation
from mailbot.reading.attachments.budget import Budget

MakeBudget = Callable[..., Budget]


@dataclass
class CountingOcr:
    """Tesseract, and what was asked of it."""

    inner: Tesseract = field(default_factory=Tesseract)
    lacking: frozenset[str] = frozenset()
    answer: OcrText | None = None
    """Given in its place."""
    recognised: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.inner.name

    def recognise(self, image: object, languages: tuple[str, ...], dpi: int, seconds: float) -> OcrText:
        self.recognised.append(languages)
        return self.answer or self.inner.recognise(image, languages, dpi, seconds)

    def orientation(self, image: object, dpi: int, seconds: float) -> Orientation | None:
        return self.inner.orientation(image, dpi, seconds)

    def reads(self, language: str) -> bool:
        return language not in self.lacking and self.inner.reads(language)


@pytest.fixture
def ocr() -> CountingOcr:
    return CountingOcr()


@pytest.fixture
def budget(ocr: CountingOcr) -> Budget:
    return Budget(ocr, ("fr", "en"), 30, time.monotonic() + 100, page_seconds=60)
