"""Hostile bytes give a bounded reading that says what was left out; the numbers are those of the reliability matrix."""

import email.message
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.model import Account, ReadingRequest
from mailbot.reading import Message, limits, read_message

REQUEST = ReadingRequest(Account("accueil", ("contact@toit-et-vallee.example",), "mx.toit-et-vallee.example"))
SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parent.parent / "mails").glob("[0-9]*.eml"))]
SECONDS = 20
HEADER = b"From: a@example.org\nSubject: essai\n"
WORDS = "Content-Type: text/plain; charset=utf-8\n\n"


def read(raw: bytes) -> Message:
    """Within the time that a mail has, of this process alone: the tests' machine has other work."""
    began = time.process_time()
    message = read_message(raw, REQUEST)
    assert time.process_time() - began < SECONDS
    return message


def nested(depth: int) -> bytes:
    levels = (b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(depth))
    return HEADER + b"".join(levels) + b"Content-Type: text/plain\n\nfin\n"


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("name", "raw", "defect"),
    [
        ("H1", nested(300), "nested more than 20 deep"),
        ("H1", nested(2_000), "nested more than 20 deep"),
        ("H1", nested(100_000), "nested more than 20 deep"),
        (
            "H3",
            HEADER + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n\n" * 300_000,
            "more than 500 parts",
        ),
        ("H4", HEADER + b"".join(b"X-%d: y\n" % n for n in range(500_000)) + b"\nfin", "longer than 100000 bytes"),
        ("H4", b"From: a@example.org\nSubject: " + b"x" * 20_000_000 + b"\n\nfin", "a field longer than 16000 bytes"),
        ("H5", b"Subject: " + b" ".join([b"=?utf-8?q?ab?="] * 1_100) + b"\n\nfin", "more than 200 encoded words"),
        ("H5", b"Subject: " + b" ".join([b"=?utf-8?q?ab?="] * 16_000) + b"\n\nfin", "more than 200 encoded words"),
        (
            "H6",
            HEADER + b"To: " + b",".join(b"a%d@e.org" % n for n in range(1_400)) + b"\n\nfin",
            "more than 100 addresses",
        ),
        ("H14", HEADER + b"\n" + b"a b " * 2_500_000, "longer than what is read"),
        (
            "H32",
            HEADER + b"Content-Type: text/html\n\n" + b"<p>mot <a href=x>lien</a></p>" * 700_000,
            "longer than what is read",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("H") else "",
)
def test_a_limit_that_was_hit_is_said_and_the_mail_is_incomplete(name: str, raw: bytes, defect: str) -> None:
    reading = read(raw).reading

    assert reading.incomplete
    assert defect in {found.what for found in reading.defects}


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    "raw",
    [
        HEADER + b"Content-Type: message/rfc822\n\n" * 1_000 + b"fin",  # H2
        HEADER + b"To: " + b"(" * 4_000 + b"\n\nfin",  # H6
        b"Message-ID: <\nDate: x\nContent-Type: ;;;=\nReferences: <<<\nFrom: <\n\nfin",  # H7
        HEADER + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-b" * 400_000,  # H12
        HEADER + b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 5_000_000,  # H13
        HEADER + b"\n" + b"\n" * 1_000_000 + b"fin",  # H14
        HEADER + b"Content-Type: text/plain; format=flowed\n\n" + b"abcdefgh \n" * 400_000,  # H14
        HEADER + b"Reply-To: <" + b"@a," * 5_000 + b"\nContent-Type: x" + b";," * 7_000 + b"\n\nfin",  # H6, H7
        HEADER + b"Content-Type: text/html\n\n" + b"<div>" * 100_000 + b"fin",  # H32
        HEADER + b"Content-Type: text/html\n\n" + b"<div class=gmail_quote>a" * 50_000,
        HEADER + b"Content-Type: text/html\n\n<style>" + b"@a{/*" * 50_000 + b"</style>fin",
        HEADER + b"Content-Type: text/html\n\n<style>" + b".a," * 60_000 + b"{display:none}</style>fin",
        HEADER + b"References: " + b" ".join(b"<%d@x.example>" % n for n in range(10_000)) + b"\n\nfin",  # H41
        HEADER
        + WORDS.encode()
        + "De : x@y.example\nEnvoyé : 12:30 2026\nObjet : a\n\n> cite\n\nmot\n".encode() * 2_500,
        HEADER + WORDS.encode() + "Le 12/01/2026 à 10:11, x@y.example\n".encode() * 5_000,
        HEADER + WORDS.encode() + b"mot\n-- \n" * 20_000,
        HEADER + WORDS.encode() + b"Envoy\xc3\xa9 de mon iPhone\n\n" * 6_000,
        HEADER + WORDS.encode() + b">" * 190_000,
        HEADER + WORDS.encode() + b"_" * 190_000,
        HEADER + WORDS.encode() + (b"a" + b" " * 190_000 + b"b"),
        HEADER + WORDS.encode() + b"begin 644 a\nx\n" * 10_000,
        HEADER + WORDS.encode() + b"=ybegin name=a\nx\n" * 10_000,
        HEADER + WORDS.encode() + b"-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n" * 3_000,
        HEADER + WORDS.encode() + b"Je suis absent " * 12_000,
        HEADER + WORDS.encode() + b"a@" * 90_000,
        HEADER + b"Content-Type: text/plain; " + b"a=b; " * 3_000 + b"\n\nfin",
        HEADER + b'Content-Type: text/plain; name="' + b"\\" * 15_000 + b"\n\nfin",
        HEADER + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"\n--" * 500_000,
        b"",
        b"\0" * 100_000,
        b"\r" * 100_000,
        b":" * 100_000,
        b"\xff\xfe" + b"x" * 1_000,
    ],
    ids=range(33),
)
def test_hostile_bytes_are_read_in_time(raw: bytes) -> None:
    message = read(raw)

    assert len(message.reading.text.fresh) <= limits.TEXT
    assert len(message.parts) <= limits.PARTS


