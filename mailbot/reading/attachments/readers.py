"""Each kind of file, except pages and pictures, and who reads it; and what is named without being opened."""

from collections.abc import Callable
from typing import Final

from mailbot.reading.attachments import kinds
from mailbot.reading.attachments.archives import read_packed, read_tar, read_zip
from mailbot.reading.attachments.binary_office import read_compound
from mailbot.reading.attachments.cards import read_card
from mailbot.reading.attachments.events import read_calendar
from mailbot.reading.attachments.opendocument import read_flat_opendocument, read_opendocument
from mailbot.reading.attachments.opened import Measure, Member, Opened
from mailbot.reading.attachments.outlook import read_outlook
from mailbot.reading.attachments.presentation import read_presentation
from mailbot.reading.attachments.rtf import read_rtf
from mailbot.reading.attachments.signed import read_signed
from mailbot.reading.attachments.spreadsheet import read_spreadsheet
from mailbot.reading.attachments.texts import read_html, read_mailbox, read_text, read_xml
from mailbot.reading.attachments.tnef import read_tnef
from mailbot.reading.attachments.wordprocessing import read_wordprocessing

PACKED: Final = frozenset(("application/gzip", "application/x-bzip2", "application/x-xz"))
CONTAINERS: Final = frozenset(
    (
        *(kinds.ZIP, kinds.MAIL, "application/x-tar", "application/mbox", "application/ms-tnef", kinds.ENVELOPE),
        *("application/vnd.ms-outlook", "application/vnd.apple.iwork", *PACKED),
    )
)
"""Opened no deeper than the limit; a document's embedded files count as a level too, but the document is read."""
_PREVIEWS: Final = ("preview.jpg", "preview.pdf")
_WITH_MEASURE: Final[dict[str, Callable[[bytes, Measure], Opened]]] = {
    kinds.DOCX: read_wordprocessing,
    kinds.XLSX: read_spreadsheet,
    kinds.PPTX: read_presentation,
    kinds.ZIP: read_zip,
    "application/x-tar": read_tar,
    "application/ms-tnef": read_tnef,
    "application/vnd.ms-outlook": read_outlook,
    "application/mbox": read_mailbox,
    kinds.ENVELOPE: read_signed,
}
_COMPOUND: Final = frozenset(
    (kinds.OLE, "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
)
_VOICE: Final = "a voice message or other sound: not listened to"
_FILM: Final = "a film: not watched"
_ARCHIVE: Final = "an archive of a kind that is not opened"
_UNOPENED: Final = {
    "application/x-7z-compressed": "a 7z archive: not opened",
    "application/vnd.rar": "a rar archive: not opened",
    "application/zstd": _ARCHIVE,
    "application/vnd.ms-cab-compressed": _ARCHIVE,
    "application/x-arj": _ARCHIVE,
    "application/x-compress": _ARCHIVE,
    "application/x-lzh": _ARCHIVE,
    kinds.PROGRAM: "a program: not opened",
    "application/x-executable": "a program: not opened",
    "application/java-archive": "a program: not opened",
    "application/vnd.android.package-archive": "a program: not opened",
    "application/x-ms-shortcut": "a shortcut to a program: not opened",
    "application/vnd.ms-htmlhelp": "a program's help file: not opened",
    "application/x-eicar": "the test virus EICAR: not opened",
    "application/postscript": "a PostScript program: not opened",
    "application/pgp-encrypted": "PGP-encrypted: not read",
    "application/epub+zip": "a book: not opened",
    kinds.XLSB: "a binary spreadsheet: not opened",
    kinds.UNKNOWN: "of unknown kind: not opened",
}
_WORTHLESS: Final = frozenset(
    ("application/pgp-signature", "application/pgp-keys", "application/pem-certificate-chain", "application/applefile")
)


def read(content: bytes, kind: str, label: str | None, measure: Measure) -> Opened:
    """What a file says.  Raises Refused, Measureless, or whatever a library raises for what it cannot read."""
    if kind in _WITH_MEASURE:
        return _WITH_MEASURE[kind](content, measure)
    if kind in _COMPOUND:
        return read_compound(content, kind, measure)
    if kind in PACKED:
        return _unpacked(content, kind, measure)
    if kind == "application/vnd.apple.iwork":
        return _previewed(content, measure)
    if kind.endswith("-flat-xml"):
        return read_flat_opendocument(content)
    if kind.startswith("application/vnd.oasis.opendocument."):
        return read_opendocument(content, measure)
    return _text(content, kind, label)


def _text(content: bytes, kind: str, label: str | None) -> Opened:
    content, label = _narrow(content, label)
    match kind:
        case "application/rtf":
            return read_rtf(content)
        case "text/html":
            return read_html(content, label)
        case "text/calendar":
            return read_calendar(content, label)
        case "text/vcard":
            return read_card(content, label)
        case "application/xml" | "image/svg+xml":
            return read_xml(content, kind)
        case _ if kind.startswith("text/"):
            return read_text(content, kind, label)
        case _:
            worthless = kind in _WORTHLESS or kind.startswith("font/")
            return Opened(source="none", missing=() if worthless else (unopened(kind),), worthless=worthless)


def _narrow(content: bytes, label: str | None) -> tuple[bytes, str | None]:
    """UTF-16 as UTF-8, so that everybody finds the lines."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode("utf-8", "replace"), "utf-8"
    codec = kinds.wide_codec(content[:4096]) if b"\0" in content[:4096] else None
    if codec is None:
        return content.removeprefix(b"\xef\xbb\xbf"), "utf-8" if content.startswith(b"\xef\xbb\xbf") else label
    return content.decode(codec, "replace").encode("utf-8", "replace"), "utf-8"


def unopened(kind: str) -> str:
    """Why a file of this kind is only named."""
    main = kind.partition("/")[0]
    families = {"audio": _VOICE, "video": _FILM, "image": "a picture of a kind that is not opened"}
    return _UNOPENED.get(kind) or families.get(main, "of a kind that is not read")


def _unpacked(content: bytes, kind: str, measure: Measure) -> Opened:
    """A packed tar is one archive, not two."""
    opened = read_packed(content, kind, measure)
    if len(opened.members) == 1 and kinds.media_type(opened.members[0].content, "") == "application/x-tar":
        inner = read_tar(opened.members[0].content, measure)
        return Opened(source="none", missing=(*opened.missing, *inner.missing), members=inner.members)
    return opened


def _previewed(content: bytes, measure: Measure) -> Opened:
    """Apple's documents carry a picture of themselves."""
    found = read_zip(content, measure).members
    previews: tuple[Member, ...] = tuple(one for one in found if one.name.lower().endswith(_PREVIEWS))
    said = "an Apple document: only its preview was read" if previews else "an Apple document: not opened"
    return Opened(source="none", missing=(said,), members=previews)
