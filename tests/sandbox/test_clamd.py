"""The optional virus scanner (H56): what it does not let pass is never opened, and the rest of the mail is read."""

import base64
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.errors import Misconfigured, Transient
from mailbot.model import Account, ReadingRequest
from mailbot.rules import parse_rules
from mailbot.sandbox import Clamd, Limits, SandboxReader
from tests.sandbox.hostile import WORDS, mail
from tests.servers.clamd import MOST, FakeClamd, clamd

REQUEST = ReadingRequest(Account("a"), ("fr",))
# In two pieces, so that no scanner takes this very file for the test virus.
VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SOUND = mail(("bail.txt", "text/plain", b"fin"))
INFECTED = SOUND.replace(base64.b64encode(b"fin"), VIRUS).replace(b"base64", b"8bit")


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeClamd]:
    with clamd(None) as fake:
        yield fake


@pytest.fixture(scope="module")
def reader(fake: FakeClamd) -> Iterator[SandboxReader]:
    reader = SandboxReader(Limits(), Clamd(fake.place))
    yield reader
    reader.close()


def test_what_the_scanner_finds_is_named_and_not_opened_and_the_words_are_read(
    reader: SandboxReader, fake: FakeClamd
) -> None:
    reading = reader.read(INFECTED, REQUEST)
    (part,) = reading.attachments

    assert VIRUS in INFECTED
    assert fake.seen[-1] == INFECTED
    assert reading.text.fresh == WORDS
    assert reading.incomplete
    assert "virus" in reading.marks
    assert "the virus scanner found Eicar-Test-Signature" in {defect.what for defect in reading.defects}
    assert (part.filename, part.text, part.incomplete) == ("bail.txt", "", True)
    assert part.size >= len(VIRUS)
    assert part.defects[-1].what == "not opened: the virus scanner did not let the mail pass"


def test_what_the_scanner_lets_pass_is_read(reader: SandboxReader) -> None:
    reading = reader.read(SOUND, REQUEST)

    assert [part.text for part in reading.attachments] == ["fin"]
    assert (reading.incomplete, reading.marks) == (False, ())


def test_a_mail_too_large_for_the_scanner_is_not_opened(reader: SandboxReader) -> None:
    reading = reader.read(mail(("grand.txt", "text/plain", b"x" * MOST)), REQUEST)

    assert reading.text.fresh == WORDS
    assert reading.attachments[0].text == ""
    assert "larger than what the virus scanner looks at" in {defect.what for defect in reading.defects}


@pytest.mark.parametrize("says", [b"", b"stream: Can't open file ERROR\0", b"stream: OK but not quite\0", b"\xff" * 9])
def test_without_a_verdict_the_mail_waits(says: bytes, reader: SandboxReader, fake: FakeClamd) -> None:
    fake.says = says
    try:
        with pytest.raises(Transient, match="the virus scanner"):
            reader.read(SOUND, REQUEST)
    finally:
        fake.says = None


def test_a_scanner_that_never_answers_costs_its_time_and_no_more(fake: FakeClamd) -> None:
    fake.delay = threading.Event()
    started = time.monotonic()
    try:
        with pytest.raises(Transient, match="TimeoutError"):
            Clamd(fake.place, seconds=0.3).verdict(SOUND)
    finally:
        fake.delay.set()
        fake.delay = None

    assert time.monotonic() - started < 5


def test_it_is_asked_by_a_socket_in_the_file_system_too(tmp_path: Path) -> None:
    with clamd(tmp_path / "s") as other:
        assert Clamd(other.place).verdict(SOUND) is None
        Clamd(other.place).check()
    (tmp_path / "s").unlink()

    with pytest.raises(Transient, match="does not answer"):
        Clamd(other.place).check()


RULES = """
mailboxes: {{accueil: {{host: imap.example, user: a@example.org, password: {{secret: accueil}}}}}}
attachments: {{clamd: "{place}"}}
rules: [{{name: tout, when: always, then: {{file: Autres}}}}]
"""


@pytest.mark.parametrize("place", ["/run/clamav/clamd.ctl", "127.0.0.1:3310", "localhost:3310", "[::1]:3310"])
def test_the_rule_book_names_it(place: str) -> None:
    assert parse_rules(RULES.format(place=place)).attachments.clamd == place


@pytest.mark.parametrize("place", ["scanner.example:3310", "192.0.2.1:3310", "clamd.ctl", "0.0.0.0:3310"])
def test_mails_are_shown_to_no_scanner_elsewhere(place: str) -> None:
    with pytest.raises(Misconfigured, match="clamd"):
        parse_rules(RULES.format(place=place))
