"""Plain texts, HTML, XML and mails inside a mail, by the readers that mails themselves have."""

import re
from collections.abc import Mapping
from typing import Final

from mailbot.model import Address, ReadingRequest
from mailbot.reading import charset, html, limits
from mailbot.reading.attachments.letters import mailbox, written
from mailbot.reading.attachments.opened import DAMAGED, TOO_LONG, Lines, Measure, Member, Opened
from mailbot.reading.attachments.package import feed
from mailbot.reading.attachments.rows import decoded, read_rows
from mailbot.reading.reader import read_message

HIDDEN: Final = "it holds hidden words: left out"
_META: Final = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_MBOX: Final = re.compile(rb"^From [^\r\n]*\d\d:\d\d[^\r\n]*\r?\n", re.MULTILINE)
_MOST_MAILS: Final = 30
_OFFICE_2003: Final = {
    "office/word/2003/wordml": frozenset(("p", "br")),
    "office:spreadsheet": frozenset(("worksheet", "row")),
}
"""What begins a line in the XML that Office wrote before its packages, by a part of its name space."""
_CELL: Final = "\x1f"
"""Between two cells of a row; no XML holds it."""
_APPEARS: Final = frozenset(("text", "tspan", "title", "desc"))


def read_text(content: bytes, kind: str, label: str | None) -> Opened:
    """Total."""
    text, missing = decoded(content, label)
    if kind in {"text/csv", "text/tab-separated-values"} and (rows := read_rows(text)) is not None:
        return Opened(rows.text, "text", missing=(*missing, *rows.missing))
    return Opened(text, "text", missing=missing)


def read_html(content: bytes, label: str | None) -> Opened:
    """Total; nothing it points to is fetched."""
    meta = _META.search(content[:4000])
    room = 4 * limits.HTML
    text, _ = charset.decode(content[:room], label, meta[1].decode("ascii", "replace") if meta else None)
    page = html.to_text(text)
    cut = page.cut or len(content) > room
    shown = "\n".join(line.text for line in page.lines)
    return Opened(shown, "text", missing=(TOO_LONG,) if cut else (), notes=(HIDDEN,) if page.hidden else ())


def read_xml(content: bytes, kind: str) -> Opened:
    """The words of its elements, one a line.  Raises Refused for a document type."""
    listener = _Words(drawing=kind == "image/svg+xml")
    whole = feed(iter((content,)), listener)
    listener.end("")
    return Opened(listener.lines.text, "text", missing=(*listener.lines.missing, *(() if whole else (DAMAGED,))))


class _Words:
    def __init__(self, *, drawing: bool) -> None:
        self.lines = Lines()
        self._drawing = drawing
        self._words: list[str] = []
        self._unseen = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - what a target hears
        space, _, name = tag.rpartition("}")
        name = name.lower()
        office = next((office for office in _OFFICE_2003 if office in space), None)
        if office is None or name in _OFFICE_2003[office]:
            self.end("")
        elif name == "cell" and self._words:
            self._words.append(_CELL)
        # In a drawing only its text elements are words; what else stands between tags is style and script.
        self._unseen = 1 if self._drawing and name not in _APPEARS else 0

    def end(self, tag: str) -> None:
        if any(office in tag for office in _OFFICE_2003):
            return
        said, self._words = "".join(self._words), []
        if said := "\t".join(" ".join(cell.split()) for cell in said.split(_CELL)).strip():
            self.lines.add(said)

    def data(self, text: str) -> None:
        if not self._unseen:
            self._words.append(text)


def read_mail(content: bytes, request: ReadingRequest, measure: Measure) -> Opened:
    """Who wrote what to whom, in words; what is attached to it as members."""
    message = read_message(content, request)
    reading = message.reading
    said = (reading.text.fresh, reading.text.quoted, reading.text.signature)
    fields = (
        ("From", _person(reading.sender)),
        ("To", ", ".join(_person(one) for one in reading.to[:20])),
        ("Date", "" if reading.date is None else reading.date.isoformat()),
        ("Subject", reading.subject),
    )
    lines = written(fields, "\n\n".join(piece for piece in said if piece))
    members = tuple(
        Member(
            part.filename,
            part.content,
            part.media_type_declared,
            inline=part.inline,
            content_id=part.content_id,
            charset=part.charset,
            shown_in=part.shown_in,
        )
        for part in message.parts
    )
    measure.take(sum(len(member.content) for member in members))
    faults = tuple(defect.what for defect in reading.defects)
    return Opened(
        lines.text,
        "mail",
        missing=(*lines.missing, *(faults or (DAMAGED,) if reading.incomplete else ())),
        notes=() if reading.incomplete else faults,
        members=members,
    )


def read_mailbox(content: bytes, measure: Measure) -> Opened:
    """An mbox: each mail a member."""
    starts = list(_MBOX.finditer(content))
    ends = [*(start.start() for start in starts[1:]), len(content)]
    mails = [content[start.end() : end] for start, end in zip(starts, ends, strict=True)][:_MOST_MAILS]
    measure.take(sum(map(len, mails)))
    cut = (f"only {_MOST_MAILS} of {len(starts)} mails inside were read",) if len(starts) > _MOST_MAILS else ()
    members = tuple(Member(f"mail {number}", mail, "message/rfc822") for number, mail in enumerate(mails, 1))
    return Opened(source="none", missing=cut, members=members)


def _person(address: Address | None) -> str:
    return "" if address is None else mailbox(address.name, address.address)
