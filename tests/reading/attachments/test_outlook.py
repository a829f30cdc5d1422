import struct
from datetime import UTC, datetime

import pytest

from mailbot.reading.attachments.compressed_rtf import decompress
from tests.reading.attachments import outlook_files as made
from tests.reading.attachments.compound_file import compound_file
from tests.reading.attachments.opening import only, parts, said
from tests.reading.attachments.outlook_files import BINARY, BOOLEAN, LONG, OBJECT, STRING8, TIME, UNICODE

SENT = datetime(2026, 2, 10, 8, 15, tzinfo=UTC)
HELLO_WORLD = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
"""MS-OXRTFCP section 3.1's example."""
LETTER: list[made.Property] = [
    (0x0037, UNICODE, "Fuite d'eau"),
    (0x0C1A, UNICODE, "Claire Fontaine"),
    (0x0C1E, UNICODE, "EX"),
    (0x0C1F, UNICODE, "/o=Toit/ou=x/cn=claire"),
    (0x5D01, UNICODE, "claire@example.org"),
    (0x0039, TIME, SENT),
    (0x1000, UNICODE, "Bonjour,\r\nL'eau coule encore.\r\n"),
]


def recipient(name: str, address: str, kind: int = 1) -> list[made.Property]:
    return [(0x3001, UNICODE, name), (0x39FE, UNICODE, address), (0x0C15, LONG, kind)]


def test_a_msg_says_who_to_whom_when_and_what() -> None:
    content = made.msg(LETTER, recipient("Gestion", "contact@example.org"), recipient("Paul", "paul@example.org", 2))
    part = only(content)

    assert part.media_type == "application/vnd.ms-outlook"
    assert part.text_source == "mail"
    assert part.text == (
        "From: Claire Fontaine <claire@example.org>\nTo: Gestion <contact@example.org>\nCc: Paul <paul@example.org>\n"
        "Date: 2026-02-10 08:15 UTC\nSubject: Fuite d'eau\n\nBonjour,\nL'eau coule encore."
    )
    assert not part.incomplete


def test_8_bit_strings_are_in_the_code_page_of_the_message() -> None:
    content = made.msg(
        [(0x3FFD, LONG, 1251), (0x0037, STRING8, "Протечка"), (0x1000, STRING8, "Вода течёт")], codec="cp1251"
    )

    assert only(content).text == "Subject: Протечка\n\nВода течёт"


def test_a_body_in_html_alone_and_one_in_compressed_rtf_alone() -> None:
    page = "<html><body><p>Été</p></body></html>".encode("cp1252")

    assert only(made.msg([(0x3FDE, LONG, 1252), (0x1013, BINARY, page)])).text == "Été"
    assert only(made.msg([(0x1009, BINARY, HELLO_WORLD)])).text == "hello world"


def test_attachments_are_parts_with_their_long_names() -> None:
    content = made.msg(
        LETTER,
        attachments=[
            made.attached("attestation d'assurance.txt", b"Attestation", (0x3704, UNICODE, "ATTEST~1.TXT")),
            made.attached(
                "logo.png", b"\x89PNG\r\n\x1a\n" + bytes(20), (0x3712, UNICODE, "image001@x"), (0x7FFE, BOOLEAN, 1)
            ),
        ],
    )
    letter, attested, logo = parts(content, "courrier.msg")

    assert attested.filename == "courrier.msg/attestation d'assurance.txt"
    assert attested.text == "Attestation"
    assert logo.media_type == "image/png"
    assert "Fuite" in letter.text


def test_a_message_in_a_message_in_a_message() -> None:
    third = made.msg_streams([(0x1000, UNICODE, "troisième")], header=24)
    second = made.msg_streams(
        [(0x1000, UNICODE, "deuxième")],
        [],
        [made.attached_message("c", third), made.attached("d.txt", b"dedans")],
        header=24,
    )
    found = parts(
        compound_file(made.msg_streams([(0x1000, UNICODE, "premier")], [], [made.attached_message("b", second)])), "a"
    )

    assert [(part.filename, part.text) for part in found] == [
        ("a", "premier"),
        ("a/b", "deuxième"),
        ("a/b/c", "troisième"),
        ("a/b/d.txt", "dedans"),
    ]


def test_messages_without_end_are_cut_and_said() -> None:
    inner = made.msg_streams([(0x1000, UNICODE, "fond")], header=24)
    for _ in range(8):
        inner = made.msg_streams([(0x1000, UNICODE, "x")], [], [made.attached_message("m", inner)], header=24)
    found = parts(compound_file(made.msg_streams([], [], [made.attached_message("m", inner)])))

    assert len(found) == 3
    assert any(part.incomplete for part in found)
    assert "fond" not in "".join(part.text for part in found)


