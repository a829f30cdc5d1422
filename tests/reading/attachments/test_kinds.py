import bz2
import gzip
import io
import lzma
import tarfile

import pytest

from mailbot.reading.attachments.kinds import media_type
from tests.reading.attachments.compound_file import compound_file
from tests.reading.attachments.opening import only, parts, said


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    return out.getvalue()


def box(brand: bytes, rest: bytes = b"") -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + brand + b"mp42" + rest


TRACK_OF_SOUND = b"\0\0\0\x20hdlr" + bytes(8) + b"soun" + bytes(12)
TRACK_OF_FILM = b"\0\0\0\x20hdlr" + bytes(8) + b"vide" + bytes(12)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xef\xbb\xbf\r\n%PDF-1.4", "application/pdf"),
        (b"Voici comment un PDF commence : %PDF-1.4", "text/plain"),
        (b"MZ\x90\0\3\0\0\0", "application/x-msdownload"),
        (b"MZ Travaux vous remercie de votre commande.", "text/plain"),
        (b"BM Conseil, devis du 3 mars", "text/plain"),
        (b"\x7fELF\2\1\1\0", "application/x-executable"),
        (b"8BPS\0\1" + bytes(20), "image/vnd.adobe.photoshop"),
        (b"SIMPLE  =                    T", "image/fits"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "application/postscript"),
        (b"\xc5\xd0\xd3\xc6" + bytes(26), "application/postscript"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(20), "image/jp2"),
        (b"\xff\x4f\xff\x51" + bytes(20), "image/jp2"),
        (box(b"heic"), "image/heic"),
        (box(b"mif1"), "image/heic"),
        (box(b"avif"), "image/avif"),
        (box(b"M4A "), "audio/mp4"),
        (box(b"isom", TRACK_OF_SOUND), "audio/mp4"),
        (box(b"isom", TRACK_OF_SOUND + TRACK_OF_FILM), "video/mp4"),
        (box(b"3gp4", TRACK_OF_SOUND), "audio/3gpp"),
        (box(b"qt  ", TRACK_OF_FILM), "video/quicktime"),
        (b"#!AMR\n\x3c\x91", "audio/amr"),
        (b"OggS\0\2" + bytes(22) + b"\x01\x13OpusHead", "audio/ogg"),
        (b"ID3\4\0\0\0\0", "audio/mpeg"),
        (b"\xff\xfb\x90\0" + bytes(40), "audio/mpeg"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07\1\0", "application/vnd.rar"),
        (gzip.compress(b"a", mtime=0), "application/gzip"),
        (bz2.compress(b"a"), "application/x-bzip2"),
        (lzma.compress(b"a"), "application/x-xz"),
        (tar(), "application/x-tar"),
        (b"{\\rtf1\\ansi a}", "application/rtf"),
        (b"\x78\x9f\x3e\x22\1\0", "application/ms-tnef"),
        ("BEGIN:VCALENDAR\r\n".encode("utf-16"), "text/calendar"),
        (b"\xef\xbb\xbfbegin:vcard\r\n", "text/vcard"),
        (b"<?xml version='1.0'?>\n<svg xmlns='x'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'><html/>", "text/html"),
        (b"<?xml version='1.0'?>\n<facture/>", "application/xml"),
        (b"\xef\xbb\xbf  <!DOCTYPE HTML><p>x", "text/html"),
        ("\ufeff<html><p>é".encode("utf-16-le"), "text/html"),
        (b"<p>un fragment</p>", "text/html"),
        (b"From anne@example.org Mon Jan  5 10:00:00 2026\nFrom: a\nTo: b\n\nx", "application/mbox"),
        (b"Received: from a\r\n by b;\r\nFrom: anne@example.org\r\n\r\nx", "message/rfc822"),
        (b"Bonjour,\nSubject: de votre lettre\n", "text/plain"),
        ("Un texte en UTF-16 sans marque".encode("utf-16-le"), "text/plain"),
        (bytes(range(256)) * 20, "application/octet-stream"),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc", "application/pgp-encrypted"),
        (b"-----BEGIN PGP SIGNATURE-----\n\nabc", "application/pgp-signature"),
        (b"", "text/plain"),
    ],
)
def test_a_type_is_told_by_the_first_bytes(content: bytes, expected: str) -> None:
    assert media_type(content, "application/octet-stream") == expected


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ({("WordDocument",): b"x"}, "application/msword"),
        ({("Workbook",): b"x"}, "application/vnd.ms-excel"),
        ({("Book",): b"x"}, "application/vnd.ms-excel"),
        ({("PowerPoint Document",): b"x"}, "application/vnd.ms-powerpoint"),
        ({("__properties_version1.0",): bytes(32)}, "application/vnd.ms-outlook"),
        ({("CONTENTS",): b"x"}, "application/x-ole-storage"),
    ],
)
def test_a_compound_file_is_what_its_streams_say(streams: dict[tuple[str, ...], bytes], expected: str) -> None:
    assert media_type(compound_file(streams), "application/pdf") == expected


def test_an_installer_is_a_program() -> None:
    class_id = bytes.fromhex("84100c0000000000c000000000000046")

    assert media_type(compound_file({("x",): b"y"}, class_id), "") == "application/x-msdownload"


def test_only_a_text_may_be_what_the_sender_declares() -> None:
    assert media_type(b"a;b\n1;2\n", "text/csv") == "text/csv"
    assert media_type(b"a;b\n1;2\n", "application/vnd.ms-excel") == "text/csv"
    assert media_type(b"Bonjour", "application/pdf") == "text/plain"
    assert media_type(b"Bonjour", "text/html") == "text/plain"
    assert media_type(b"Bonjour", "text/calendar") == "text/plain"
    assert media_type(b"MZ\x90\0\3", "text/plain") == "application/x-msdownload"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\0\3\0\0\0", "program"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
        (b"Rar!\x1a\x07\1\0", "rar"),
        (b"#!AMR\n\x3c\x91", "voice message"),
        (box(b"mp42", TRACK_OF_FILM), "film"),
        (b"8BPS\0\1" + bytes(20), "picture of a kind"),
        (b"SIMPLE  =                    T", "picture of a kind"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(20), "picture of a kind"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc", "PGP"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "EICAR"),
        (b"\1\2\3\0" * 50, "unknown kind"),
        (b"", "empty"),
    ],
)
def test_what_is_not_opened_is_named_and_sends_the_mail_to_a_person(content: bytes, words: str) -> None:
    part = only(content)

    assert words in said(part)[0]
    assert part.text == ""
    assert part.incomplete


@pytest.mark.parametrize(
    "content",
    [b"-----BEGIN PGP SIGNATURE-----\n\nabc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc", b"\0\5\x16\7\0\2"],
)
def test_a_signature_or_a_key_is_nothing_to_read(content: bytes) -> None:
    part = only(content)

    assert part.decorative
    assert not part.incomplete
    assert part.defects == ()


def test_the_label_of_an_encrypted_mail_is_nothing_to_read() -> None:
    assert only(b"Version: 1\r\n", "application/pgp-encrypted").decorative


def test_an_empty_inline_picture_is_a_tracker() -> None:
    (part,) = parts(b"", declared="image/gif", inline=True)

    assert part.decorative
    assert not part.incomplete
