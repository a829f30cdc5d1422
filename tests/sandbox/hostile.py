"""Hostile mails, one function each: made here, small where the attack is small, named after the reliability matrix."""

import io
import struct
import tarfile
import zipfile
import zlib
from email.message import EmailMessage

from PIL import Image

WORDS = "Bonjour, voici le document."
HEADER = b"From: anne@example.org\r\nTo: contact@example.org\r\nSubject: essai\r\nMIME-Version: 1.0\r\n"
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def mail(*attachments: tuple[str, str, bytes], text: str = WORDS) -> bytes:
    """Of (name, declared type, bytes)."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "anne@example.org", "contact@example.org", "essai"
    made.set_content(f"{text}\n")
    for name, kind, content in attachments:
        main, _, sub = kind.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def one(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    """A mail with words, the hostile file, and an honest one behind it."""
    return mail((name, kind, content), ("fin.txt", "text/plain", b"fin"))


def nested(depth: int) -> bytes:
    levels = (b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(depth))
    return HEADER + b"".join(levels) + b"Content-Type: text/plain\n\nfin\n"


def enclosed(count: int) -> bytes:
    return HEADER + b"Content-Type: message/rfc822\r\n\r\n" * count + b"fin"


def empty_parts(count: int) -> bytes:
    return HEADER + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nfin\r\n" + b"--b\r\n\r\n\r\n" * count


def encoded_words(count: int) -> bytes:
    subject = b" ".join([b"=?utf-8?q?ab_cdefghij?="] * count)
    return b"From: a@example.org\r\nSubject: " + subject + b"\r\n\r\n" + WORDS.encode()


def with_field(field: bytes) -> bytes:
    return HEADER + field + b"\r\n" + PLAIN + WORDS.encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def zip_of_zips(depth: int) -> bytes:
    """Each holds the next twice: to open them all is to open 2^depth."""
    content = zipped(("fin.txt", b"fin"))
    for level in range(depth):
        content = zipped((f"{level}a.zip", content), (f"{level}b.zip", content))
    return content


def overlapping(count: int) -> bytes:
    """One packed kernel of 10 MB that every entry of the directory names (CVE-2024-0450, D. Fifield's zip bomb)."""
    content = bytes(10_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(content) + packer.flush()
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, zlib.crc32(content), len(kernel), len(content), 1, 0)
    local = b"PK\3\4" + common + b"a" + kernel
    entry = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(entry) * count, len(local), 0)
    return local + entry * count + b"PK\5\6" + end


def lying_zip64() -> bytes:
    extra = struct.pack("<HHQ", 1, 8, 1 << 60)
    common = struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0x21, zlib.crc32(b"texte"), 5, 0xFFFFFFFF, 5, len(extra))
    local = b"PK\3\4" + common + b"a.txt" + extra + b"texte"
    entry = b"PK\1\2" + struct.pack("<H", 45) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.txt" + extra
    return local + entry + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local), 0)


def encrypted_zip() -> bytes:
    content = bytearray(zipped(("a.txt", b"texte")))
    for magic, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(magic) + at] |= 1
    return bytes(content)


def wandering_tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind, content in (
            ("../../etc/cron.d/x", tarfile.REGTYPE, b"un"),
            ("/etc/passwd", tarfile.REGTYPE, b"deux"),
            ("lien", tarfile.SYMTYPE, b""),
            ("null", tarfile.CHRTYPE, b""),
            ("CON", tarfile.REGTYPE, b"trois"),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), "/etc/passwd"
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def picture(kind: str, size: tuple[int, int], mode: str = "1", **how: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **how)
    return out.getvalue()


def many_frames(count: int) -> bytes:
    """A TIFF whose directories follow one another; each names the same small strip (TIFF 6.0 section 2)."""
    strip = bytes(200 * 25)
    start = 8 + len(strip)
    shape = ((256, 4, 200), (257, 4, 200), (258, 3, 1), (259, 3, 1), (262, 3, 0))
    entries = (*shape, (273, 4, 8), (278, 4, 200), (279, 4, len(strip)))
    length = 2 + 12 * len(entries) + 4
    out = [b"II*\0" + struct.pack("<I", start) + strip]
    for number in range(count):
        following = 0 if number == count - 1 else start + length * (number + 1)
        out.append(struct.pack("<H", len(entries)))
        out += [struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries]
        out.append(struct.pack("<I", following))
    return b"".join(out)


def document_with_entities() -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    entities = '<!ENTITY a0 "haha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<?xml version="1.0"?><!DOCTYPE w [{entities}<!ENTITY x SYSTEM "http://127.0.0.1/x">]>'
    return zipped(
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", f'{laughs}<w:document xmlns:w="{space}"><w:body>&a9;&x;</w:body></w:document>'.encode()),
    )


def png_of_claims() -> bytes:
    """Two thousand million pixels in a header, and no picture."""
    head = struct.pack(">IIBBBBB", 0x7FFF_FFFF, 0x7FFF_FFFF, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0xFFFF_FFF0) + b"IDAT"


def deep_html(depth: int) -> bytes:
    return HEADER + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + b"<div>" * depth + WORDS.encode()
