"""What bytes are, by their own first words; never by their name, nor by what the sender declares."""

import re
import zipfile
import zlib
from io import BytesIO
from typing import Final

from mailbot.reading.attachments.compound import Compound

PDF: Final = "application/pdf"
ZIP: Final = "application/zip"
MAIL: Final = "message/rfc822"
UNKNOWN: Final = "application/octet-stream"
OLE: Final = "application/x-ole-storage"
PROGRAM: Final = "application/x-msdownload"
ENVELOPE: Final = "application/pkcs7-mime"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSB: Final = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
_LOOK: Final = 4096
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    (b"\x60\xea", "application/x-arj"),
    (b"\x1f\x9d", "application/x-compress"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"MZ", PROGRAM),
    (b"\x7fELF", "application/x-executable"),
    (b"\xca\xfe\xba\xbe", "application/x-executable"),
    (b"\xfe\xed\xfa\xce", "application/x-executable"),
    (b"\xfe\xed\xfa\xcf", "application/x-executable"),
    (b"\xce\xfa\xed\xfe", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (b"dex\n", "application/x-executable"),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (b"ITSF\x03\0\0\0", "application/vnd.ms-htmlhelp"),
    (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "application/x-eicar"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"SIMPLE  =", "image/fits"),
    (b"%!PS", "application/postscript"),
    (b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (b"\x01fcp", "image/x-pcf"),
    (b"gimp xcf", "image/x-xcf"),
    (b"AT&TFORM", "image/vnd.djvu"),
    (b"DDS ", "image/vnd.ms-dds"),
    (b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"caff", "audio/x-caf"),
    (b"MThd", "audio/midi"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"FLV\x01", "video/x-flv"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"\0\0\x01\xb3", "video/mpeg"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"\0\1\0\0Standard ", "application/vnd.ms-access"),
    (b"\0\5\x16\7", "application/applefile"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"OTTO\0", "font/otf"),
    (b"\0\1\0\0\0", "font/ttf"),
)
_MPEG_FRAME: Final = re.compile(rb"\xff[\xfa\xfb\xf2\xf3\xe2\xe3]")
_ADTS: Final = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
_HEIC: Final = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"))
_AVIF: Final = frozenset((b"avif", b"avis"))
_CMS: Final = re.compile(
    rb"\x30(?:\x80|[\x00-\x7f]|[\x81-\x84].{1,4}?)\x06[\x09\x0b]\x2a\x86\x48\x86\xf7\x0d\x01(?:\x07|\x09\x10\x01)",
    re.DOTALL,
)
"""A sequence that begins with the object identifier of a CMS content (RFC 5652 section 3)."""
_TEXTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"BEGIN:VCALENDAR\b", re.IGNORECASE), "text/calendar"),
    (re.compile(r"BEGIN:VCARD\b", re.IGNORECASE), "text/vcard"),
    (re.compile(r"\{\\rtf"), "application/rtf"),
    (re.compile(r"-----BEGIN PGP MESSAGE-----"), "application/pgp-encrypted"),
    (re.compile(r"-----BEGIN PGP SIGNATURE-----"), "application/pgp-signature"),
    (re.compile(r"-----BEGIN PGP P(?:UBLIC|RIVATE) KEY BLOCK-----"), "application/pgp-keys"),
    (re.compile(r"-----BEGIN (?:PKCS7|CMS)-----"), ENVELOPE),
    (re.compile(r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----"), "application/pem-certificate-chain"),
    (re.compile(r"%!PS"), "application/postscript"),
    (re.compile(r"From \S+ .*\d\d:\d\d.*\n(?:[\w-]+: )"), "application/mbox"),
    (re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE), "text/html"),
    (re.compile(r"<svg\b", re.IGNORECASE), "image/svg+xml"),
)
_XML: Final = re.compile(r"<\?xml\b|<!DOCTYPE\b|<!--|<[A-Za-z_][\w.-]*:?[\w.-]*\s+xmlns")
_ROOTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE), "text/html"),
    (re.compile(r"<(?:\w+:)?svg\b|<!DOCTYPE\s+svg\b"), "image/svg+xml"),
    (re.compile(r"<office:document\b"), "application/vnd.oasis.opendocument.text-flat-xml"),
)
_MAIL: Final = re.compile(
    r"(?:(?:Received|From|Return-Path|Delivered-To|Date|Subject|To|Cc|Reply-To|Message-ID|MIME-Version|Content-Type"
    r"|X-[\w-]+)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2}",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"<(?:[a-z][a-z0-9]*[\s/>]|!--)", re.IGNORECASE)
_DECLARABLE: Final = frozenset(("text/plain", "text/html", "text/csv", "text/markdown", "text/tab-separated-values"))
_MIMETYPE: Final = re.compile(r"application/(?:vnd\.oasis\.opendocument\.[a-z-]{3,30}|epub\+zip)\Z")
_STREAMS: Final = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("VisioDocument", "application/vnd.visio"),
    ("Quill", "application/x-mspublisher"),
)
_INSTALLER: Final = "000C1084-0000-0000-C000-000000000046"
_BROKEN_ZIP: Final = (
    *(zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, NotImplementedError, EOFError, OverflowError),
)


