"""One page as a picture: upright, level, clean, then read; a second look when the first is not good."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from mailbot.errors import Permanent
from mailbot.ports import OcrText
from mailbot.reading.attachments import paper, straight
from mailbot.reading.attachments.budget import Budget

_DPI: Final = 200
_LARGEST: Final = 9_500_000
"""Pixels of A4 at 300 dpi, and a bit: more makes no letter clearer."""
_NARROW: Final = 1000
"""Pixels across below which a page's letters are too small as they stand."""
_GOOD: Final = 0.78
_SURE_WORDS: Final = 4
_BLANK: Final = 0.0002
_CREDIBLE: Final = 0.5
_TURN_IS_SURE: Final = 1.5

SCRIPTS: Final = {
    "Arabic": ("ar",),
    "Cyrillic": ("ru", "uk"),
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
"""A script as tesseract calls it, and the languages written in it."""


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
    given = _sized(page.convert("L"))
    flat = paper.even(paper.unspeckled(given))
    if float((np.asarray(flat) < 128).mean()) < _BLANK:
        return Seen("", 1.0)
    if not budget.page():
        return Seen("", 0.0, "not read: too many pages, or no time left")
    try:
        best, fault = _read(given, flat, budget)
    except Permanent as error:
        budget.page_done(read=False)
        return Seen("", 0.0, f"not read: {error}")
    budget.page_done(read=True)
    if best.sure_words < _SURE_WORDS and best.confidence < _CREDIBLE:
        # Leaves, tiles and mould make tesseract see letters.
        return Seen("", best.confidence, fault)
    return Seen(best.text, best.confidence, fault)


def _read(given: Image.Image, flat: Image.Image, budget: Budget) -> tuple[OcrText, str | None]:
    lie = straight.lie(flat)
    if lie.sideways:
        turn = _turn(flat, budget)
        flat, given = flat.rotate(turn, expand=True), given.rotate(turn, expand=True)
        lie = straight.lie(flat)
    first = _ocr(straight.level(flat, lie), budget.languages, budget)
    if _is_good(first):
        return first, None
    return _second_look(given, flat, lie, first, budget)


def _second_look(
    given: Image.Image, flat: Image.Image, lie: straight.Lie, first: OcrText, budget: Budget
) -> tuple[OcrText, str | None]:
    """What else it may be: upside down, in another script, or spoilt by the cleaning."""
    assert budget.ocr is not None
    level = straight.level(flat, lie)
    stance = budget.ocr.orientation(level, _DPI, budget.seconds_for_page())
    turn = stance.turn if stance is not None and stance.confidence >= _TURN_IS_SURE else 0
    script = stance.script if stance is not None else "Latin"
    languages = tuple(code for code in SCRIPTS.get(script, ()) if budget.ocr.reads(code))
    if turn or (languages and not set(languages) & set(budget.languages)):
        other = _ocr(level.rotate(turn, expand=True), (*languages, *budget.languages), budget)
        return max(first, other, key=_worth), None
    if first.sure_words < _SURE_WORDS and first.confidence < _CREDIBLE / 2:
        return first, None
    plain = straight.level(given, straight.Lie(lie.angle))
    if min(plain.size) < 2 * _NARROW:
        plain = plain.resize((plain.width * 3 // 2, plain.height * 3 // 2), Image.Resampling.LANCZOS)
    other = _ocr(plain, budget.languages, budget)
    return max(first, other, key=_worth), None


def _turn(flat: Image.Image, budget: Budget) -> int:
    """90 or 270 for a page whose lines run from top to bottom."""
    assert budget.ocr is not None
    stance = budget.ocr.orientation(flat, _DPI, budget.seconds_for_page())
    return stance.turn if stance is not None and stance.turn in {90, 270} else 90


def _ocr(page: Image.Image, languages: tuple[str, ...], budget: Budget) -> OcrText:
    assert budget.ocr is not None
    return budget.recognise(page, languages, _DPI)


def _is_good(seen: OcrText) -> bool:
    return seen.confidence >= _GOOD and seen.sure_words >= _SURE_WORDS


def _worth(seen: OcrText) -> float:
    return seen.confidence * seen.sure_words


def _sized(page: Image.Image) -> Image.Image:
    pixels = page.width * page.height
    if pixels > _LARGEST:
        shrink = (_LARGEST / pixels) ** 0.5
        return page.resize((round(page.width * shrink), round(page.height * shrink)), Image.Resampling.BOX)
    if min(page.size) < _NARROW:
        return page.resize((page.width * 2, page.height * 2), Image.Resampling.LANCZOS)
    return page
