"""From a raw part to the reader of its kind."""

import hashlib
import zipfile
from io import BytesIO

from striprtf.striprtf import rtf_to_text

from mailbot.model import Defect, Part, ReadingRequest, TextSource
from mailbot.reading import charset, html
from mailbot.reading.attachments import kinds, office
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.images import is_decoration, read_picture
from mailbot.reading.attachments.pdf import read_pdf
from mailbot.reading.message import RawPart
from mailbot.reading.reader import read_message

_MOST_CHARACTERS = 200_000
_MEMBERS = 30
_DEPTH = 3
_UNOPENED = {
    "application/x-7z-compressed": "a 7z archive: not opened",
    "application/vnd.rar": "a rar archive: not opened",
    "application/x-msdownload": "a program: not opened",
    "application/x-executable": "a program: not opened",
    "application/ms-tnef": "a winmail.dat: not opened",
    "application/x-ole-storage": "an old Office or Outlook file: not opened",
    "application/octet-stream": "of unknown kind: not opened",
}


def read_attachment(part: RawPart, where: str, request: ReadingRequest, budget: Budget, depth: int = 0) -> Part:
    """`where` names it in defects ("attachment 2")."""
    kind = kinds.media_type(part.content, part.media_type_declared)
    text, source, pages, confidence, defects = "", "none", None, None, list(part.defects)
    decorative = kind.startswith("image/") and is_decoration(part.content, inline=part.inline)
    if not part.content:
        defects.append(Defect(where, "empty"))
    elif decorative:
        pass
    elif kind == "application/pdf":
        found = read_pdf(part.content, where, budget)
        text, source, pages, confidence = found.text, found.source, found.pages, found.confidence
        defects += found.defects
    elif kind.startswith("image/"):
        shot = read_picture(part.content, where, budget)
        text, pages, confidence, source = shot.text, shot.pages, shot.confidence, "ocr" if shot.text else "none"
        defects += shot.defects
    elif kind == "message/rfc822":
        text, source = _mail(part.content, request, depth), "mail"
    elif kind == "application/zip":
        text, more = _zip(part.content, where, request, budget, depth)
        source = "office" if text else "none"
        defects += more
    elif kind.startswith("application/vnd.o"):
        text, more = office.read_office(part.content, kind, where)
        source = "office"
        defects += more
    elif kind == "application/rtf":
        text, source = _rtf(part.content), "office"
    elif kind == "text/html":
        shown = html.to_text(charset.decode(part.content, part.charset)[0])
        text, source = f"{shown.fresh}\n{shown.quoted}".strip(), "text"
    elif kind.startswith("text/"):
        text, source = charset.decode(part.content[: 4 * _MOST_CHARACTERS], part.charset)[0], "text"
    else:
        defects.append(Defect(where, _UNOPENED.get(kind, "of a kind that is not read")))
    return Part(
        filename=part.filename,
        media_type=kind,
        size=len(part.content),
        sha256=hashlib.sha256(part.content).hexdigest(),
        text_source=_source(source),
        pages=pages,
        text=text[:_MOST_CHARACTERS].strip(),
        decorative=decorative,
        ocr_confidence=confidence,
        defects=tuple(defects),
    )


def _rtf(content: bytes) -> str:
    text: str = rtf_to_text(content.decode("latin-1"), errors="ignore")  # type: ignore[no-untyped-call]
    return text


def _source(name: str) -> TextSource:
    sources: tuple[TextSource, ...] = ("pdf", "ocr", "office", "mail", "text", "none")
    return next(source for source in sources if source == name)


def _mail(content: bytes, request: ReadingRequest, depth: int) -> str:
    if depth >= _DEPTH:
        return ""
    reading = read_message(content, request).reading
    sender = "" if reading.sender is None else f"{reading.sender.name} <{reading.sender.address}>".strip()
    date = "" if reading.date is None else reading.date.isoformat()
    body = "\n\n".join(piece for piece in (reading.text.fresh, reading.text.quoted) if piece)
    return f"From: {sender}\nDate: {date}\nSubject: {reading.subject}\n\n{body}"


def _zip(content: bytes, where: str, request: ReadingRequest, budget: Budget, depth: int) -> tuple[str, list[Defect]]:
    if depth >= _DEPTH:
        return "", [Defect(where, "archives inside archives: not opened")]
    texts: list[str] = []
    defects: list[Defect] = []
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            total = sum(member.file_size for member in members)
            if (
                len(members) > office.MAX_MEMBERS
                or total > office.MAX_EXPANDED
                or total > 100 * len(content) + 1_000_000
            ):
                return "", [Defect(where, "expands without measure: not opened")]
            for member in members[:_MEMBERS]:
                if member.flag_bits & 1:
                    defects.append(Defect(where, "encrypted"))
                    break
                # By index and into memory: no name inside an archive ever becomes a path.
                inner = RawPart(member.filename.split("/")[-1][:120], "application/octet-stream", archive.read(member))
                read = read_attachment(inner, where, request, budget, depth + 1)
                defects += read.defects
                if read.text:
                    texts.append(f"[{inner.filename}]\n{read.text}")
            if len(members) > _MEMBERS:
                defects.append(Defect(where, f"only {_MEMBERS} of {len(members)} files inside were read"))
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        defects.append(Defect(where, f"a broken archive ({type(error).__name__})"))
    return "\n\n".join(texts), defects
