"""What people photograph and scan, with real tesseract."""

import random
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

from bench.ocr_pages import HELD_OUT, SEEN, Sheet, sheet, words
from bench.ocr_spoil import KINDS
from mailbot.ports import OcrText
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.recognition import Seen, recognise
from tests.reading.attachments.conftest import CountingOcr
from tests.reading.attachments.made import FONTS, picture


def share(text: str, page: Sheet) -> float:
    return (page.words & words(text)).total() / page.words.total()


def plain(image: Image.Image, folder: Path) -> str:
    path = folder / "page.png"
    image.save(path)
    done = subprocess.run(
        ["tesseract", str(path), "-", "-l", "fra"],
        capture_output=True,
        text=True,
        check=True,
        env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/usr/local/bin"},
    )
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("skew", 0.97),
        ("turned", 0.97),
        ("shadow", 0.97),
        ("noise", 0.95),
        ("kitchen", 0.8),
    ],
)
def test_a_spoilt_page_is_read_better_than_by_tesseract_alone(
    kind: str, least: float, budget: Budget, tmp_path: Path
) -> None:
    page = sheet(HELD_OUT, 7, design="table")
    image = KINDS[kind][0](page.image, random.Random(kind))
    read = share(recognise(image, budget).text, page)

    assert read >= least
    assert read > share(plain(image, tmp_path), page)


def test_a_clean_page_reads_no_worse_than_by_tesseract_alone(budget: Budget, ocr: CountingOcr, tmp_path: Path) -> None:
    page = sheet(HELD_OUT, 11, design="invoice")
    seen = recognise(page.image, budget)

    assert share(seen.text, page) >= share(plain(page.image, tmp_path), page) > 0.9
    assert seen.confidence > 0.8
    assert len(ocr.recognised) == 1


@pytest.mark.parametrize(("kind", "design"), [("shaken", ""), ("faded receipt", "receipt")])
def test_letters_that_run_together_and_print_that_fades_are_read(
    kind: str, design: str, budget: Budget, tmp_path: Path
) -> None:
    page = sheet(SEEN, 2, design=design)
    image = KINDS[kind][0](page.image, random.Random(f"{kind} 2 False"))
    read = share(recognise(image, budget).text, page)

    assert read > 0.9
    assert read > share(plain(image, tmp_path), page)


def test_light_letters_on_a_dark_bar_are_read_in_the_shade(budget: Budget) -> None:
    image = Image.new("L", (1500, 700), 190)
    pen = ImageDraw.Draw(image)
    pen.rectangle((100, 60, 1400, 200), fill=45)
    face = ImageFont.truetype(FONTS + "dejavu/DejaVuSans-Bold.ttf", 52)
    pen.text((160, 100), "ATTESTATION HABITATION", font=face, fill=185)
    for row in range(5):
        pen.text((160, 280 + 70 * row), "Le logement est assuré contre le dégât des eaux", font=face, fill=30)
    shade = Image.linear_gradient("L").resize(image.size).point(lambda value: 110 + value // 2)
    seen = recognise(ImageChops.multiply(image, shade), budget)

    assert "HABITATION" in seen.text
    assert seen.text.count("assuré contre") == 5


def test_a_dark_screen_is_read(budget: Budget, ocr: CountingOcr) -> None:
    page = sheet(HELD_OUT, 5, design="screen")

    assert share(recognise(page.image, budget).text, page) > 0.97
    assert ocr.recognised == [("fr",)]


def foreign(lines: tuple[str, ...]) -> Image.Image:
    return picture(lines * 3, size=(1400, 1500), face=FONTS + "dejavu/DejaVuSerif.ttf", points=40)


RUSSIAN = (
    "Здравствуйте, уважаемые господа!",
    "В моей квартире сломалось отопление",
    "Прошу прислать мастера как можно скорее",
)
GREEK = (
    "Καλημέρα σας, σας γράφω για το διαμέρισμα",
    "Η θέρμανση έχει χαλάσει από τη Δευτέρα",
    "Παρακαλώ στείλτε έναν τεχνικό",
)
TURKISH = (
    "Sayın yetkili, kira sözleşmem için yazıyorum",
    "Isıtma pazartesiden beri çalışmıyor ve çok soğuk",
    "Bu konu için bir teknisyen rica ederim",
)


def test_a_page_is_read_in_its_own_script(budget: Budget) -> None:
    assert "В моей квартире сломалось отопление" in recognise(foreign(RUSSIAN), budget).text


def test_a_script_without_a_language_is_named_and_not_guessed(ocr: CountingOcr, budget: Budget) -> None:
    ocr.lacking = frozenset({"el"})
    seen = recognise(foreign(GREEK), budget)

    assert seen.text == ""
    assert seen.fault == "not read: in Greek script, and the OCR engine has no language for it (el)"


def test_a_page_in_another_latin_language_is_read_in_that(budget: Budget, ocr: CountingOcr) -> None:
    assert "çalışmıyor ve çok soğuk" in recognise(foreign(TURKISH), budget).text
    assert ocr.recognised[-1] == ("tr",)


def mould() -> Image.Image:
    chance = np.random.default_rng(5)
    image = Image.new("L", (1000, 1000), 205)
    pen = ImageDraw.Draw(image)
    for x, y in chance.normal((500, 380), (160, 130), (400, 2)):
        radius = chance.integers(2, 12)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=int(chance.integers(30, 110)))
    return image.filter(ImageFilter.GaussianBlur(2))


def tiles() -> Image.Image:
    values = np.full((1000, 1000), 190.0)
    values[::100], values[:, ::160] = 90, 90
    return Image.fromarray((values + np.random.default_rng(5).normal(0, 8, values.shape)).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("photo", [mould(), tiles()], ids=["mould", "tiles"])
def test_a_photo_of_damage_says_nothing(photo: Image.Image, budget: Budget) -> None:
    assert recognise(photo, budget).text == ""


def test_a_blank_page_costs_no_recognition(budget: Budget, ocr: CountingOcr) -> None:
    assert recognise(Image.new("L", (1654, 2339), 248), budget) == Seen("", 1.0)
    assert ocr.recognised == []
    assert budget.pages == 30


def test_the_number_on_a_meter_is_kept(budget: Budget) -> None:
    image = Image.new("L", (1000, 1000), 235)
    ImageDraw.Draw(image).text(
        (300, 430), "04582", font=ImageFont.truetype(FONTS + "dejavu/DejaVuSans.ttf", 110), fill=15
    )

    assert "04582" in recognise(image, budget).text


def test_pages_beyond_the_budget_are_named(budget: Budget) -> None:
    budget.pages = 0

    assert recognise(picture(), budget).fault == "not read: too many pages, or no time left"


def test_a_page_that_takes_too_long_is_given_up(budget: Budget, ocr: CountingOcr) -> None:
    budget.page_seconds = 0.0
    noise = ImageOps.autocontrast(Image.effect_noise((2400, 2400), 120))
    seen = recognise(noise, budget)

    assert seen.text == ""
    assert seen.fault is not None
    assert "took longer than 1 s" in seen.fault


def test_a_page_that_is_hard_to_read_is_said_to_be_so(budget: Budget, ocr: CountingOcr) -> None:
    ocr.answer = OcrText("La chaudière est en panne depuis lundi", 0.55, 6)

    assert recognise(picture(size=(1100, 1000)), budget) == Seen(
        ocr.answer.text, 0.55, "hard to read: the OCR is 55% sure of it"
    )
