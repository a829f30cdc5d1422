import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reading.attachments.opening import budget, parts, said


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name) if how == zipfile.ZIP_STORED else name, content)
    return out.getvalue()


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def raw_member(
    name: bytes, content: bytes, *, flags: int = 0, size: int | None = None, extra: bytes = b"", offset: int = 0
) -> tuple[bytes, bytes]:
    """One stored member: its local header with its bytes, and its entry in the directory (APPNOTE 4.3.7, 4.3.12)."""
    claimed = len(content) if size is None else size
    common = struct.pack(
        "<HHHHHIIIHH", 20, flags, 0, 0, 0x21, zlib.crc32(content), len(content), claimed, len(name), len(extra)
    )
    local = b"PK\3\4" + common + name + extra + content
    central = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name + extra
    return local, central


def raw_zip(*members: tuple[bytes, bytes]) -> bytes:
    local, central = b"".join(one for one, _ in members), b"".join(one for _, one in members)
    return (
        local
        + central
        + b"PK\5\6"
        + struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(central), len(local), 0)
    )


def test_three_files_in_a_zip_are_three_parts() -> None:
    content = zipped(
        ("dossier/attestation.txt", b"ATTESTATION"), ("dossier/a/quittance.txt", b"QUITTANCE"), ("vide/", b"")
    )
    found = parts(content, "dossier.zip")

    assert [(part.filename, part.text) for part in found] == [
        ("dossier.zip", ""),
        ("dossier.zip/attestation.txt", "ATTESTATION"),
        ("dossier.zip/quittance.txt", "QUITTANCE"),
    ]
    assert [part.size for part in found][1:] == [11, 9]
    assert not any(part.incomplete for part in found)
    assert all(part.defects == () for part in found)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x",
        "/etc/passwd",
        "C:\\Windows\\x",
        "..\\..\\x",
        "CON",
        "a/../../x",
        "-rf",
        "a\0b",
        "x\u202efdp.exe",
        "<script>",
        "é" * 3000,
    ],
)
def test_no_name_in_an_archive_is_ever_a_path(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = parts(zipped((name, b"texte"), how=zipfile.ZIP_STORED), "z.zip")
    found += parts(tar((tarfile.TarInfo(name.replace("\0", "")), b"texte")), "t.tar")
    labels = [part.filename.partition("/")[2] for part in found if part.text == "texte"]

    assert len(labels) == 2
    assert not any(
        "/" in label or "\\" in label or "\0" in label or "\u202e" in label or len(label) > 120 for label in labels
    )
    assert list(tmp_path.iterdir()) == []


def test_names_in_utf_8_in_the_dos_page_and_in_the_extra_field() -> None:
    extra = b"\1" + struct.pack("<I", zlib.crc32(b"d?g?t.txt")) + "dégât.txt".encode()
    members = [
        (b"\x82t\x82.txt", {}),
        ("été.txt".encode(), {}),
        ("août.txt".encode(), {"flags": 0x800}),
        (b"d?g?t.txt", {"extra": struct.pack("<HH", 0x7075, len(extra)) + extra}),
    ]
    made, offset = [], 0
    for number, (name, more) in enumerate(members):
        one = raw_member(name, b"texte %d" % number, offset=offset, **more)  # type: ignore[arg-type]
        offset += len(one[0])
        made.append(one)

    assert [part.filename for part in parts(raw_zip(*made), "z")][1:] == [
        "z/été.txt",
        "z/été.txt",
        "z/août.txt",
        "z/dégât.txt",
    ]


def test_an_encrypted_zip_is_said_to_be() -> None:
    (part,) = parts(raw_zip(raw_member(b"a.txt", b"x" * 20, flags=1)))

    assert said(part) == ["encrypted"]
    assert part.incomplete


def test_a_member_that_expands_a_thousandfold_is_stopped() -> None:
    started = time.monotonic()
    found = parts(zipped(("bombe.txt", bytes(80_000_000)), ("a.txt", b"texte")))

    assert "expands without measure" in said(found[0])[0]
    assert found[0].incomplete
    assert [part.text for part in found[1:]] == ["texte"]
    assert time.monotonic() - started < 10


def test_many_members_share_one_measure() -> None:
    noise = os.urandom(1 << 20) * 8
    spent = budget(expanded=20_000_000)
    found = parts(zipped(*((f"{number}.bin", noise + bytes([number])) for number in range(5))), spent=spent)

    assert len(found) == 3
    assert "expands without measure" in said(found[0])[0]


def test_files_that_lie_over_one_another_are_not_opened() -> None:
    local, first = raw_member(b"a", b"x" * 100)
    _, second = raw_member(b"a", b"x" * 100, offset=0)
    (part,) = parts(raw_zip((local, first), (b"", second)))

    assert said(part) == ["its files lie over one another: not opened"]
    assert part.incomplete


@pytest.mark.parametrize("claimed", [0, 3, 1 << 31])
def test_a_size_that_lies_is_not_believed(claimed: int) -> None:
    found = parts(raw_zip(raw_member(b"a.txt", b"texte entier", size=claimed)))

    assert found[0].incomplete or found[1].text == "texte entier"


def test_a_zip64_size_that_lies_is_not_believed() -> None:
    extra = struct.pack("<HHQ", 1, 8, 1 << 60)
    found = parts(raw_zip(raw_member(b"a.txt", b"texte entier", size=0xFFFFFFFF, extra=extra)))

    assert found[0].incomplete or found[1].text == "texte entier"


def test_archives_in_archives_end_at_the_limit() -> None:
    content = zipped(("fond.txt", b"au fond"))
    for number in range(10):
        content = zipped((f"{number}.zip", content))
    found = parts(content, "z")

    assert len(found) == 4
    assert said(found[-1]) == ["archives inside archives: not opened"]
    assert found[-1].incomplete


def test_two_archives_deep_is_still_read() -> None:
    assert parts(zipped(("b.zip", zipped(("c.txt", b"au fond")))))[-1].text == "au fond"


def test_many_small_archives_end_at_the_number_of_members() -> None:
    inner = zipped(*((f"{number}.txt", b"x%d" % number) for number in range(50)))
    found = parts(zipped(*((f"{number}.zip", zipped(("a.zip", inner + bytes(number)))) for number in range(50))))

    assert len(found) <= 101
    assert any("too many" in what for part in found for what in said(part))
    assert any(part.incomplete for part in found)


def test_a_thousand_files_are_cut_and_said() -> None:
    found = parts(zipped(*((f"{number}.txt", b"x%d" % number) for number in range(1000))))

    assert 20 < len(found) <= 101
    assert found[0].incomplete


def test_what_systems_leave_in_archives_is_passed_over() -> None:
    content = zipped(
        ("a.txt", b"texte"), ("__MACOSX/._a.txt", b"\0\5\x16\7"), (".DS_Store", b"x"), ("b/Thumbs.db", b"x")
    )

    assert [part.text for part in parts(content)] == ["", "texte"]


@pytest.mark.parametrize("cut", [10, 60, 200])
def test_a_zip_that_breaks_off_is_said_to_be_damaged(cut: int) -> None:
    found = parts(zipped(("a.txt", os.urandom(500)))[:cut])

    assert found[0].incomplete


def test_a_damaged_member_leaves_the_others() -> None:
    content = bytearray(zipped(("a.txt", b"premier " * 50), ("b.txt", b"second")))
    content[40] ^= 0xFF
    found = parts(bytes(content))

    assert found[0].incomplete
    assert found[-1].text == "second"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_one_packed_file_and_a_packed_tar(pack: Callable[[bytes], bytes]) -> None:
    assert [part.text for part in parts(pack(b"texte"))] == ["", "texte"]
    assert [part.text for part in parts(pack(b"un ") + pack(b"deux"))] == ["", "un deux"]
    packed = pack(tar((tarfile.TarInfo("a/b.txt"), b"dedans"), (tarfile.TarInfo("c.txt"), b"aussi")))
    found = parts(packed, "dossier.tar.x")

    assert [(part.filename, part.text) for part in found[1:]] == [
        ("dossier.tar.x/b.txt", "dedans"),
        ("dossier.tar.x/c.txt", "aussi"),
    ]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_bomb_is_stopped_and_a_broken_one_is_said(pack: Callable[[bytes], bytes]) -> None:
    bomb = parts(pack(bytes(40_000_000)))
    broken = parts(pack(os.urandom(5000))[:-300])

    assert "expands without measure" in said(bomb[0])[0]
    assert len(bomb) == 1
    assert broken[0].incomplete


def test_a_gzip_names_its_original() -> None:
    out = io.BytesIO()
    with gzip.GzipFile("relevé.csv", "wb", fileobj=out) as packed:
        packed.write(b"a;b\n")

    assert parts(out.getvalue(), "x.gz")[1].filename == "x.gz/relevé.csv"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_have_nothing_to_read(kind: bytes) -> None:
    strange = tarfile.TarInfo("lien")
    strange.type, strange.linkname = kind, "/etc/passwd"

    assert [part.text for part in parts(tar((strange, b""), (tarfile.TarInfo("a.txt"), b"texte")))] == ["", "texte"]


def test_a_link_in_a_zip_has_nothing_to_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("lien")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

    assert len(parts(out.getvalue())) == 1


def quine() -> bytes:
    """R. Cox's zip that holds itself, r.zip, cannot be made here: a zip with its own first bytes as a member is near."""
    content = zipped(("r.zip", b""))
    for _ in range(6):
        content = zipped(("r.zip", content), ("s.zip", content))
    return content


def test_a_zip_of_itself_ends() -> None:
    found = parts(quine())

    assert len(found) <= 20
    assert found[0].media_type == "application/zip"
