import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from io import BytesIO

import pytest
from PIL import Image

from mailbot.model import Account, ReadingRequest
from mailbot.reading.attachments import repeated
from mailbot.reading.message import RawPart
from mailbot.sandbox import Limits, SandboxReader
from mailbot.understanding.documents import understand_part
from tests.reading.attachments.office_files import docx, paragraph, zipped
from tests.reading.attachments.opening import budget, only, parts, said

CERTIFICATE = (
    "Attestation d'assurance habitation",
    "Contrat n° AB 123456",
    "Assurée : Claire Fontaine",
    "Valable du 01/01/2026 au 31/12/2026",
)
RECEIPT = ("Quittance de loyer", "Reçu de Claire Fontaine", "Total à payer 412,50")


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxReader]:
    reader = SandboxReader()
    yield reader
    reader.close()


def document(lines: tuple[str, ...]) -> bytes:
    return docx("".join(paragraph(line) for line in lines))


def mail(*attachments: tuple[bytes, str]) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "claire@example.org", "contact@example.org", "documents"
    made.set_content("Voir pièces jointes.\n")
    for content, name in attachments:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def picture(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, height), 50).save(out, "PNG")
    return out.getvalue()


REQUEST = ReadingRequest(Account("a"), ("fr",))


def test_a_zip_of_three_files_is_three_documents_behind_the_attachments(reader: SandboxReader) -> None:
    archive = zipped(
        {"attestation.docx": document(CERTIFICATE), "quittance.docx": document(RECEIPT), "photo.png": picture(50, 50)}
    )
    reading = reader.read(mail((archive, "dossier.zip"), (b"bonjour", "mot.txt")), REQUEST)
    kinds = [understand_part(part, reading, date(2026, 6, 1), "fr").kind for part in reading.attachments]

    assert [part.filename for part in reading.attachments] == [
        "dossier.zip",
        "mot.txt",
        "dossier.zip/attestation.docx",
        "dossier.zip/quittance.docx",
        "dossier.zip/photo.png",
    ]
    assert kinds == ["other", "other", "insurance_certificate", "rent_receipt", None]
    assert not reading.incomplete


