"""Golden mails: each `NN-what-it-is.eml` with the whole expected reading beside it.

`MAILBOT_WRITE_GOLDEN=1 pytest tests/mails` writes the readings anew; look at the difference before you keep it.
"""

import dataclasses
import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mailbot.model import Account, ReadingRequest
from mailbot.reading import Message, RawPart, read_message

MAILS = sorted(Path(__file__).parent.glob("[0-9]*.eml"))
REQUEST = ReadingRequest(Account("accueil", ("contact@toit-et-vallee.example",), "mx.toit-et-vallee.example"))


def _json(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    return value


def _part(part: RawPart) -> dict[str, Any]:
    content = (
        part.content.replace(b"\r\n", b"\n")
        if part.media_type_declared.startswith(("text/", "message/"))
        else part.content
    )
    shown = {key: value for key, value in _json(part).items() if key != "content"}
    return {**shown, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _whole(message: Message) -> dict[str, Any]:
    measured = {"fingerprint", "size", "timings_ms", "attachments", "engines"}
    reading = {key: value for key, value in _json(message.reading).items() if key not in measured}
    return {**reading, "parts": [_part(part) for part in message.parts]}


def test_there_are_mails_to_test() -> None:
    assert len(MAILS) >= 77


@pytest.mark.parametrize("line_end", ["as it is", "LF", "CRLF"])
@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_read_as_a_person_would(path: Path, line_end: str) -> None:
    raw = path.read_bytes()
    if line_end == "CRLF" and b"\r" not in raw:
        raw = raw.replace(b"\n", b"\r\n")
    if line_end == "LF" and raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r"):
        raw = raw.replace(b"\r\n", b"\n")
    expected = path.with_suffix(".json")

    read = _whole(read_message(raw, REQUEST))

    if os.environ.get("MAILBOT_WRITE_GOLDEN") and line_end == "as it is":
        expected.write_text(json.dumps(read, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert json.loads(expected.read_text(encoding="utf-8")) == read
