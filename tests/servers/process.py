"""Starting, waiting for and ending the processes that tests own."""

import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Identity:
    """Whom a server runs as: `nobody` when the tests run as root, else the tests' own user."""

    uid: int
    gid: int
    user: str
    group: str


def identity() -> Identity:
    if os.geteuid() == 0:
        entry = pwd.getpwnam(UNPRIVILEGED)
        return Identity(entry.pw_uid, entry.pw_gid, entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name)
    entry = pwd.getpwuid(os.geteuid())
    return Identity(entry.pw_uid, entry.pw_gid, entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def private_folder(prefix: str) -> Iterator[Path]:
    """A short path (Unix sockets have a limit) that belongs to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    who = identity()
    try:
        if os.geteuid() == 0:
            os.chown(folder, who.uid, who.gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(
    command: Sequence[str], log: Path, *, drop: bool = True, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """A server in a process group of its own, its output in `log`."""
    who = identity()
    change = os.geteuid() == 0 and drop
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=None if env is None else dict(env),
            cwd=log.parent,
            user=who.uid if change else None,
            group=who.gid if change else None,
            extra_groups=[] if change else None,
        )


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM, seconds: float = 10) -> None:
    """End the process and everything in its group."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 20) -> None:
    """Until something listens; fails with the server's own words when it died."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}: {log.read_text(errors='replace')[-2000:]}")


def program(name: str, *places: str) -> str:
    """The path of a server's program; a missing one is an error, never a skipped test."""
    for place in (*places, "/usr/sbin", "/usr/bin", "/usr/local/bin"):
        path = Path(place) / name
        if path.exists():
            return str(path)
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not installed; run 'make setup-test'")
    return found
