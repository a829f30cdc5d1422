"""Old .doc, .xls and .ppt, written record by record from MS-DOC, MS-XLS and MS-PPT."""

import struct

import pytest

from tests.reading.attachments.compound_file import compound_file
from tests.reading.attachments.opening import only, parts, said

# --- .doc ---


def doc(pieces: list[tuple[str, bool]], *, flags: int = 0x0200, table: str = "1Table") -> bytes:
    """`pieces` of the text with whether they are stored one byte a character; stored in the reverse order."""
    stream = bytearray(0x400)
    places = []
    for text, narrow in reversed(pieces):
        places.append(len(stream))
        stream += text.encode("cp1252" if narrow else "utf-16-le")
    places.reverse()
    bounds, at = [0], 0
    for text, _ in pieces:
        at += len(text)
        bounds.append(at)
    plan = struct.pack(f"<{len(bounds)}I", *bounds)
    for (_, narrow), place in zip(pieces, places, strict=True):
        plan += struct.pack("<HIH", 0, place * 2 | 0x40000000 if narrow else place, 0)
    clx = b"\1" + struct.pack("<H", 4) + b"prls" + b"\2" + struct.pack("<I", len(plan)) + plan
    struct.pack_into("<HH", stream, 0, 0xA5EC, 0x00C1)
    struct.pack_into("<H", stream, 0x0A, flags)
    struct.pack_into("<I", stream, 0x4C, at)
    struct.pack_into("<II", stream, 0x1A2, 16, len(clx))
    return compound_file({("WordDocument",): bytes(stream), (table,): bytes(16) + clx})


def test_a_doc_is_read_by_its_piece_table_whatever_the_order_of_its_pieces() -> None:
    part = only(doc([("Madame,\rJe quitte le logement à la ", True), ("fin de l’été — Łódź.\r", False)]))

    assert part.media_type == "application/msword"
    assert part.text == "Madame,\nJe quitte le logement à la fin de l’été — Łódź."
    assert not part.incomplete


def test_fields_show_their_result_and_cells_their_text() -> None:
    text = 'Voir \x13HYPERLINK "http://x"\x14le lien\x15.\rNom\x07Loyer\x07\x07Durand\x07412\x07\x07fin\x0bligne\x0c\r'

    assert only(doc([(text, True)])).text == "Voir le lien.\nNom\tLoyer\nDurand\t412\nfin\nligne"


def test_an_encrypted_doc_is_said_to_be() -> None:
    part = only(doc([("x", True)], flags=0x0300))

    assert said(part) == ["encrypted"]
    assert part.incomplete


def test_a_doc_whose_pieces_name_the_same_bytes_a_million_times_is_bounded() -> None:
    stream = bytearray(60_000)
    struct.pack_into("<HH", stream, 0, 0xA5EC, 0x00C1)
    count = 20_000
    plan = b"".join(struct.pack("<I", number * 50_000) for number in range(count + 1))
    plan += struct.pack("<HIH", 0, 0x40000000, 0) * count
    clx = b"\2" + struct.pack("<I", len(plan)) + plan
    struct.pack_into("<II", stream, 0x1A2, 0, len(clx))
    part = only(compound_file({("WordDocument",): bytes(stream), ("0Table",): clx}))

    assert len(part.text) <= 200_000


@pytest.mark.parametrize("cut", [10, 100, 0x1A4])
def test_a_doc_that_breaks_off_is_said_to_be_damaged(cut: int) -> None:
    stream = struct.pack("<HH", 0xA5EC, 0x00C1) + bytes(0x400)

    assert only(compound_file({("WordDocument",): stream[:cut]})).incomplete


# --- .xls ---


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def wide(text: str, width: int = 2) -> bytes:
    return len(text).to_bytes(width, "little") + b"\1" + text.encode("utf-16-le")


def rk(value: int, *, hundredth: bool = False) -> bytes:
    return struct.pack("<i", value << 2 | 2 | hundredth)


def xls(cells: bytes, strings: bytes = b"", *, extra: bytes = b"", hidden: int = 0) -> bytes:
    """One sheet called Loyers; styles: 0 general, 1 dd/mm/yyyy, 2 #,##0.00."""
    bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    styles = record(0x041E, struct.pack("<H", 164) + wide("dd/mm/yyyy"))
    styles += b"".join(record(0x00E0, struct.pack("<HH", 0, number) + bytes(16)) for number in (0, 164, 4))
    name = b"\6\0Loyers"
    size = len(bof) + len(extra) + len(styles) + 4 + 6 + len(name) + len(strings) + 4
    sheet = record(0x0085, struct.pack("<IH", size, hidden) + name)
    book = bof + extra + styles + sheet + strings + record(0x000A, b"")
    assert len(book) == size
    return compound_file(
        {
            ("Workbook",): book
            + record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0))
            + cells
            + record(0x000A, b"")
        }
    )