def test_a_mail_that_mail_parser_refuses_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr("mailparser.parse_from_bytes", refuse)

    reading = read(HEADER + b"\nBonjour").reading

    assert (reading.subject, reading.text.fresh) == ("essai", "Bonjour")
    assert "mail-parser: RecursionError" in {defect.what for defect in reading.defects}


def test_no_control_character_leaves_a_header() -> None:
    raw = b"From: =?utf-8?q?a=00=1b[31m=0d=0ab?= <a@example.org>\nSubject: =?utf-8?q?x=0d=0aBcc:_y=E2=80=AE?=\n\nfin"

    reading = read(raw).reading

    assert reading.subject == "x Bcc: y"
    assert reading.sender is not None
    assert reading.sender.name == "a[31m b"


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_message(raw: bytes) -> None:
    assert read(raw).reading.size == len(raw)


@given(
    seed=st.sampled_from(SEEDS),
    cuts=st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 60), st.binary(max_size=12)), max_size=6),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_mail_is_a_message(seed: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    for at, length, instead in cuts:
        seed = seed[:at] + instead + seed[at + length :]

    reading = read(seed).reading

    reading.text.fresh.encode("utf-8")
    assert "\n" not in reading.subject


def words_of(text: str) -> list[str]:
    return sorted(word for word in text.replace(">", "").split() if word != "--")


@given(
    st.lists(
        st.sampled_from(
            [
                "De : a@b.fr",
                "Le 12/01/2026 10:11, a@b.fr a écrit :",
                "> x",
                "-- ",
                "",
                "mot",
                "Envoyé de mon iPhone",
                "---------- Forwarded message ---------",
                "Objet : z",
                "Date : 12:30",
            ]
        ),
        max_size=14,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_word_of_a_body_is_lost_between_the_three_texts(lines: list[str]) -> None:
    body = "\n".join(lines)

    text = read(HEADER + WORDS.encode() + body.encode()).reading.text

    kept = f"{text.fresh}\n{text.quoted}\n{text.signature}"
    assert words_of(kept) == words_of(body)


@given(st.lists(st.text("abé \n", max_size=30), min_size=1, max_size=4), st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_the_standard_library_writes_is_read_back(texts: list[str], crlf: bool) -> None:
    message = email.message.EmailMessage()
    message["Subject"] = "été " * len(texts)
    message.set_content("corps")
    for number, text in enumerate(texts):
        message.add_attachment(text.encode(), maintype="application", subtype="x-test", filename=f"pièce {number}.bin")
    raw = message.as_bytes()

    read_back = read(raw.replace(b"\n", b"\r\n") if crlf else raw)

    assert [part.content for part in read_back.parts] == [text.encode() for text in texts]
    assert [part.filename for part in read_back.parts] == [f"pièce {number}.bin" for number in range(len(texts))]
