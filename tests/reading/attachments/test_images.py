from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps, features

from mailbot.reading.attachments import images
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.images import MAX_FRAMES, is_decoration, read_picture
from mailbot.reading.attachments.recognition import Seen
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


def transparent(ink: int) -> Image.Image:
    """Letters of this grey on nothing."""
    drawn = Image.new("RGBA", SMALL.size, (ink, ink, ink, 0))
    drawn.putalpha(ImageOps.invert(SMALL))
    return drawn


def counted(kind: str) -> bytes:
    """Sixteen bits a pixel, or numbers from 0 to 1."""
    values = np.asarray(SMALL)
    return saved(
        Image.fromarray(values.astype(np.uint16) * 257 if kind == "I;16" else values.astype(np.float32)), "TIFF"
    )


SEEN_AS_DRAWN = {
    "black on nothing": transparent(0),
    "white on nothing": transparent(255),
    "one grey and alpha": Image.merge("LA", (Image.new("L", SMALL.size), ImageOps.invert(SMALL))),
    "sixteen bits": counted("I;16"),
    "numbers without a range": counted("F"),
    "four inks": saved(SMALL.convert("CMYK"), "JPEG"),
    "fax": saved(SMALL.convert("1"), "TIFF", compression="group4"),
}


@pytest.mark.parametrize("picture", SEEN_AS_DRAWN.values(), ids=SEEN_AS_DRAWN.keys())
def test_a_picture_is_given_to_the_engine_as_it_is_seen(
    picture: Image.Image | bytes, budget: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Image.Image] = []

    def see(page: Image.Image, _budget: Budget) -> Seen:
        given.append(page)
        return Seen("", 1.0)

    monkeypatch.setattr(images, "recognise", see)
    read_picture(picture if isinstance(picture, bytes) else saved(picture, "PNG"), "attachment 1", budget)
    (page,) = given
    ink = np.abs(np.asarray(page, dtype=int) - int(np.median(np.asarray(page)))) > 100

    assert page.mode == "L"
    assert (ink == (np.asarray(SMALL) < 128)).mean() > 0.99


def test_a_telephone_s_jpeg_of_several_pictures_is_one_page(budget: Budget, ocr: CountingOcr) -> None:
    photo = SMALL.convert("RGB")
    content = saved(photo, "MPO", save_all=True, append_images=[photo])

    assert read_picture(content, "attachment 1", budget).pages == 1
    assert len(ocr.recognised) == 1
