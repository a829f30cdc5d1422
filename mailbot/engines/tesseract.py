"""tesseract through pytesseract, one thread each: two processes with its default threads never finish."""

import os
import re
from functools import cached_property
from typing import Any, Final, NoReturn

os.environ["OMP_THREAD_LIMIT"] = "1"

import pytesseract
from PIL import Image
from pytesseract import Output, TesseractError, TesseractNotFoundError

from mailbot.engines.ocr_lines import Word, assemble
from mailbot.errors import Misconfigured, Permanent
from mailbot.ports import OcrText, Orientation

# ISO 639-1 to tesseract's names; Debian's packages are called tesseract-ocr-NAME.
_NAMES: Final = {
    "fr": "fra",
    "en": "eng",
    "es": "spa",
    "pt": "por",
    "ar": "ara",
    "tr": "tur",
    "ro": "ron",
    "ru": "rus",
    "uk": "ukr",
    "it": "ita",
    "zh": "chi_sim",
    "pl": "pol",
    "de": "deu",
    "nl": "nld",
    "bn": "ben",
    "ta": "tam",
    "fa": "fas",
    "bg": "bul",
    "sq": "sqi",
    "sr": "srp",
    "el": "ell",
    "he": "heb",
    "hi": "hin",
    "ur": "urd",
    "vi": "vie",
    "ka": "kat",
    "hy": "hye",
    "ja": "jpn",
    "ko": "kor",
    "th": "tha",
    "am": "amh",
}
_SURE: Final = 0.6
_SPECK: Final = 0.35
"""Confidence below which a mark without a letter or digit is a speck of dirt."""
_LONG: Final = 4
"""Letters of a word that is wider than high when it is upright."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


class Tesseract:
    """ports.Ocr."""

    @cached_property
    def installed(self) -> frozenset[str]:
        try:
            return frozenset(pytesseract.get_languages(config=""))
        except (TesseractNotFoundError, TesseractError, OSError):
            return frozenset()

    @cached_property
    def name(self) -> str:
        try:
            return f"tesseract {pytesseract.get_tesseract_version()}"
        except (TesseractNotFoundError, OSError, SystemExit):
            return "tesseract (missing)"

    def check(self, language: str) -> None:
        """Raises Misconfigured when this machine cannot read scans in the language."""
        wanted = _NAMES.get(language, "fra")
        if not self.installed:
            raise Misconfigured("tesseract is not installed; install the package tesseract-ocr")
        missing = [name for name in (wanted, "osd") if name not in self.installed]
        if missing:
            raise Misconfigured(
                *(
                    f"tesseract has no language '{name}'; install the package tesseract-ocr-{name.replace('_', '-')}"
                    for name in missing
                )
            )

    def reads(self, language: str) -> bool:
        """Whether this ISO 639-1 language is installed."""
        return _NAMES.get(language) in self.installed

    def recognise(self, image: object, languages: tuple[str, ...], dpi: int, seconds: float) -> OcrText:
        """`image` is a PIL image; without `dpi` (0) the engine guesses.  Raises Permanent when it takes too long."""
        names = [_NAMES[code] for code in languages if self.reads(code)] or self._fallback()
        try:
            found = pytesseract.image_to_data(
                _bare(image),
                lang="+".join(dict.fromkeys(names)),
                config=f"--psm 3 --dpi {dpi}" if dpi else "--psm 3",
                timeout=seconds,
                output_type=Output.DICT,
            )
        except (TesseractNotFoundError, RuntimeError, OSError, ValueError) as error:
            _give_up(error, seconds)
        return _text(found)

    def orientation(self, image: object, dpi: int, seconds: float) -> Orientation | None:
        """None when the page does not show it.  Raises Permanent when the page cannot be looked at in time."""
        if "osd" not in self.installed:
            return None
        try:
            found = pytesseract.image_to_osd(
                _bare(image), config=f"--dpi {dpi}", timeout=seconds, output_type=Output.DICT
            )
        except TesseractError:
            # Too few letters to tell.
            return None
        except (TesseractNotFoundError, RuntimeError, OSError, ValueError) as error:
            _give_up(error, seconds)
        if "rotate" not in found:
            return None
        # tesseract says how far to turn clockwise.
        return Orientation(
            turn=-found["rotate"] % 360,
            script=found.get("script", "Latin"),
            confidence=found.get("orientation_conf", 0.0),
            script_confidence=found.get("script_conf", 0.0),
        )

    def _fallback(self) -> list[str]:
        return ["fra"] if "fra" in self.installed else ["eng"]


def _bare(image: object) -> Image.Image:
    """Without what its file said of it, in a form that costs nothing to write."""
    if not isinstance(image, Image.Image):
        raise Permanent("not a picture")
    page = image if image.mode == "L" else image.convert("L")
    page.info = {}
    page.format = "PPM"
    return page


def _give_up(error: Exception, seconds: float) -> NoReturn:
    match error:
        case TesseractNotFoundError():
            raise Permanent("tesseract is not installed") from None
        case TesseractError():
            raise Permanent(f"tesseract gave up (status {error.status})") from None
        case RuntimeError():
            raise Permanent(f"the page took longer than {seconds:.0f} s") from None
        case _:
            raise Permanent(f"tesseract gave up ({type(error).__name__})") from None


def _text(found: dict[str, list[Any]]) -> OcrText:
    words = []
    for number, text in enumerate(found.get("text", ())):
        said, sure = str(text).strip(), float(found["conf"][number]) / 100
        if not said or (sure < _SPECK and not any(character.isalnum() for character in said)):
            continue
        place = (found["block_num"][number], found["par_num"][number], found["line_num"][number])
        left, top = found["left"][number], found["top"][number]
        box = (left, top, left + found["width"][number], top + found["height"][number])
        words.append(Word(said, sure, place, box))
    sure_words = sum(1 for word in words if word.sure >= _SURE and _WORD.search(word.text))
    # A long word says more than a short one about how well the page reads.
    weight = sum(len(word.text) for word in words)
    confidence = sum(word.sure * len(word.text) for word in words) / weight if weight else 0.0
    long = [word for word in words if len(word.text) >= _LONG]
    tall = sum(1 for word in long if word.box[3] - word.box[1] > word.box[2] - word.box[0])
    boxes = tuple(word.box for word in words)
    return OcrText(assemble(words), confidence, sure_words, 2 * tall > max(len(long), _LONG), boxes)
