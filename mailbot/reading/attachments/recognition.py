"""One page as a picture: dark on light, upright, level, clean, then read; looked at again when that is not good."""

import re
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from mailbot.errors import Permanent
from mailbot.ports import OcrText, Orientation
from mailbot.reading.attachments import paper, plausible, standing, straight, tongues, writing
from mailbot.reading.attachments.budget import Budget

_DPI: Final = 200
_LARGEST: Final = 9_500_000
"""Pixels of A4 at 300 dpi, and a bit: more makes no letter clearer."""
_LARGE: Final = 7_000_000
"""Pixels up to which a page is enlarged for its low letters."""
_BROAD: Final = 1500
"""Pixels across from which on low letters are small print, or no letters."""
_NARROW: Final = 1000
"""Pixels across below which a page's letters are too small as they stand."""
_LOW_LETTERS: Final = ((9.0, 2.0), (12.0, 1.5))
"""Pixels of a usual letter's height up to which a page is enlarged, and how much; 14 are 10 points at 200 dpi."""
_ASKEW: Final = 5.0
"""Degrees from which on a page that does not read is tried as it is."""
_GOOD: Final = 0.78
_DOUBTFUL: Final = 0.87
_MISSED: Final = 0.15
"""Share of what looks like writing that a page which was read well does not leave."""
_SHARP: Final = ImageFilter.UnsharpMask(3, 200, 0)
_BAR: Final = 0.6
"""How sure the engine must be of what it reads on a dark bar."""
_SURE_WORDS: Final = 4
_BLANK: Final = 0.0002
_UPRIGHT: Final = 0.6
_UPRIGHT_WORDS: Final = 8
"""What reads like this is not upside down, and not in another script."""
_CREDIBLE: Final = 0.5
_HOPELESS: Final = 0.25
_SIDEWAYS: Final = 0.8
"""Worth of a page that the engine had to turn by itself: it loses words at that."""
_SAYING: Final = re.compile(r"\w{3}|\d{2}")
"""What a picture with a few letters has at least if it says anything: the number on a meter."""
_WORDS: Final = re.compile(r"\w+")
_MARGIN: Final = 20
_SCRIPT_IS_SURE: Final = 1.0

SCRIPTS: Final = {
    "Arabic": ("ar", "fa", "ur"),
    "Cyrillic": ("ru", "uk", "bg", "sr"),
    "Han": ("zh",),
    "Bengali": ("bn",),
    "Tamil": ("ta",),
    "Greek": ("el",),
    "Hebrew": ("he",),
    "Devanagari": ("hi",),
    "Georgian": ("ka",),
    "Armenian": ("hy",),
    "Japanese": ("ja",),
    "Korean": ("ko",),
    "Thai": ("th",),
    "Ethiopic": ("am",),
}
"""A script as tesseract calls it, and the languages written in it; the commonest first."""


@dataclass(frozen=True, slots=True)
class Seen:
    text: str
    confidence: float
    fault: str | None = None
    """Why it was not read, or not well."""


def recognise(page: Image.Image, budget: Budget) -> Seen:
    """Never raises; `page` is a page of its own, whichever way it lies."""
    if budget.ocr is None:
        return Seen("", 0.0, "no OCR engine here")
    given = paper.upright_ink(sized(page.convert("L")))
    flat = paper.even(paper.smoothed(given))
    if float((np.asarray(flat) < 128).mean()) < _BLANK:
        return Seen("", 1.0)
    if not budget.page():
        return Seen("", 0.0, "not read: too many pages, or no time left")
    looks = _Looks(budget)
    try:
        looks.at(given, flat)
    except Permanent as error:
        if looks.best is None:
            budget.page_done(read=False)
            return Seen("", 0.0, f"not read: {error}")
    budget.page_done(read=looks.best is not None)
    return looks.seen()


def sized(page: Image.Image) -> Image.Image:
    """Neither larger than helps nor smaller than can be read."""
    pixels = page.width * page.height
    if pixels > _LARGEST:
        shrink = (_LARGEST / pixels) ** 0.5
        return page.resize((round(page.width * shrink), round(page.height * shrink)), Image.Resampling.BOX)
    if min(page.size) < _NARROW:
        return page.resize((page.width * 2, page.height * 2), Image.Resampling.LANCZOS)
    return page


