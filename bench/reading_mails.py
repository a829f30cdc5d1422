"""How many of the project's own mails are read right: `python bench/reading_mails.py`.

A mail is right when at least 95 % of the words that a person sees, the subject, the sender, and every attachment's name
and bytes come out as the reading beside it says; each is tried with LF and with CRLF.
"""

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mailbot.model import Account, ReadingRequest
from mailbot.reading import Message, read_message

FIXTURES = ROOT / "tests" / "mails"
ENOUGH = 0.95
REQUEST = ReadingRequest(Account("accueil", ("contact@toit-et-vallee.example",), "mx.toit-et-vallee.example"))


@dataclass(frozen=True, slots=True)
class Score:
    name: str
    line_ends: str
    words: float
    """Share of the words a person sees."""
    subject: bool
    sender: bool
    attachments: bool

    @property
    def right(self) -> bool:
        return self.words >= ENOUGH and self.subject and self.sender and self.attachments


def scores(folder: Path = FIXTURES) -> Iterator[Score]:
    for path in sorted(folder.glob("[0-9]*.eml")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        for line_ends, raw in _both(path.read_bytes()):
            yield _score(path.stem, line_ends, expected, read_message(raw, REQUEST))


def table() -> str:
    found = list(scores())
    lines = ["| line ends | mails | right | words | subject | sender | attachments |", "|---|---|---|---|---|---|---|"]
    for line_ends in dict.fromkeys(score.line_ends for score in found):
        some = [score for score in found if score.line_ends == line_ends]
        shares = (
            sum(score.right for score in some) / len(some),
            sum(score.words for score in some) / len(some),
            sum(score.subject for score in some) / len(some),
            sum(score.sender for score in some) / len(some),
            sum(score.attachments for score in some) / len(some),
        )
        lines.append(f"| {line_ends} | {len(some)} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")
    wrong = sorted({score.name for score in found if not score.right})
    return "\n".join([*lines, *(f"wrong: {name}" for name in wrong)])


def _both(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """With either line end; a mail whose quirk are its line ends only as it is."""
    if b"\r" not in raw:
        yield "LF", raw
        yield "CRLF", raw.replace(b"\n", b"\r\n")
    elif raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r"):
        yield "LF", raw.replace(b"\r\n", b"\n")
        yield "CRLF", raw
    else:
        yield "mixed", raw


def _score(name: str, line_ends: str, expected: dict[str, Any], read: Message) -> Score:
    reading, text = read.reading, read.reading.text
    wanted = _words(" ".join(expected["text"].values()))
    got = _words(f"{text.fresh} {text.quoted} {text.signature}")
    sender = None if reading.sender is None else reading.sender.address
    parts = [(part.filename, _digest(part.content, part.media_type_declared)) for part in read.parts]
    return Score(
        name,
        line_ends,
        (wanted & got).total() / wanted.total() if wanted else 1.0,
        reading.subject == expected["subject"],
        sender == (expected["sender"] or {}).get("address"),
        parts == [(part["filename"], part["sha256"]) for part in expected["parts"]],
    )


def _digest(content: bytes, kind: str) -> str:
    """Of a text: whatever its line ends."""
    plain = content.replace(b"\r\n", b"\n") if kind.startswith(("text/", "message/")) else content
    return hashlib.sha256(plain).hexdigest()


def _words(text: str) -> "Counter[str]":
    return Counter(re.findall(r"\w+", text.casefold()))


if __name__ == "__main__":
    print(table())
