"""tesseract through pytesseract, one thread each: two processes with its default threads never finish."""

import os
from functools import cached_property

os.environ["OMP_THREAD_LIMIT"] = "1"

import pytesseract
from PIL import Image
from pytesseract import Output, TesseractError, TesseractNotFoundError

from mailbot.errors import Misconfigured, Permanent
from mailbot.ports import OcrText

# ISO 639-1 to tesseract's names; Debian's packages are called tesseract-ocr-NAME.
_NAMES = {
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
}


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
        except (TesseractNotFoundError, OSError):
            return "tesseract (missing)"

    def check(self, language: str) -> None:
        """Raises Misconfigured when this machine cannot read scans in the language."""
        wanted = _NAMES.get(language, "fra")
        if not self.installed:
            raise Misconfigured("tesseract is not installed; install the package tesseract-ocr")
        if wanted not in self.installed:
            package = f"tesseract-ocr-{wanted.replace('_', '-')}"
            raise Misconfigured(f"tesseract has no language '{wanted}'; install the package {package}")

    def recognise(self, image: object, languages: tuple[str, ...], dpi: int, seconds: float) -> OcrText:
        """`image` is a PIL image.  Raises Permanent when the page cannot be read in time."""
        if not isinstance(image, Image.Image):
            raise Permanent("not a picture")
        names = [_NAMES[code] for code in languages if _NAMES.get(code) in self.installed] or ["eng"]
        try:
            found = pytesseract.image_to_data(
                image,
                lang="+".join(dict.fromkeys(names)),
                config=f"--psm 3 --dpi {dpi}",
                timeout=seconds,
                output_type=Output.DICT,
            )
        except TesseractNotFoundError:
            raise Permanent("tesseract is not installed") from None
        except RuntimeError:
            raise Permanent(f"the page took longer than {seconds:.0f} s") from None
        except (TesseractError, OSError, ValueError) as error:
            raise Permanent(f"tesseract gave up ({type(error).__name__})") from None
        return _assemble(found)


def _assemble(found: dict[str, list[int | float | str]]) -> OcrText:
    lines: dict[tuple[object, ...], list[str]] = {}
    sure: list[float] = []
    for number, word in enumerate(found["text"]):
        if not str(word).strip():
            continue
        place: tuple[object, ...] = (found["block_num"][number], found["par_num"][number], found["line_num"][number])
        lines.setdefault(place, []).append(str(word))
        sure.append(float(found["conf"][number]) / 100)
    text: list[str] = []
    block: tuple[object, ...] | None = None
    for place, words in lines.items():
        if block is not None and (place[0], place[1]) != block:
            text.append("")
        block = (place[0], place[1])
        text.append(" ".join(words))
    return OcrText("\n".join(text), sum(sure) / len(sure) if sure else 0.0)