def _enlarged(given: Image.Image, flat: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Both larger when their letters are low, as on pages that messengers have shrunk."""
    height = writing.letter_height(flat) if min(flat.size) < _BROAD else None
    scale = next((scale for most, scale in _LOW_LETTERS if height is not None and height <= most), 1.0)
    scale = min(scale, (_LARGE / (flat.width * flat.height)) ** 0.5)
    if scale <= 1.1:
        return given, flat
    size = (round(flat.width * scale), round(flat.height * scale))
    return given.resize(size, Image.Resampling.BICUBIC), flat.resize(size, Image.Resampling.BICUBIC)


class _Looks:
    """One page, looked at until it reads well; the best look counts."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._languages = tuple(code for code in budget.languages if code in tongues.LATIN)[:1] or ("fr",)
        self.best: OcrText | None = None
        self._page: Image.Image | None = None
        """What the best look was at."""
        self._dpi = _DPI
        self._fault: str | None = None

    def at(self, given: Image.Image, flat: Image.Image) -> None:
        """Raises Permanent when the time for it is over."""
        if flat is given:
            # Nothing had to be cleaned: the engine is left its own guess, which is best on clean scans alone.
            self._dpi = 0
        sheet = standing.sheet(given, flat)
        if sheet is not None and sheet.surely:
            # The grain of a table top would be taken for lines.
            flat, sheet = sheet.image, None
        given, flat = _enlarged(given, flat)
        lie = straight.lie(flat)
        if tried := lie.sideways:
            if turn := standing.turn(flat, lie, self._languages, self._budget):
                flat, given = flat.rotate(turn, expand=True), given.rotate(turn, expand=True)
                sheet = None
            lie = straight.lie(flat, sideways=False)
        level = straight.level(flat, lie)
        first = self._read(level)
        if not _is_upright(first) and abs(lie.angle) >= _ASKEW:
            # It may not lie askew at all: blurred and grainy pages deceive.
            first = self._read(flat)
            if first is self.best:
                lie, level = straight.Lie(0.0), flat
        if not _is_upright(first) and sheet is not None:
            flat, lie = sheet.image, straight.lie(sheet.image, sideways=False)
            level = straight.level(flat, lie)
            first = self._read(level)
        if not _is_upright(first):
            stance = self._stance(level)
            script = stance.script if stance is not None and stance.script_confidence >= _SCRIPT_IS_SURE else "Latin"
            if script in SCRIPTS and self._in_script(level, script, stance):
                return
            if stance is None and self.best is not None and not self.best.text.strip():
                # Not one letter, whichever way one looks: a picture.
                return
            if not tried and (turn := standing.turn(flat, lie, self._languages, self._budget)):
                flat, given = flat.rotate(turn, expand=True), given.rotate(turn, expand=True)
                lie = straight.lie(flat, sideways=False)
                self._read(straight.level(flat, lie))
        level = straight.level(flat, lie)
        self._once_more(given, level, lie)
        self._in_its_language(level)
        self._on_bars(straight.level(given, lie))

    def seen(self) -> Seen:
        best = self.best
        assert best is not None
        if self._fault is not None:
            return Seen("", best.confidence, self._fault)
        if best.sure_words < _SURE_WORDS and best.confidence < _CREDIBLE:
            # Leaves, tiles and mould make tesseract see letters.
            return Seen("", best.confidence)
        if best.sure_words == 0 and not _SAYING.search(best.text):
            return Seen("", best.confidence)
        if best.confidence < _CREDIBLE and plausible.is_rubbish(best.text, scanned=True):
            return Seen("", best.confidence)
        doubt = None if best.confidence >= _UPRIGHT else f"hard to read: the OCR is {best.confidence:.0%} sure of it"
        return Seen(best.text, best.confidence, doubt)

    def _in_script(self, level: Image.Image, script: str, stance: Orientation | None) -> bool:
        """Read it in a script other than Latin; whether the page is done with."""
        ocr = self._budget.ocr
        assert ocr is not None
        languages = tuple(code for code in SCRIPTS[script] if ocr.reads(code))[:2]
        if not languages:
            if self.best is None or self.best.confidence < _CREDIBLE:
                wanted = " or ".join(SCRIPTS[script])
                self._fault = f"not read: in {script} script, and the OCR engine has no language for it ({wanted})"
            return self._fault is not None
        page = level.rotate(stance.turn, expand=True) if stance is not None and stance.turn else level
        before = self.best
        read = self._read(page, (*languages, *self._languages))
        return read is self.best and read is not before and read.confidence >= _CREDIBLE

    def _in_its_language(self, level: Image.Image) -> None:
        """Once more, when it turns out to be in another language than the mailbox's."""
        ocr = self._budget.ocr
        assert ocr is not None
        if self.best is None or self._is_hopeless():
            return
        spoken = tongues.language(self.best.text, self._languages[0])
        if spoken not in self._languages and ocr.reads(spoken):
            read = self._budget.recognise(level, (spoken,), _DPI)
            if _worth(read) > 0.9 * _worth(self.best):
                self.best = read

    def _once_more(self, given: Image.Image, level: Image.Image, lie: straight.Lie) -> None:
        """Other looks at a page that is not read well enough."""
        if not self._is_good() and not self._is_hopeless():
            # It may be the cleaning that spoilt it.
            plain = straight.level(given, straight.Lie(lie.angle))
            if min(plain.size) < 2 * _NARROW:
                plain = plain.resize((plain.width * 3 // 2, plain.height * 3 // 2), Image.Resampling.LANCZOS)
            self._read(plain)
        if self._is_doubtful():
            # Letters run into one another in shaken and blurred pictures.
            self._read(level.filter(_SHARP))

    def _on_bars(self, given: Image.Image) -> None:
        """Light letters on dark ground, which evening takes for paper: the head of a form or of a certificate."""
        assert self.best is not None
        known = set(_WORDS.findall(self.best.text.casefold()))
        given = ImageOps.autocontrast(given, cutoff=1)
        for box in writing.bars(given):
            dark = ImageOps.expand(ImageOps.invert(given.crop(box)), border=_MARGIN, fill=255)
            read = self._budget.recognise(paper.even(dark), self._languages, _DPI)
            said = set(_WORDS.findall(read.text.casefold()))
            # What is mostly known is the page itself, not a bar on it.
            new = 2 * len(said - known) >= len(said) > 0
            if new and read.sure_words and read.confidence >= _BAR and not read.sideways:
                sure = self.best.sure_words + read.sure_words
                self.best = replace(self.best, text=f"{read.text}\n\n{self.best.text}", sure_words=sure)

    def _is_doubtful(self) -> bool:
        """Rather unsure, or much was left unread."""
        if self.best is None or self._page is None or self._is_hopeless():
            return False
        return self.best.confidence < _DOUBTFUL or writing.unread(self._page, self.best) > _MISSED

    def _read(self, page: Image.Image, languages: tuple[str, ...] = ()) -> OcrText:
        read = self._budget.recognise(page, languages or self._languages, self._dpi)
        if self.best is None or _worth(read) > _worth(self.best):
            self.best, self._page = read, page
        return read

    def _stance(self, page: Image.Image) -> Orientation | None:
        assert self._budget.ocr is not None
        return self._budget.ocr.orientation(page, _DPI, self._budget.seconds_for_page())

    def _is_good(self) -> bool:
        return self.best is not None and self.best.confidence >= _GOOD and self.best.sure_words >= _SURE_WORDS

    def _is_hopeless(self) -> bool:
        return self.best is None or (self.best.sure_words < _SURE_WORDS and self.best.confidence < _HOPELESS)


def _is_upright(seen: OcrText) -> bool:
    return seen.confidence >= _UPRIGHT and seen.sure_words >= _UPRIGHT_WORDS and not seen.sideways


def _worth(seen: OcrText) -> float:
    return seen.confidence * seen.sure_words * (_SIDEWAYS if seen.sideways else 1.0)
