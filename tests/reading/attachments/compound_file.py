"""A writer of compound files (MS-CFB version 3), for tests: 512-byte sectors, short streams in the mini stream."""

import struct
from dataclasses import dataclass, field

FREE, END, FAT_SECTOR, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
SECTOR, MINI, CUTOFF = 512, 64, 4096


@dataclass
class Entry:
    name: str
    kind: int
    content: bytes = b""
    children: dict[str, "Entry"] = field(default_factory=dict)
    start: int = END
    child: int = NONE
    right: int = NONE


def compound_file(streams: dict[tuple[str, ...], bytes], class_id: bytes = bytes(16)) -> bytes:
    """Streams by their path; storages are made on the way."""
    root = Entry("Root Entry", 5)
    for path, content in streams.items():
        at = root
        for name in path[:-1]:
            at = at.children.setdefault(name, Entry(name, 1))
        at.children[path[-1]] = Entry(path[-1], 2, content)
    entries: list[Entry] = []
    _number(root, entries)
    fat: list[int] = []
    mini_fat: list[int] = []
    sectors: list[bytes] = []
    mini = bytearray()
    for entry in entries:
        if entry.kind != 2 or not entry.content:
            continue
        if len(entry.content) < CUTOFF:
            entry.start = len(mini_fat)
            count = -(-len(entry.content) // MINI)
            mini_fat += [*range(entry.start + 1, entry.start + count), END]
            mini += entry.content.ljust(count * MINI, b"\0")
        else:
            entry.start = _store(entry.content, sectors, fat)
    root.content, root.start = bytes(mini), _store(bytes(mini), sectors, fat) if mini else END
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_start = _store(table.ljust(-(-len(table) // SECTOR) * SECTOR, b"\xff"), sectors, fat) if table else END
    directory = b"".join(_entry(entry, class_id) for entry in entries)
    directory += (bytes(66) + bytes(2) + struct.pack("<3I", NONE, NONE, NONE) + bytes(48)) * (-len(entries) % 4)
    directory_start = _store(directory, sectors, fat)
    needed = 1
    while needed * (SECTOR // 4) < len(fat) + needed:
        needed += 1
    places = list(range(len(fat), len(fat) + needed))
    fat += [FAT_SECTOR] * needed
    fat += [FREE] * (needed * (SECTOR // 4) - len(fat))
    sectors += [struct.pack("<128I", *fat[at : at + 128]) for at in range(0, len(fat), 128)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, needed, directory_start, 0, CUTOFF, mini_start, int(bool(table)), END, 0)
    header += struct.pack("<109I", *places, *[FREE] * (109 - needed))
    return header + b"".join(sectors)


def _number(entry: Entry, entries: list[Entry]) -> int:
    number = len(entries)
    entries.append(entry)
    previous: Entry | None = None
    # Siblings in their order (section 2.6.4), as a chain: a tree all the same.
    for child in sorted(entry.children.values(), key=lambda one: (len(one.name), one.name.upper())):
        at = _number(child, entries)
        if previous is None:
            entry.child = at
        else:
            previous.right = at
        previous = child
    return number


def _store(content: bytes, sectors: list[bytes], fat: list[int]) -> int:
    start, count = len(fat), -(-len(content) // SECTOR)
    fat += [*range(start + 1, start + count), END]
    padded = content.ljust(count * SECTOR, b"\0")
    sectors += [padded[at : at + SECTOR] for at in range(0, len(padded), SECTOR)]
    return start


def _entry(entry: Entry, class_id: bytes) -> bytes:
    name = (entry.name + "\0").encode("utf-16-le")
    size = len(entry.content) if entry.kind != 1 else 0
    start = entry.start if entry.kind != 1 else 0
    head = name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name), entry.kind, 1, NONE, entry.right, entry.child)
    return head + (class_id if entry.kind == 5 else bytes(16)) + bytes(20) + struct.pack("<IQ", start, size)
