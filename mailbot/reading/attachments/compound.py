"""Compound files (MS-CFB): the container of old Office files and of Outlook's .msg.

Every chain of sectors ends when it has been as long as the file, whatever the header and the directory claim: olefile
follows a chain that loops for as many sectors as a header names, which takes minutes (measured: 82 s for 3 kB).
"""

import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER: Final = 512
_FIRST_FATS: Final = 109
_ENTRY: Final = 128
_NO_ENTRY: Final = 0xFFFFFFFA
"""Identifiers from here on name no sector and no entry (section 2.1)."""
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MOST_ENTRIES: Final = 20_000
_DEPTH: Final = 30


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Compound:
    """Streams by their path.  Raises ValueError for what is no compound file."""

    def __init__(self, content: bytes) -> None:
        if not content.startswith(SIGNATURE) or len(content) < _HEADER:
            raise ValueError("not a compound file")
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 0x1E)
        if shift not in {9, 12} or mini_shift != 6:
            raise ValueError("sectors of an unknown size")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        self._most = len(content) // self._size + 1
        self._fat = self._table(self._fat_sectors())
        directory = self._chained(struct.unpack_from("<I", content, 0x30)[0])
        self._entries = [
            _entry(directory, at) for at in range(0, min(len(directory), _ENTRY * _MOST_ENTRIES) - _ENTRY + 1, _ENTRY)
        ]
        if not self._entries or self._entries[0].kind != _ROOT:
            raise ValueError("no root entry")
        self.class_id = str(uuid.UUID(bytes_le=directory[80:96])).upper()
        """Of the root: who made the file."""
        self._cutoff, mini_start = struct.unpack_from("<II", content, 0x38)
        self._mini_fat = self._table_of(self._chained(mini_start))
        self._mini = self._chained(self._entries[0].start)[: self._entries[0].size]
        self._paths: dict[tuple[str, ...], _Entry] = {}
        self._children: dict[tuple[str, ...], list[str]] = {}
        self._walk()

    def read(self, *path: str) -> bytes | None:
        """None when there is no such stream."""
        entry = self._paths.get(path)
        if entry is None or entry.kind != _STREAM:
            return None
        if entry.size < self._cutoff:
            return self._mini_chained(entry.start, entry.size)
        return self._chained(entry.start, entry.size)

    def children(self, *path: str) -> list[str]:
        """The names directly under a storage."""
        return self._children.get(path, [])

    def __contains__(self, name: str) -> bool:
        return any(child.lower() == name.lower() for child in self.children())

    def _walk(self) -> None:
        """The tree of entries (section 2.6), each entry once."""
        seen: set[int] = set()
        waiting: list[tuple[int, tuple[str, ...]]] = [(self._entries[0].child, ())]
        while waiting:
            number, above = waiting.pop()
            if number >= len(self._entries) or number in seen:
                continue
            seen.add(number)
            entry = self._entries[number]
            waiting += [(entry.left, above), (entry.right, above)]
            if entry.kind not in {_STORAGE, _STREAM}:
                continue
            path = (*above, entry.name)
            if path not in self._paths:
                self._paths[path] = entry
                self._children.setdefault(above, []).append(entry.name)
            if entry.kind == _STORAGE and len(path) < _DEPTH:
                waiting.append((entry.child, path))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def _fat_sectors(self) -> Iterator[int]:
        """Where the allocation table lies: 109 sectors by the header, the others by a chain of lists (section 2.5)."""
        yield from struct.unpack_from(f"<{_FIRST_FATS}I", self._content, 0x4C)
        following = struct.unpack_from("<I", self._content, 0x44)[0]
        for _ in range(self._most):
            if following >= _NO_ENTRY:
                return
            listed = self._table_of(self._sector(following))
            yield from listed[:-1]
            if not listed:
                return
            following = listed[-1]

    def _table(self, sectors: Iterator[int]) -> tuple[int, ...]:
        found: list[bytes] = []
        for number in sectors:
            if number >= self._most or len(found) >= self._most:
                continue
            found.append(self._sector(number))
        return self._table_of(b"".join(found))

    def _table_of(self, content: bytes) -> tuple[int, ...]:
        return struct.unpack_from(f"<{len(content) // 4}I", content)

    def _chained(self, start: int, size: int | None = None) -> bytes:
        """The sectors of a chain, as many as are wanted and as there can be."""
        wanted = self._most if size is None else min(self._most, -(-size // self._size))
        found: list[bytes] = []
        while start < len(self._fat) and len(found) < wanted:
            found.append(self._sector(start))
            start = self._fat[start]
        return b"".join(found)[:size]

    def _mini_chained(self, start: int, size: int) -> bytes:
        found: list[bytes] = []
        wanted = min(len(self._mini_fat), -(-size // self._mini_size))
        while start < len(self._mini_fat) and len(found) < wanted:
            at = start * self._mini_size
            found.append(self._mini[at : at + self._mini_size])
            start = self._mini_fat[start]
        return b"".join(found)[:size]


def _entry(directory: bytes, at: int) -> _Entry:
    (length,) = struct.unpack_from("<H", directory, at + 64)
    name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    left, right, child = struct.unpack_from("<III", directory, at + 68)
    start, size = struct.unpack_from("<II", directory, at + 116)
    return _Entry(name, directory[at + 66], left, right, child, start, size)
