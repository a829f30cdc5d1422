import os
import time
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from mailbot.model import Account, ReadingRequest
from mailbot.sandbox import Limits, SandboxReader
from mailbot.sandbox.confinement import LAYERS
from mailbot.sandbox.frames import pack_reading, unpack_reading
from mailbot.sandbox.process import ReadingProcess

REQUEST = ReadingRequest(Account("a"), ("fr", "en"))
FONT = "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf"
LINES = ["ATTESTATION D'ASSURANCE HABITATION", "Assurée : Claire Fontaine", "Valable du 01/01/2026 au 31/12/2026"]


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxReader]:
    reader = SandboxReader()
    yield reader
    reader.close()


def page() -> Image.Image:
    image = Image.new("L", (1240, 900), 250)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(LINES):
        pen.text((120, 150 + number * 120), line, font=ImageFont.truetype(FONT, 42), fill=20)
    return image


def saved(image: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    image.save(out, kind, **({"resolution": 150} if kind == "PDF" else {}))
    return out.getvalue()


def mail(*attachments: tuple[bytes, str, str]) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "anne@example.org", "contact@example.org", "documents"
    made.set_content("Voir pièces jointes.\n")
    for content, kind, name in attachments:
        main, _, sub = kind.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


@pytest.mark.parametrize("turn", [0, 90, -7])
def test_a_scan_is_read_however_it_lies(turn: int, reader: SandboxReader) -> None:
    image = page().rotate(turn, expand=True, fillcolor=250)
    reading = reader.read(mail((saved(image, "PDF"), "application/pdf", "scan.pdf")), REQUEST)
    (part,) = reading.attachments

    assert part.text_source == "ocr"
    assert "ATTESTATION" in part.text
    assert "31/12/2026" in part.text
    assert reading.engines["ocr"].startswith("tesseract")
    assert not reading.incomplete


def test_a_type_is_told_by_content_never_by_name(reader: SandboxReader) -> None:
    reading = reader.read(mail((saved(page(), "PNG"), "application/pdf", "facture.pdf.exe")), REQUEST)

    assert reading.attachments[0].media_type == "image/png"
    assert "ATTESTATION" in reading.attachments[0].text


def test_a_bomb_of_pixels_is_refused_and_the_rest_is_read(reader: SandboxReader) -> None:
    bomb = saved(Image.new("1", (20000, 20000)), "PNG")
    reading = reader.read(mail((bomb, "image/png", "b.png"), (b"bonjour", "text/plain", "a.txt")), REQUEST)

    assert "megapixels" in reading.attachments[0].defects[0].what
    assert reading.attachments[1].text == "bonjour"


def test_an_attachment_that_does_not_end_is_given_up_and_the_others_are_kept() -> None:
    # A page that needs tesseract, with no time for it: the parent must not wait.
    reader = SandboxReader(Limits(seconds=60, quiet=2, ocr_page_seconds=0.4))
    noise = Image.effect_noise((2000, 2800), 120)
    scan = saved(noise, "PDF")
    started = time.monotonic()
    reading = reader.read(
        mail((b"un", "text/plain", "1.txt"), (scan, "application/pdf", "2.pdf"), (b"trois", "text/plain", "3.txt")),
        REQUEST,
    )
    spent = time.monotonic() - started
    again = reader.read(mail((b"un", "text/plain", "1.txt")), REQUEST)
    reader.close()

    assert [part.text for part in reading.attachments] == ["un", "", "trois"]
    assert reading.incomplete
    assert "attachment 2" in {defect.where for defect in reading.defects}
    assert spent < 60
    assert again.attachments[0].text == "un"


def test_a_child_without_memory_still_gives_the_header(reader: SandboxReader) -> None:
    poor = SandboxReader(Limits(memory=400_000_000))
    huge = b"From: anne@example.org\r\nSubject: grand\r\n\r\n" + b"x" * 60_000_000
    reading = poor.read(huge, REQUEST)
    poor.close()

    assert reading.subject == "grand"
    assert reading.fingerprint.startswith("sha256:")


def test_a_killed_child_is_replaced(reader: SandboxReader) -> None:
    reader.read(mail(), REQUEST)
    pid = reader.child().pid
    os.kill(pid, 9)

    assert reader.read(mail(), REQUEST).subject == "documents"


def test_a_reader_that_is_killed_by_others_costs_no_word(
    reader: SandboxReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = ReadingProcess.ask

    def ask_and_kill(child: ReadingProcess, frame: dict[str, Any], raw: bytes) -> None:
        asked.append(child)
        if len(asked) == 1 and child.group is not None:
            os.kill(child.group, 9)
            time.sleep(0.1)
        ask(child, frame, raw)

    monkeypatch.setattr(ReadingProcess, "ask", ask_and_kill)
    reading = reader.read(mail((b"un", "text/plain", "1.txt")), REQUEST)

    assert len(asked) == 2
    assert reading.text.fresh == "Voir pièces jointes."
    assert [part.text for part in reading.attachments] == ["un"]
    assert not reading.incomplete


def test_of_a_mail_that_takes_too_long_the_beginning_is_read() -> None:
    impatient = SandboxReader(Limits(quiet=0.15))
    raw = b"From: anne@example.org\r\nSubject: long\r\n\r\nBonjour. " + b"mot " * 2_000_000
    reading = impatient.read(raw, REQUEST)
    impatient.close()

    assert reading.text.fresh.startswith("Bonjour. mot mot")
    assert reading.subject == "long"
    assert reading.size == len(raw)
    assert reading.incomplete
    assert reading.defects[-1].what == "its reader had to be stopped: only the beginning was read"


def test_the_child_says_which_layers_hold(reader: SandboxReader) -> None:
    reader.warm()
    layers = reader.child().layers

    assert layers is not None
    assert {"sockets", "capabilities"} <= set(layers) <= set(LAYERS)


def test_a_reading_survives_the_pipe(reader: SandboxReader) -> None:
    reading = reader.read(mail((b"bonjour", "text/plain", "a.txt")), REQUEST)

    assert unpack_reading(pack_reading(reading)) == reading


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1000,
        b"\xff" * 5000,
        b"From: x\r\n" * 100,
    ],
    ids=["empty", "nul", "8bit", "headers"],
)
def test_hostile_bytes_give_a_reading_in_time(raw: bytes, reader: SandboxReader) -> None:
    started = time.monotonic()
    reading = reader.read(raw, REQUEST)

    assert reading.size == len(raw)
    assert time.monotonic() - started < 20
    assert reader.read(mail(), REQUEST).subject == "documents"
