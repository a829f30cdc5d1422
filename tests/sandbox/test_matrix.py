"""The hostile-input matrix of the reliability rules: what each row of it that concerns reading ends in, and how soon.

Each goes through the reading process as it runs in service.  Rows about other work are tested there: H9 in
tests/imap/test_filing.py and H60 in tests/imap/test_hostile_server.py; H10, H11, H38, H42 and H43 (drafts, templates)
in tests/reply/test_compose.py; H40 and H51 (loops, logs) in tests/daemon/test_faults.py; H50 (webhooks) in
tests/targets/test_addresses.py; H52 and H53 (rules) in tests/rules; H54 (the broker) in tests/workers/test_messages.py;
H55 and H57 in tests/ledger; H56's scanner in test_clamd.py.  Who wrote (H36, H37), machines (H39), two bodies (H34),
languages (H49), the rest of the PDF rows (H23 to H25) and engines that never end (H29) have tables of their own in
tests/reading, tests/mails, tests/understanding and test_process_tree.py.  H44, H45, H47 and H48 are about engines that
write freely; there is none.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailbot.model import Account, Reading, ReadingRequest
from mailbot.sandbox import SandboxReader
from tests.reading.attachments.made import pages
from tests.reading.attachments.test_pdf_hostile import jbig2, scattered
from tests.sandbox import hostile
from tests.sandbox.hostile import HEADER, PLAIN, WORDS, mail, one, with_field
from tests.sandbox.quine import quine

REQUEST = ReadingRequest(Account("accueil", ("contact@example.org",)), ("fr", "en"))
MOST_SECONDS = 20.0
MOST_KILOBYTES = 1_500_000
NEXT_MAIL_SECONDS = 8.0
"""Generous, for machines that do much else; docs/sandbox.md has the measured delay."""
TOO_DEEP = "nested more than 20 deep"
MEASURELESS = "expands without measure"
SOUND = ("fin.txt", "text/plain", b"fin")
PDF = "application/pdf"
HTML = HEADER + b"Content-Type: text/html\r\n\r\n"
BASE64 = HEADER + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
PROGRAM = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(400)
VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
BROKEN_FIELDS = b"Message-ID: <\nDate: x\nReferences: <<<\nFrom: <\nContent-Type: ;;;=\n\n"
LOOP = b"%!PS-Adobe-3.0 EPSF-3.0\n{1 1 0 eq {exit} if} loop\n"
ODD_NAMES = (("../../etc/cron.d/x\u202e.pdf.exe", PDF, b"fin"), ("-x", "text/plain", b"fin"))

READ, PARTIAL, ODD = "read", "partial", "odd"
"""All of it was read; some of it was not, which is said; read, with or without a defect."""

ROWS: list[tuple[str, Callable[[], bytes], str, str]] = [
    # Row, mail, outcome, and a defect that names what was not read.
    ("H1-300", lambda: hostile.nested(300), PARTIAL, TOO_DEEP),
    ("H1-2000", lambda: hostile.nested(2_000), PARTIAL, TOO_DEEP),
    ("H1-100000", lambda: hostile.nested(100_000), PARTIAL, TOO_DEEP),
    ("H2", lambda: hostile.enclosed(1_000), PARTIAL, "not opened|deep"),
    ("H3", lambda: hostile.empty_parts(300_000), PARTIAL, "more than 500 parts"),
    ("H4-fields", lambda: HEADER + b"X: y\r\n" * 500_000 + PLAIN + WORDS.encode(), PARTIAL, "longer than 100000"),
    ("H4-field", lambda: with_field(b"X: " + b"y" * 20_000_000), ODD, ""),
    ("H5-224kB", lambda: hostile.encoded_words(9_000), PARTIAL, "more than 200 encoded words|longer than"),
    ("H5-448kB", lambda: hostile.encoded_words(18_000), PARTIAL, "more than 200 encoded words|longer than"),
    ("H6-comments", lambda: with_field(b"Cc: " + b"(" * 4_000), ODD, ""),
    (
        "H6-addresses",
        lambda: (
            HEADER + b"Cc: " + b", ".join(b"a%d@e.example" % n for n in range(8_000)) + b"\r\n" + PLAIN + WORDS.encode()
        ),
        PARTIAL,
        "addresses|longer than",
    ),
    (
        "H7",
        lambda: BROKEN_FIELDS + WORDS.encode(),
        ODD,
        "",
    ),
    ("H8-no-from", lambda: b"Subject: essai\n\n" + WORDS.encode(), ODD, ""),
    ("H10", lambda: b"Subject: =?utf-8?q?hi=0D=0ABcc=3A_e=40x?=\n\n" + WORDS.encode(), ODD, ""),
    ("H12-punycode", lambda: HEADER + PLAIN.replace(b"utf-8", b"punycode") + b"a-" * 500_000, ODD, ""),
    ("H12-rot13", lambda: HEADER + PLAIN.replace(b"utf-8", b"rot13") + WORDS.encode(), ODD, ""),
    (
        "H13-line",
        lambda: BASE64 + b"QUJD" * 8_000_000,
        PARTIAL,
        "",
    ),
    ("H14-line", lambda: HEADER + PLAIN + b"mot " * 2_500_000, PARTIAL, "longer than what is read"),
    ("H14-blank", lambda: HEADER + PLAIN + WORDS.encode() + b"\r\n" * 1_000_000, ODD, ""),
    ("H14-nul", lambda: HEADER + PLAIN + WORDS.encode() + b"\0" * 1_000_000, ODD, ""),
    ("H15-ratio", lambda: one("42.zip", hostile.zipped(("a.txt", bytes(100_000_000)))), PARTIAL, MEASURELESS),
    ("H15-overlap", lambda: one("o.zip", hostile.overlapping(5_000)), PARTIAL, "lie over one another"),
    ("H15-zip64", lambda: one("l.zip", hostile.lying_zip64()), READ, ""),
    ("H16-quine", lambda: one("r.zip", quine()), PARTIAL, "holds itself"),
    ("H16-many", lambda: one("r.zip", hostile.zip_of_zips(12)), PARTIAL, "archives inside archives"),
    ("H17-zip", lambda: one("s.zip", hostile.encrypted_zip()), PARTIAL, "encrypted"),
    ("H18", lambda: one("t.tar", hostile.wandering_tar()), READ, ""),
    (
        "H19",
        lambda: mail(*ODD_NAMES),
        READ,
        "",
    ),
    (
        "H20",
        lambda: one("facture.pdf", PROGRAM, PDF),
        PARTIAL,
        "a program",
    ),
    ("H21", lambda: one("l.pdf", scattered(500, 0), "application/pdf"), READ, ""),
    ("H22-flate", lambda: one("f.pdf", pages(b" " * 300_000_000), "application/pdf"), PARTIAL, MEASURELESS),
    ("H22-jbig2", lambda: one("j.pdf", jbig2(60_000, 60_000), "application/pdf"), PARTIAL, "too large"),
    ("H26", lambda: one("p.png", hostile.picture("PNG", (20_000, 20_000)), "image/png"), PARTIAL, "megapixels"),
    ("H26-claims", lambda: one("p.png", hostile.png_of_claims(), "image/png"), PARTIAL, ""),
    (
        "H27",
        lambda: one("e.eps", LOOP, "image/png"),
        PARTIAL,
        "PostScript",
    ),
    ("H28", lambda: one("f.tif", hostile.many_frames(10_000), "image/tiff"), PARTIAL, "pages|frames|pictures"),
    ("H30", lambda: one("d.docx", hostile.document_with_entities()), PARTIAL, "document type"),
    ("H31", lambda: one("c.csv", b"=cmd|'/c calc'!A0;" * 50_000 + b"\n" * 1_000_000, "text/csv"), PARTIAL, ""),
    (
        "H32-size",
        lambda: HTML + b"<p>mot <a href=x>lien</a></p>" * 700_000,
        PARTIAL,
        "",
    ),
    ("H32-depth", lambda: hostile.deep_html(100_000), ODD, ""),
    (
        "H33",
        lambda: HTML + b'<img src="http://127.0.0.1/x">' + WORDS.encode(),
        READ,
        "",
    ),
    ("H35", lambda: one("winmail.dat", b"\x78\x9f\x3e\x22" + b"\xff" * 500, "application/ms-tnef"), PARTIAL, ""),
    (
        "H41",
        lambda: (
            HEADER
            + b"References: "
            + b" ".join(b"<%d@x.example>" % n for n in range(10_000))
            + b"\r\n"
            + PLAIN
            + WORDS.encode()
        ),
        ODD,
        "",
    ),
    ("H46", lambda: HEADER + PLAIN + (WORDS + "".join(chr(0xE0000 + ord(c)) for c in "ignore")).encode(), ODD, ""),
    (
        "H56",
        lambda: one("v.com", VIRUS),
        PARTIAL,
        "EICAR",
    ),
    ("H58-many", lambda: mail(*((f"{n}", "text/plain", b"x") for n in range(1_000))), PARTIAL, "too many"),
    ("H58-empty", lambda: one("v.pdf", b"", "application/pdf"), ODD, ""),
    ("H59", lambda: b"Date: Thu, 31 Feb 2099 99:99:99 +9999\n\n" + WORDS.encode(), ODD, ""),
]


@pytest.fixture(scope="module")
def reader() -> Iterator[SandboxReader]:
    reader = SandboxReader()
    reader.read(mail(), REQUEST)
    yield reader
    reader.close()


def peak(reader: SandboxReader) -> int:
    """Kilobytes that the reading process ever had in memory."""
    status = Path(f"/proc/{reader.child().group}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found.group(1))


@pytest.mark.parametrize(("raw", "outcome", "defect"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_hostile_mail_ends_as_the_matrix_says(
    raw: Callable[[], bytes], outcome: str, defect: str, reader: SandboxReader
) -> None:
    content = raw()
    started = time.monotonic()
    reading = reader.read(content, REQUEST)
    spent = time.monotonic() - started
    again = time.monotonic()
    following = reader.read(mail(SOUND), REQUEST)
    delay = time.monotonic() - again

    assert spent < MOST_SECONDS
    assert delay < NEXT_MAIL_SECONDS
    assert peak(reader) < MOST_KILOBYTES
    assert (following.text.fresh, following.attachments[0].text, following.incomplete) == (WORDS, "fin", False)
    assert reading.size == len(content)
    assert outcome == ODD or reading.incomplete == (outcome == PARTIAL)
    assert re.search(defect, "\n".join(each.what for each in reading.defects)) is not None
    assert outcome != PARTIAL or reading.defects
    if WORDS.encode() in content:
        assert WORDS in reading.text.fresh
    if b"fin.txt" in content:
        _is_kept(reading)


def _is_kept(reading: Reading) -> None:
    """The honest file behind the hostile one was read."""
    honest = [part for part in reading.attachments if part.filename == "fin.txt"]

    assert [part.text for part in honest] == ["fin"]


def test_no_row_is_there_twice_and_none_that_reading_must_end_is_missing() -> None:
    wanted = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 26, 27, 28, 30, 31, 32, 33, 35}
    names = [row[0] for row in ROWS]
    rows = {int(re.sub(r"H(\d+).*", r"\1", name)) for name in names}

    assert len(names) == len(set(names))
    assert wanted | {41, 46, 56, 58, 59} == rows
