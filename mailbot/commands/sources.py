"""Mails from files, folders, mboxes, Maildirs and standard input, in the order of the paths."""

import mailbox
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailbot.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Source:
    """One mail; `raw` is None when it could not be read, and `fault` says why."""

    name: str
    raw: bytes | None
    fault: str = ""


def mails(paths: Sequence[str]) -> Iterator[Source]:
    """Raises Misconfigured for a path that does not exist, before the first mail is given out."""
    for path in paths:
        if path != "-" and not Path(path).exists():
            raise Misconfigured(f"{path}: there is no such file or folder; check the path")
    for path in paths:
        yield from _one(path)


def _one(path: str) -> Iterator[Source]:
    place = Path(path)
    if path == "-":
        yield Source("-", sys.stdin.buffer.read())
    elif place.is_dir() and {"cur", "new"} <= {child.name for child in place.iterdir()}:
        for folder in ("cur", "new"):
            yield from (_read(file) for file in sorted((place / folder).iterdir()) if file.is_file())
    elif place.is_dir():
        yield from (_read(file) for file in sorted(place.rglob("*.eml")) if file.is_file())
    elif _is_mbox(place):
        box = mailbox.mbox(path, create=False)
        for number, key in enumerate(box.keys(), 1):
            yield Source(f"{path}#{number}", box.get_bytes(key))
    else:
        yield _read(place)


def _read(file: Path) -> Source:
    try:
        return Source(str(file), file.read_bytes())
    except OSError as error:
        return Source(str(file), None, f"cannot be read ({error.strerror})")


def _is_mbox(place: Path) -> bool:
    try:
        with place.open("rb") as file:
            return place.suffix != ".eml" and file.read(5) == b"From "
    except OSError:
        return False
