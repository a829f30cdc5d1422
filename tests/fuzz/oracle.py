"""What must hold of a reading whatever the bytes were."""

import dataclasses
import json
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mailbot.model import Account, Address, Part, Reading, ReadingRequest
from mailbot.reading import RawPart, limits, read_message
from mailbot.reading.attachments import Budget, read_attachment
from mailbot.sandbox import frames

REQUEST: Final = ReadingRequest(Account("accueil", ("contact@example.org",), "mx.example.org"), ("fr", "en"))
SECONDS: Final = 10
_PART_TEXT: Final = 200_000
_LABEL: Final = 400
_DEFECT: Final = 300
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TEXT_CONTROLS: Final = re.compile(r"[\x00\x1b\ud800-\udfff]")


class Hang(BaseException):
    """Not an Exception: whoever reads must not catch it."""


def check(content: bytes) -> None:
    """The bytes as a mail with its attachments, and as an attachment.  Raises whatever is wrong with the reading."""
    with in_time():
        message = read_message(content, REQUEST)
        _check_reading(message.reading, content)
        budget = Budget(None, ("fr",), 2, time.monotonic() + SECONDS)
        for number, part in enumerate(message.parts[:4], 1):
            _check_parts(read_attachment(part, f"attachment {number}", REQUEST, budget), part)
    with in_time():
        part = RawPart("pièce", "application/octet-stream", content)
        budget = Budget(None, ("fr",), 2, time.monotonic() + SECONDS)
        _check_parts(read_attachment(part, "attachment 1", REQUEST, budget), part)


@contextmanager
def in_time() -> Iterator[None]:
    def hang(_number: int, _frame: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, hang)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _check_reading(reading: Reading, content: bytes) -> None:
    packed = frames.pack_reading(reading)
    # Strict: a lone surrogate fails here, not in the ledger.
    packed_again = json.loads(json.dumps(packed, ensure_ascii=False).encode())
    assert frames.unpack_reading(packed_again) == reading
    assert reading.size == len(content)
    text = reading.text
    assert max(len(text.fresh), len(text.quoted), len(text.signature)) <= limits.TEXT
    assert not _TEXT_CONTROLS.search(f"{text.fresh}{text.quoted}{text.signature}")
    assert len(reading.subject) <= limits.HEADER_FIELD
    assert len(reading.to) + len(reading.cc) <= 2 * limits.ADDRESSES
    assert len(reading.references) <= limits.REFERENCES
    for line in (reading.subject, reading.message_id or "", *reading.references, *map(_shown, _addresses(reading))):
        assert not _CONTROLS.search(line)
    assert all(len(defect.what) <= _DEFECT and not _CONTROLS.search(defect.what) for defect in reading.defects)
    for because in reading.why:
        assert because.span is None or 0 <= because.span[0] <= because.span[1] <= len(text.fresh)


def _addresses(reading: Reading) -> Iterator[Address]:
    yield from (*reading.to, *reading.cc, *reading.reply_to)
    yield from (one for one in (reading.sender, reading.original_sender) if one is not None)


def _shown(address: Address) -> str:
    return f"{address.name} {address.address}"


def _check_parts(parts: tuple[Part, ...], raw: RawPart) -> None:
    assert parts
    assert parts[0].size == len(raw.content)
    assert len(parts) <= 200
    for part in parts:
        json.dumps(dataclasses.asdict(part), ensure_ascii=False).encode()
        assert len(part.text) <= _PART_TEXT
        assert not _TEXT_CONTROLS.search(part.text)
        assert len(part.filename) <= _LABEL
        assert not _CONTROLS.search(part.filename)
        assert all(len(defect.what) <= _DEFECT and not _CONTROLS.search(defect.what) for defect in part.defects)
