from io import BytesIO

import pillow_heif
import pytest
from PIL import Image, features

from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.images import MAX_FRAMES, is_decoration, read_picture
from tests.reading.attachments.conftest import CountingOcr
from tests.reading.attachments.made import picture, saved

SMALL = picture(("La chaudière est en panne", "Merci de votre réponse"), size=(1000, 400))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "GIF"])
def test_every_kind_of_picture_is_read(kind: str, budget: Budget) -> None:
    read = read_picture(saved(SMALL, kind), "attachment 1", budget)

    assert "La chaudière est en panne" in read.text
    assert (read.pages, read.defects) == (1, ())
    assert read.confidence is not None
    assert 0.7 < read.confidence <= 1


@pytest.mark.skipif(not pillow_heif.libheif_info()["HEIF"], reason="this pillow-heif cannot write HEIC")
def test_a_telephone_s_heic_is_read(budget: Budget) -> None:
    out = BytesIO()
    pillow_heif.from_pillow(SMALL.convert("RGB")).save(out)

    assert "La chaudière est en panne" in read_picture(out.getvalue(), "attachment 1", budget).text


def test_a_picture_is_turned_as_its_exif_says(budget: Budget, ocr: CountingOcr) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = saved(SMALL.rotate(90, expand=True), "JPEG", exif=exif.tobytes())

    assert "La chaudière est en panne" in read_picture(content, "attachment 1", budget).text
    assert len(ocr.recognised) == 1


def test_all_pages_of_a_tiff_are_read(budget: Budget) -> None:
    other = picture(("Deuxième page du bail",), size=(1000, 400))
    read = read_picture(saved(SMALL, "TIFF", save_all=True, append_images=[other]), "attachment 1", budget)

    assert read.pages == 2
    assert "Merci de votre réponse" in read.text
    assert "Deuxième page du bail" in read.text


def test_frames_beyond_the_limit_are_named(budget: Budget) -> None:
    blank = Image.new("1", (20, 20), 1)
    content = saved(blank, "TIFF", save_all=True, append_images=[blank] * 99)
    read = read_picture(content, "attachment 1", budget)

    assert read.pages == MAX_FRAMES
    assert [defect.what for defect in read.defects] == ["only 30 of 100 pages were read"]


def test_more_than_fifty_megapixels_are_an_error(budget: Budget) -> None:
    read = read_picture(saved(Image.new("1", (8000, 6300)), "PNG"), "attachment 1", budget)

    assert read.text == ""
    assert [defect.what for defect in read.defects] == ["larger than 50 megapixels: not read"]


@pytest.mark.parametrize("kind", ["BMP", "PPM", "TGA", "PCX", "EPS", "JPEG2000", "ICO", "SGI"])
def test_no_other_kind_is_opened(kind: str, budget: Budget, ocr: CountingOcr) -> None:
    if kind == "JPEG2000" and not features.check("jpg_2000"):
        pytest.skip("this Pillow cannot write JPEG 2000")
    read = read_picture(saved(SMALL, kind), "attachment 1", budget)

    assert read.text == ""
    assert [defect.what for defect in read.defects] == ["not a readable picture (UnidentifiedImageError)"]
    assert ocr.recognised == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "GIF"])
def test_cut_and_broken_pictures_are_named(kind: str, budget: Budget) -> None:
    whole = saved(SMALL, kind)
    for broken in (whole[: len(whole) // 3], whole[:40], whole[:60] + b"\xff" * 400 + whole[460:]):
        read = read_picture(broken, "attachment 1", budget)

        assert read.text or read.defects or read.pages


@pytest.mark.parametrize(
    ("size", "inline", "decorative"),
    [
        ((1, 1), True, True),
        ((600, 3), False, True),
        ((120, 120), False, True),
        ((400, 140), True, True),
        ((1100, 240), True, True),
        ((400, 140), False, False),
        ((300, 1300), True, True),
        ((400, 1700), True, False),
        ((1240, 1754), True, False),
        ((1240, 1754), False, False),
    ],
)
def test_trackers_logos_and_banners_are_decoration(size: tuple[int, int], *, inline: bool, decorative: bool) -> None:
    assert is_decoration(saved(Image.new("RGB", size), "PNG"), inline=inline) is decorative
