"""A reading process as its worker sees it: started, asked, listened to with a limit, ended with all it started."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from mailbot.errors import Transient
from mailbot.sandbox import frames
from mailbot.sandbox.guardian import PREFIX

_START_SECONDS: Final = 30.0
_FRAME_SECONDS: Final = 5.0
"""For the rest of a frame whose first bytes are there."""
_SLICE: Final = 0.2
"""Seconds between two counts of the processes."""
_MOST_OUTPUT: Final = 128_000_000
"""Bytes that one mail's answer may have."""
_NEEDED: Final = frozenset(
    (
        *("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "VIRTUAL_ENV"),
        *("PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"),
    )
)
"""All that it learns of the worker's environment: there are secrets in there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """For one mail.  `quiet` is the longest a single step without OCR may take."""

    seconds: float = 120.0
    quiet: float = 14.0
    ocr_page_seconds: float = 30.0
    """For one page with all looks at it; each has a limit of its own in the child (attachments.Budget)."""
    memory: int = 1_500_000_000
    """Bytes of address space, for each process."""
    cpu_seconds: int = 60
    """Of the reading process, without the OCR engine's: a scanned page costs it 0.7 s."""
    processes: int = 8
    pages: int = 30
    keep_texts: bool = False
    """Whether the child may remember what an attachment said for the next mail that brings the same bytes."""


class ReadingProcess:
    """One child with its guardian.  Not for several threads at once."""

    def __init__(self, limits: Limits, *, without: tuple[str, ...] = ()) -> None:
        """Starts it without waiting.  Raises Transient when there can be none."""
        self._limits = limits
        self._group: int | None = None
        self._folder: str | None = None
        self._output = _Counted()
        self.layers: tuple[str, ...] | None = None
        """Of its confinement (confinement.LAYERS), those that hold; None until it is ready."""
        numbers = (os.getpid(), limits.memory, limits.cpu_seconds, limits.processes)
        command = [sys.executable, "-m", "mailbot.sandbox.child", *map(str, numbers), *without]
        try:
            self._guardian = subprocess.Popen(  # noqa: S603 - this very interpreter
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise Transient(f"no reading process can be started ({error.strerror})") from error
        self._output.stream = _pipe(self._guardian.stdout)

    @property
    def pid(self) -> int:
        """The guardian's."""
        return self._guardian.pid

    @property
    def group(self) -> int | None:
        """The process group of everything that reads: the pid of its first process; None until it is ready."""
        return self._group

    def ready(self) -> None:
        """Wait until it can be asked.  Raises Transient when it does not come up."""
        if self.layers is not None:
            return
        self._output.left = _MOST_OUTPUT
        try:
            got = self.listen(_START_SECONDS)
            if got is None:
                raise ValueError("silent")  # noqa: TRY301 - one way out for all that is no ready frame
            self._group, self._folder = int(got["group"]), str(got["folder"])
            self.layers = tuple(str(layer) for layer in got["layers"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.end()
            raise Transient("the reading process did not start") from error

    def ask(self, frame: dict[str, Any], raw: bytes) -> None:
        """Raises OSError when it is dead, or does not take the mail in time."""
        self._output.left = _MOST_OUTPUT
        with self._or_killed(self._limits.quiet):
            frames.write(_pipe(self._guardian.stdin), frame, raw)

    def listen(self, seconds: float) -> dict[str, Any] | None:
        """The next frame; None when the child died, stayed silent or started too many processes.

        Raises OSError or ValueError for what no honest child sends.
        """
        until = time.monotonic() + seconds
        while not select.select([self._output.stream], [], [], max(0.0, min(_SLICE, until - time.monotonic())))[0]:
            if time.monotonic() >= until or self._is_crowded():
                return None
        # The child writes each frame with one flush: once it has begun, the rest follows at once or it has died.
        with self._or_killed(_FRAME_SECONDS):
            got = frames.read(self._output)
        return None if got is None else got[0]

    def is_alive(self) -> bool:
        return self._guardian.poll() is None

    def end(self) -> None:
        """End the child with everything it started, and what it left in files."""
        self._kill()
        for stream in (self._guardian.stdin, self._guardian.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._guardian.wait()
        # Its name comes from the child: only such a folder is ever removed.
        if self._folder is not None and Path(self._folder).name.startswith(PREFIX):
            shutil.rmtree(self._folder, ignore_errors=True)

    def _kill(self) -> None:
        for group in (self._group, self._guardian.pid):
            if group is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)

    @contextlib.contextmanager
    def _or_killed(self, seconds: float) -> Any:  # noqa: ANN401 - a context without a value
        timer = threading.Timer(seconds, self._kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _is_crowded(self) -> bool:
        return self._group is not None and len(members(self._group)) > self._limits.processes


class _Counted:
    """frames.read's stream; an end to what one mail's answer may have."""

    stream: BinaryIO
    left = 0

    def read(self, count: int) -> bytes:
        piece = self.stream.read(count)
        self.left -= len(piece)
        if self.left < 0:
            raise ValueError("the answer is too long")
        return piece


def members(group: int) -> tuple[int, ...]:
    """The processes of a process group, those that ended and were not waited for left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # proc_pid_stat(5): the name in parentheses may hold anything, also parentheses.
            state, _, its_group, *_ = (entry / "stat").read_bytes().rpartition(b")")[2].split()
        except (OSError, ValueError):
            continue
        if int(its_group) == group and state not in {b"Z", b"X"}:
            found.append(int(entry.name))
    return tuple(found)


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name in _NEEDED or name.startswith("LC_")}
    threads = dict.fromkeys(("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**own, **threads, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _pipe(stream: Any) -> BinaryIO:  # noqa: ANN401 - Popen's streams may be None in general, not here
    assert stream is not None
    found: BinaryIO = stream
    return found
