"""Whatever the bytes: an answer, in time."""

import gzip
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.attachments import office_files, outlook_files
from tests.reading.attachments.opening import budget, parts
from tests.reading.attachments.test_archives import tar, zipped
from tests.reading.attachments.test_calendars_and_cards import INVITATION
from tests.reading.attachments.test_old_office import at, doc, record, rk, xls
from tests.reading.attachments.test_outlook import HELLO_WORLD, LETTER
from tests.reading.attachments.test_signed import ENTITY, der, signed

SEEDS = {
    "docx": office_files.docx(office_files.paragraph("a") + office_files.table(("b", "c"))),
    "pptx": office_files.pptx((office_files.shape("a"),), notes="b"),
    "ods": office_files.opendocument(
        "spreadsheet",
        '<table:table table:name="x"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>',
    ),
    "rtf": rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset204 A;}}\uc1\u233 e{\pict 00}\bin3 abc{\*\x y}\cell\row}",
    "msg": outlook_files.msg(
        [*LETTER, (0x1009, outlook_files.BINARY, HELLO_WORLD)], attachments=[outlook_files.attached("a", b"b")]
    ),
    "tnef": outlook_files.tnef(
        outlook_files.tnef_message(LETTER), outlook_files.tnef_file("a", b"b", [(0x3707, 0x1F, "c")])
    ),
    "doc": doc([("texte", True), ("été", False)]),
    "xls": xls(record(0x0204, at(0, 0) + b"\1\0\0a") + record(0x027E, at(1, 1, 1) + rk(46053))),
    "zip": zipped(("a.txt", b"a" * 100), ("b.zip", zipped(("c", b"d")))),
    "tar": tar(),
    "gz": gzip.compress(b"a" * 1000, mtime=0),
    "p7m": signed(der(4, ENTITY)),
    "ics": INVITATION.format(method="REQUEST").encode(),
}


def spoiled(content: bytes, chance: random.Random) -> bytes:
    out = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        where = chance.randrange(len(out))
        match chance.randrange(4):
            case 0:
                out[where] = chance.randrange(256)
            case 1:
                del out[where : where + chance.randint(1, 40)]
            case 2:
                out[where:where] = out[where : where + chance.randint(1, 60)]
            case _:
                out[where : where + 4] = chance.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\1\0\0\0")
                )
        out = out or bytearray(b"x")
    return bytes(out)


@pytest.mark.parametrize("kind", sorted(SEEDS))
def test_a_spoiled_file_is_answered_in_time(kind: str) -> None:
    chance = random.Random(f"{kind} 20261125")
    for _ in range(60):
        content = spoiled(SEEDS[kind], chance)
        spent = budget()
        spent.until = time.monotonic() + 5
        started = time.monotonic()
        found = parts(content, spent=spent)

        assert len(found) >= 1
        assert time.monotonic() - started < 5
        assert all(len(part.text) <= 200_000 for part in found)


@given(
    st.binary(max_size=3000),
    st.sampled_from(["", "text/html", "message/rfc822", "text/csv", "application/pgp-encrypted"]),
)
@settings(max_examples=150, deadline=5000)
def test_any_bytes_at_all_are_answered(content: bytes, declared: str) -> None:
    assert parts(content, declared=declared)[0].size == len(content)
