"""Puts a learned model into the state folder, all of it or nothing, and takes it out again."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mailbot.engines.installed import FOLDER, MANIFEST, POINTER, SCHEMA, code, embedding_version, in_use, names
from mailbot.errors import Misconfigured

_LOCK: Final = "lock"


def install(
    state: Path, files: Mapping[str, bytes], intents: Collection[str], made_from: Mapping[str, Any], now: datetime
) -> str:
    """Make these files the model in use; its name.  The sound model before it is kept, older ones are removed.

    A crash at any moment leaves the old model or the new one in use, never a part.  Raises Misconfigured.
    """
    with _alone(state) as folder:
        before = in_use(state, intents).learned
        current = None if before is None else before.name
        digest = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:12]
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest}"
        said = {
            "schema": SCHEMA,
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "code": code(),
            "embedding": embedding_version(),
            "intents": sorted(intents),
            "files": {file: hashlib.sha256(content).hexdigest() for file, content in files.items()},
            "made_from": dict(made_from),
        }
        # What a run that died left behind must not be in the way.
        _remove_others(folder, set(_names(state)))
        fresh = folder / f".{name}.{os.getpid()}"
        fresh.mkdir(mode=0o700)
        for file, content in {**files, MANIFEST: json.dumps(said, indent=1).encode()}.items():
            _write(fresh / file, content)
        _give_to_owner(state, fresh, *fresh.iterdir())
        _sync(fresh)
        if name == current:
            # Learned twice within a second from the same mails: it is there.
            shutil.rmtree(fresh)
            return name
        fresh.rename(folder / name)
        _sync(folder)
        _point(state, name, current)
        _remove_others(folder, {name, current})
        return name


def undo(state: Path) -> str | None:
    """Bring the model before the one in use back, or the shipped one (None).  Raises Misconfigured."""
    with _alone(state) as folder:
        current, previous = _names(state)
        if current is None:
            raise Misconfigured("the shipped model is in use: there is nothing to undo")
        _point(state, previous, None)
        _remove_others(folder, {previous})
        return previous


@contextlib.contextmanager
def _alone(state: Path) -> Iterator[Path]:
    """The models' folder, as long as nobody else changes it."""
    folder = state / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _give_to_owner(state, folder)
        with (folder / _LOCK).open("w") as lock:
            _give_to_owner(state, folder / _LOCK)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Misconfigured(f"{folder}: another `mailbot learn` is at work; wait for it") from None
            yield folder
    except OSError as error:
        raise Misconfigured(
            f"{folder}: {error.strerror or error}; "
            "set MAILBOT_STATE to the daemon's state folder, and run this as the daemon's user"
        ) from error


def _names(state: Path) -> tuple[str | None, str | None]:
    """Of a pointer that is damaged nothing is kept."""
    try:
        return names(state)
    except (ValueError, KeyError, TypeError):
        return None, None


def _point(state: Path, current: str | None, previous: str | None) -> None:
    folder = state / FOLDER
    fresh = folder / f".{POINTER}.{os.getpid()}"
    _write(fresh, json.dumps({"current": current, "previous": previous}).encode())
    _give_to_owner(state, fresh)
    fresh.replace(folder / POINTER)
    _sync(folder)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _give_to_owner(state: Path, *paths: Path) -> None:
    """What root makes must be readable to the daemon, whose state folder it is."""
    if os.geteuid() == 0:
        owner = state.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_others(folder: Path, kept: set[str | None]) -> None:
    """Best effort: what is left over does no harm, and the next time removes it."""
    for entry in folder.iterdir():
        if entry.name not in kept and entry.name not in {POINTER, _LOCK}:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
