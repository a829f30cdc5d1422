"""Read an attachment as the child process does, without OCR and without a child."""

import time

from mailbot.model import Account, Part, ReadingRequest
from mailbot.reading.attachments import Budget, read_attachment
from mailbot.reading.message import RawPart

REQUEST = ReadingRequest(Account("a"), ("fr",))


def budget(expanded: int = 200_000_000) -> Budget:
    return Budget(ocr=None, languages=("fr",), pages=10, until=time.monotonic() + 60, expanded=expanded)


def parts(
    content: bytes,
    name: str = "pièce",
    declared: str = "application/octet-stream",
    *,
    inline: bool = False,
    charset: str | None = None,
    spent: Budget | None = None,
) -> tuple[Part, ...]:
    part = RawPart(name, declared, content, inline=inline, charset=charset)
    return read_attachment(part, "attachment 1", REQUEST, spent or budget())


def only(content: bytes, declared: str = "application/octet-stream", charset: str | None = None) -> Part:
    (part,) = parts(content, declared=declared, charset=charset)
    return part


def said(part: Part) -> list[str]:
    return [defect.what for defect in part.defects]