@pytest.mark.parametrize("cut", [600, 1500, 3000])
def test_a_msg_that_breaks_off_is_read_or_said(cut: int) -> None:
    found = parts(made.msg(LETTER)[:cut])

    assert found[0].incomplete


def test_a_stream_that_claims_gigabytes_is_not_allocated() -> None:
    content = bytearray(made.msg(LETTER))
    at = content.index("__substg1.0_1000001F".encode("utf-16-le"))
    content[at + 120 : at + 124] = struct.pack("<I", 0x7FFFFFFF)

    assert "Fuite" in parts(bytes(content))[0].text


@pytest.mark.parametrize(
    ("packed", "expected"),
    [
        (HELLO_WORLD, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
        (
            bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"),
            b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
        ),
        (struct.pack("<II4sI", 16, 4, b"MELA", 0) + b"{\\r}", b"{\\r}"),
        (struct.pack("<II4sI", 16, 0xFFFFFFFF, b"LZFu", 0) + b"\0abc", b"abc"),
        (b"rien", None),
        (struct.pack("<II4sI", 16, 4, b"ZZZZ", 0), None),
    ],
)
def test_compressed_rtf_is_that_of_the_document_s_examples(packed: bytes, expected: bytes | None) -> None:
    assert decompress(packed) == expected


# --- winmail.dat ---


def test_a_winmail_dat_gives_its_words_and_its_files() -> None:
    content = made.tnef(
        made.attribute(1, 0x8004, 0x0001, "Réclamation\0".encode("cp1252")),
        made.attribute(1, 0x8005, 0x0003, struct.pack("<7H", 2026, 2, 10, 9, 15, 0, 2)),
        made.tnef_message(
            [
                (0x8001, LONG, 5),
                (0x0C1A, UNICODE, "Claire"),
                (0x5D01, UNICODE, "claire@example.org"),
                (0x1009, BINARY, HELLO_WORLD),
            ]
        ),
        made.tnef_file(
            "LONGNA~1.TXT",
            b"contenu",
            [(0x3707, UNICODE, "un long nom de fichier.txt"), (0x370E, STRING8, "text/plain")],
        ),
        made.tnef_file("b.txt", b"autre", []),
    )
    letter, long, short = parts(content, "winmail.dat")

    assert letter.media_type == "application/ms-tnef"
    assert letter.text_source == "mail"
    assert (
        letter.text == "From: Claire <claire@example.org>\nDate: 2026-02-10 09:15\nSubject: Réclamation\n\nhello world"
    )
    assert (long.filename, long.text) == ("winmail.dat/un long nom de fichier.txt", "contenu")
    assert (short.filename, short.text) == ("winmail.dat/b.txt", "autre")
    assert not letter.incomplete


def test_a_named_property_and_a_plain_body() -> None:
    named = made.attribute(1, 0x9003, 0x0006, made.named_property("x-mot", "valeur"))
    body = made.attribute(1, 0x800C, 0x0002, "Déjà dit\0".encode("cp1252"))

    assert only(made.tnef(named, body)).text == "Déjà dit"


def test_recipients_of_a_winmail_dat() -> None:
    rows = struct.pack("<I", 1) + made.property_list(
        [(0x3001, STRING8, "Paul"), (0x39FE, STRING8, "paul@example.org"), (0x0C15, LONG, 1)]
    )

    assert only(made.tnef(made.attribute(1, 0x9004, 0x0006, rows))).text == "To: Paul <paul@example.org>"


def test_a_message_in_a_winmail_dat() -> None:
    inner = made.tnef(made.tnef_message([(0x1000, UNICODE, "dedans")]))
    outer = made.tnef(
        made.tnef_file("", b"", [(0x3705, LONG, 5), (0x3001, UNICODE, "transmis"), (0x3701, OBJECT, bytes(16) + inner)])
    )
    found = parts(outer, "winmail.dat")

    assert (found[1].filename, found[1].text) == ("winmail.dat/transmis", "dedans")


def test_a_winmail_dat_that_breaks_off_or_lies_is_said_to_be_damaged() -> None:
    whole = made.tnef(made.tnef_message([(0x1000, UNICODE, "un texte assez long")]))
    lying = made.tnef(made.attribute(1, 0x9003, 0x0006, struct.pack("<IHHII", 1, UNICODE, 0x1000, 1, 0xFFFFFFF0)))

    assert only(whole[:-8]).incomplete
    assert said(only(lying)) == ["damaged: not all of it was read"]
    assert parts(made.tnef(struct.pack("<BHHI", 2, 0x800F, 6, 0xFFFFFFFF)))[0].incomplete
