"""Rows H21 to H25 of the failure list: each ends in time with what can be read, and the next mail is not kept waiting."""

import random
import struct
import time
import zlib
from collections.abc import Iterator

import pytest

from mailbot.model import Account, Reading, ReadingRequest
from mailbot.sandbox import SandboxReader
from tests.reading.attachments.made import LETTER, packed, pages, pdf, stream, text
from tests.sandbox.test_reader import mail

REQUEST = ReadingRequest(Account("a"), ("fr", "en"))
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %s/Resources<</XObject<</A 5 0 R>>>>>>"


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxReader]:
    reader = SandboxReader()
    reader.read(mail(), REQUEST)
    yield reader
    reader.close()


def one_page(contents: bytes, *objects: bytes) -> bytes:
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE % contents, *objects)


def scattered(count: int, ruled: int) -> bytes:
    chance = random.Random(1)
    letters = b"".join(
        b"1 0 0 1 %d %d Tm (%c) Tj " % (chance.randint(10, 580), chance.randint(10, 830), chance.randint(97, 122))
        for _ in range(count)
    )
    rules = b"".join(b"%d 0 m %d 842 l S 0 %d m 590 %d l S " % (5 * n, 5 * n, 7 * n, 7 * n) for n in range(ruled))
    return pages(b"BT /F 9 Tf " + letters + b"ET " + rules)


def jbig2(width: int, height: int) -> bytes:
    def segment(number: int, kind: int, content: bytes) -> bytes:
        return struct.pack(">IBBBI", number, kind, 0, 1, len(content)) + content

    region = struct.pack(">IIIIBB8b", width, height, 0, 0, 0, 0, 3, -1, -3, -1, 2, -2, -2, -2) + bytes(20)
    content = segment(0, 48, struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)) + segment(1, 38, region)
    picture = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/JBIG2Decode"
    )
    return one_page(b"4 0 R", stream(b"q 595 0 0 842 0 0 cm /A Do Q"), stream(content, picture % (width, height)))


LOOP = pages(text(LETTER))
UNMEASURED = "expands without measure: not opened"


@pytest.mark.parametrize(
    ("content", "defect"),
    [
        (scattered(500, 0), None),
        (scattered(500, 50), None),
        (scattered(4000, 110), None),
        (pages(b" " * 300_000_000), UNMEASURED),
        (
            one_page(
                b"4 0 R", stream(zlib.compress(zlib.compress(b" " * 300_000_000)), b"/Filter[/FlateDecode/FlateDecode]")
            ),
            UNMEASURED,
        ),
        (one_page(b"4 0 R", packed(b"0 0 m 1 1 l S " * 7_000_000)), UNMEASURED),
        (LOOP.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % LOOP.rfind(b"xref\n0")), None),
        (pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), "page 1: broken"),
        (pages(b"BI /W 10 /H 10 /BPC 8 /CS /G ID " + b"x" * 1000), None),
        (pages(*[text(("bonjour",))] * 10_000), "only 200 of 10000 pages were read"),
        (jbig2(60_000, 60_000), "page 1: a picture on it is too large to be read"),
    ],
    ids=[
        "H21 scattered letters",
        "H21 in rules",
        "H21 many",
        "H22 Flate",
        "H22 Flate twice",
        "H22 of drawing",
        "H23 Prev loop",
        "H23 page loop",
        "H23 inline picture",
        "H25 10000 pages",
        "JBIG2",
    ],
)
def test_a_hostile_pdf_ends_in_time(content: bytes, defect: str | None, reader: SandboxReader) -> None:
    started = time.monotonic()
    reading: Reading = reader.read(
        mail((content, "application/pdf", "1.pdf"), (b"bonjour", "text/plain", "2.txt")), REQUEST
    )
    spent = time.monotonic() - started
    again = time.monotonic()
    following = reader.read(mail(), REQUEST)

    assert spent < 20
    assert {each.what for each in reading.attachments[0].defects} == ({defect} if defect else set())
    assert reading.attachments[1].text == "bonjour"
    assert following.subject == "documents"
    assert time.monotonic() - again < 5  # an ordinary mail takes milliseconds, a new reader a second


def test_scattered_letters_are_still_read(reader: SandboxReader) -> None:
    """500 letters cost pdfminer's layout analysis 38 s; nothing here asks for it."""
    reading = reader.read(mail((scattered(500, 0), "application/pdf", "1.pdf")), REQUEST)

    assert len(reading.attachments[0].text.split()) == 500