def media_type(content: bytes, declared: str) -> str:
    """The type that the bytes show; the declared one only tells texts apart, and only if they are texts."""
    head = content[:_LOOK]
    if (at := head.find(b"%PDF-", 0, 1024)) >= 0 and not head[:at].strip(b"\r\n\t\0 \xef\xbb\xbf"):
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(content)
    if (binary := _binary(content, head)) is not None:
        return _compound(content) if binary == OLE else binary
    text = opening(head)
    if text is None:
        return UNKNOWN
    return _text(text, declared)


def _binary(content: bytes, head: bytes) -> str | None:
    for magic, name in _MAGIC:
        # "MZ Travaux" begins a letter too: a magic made of letters counts where the rest is no text.
        if head.startswith(magic) and not (magic.isalnum() and opening(head) is not None and b"\0" not in head):
            return name
    return _framed(content, head) or _elsewhere(content, head)


def _framed(content: bytes, head: bytes) -> str | None:
    """Families of formats that share a frame."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _film(content, head)
    if head[:4] == b"OggS":
        return "video/ogg" if b"\x80theora" in head else "audio/ogg"
    return "video/quicktime" if head[4:8] in {b"moov", b"mdat", b"wide"} else None


def _elsewhere(content: bytes, head: bytes) -> str | None:
    """What shows further on in the file, or by a pattern of bits."""
    if head[:2] == b"BM" and len(content) > 26 and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if head[:4] == b"\1\0\0\0" and head[40:44] == b" EMF":
        return "image/emf"
    if head[257:262] == b"ustar":
        return "application/x-tar"
    if head[2:5] == b"-lh" and head[6:7] == b"-":
        return "application/x-lzh"
    if _CMS.match(head):
        return ENVELOPE
    if _MPEG_FRAME.match(head):
        return "audio/mpeg"
    return "audio/aac" if _ADTS.match(head) else None


def _film(content: bytes, head: bytes) -> str:
    """ISO base media (ISO/IEC 14496-12): pictures, sound or film, by brand and by the tracks."""
    brand = head[8:12]
    if brand in _AVIF or (brand == b"mif1" and b"avif" in head[:64]):
        return "image/avif"
    if brand in _HEIC:
        return "image/heic"
    if brand in {b"M4A ", b"M4B ", b"M4P "}:
        return "audio/mp4"
    if b"vide" not in content and b"soun" in content:
        # Voice recorders of telephones write a film without pictures.
        return "audio/3gpp" if brand.startswith(b"3g") else "audio/mp4"
    if brand == b"qt  ":
        return "video/quicktime"
    return "video/3gpp" if brand.startswith(b"3g") else "video/mp4"


def opening(head: bytes) -> str | None:
    """The first words of a text, whatever its charset; None when it is none."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return _worded(head[len(mark) :].decode(codec, "replace"))
    if b"\0" in head:
        wide = wide_codec(head)
        return None if wide is None else _worded(head[: 2 * (len(head) // 2)].decode(wide, "replace"))
    if len(_CONTROLS.findall(head)) * 50 > len(head):
        return None
    return head.decode("latin-1").lstrip()


def wide_codec(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte is zero, or nearly."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if min(even, odd) * 20 > half or max(even, odd) * 10 < half * 4:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _worded(text: str) -> str | None:
    strange = sum(1 for char in text if char == "\ufffd" or (char < " " and char not in "\t\r\n\f\x1b"))
    return text.lstrip() if strange * 50 <= len(text) else None


def _text(text: str, declared: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for pattern, name in _TEXTS:
        if pattern.match(text):
            return name
    if _MAIL.match(text) or (declared == MAIL and ":" in text.partition("\n")[0]):
        return MAIL
    if _XML.match(text):
        for pattern, name in _ROOTS:
            if pattern.search(text):
                return name
        return "text/html" if declared == "text/html" and not text.startswith("<?xml") else "application/xml"
    if _TAG.match(text):
        return "text/html"
    if declared == "text/html":
        return "text/html" if _TAG.search(text) else "text/plain"
    if declared in _DECLARABLE:
        return declared
    # A spreadsheet program's own type stands for a table, if the text is one.
    return "text/csv" if declared.endswith(("/vnd.ms-excel", "/csv", "-separated-values")) else "text/plain"


def _compound(content: bytes) -> str:
    try:
        file = Compound(content)
    except ValueError:
        return OLE
    found = next((kind for stream, kind in _STREAMS if stream in file), None)
    return found or (PROGRAM if file.class_id == _INSTALLER else OLE)


def _zipped(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = [name.replace("\\", "/").lower().lstrip("/") for name in archive.namelist()[:5000]]
            if "mimetype" in names:
                said = archive.open(archive.infolist()[names.index("mimetype")]).read(100).decode("ascii", "replace")
                if _MIMETYPE.match(said.strip()):
                    return said.strip()
    except _BROKEN_ZIP:
        return ZIP
    return _packaged(frozenset(names))


def _packaged(names: frozenset[str]) -> str:
    if "[content_types].xml" in names:
        if "xl/workbook.bin" in names:
            return XLSB
        for folder, name in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
            if any(one.startswith(folder) and one.endswith(".xml") for one in names):
                return name
    for member, name in (
        ("androidmanifest.xml", "application/vnd.android.package-archive"),
        ("meta-inf/manifest.mf", "application/java-archive"),
        ("index/document.iwa", "application/vnd.apple.iwork"),
    ):
        if member in names:
            return name
    return ZIP
