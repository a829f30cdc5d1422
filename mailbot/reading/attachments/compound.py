"""Compound files (MS-CFB): the container of old Office files and of Outlook's .msg, by olefile."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final

import olefile

_MOST_STREAMS: Final = 20_000


class Compound:
    """Streams by their path; each is as long as its chain, whatever the directory says."""

    def __init__(self, content: bytes) -> None:
        self._ole: Any = olefile.OleFileIO(BytesIO(content))
        self._size = len(content)
        self.paths: list[tuple[str, ...]] = [
            tuple(path) for path in self._ole.listdir(streams=True, storages=True)[:_MOST_STREAMS]
        ]
        self._known = {path: path for path in self.paths}

    def read(self, *path: str) -> bytes | None:
        """None when there is no such stream or it claims to be longer than the file."""
        if path not in self._known or self._ole.get_type(list(path)) != olefile.STGTY_STREAM:
            return None
        if self._ole.get_size(list(path)) > self._size:
            return None
        content: bytes = self._ole.openstream(list(path)).read()
        return content

    def children(self, *path: str) -> list[str]:
        """The names directly under a storage."""
        depth = len(path)
        return list(dict.fromkeys(one[depth] for one in self.paths if len(one) > depth and one[:depth] == path))

    @property
    def class_id(self) -> str:
        """Of the root: who made the file."""
        return str(self._ole.root.clsid) if self._ole.root is not None else ""

    def __contains__(self, name: str) -> bool:
        return any(path[0].lower() == name.lower() for path in self.paths)


@contextmanager
def opened(content: bytes) -> Iterator[Compound]:
    """Raises ValueError for what is no compound file."""
    try:
        yield Compound(content)
    except (OSError, IndexError, RecursionError) as error:
        # olefile's own errors are OSErrors; a directory that loops exhausts its recursion.
        raise ValueError("not a compound file") from error
