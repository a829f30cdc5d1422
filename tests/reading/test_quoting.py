"""Fresh, quoted and signed words, on replies and forwards as mail programs write them, and on look-alikes."""

import json
from pathlib import Path

import pytest

from mailbot.model import Account, ReadingRequest
from mailbot.reading import read_message

QUOTES = Path(__file__).parent / "quotes"
REQUEST = ReadingRequest(Account("accueil", ("contact@toit-et-vallee.example",)))
FIXTURES = sorted(QUOTES.glob("*.eml"))


def test_there_are_replies_to_test() -> None:
    assert len(FIXTURES) >= 60


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"], ids=["crlf", "lf"])
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_only_the_writers_own_words_are_fresh(path: Path, line_end: bytes) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    raw = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", line_end)

    reading = read_message(raw, REQUEST).reading

    assert expected["fresh"].split() == reading.text.fresh.split()
    author = reading.original_sender.address if reading.original_sender else None
    assert expected.get("original_sender") == author