def at(row: int, column: int, style: int = 0) -> bytes:
    return struct.pack("<HHH", row, column, style)


def test_an_xls_shows_its_cells() -> None:
    strings = record(
        0x00FC, struct.pack("<II", 2, 2) + b"\4\0\0Nom " + wide("Échéance")[:2] + b"\1" + "Échéance".encode("utf-16-le")
    )
    cells = (
        record(0x00FD, at(0, 0) + struct.pack("<I", 0))
        + record(0x00FD, at(0, 1) + struct.pack("<I", 1))
        + record(0x0204, at(1, 0) + b"\6\0\0Durand")
        + record(0x027E, at(1, 1, 1) + rk(46053))
        + record(0x0203, at(1, 2, 2) + struct.pack("<d", 1234.5))
        + record(
            0x00BD,
            struct.pack("<HH", 2, 0)
            + struct.pack("<H", 0)
            + rk(5)
            + struct.pack("<H", 0)
            + rk(1250, hundredth=True)
            + struct.pack("<H", 1),
        )
        + record(0x0006, at(3, 0) + struct.pack("<d", 2.0) + bytes(8))
        + record(0x0006, at(3, 1) + b"\0\0\0\0\0\0\xff\xff" + bytes(8))
        + record(0x0207, b"\5\0\0texte")
        + record(0x0205, at(3, 2) + b"\1\0")
    )
    part = only(xls(cells, strings, hidden=1))

    assert part.media_type == "application/vnd.ms-excel"
    assert part.text == "[Loyers (hidden)]\nNom\tÉchéance\nDurand\t31/01/2026\t1 234,50\n5\t12.5\n2\ttexte\tVRAI"


def test_a_shared_string_may_go_on_in_another_width_in_the_next_record() -> None:
    first = struct.pack("<II", 1, 1) + struct.pack("<HB", 8, 0) + b"loyer"
    strings = record(0x00FC, first) + record(0x003C, b"\1" + " dû".encode("utf-16-le"))

    assert only(xls(record(0x00FD, at(0, 0) + struct.pack("<I", 0)), strings)).text == "[Loyers]\nloyer dû"


def test_an_encrypted_xls_is_said_to_be() -> None:
    assert said(only(xls(b"", extra=record(0x002F, bytes(6))))) == ["encrypted"]


def test_an_xls_of_excel_5_in_cyrillic() -> None:
    bof = record(0x0809, struct.pack("<HHHH", 0x0500, 16, 0, 0))
    cells = record(0x0042, struct.pack("<H", 1251)) + record(0x0204, at(0, 0) + b"\7\0" + "Договор".encode("cp1251"))

    assert only(compound_file({("Book",): bof + cells + record(0x000A, b"")})).text == "Договор"


# --- .ppt, and what else is a compound file ---


def atom(kind: int, content: bytes, version: int = 0) -> bytes:
    return struct.pack("<HHI", version, kind, len(content)) + content


def test_a_ppt_s_slides_are_read_without_their_master() -> None:
    slides = atom(
        0x03E8, atom(0x0FF0, atom(0x0FA0, "Réunion\rpoint".encode("utf-16-le")) + atom(0x0FA8, b"le 3 mars"), 0xF), 0xF
    )
    master = atom(0x03F8, atom(0x0FA8, b"Click to edit"), 0xF)
    part = only(compound_file({("PowerPoint Document",): master + slides, ("Current User",): bytes(20)}))

    assert part.media_type == "application/vnd.ms-powerpoint"
    assert part.text == "Réunion\npoint\nle 3 mars"


@pytest.mark.parametrize("stream", ["EncryptedPackage", "EncryptionInfo"])
def test_an_encrypted_docx_is_said_to_be(stream: str) -> None:
    part = only(compound_file({(stream,): bytes(100)}))

    assert said(part) == ["encrypted"]
    assert part.incomplete


def test_an_embedded_file_is_taken_out_of_its_wrapping() -> None:
    native = (
        struct.pack("<IH", 0, 2)
        + b"note.txt\0C:\\x\\note.txt\0"
        + struct.pack("<HHI", 0, 3, 4)
        + b"C:\\\0"
        + struct.pack("<I", 6)
        + b"dedans"
    )
    found = parts(compound_file({("\x01Ole10Native",): native}), "objet.bin")

    assert [(part.filename, part.text) for part in found] == [("objet.bin", ""), ("objet.bin/note.txt", "dedans")]
    assert not found[0].incomplete


def test_macros_of_a_doc_are_said() -> None:
    content = compound_file({("PowerPoint Document",): atom(0x0FA8, b"texte"), ("_VBA_PROJECT_CUR", "VBA"): b"x"})

    assert said(only(content)) == ["it holds macros: not run"]