@pytest.mark.parametrize(
    ("content", "incomplete"),
    [
        (b"MZ\x90\0\3\0\0\0", True),
        (b"7z\xbc\xaf\x27\x1c\0\4", True),
        (zipped({"a.zip": zipped({"b.rar": b"Rar!\x1a\x07\1\0"})}), True),
        (b"", True),
        (b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR", False),
        (b"-----BEGIN PGP SIGNATURE-----\nx", False),
        (picture(40, 40), False),
    ],
)
def test_a_mail_is_incomplete_when_words_may_be_missing_and_only_then(
    content: bytes, incomplete: bool, reader: SandboxReader
) -> None:
    assert reader.read(mail((content, "x")), REQUEST).incomplete is incomplete


def test_what_an_archive_gave_before_its_reader_was_stopped_is_kept() -> None:
    slow = SandboxReader(Limits(seconds=30, quiet=3.0, ocr_page_seconds=0.5))
    scan = BytesIO()
    Image.effect_noise((2000, 2000), 120).save(scan, "PNG")
    reading = slow.read(mail((zipped({"a.txt": b"premier", "b.png": scan.getvalue()}), "z.zip")), REQUEST)
    slow.close()

    assert reading.attachments[0].filename == "z.zip"
    assert [part.text for part in reading.attachments if part.filename == "z.zip/a.txt"] == ["premier"]
    assert reading.incomplete


# --- mails in mails ---


def test_an_enclosed_mail_is_read_with_what_is_attached_to_it() -> None:
    inner = mail((document(CERTIFICATE), "attestation.docx"), (mail((b"au fond", "c.txt")), "b.eml"))
    letter, attested, nested, deepest = parts(inner, "transmis.eml", "message/rfc822")

    assert letter.text.startswith("From: claire@example.org\nTo: contact@example.org\n")
    assert letter.text.endswith("Voir pièces jointes.")
    assert letter.text_source == "mail"
    assert attested.filename == "transmis.eml/attestation.docx"
    assert nested.media_type == "message/rfc822"
    assert (deepest.filename, deepest.text) == ("transmis.eml/b.eml/c.txt", "au fond")


def test_mails_in_mails_end_at_the_limit() -> None:
    content = mail((b"au fond", "x.txt"))
    for number in range(10):
        content = mail((content, f"{number}.eml"))
    found = parts(content)

    assert len(found) == 4
    assert said(found[-1]) == ["archives inside archives: not opened"]


def test_an_mbox_is_its_mails() -> None:
    box = b"".join(b"From a@example.org Mon Jan  5 10:00:0%d 2026\n" % number + mail() + b"\n\n" for number in range(3))
    found = parts(box, "archive.mbox")

    assert len(found) == 4
    assert all("Voir pièces jointes." in part.text for part in found[1:])


def test_what_the_enclosed_mail_s_pages_hide_is_said() -> None:
    content = b"From: a@example.org\nTo: b@example.org\nSubject: x\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIAG"

    assert parts(content)[0].incomplete


# --- pictures that say nothing ---


@pytest.mark.parametrize(
    ("size", "inline", "shown_in", "decorative"),
    [
        ((1, 1), False, "", True),
        ((120, 90), False, "", True),
        ((600, 120), True, "", True),
        ((600, 120), False, "", False),
        ((420, 300), True, "signature", True),
        ((420, 300), True, "quoted", True),
        ((420, 300), True, "fresh", False),
        ((900, 700), True, "signature", False),
    ],
)
def test_logos_trackers_and_signature_pictures_are_left_out(
    size: tuple[int, int], inline: bool, shown_in: str, decorative: bool
) -> None:
    from mailbot.reading.attachments import read_attachment  # noqa: PLC0415
    from tests.reading.attachments.opening import REQUEST as PLAIN  # noqa: PLC0415

    part = RawPart("image001.png", "image/png", picture(*size), inline=inline, shown_in=shown_in)
    (read,) = read_attachment(part, "attachment 1", PLAIN, budget())

    assert read.decorative is decorative
    assert not (decorative and read.incomplete)


def test_a_picture_that_a_thread_shows_again_and_again_is_a_logo() -> None:
    logo, photo = picture(700, 500), picture(701, 500)
    shown = [RawPart("a", "image/png", content, inline=True, shown_in="fresh") for content in (logo, photo, logo)]
    spent = budget()
    spent.repeated = repeated(shown)

    assert [parts(part.content, inline=True, spent=spent)[0].decorative for part in shown] == [True, False, True]


# --- what it costs ---


def test_the_same_bytes_are_read_once_for_a_mail() -> None:
    spent = budget()
    big = zipped({"a.txt": b"x" * 1_000_000})
    first = parts(big, "un.zip", spent=spent)
    left = spent.expanded
    second = parts(big, "deux.zip", spent=spent)

    assert spent.expanded == left < 200_000_000
    assert [part.filename for part in second] == ["deux.zip"]
    assert second[0] == replace(first[0], filename="deux.zip")


def test_a_thousand_attachments_of_one_byte_end(reader: SandboxReader) -> None:
    started = time.monotonic()
    reading = reader.read(mail(*((b"x", f"{number}.txt") for number in range(1000))), REQUEST)

    assert reading.incomplete
    assert time.monotonic() - started < 20


def test_what_comes_after_the_time_is_named_and_not_opened() -> None:
    spent = budget()
    spent.until = time.monotonic() - 1
    (part,) = parts(zipped({"a.txt": b"x"}), spent=spent)

    assert said(part) == ["not read: the mail had used up its time"]
    assert part.incomplete


def test_a_reader_that_breaks_leaves_a_defect_and_no_content(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("Claire Fontaine, 06 39 98 00 01")

    monkeypatch.setattr("mailbot.reading.attachments.readers.read", broken)

    assert said(only(b"BEGIN:VCARD\nFN:x\nEND:VCARD")) == ["not readable (KeyError)"]


def test_the_next_mail_knows_nothing_of_the_last_one_s_attachments_unless_told(reader: SandboxReader) -> None:
    from mailbot.sandbox.child import _Kept  # noqa: PLC0415

    kept = _Kept()
    kept.known(("fr",), keep=False)["a", False] = only(b"un")
    again = kept.known(("fr",), keep=False)
    kept.known(("fr",), keep=True)["b", False] = only(b"deux")

    assert again == {}
    assert list(kept.known(("fr",), keep=True)) == [("b", False)]
    assert kept.known(("en",), keep=True) == {}
