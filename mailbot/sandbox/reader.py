"""The worker's side of the reading child: keeps what was read, kills what does not end, goes on with the rest."""

import contextlib
import dataclasses
import hashlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import Any, BinaryIO

from mailbot.errors import Transient
from mailbot.model import Defect, Part, Reading, ReadingRequest
from mailbot.reading import headers
from mailbot.sandbox import frames

_START_SECONDS = 30.0
_QUIET_SECONDS = 15.0
_RECYCLE_AFTER = 200
_MOST_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """For one mail.  `quiet` is the longest a single step without OCR may take."""

    seconds: float = 120.0
    quiet: float = _QUIET_SECONDS
    ocr_page_seconds: float = 65.0
    memory: int = 1_500_000_000
    cpu_seconds: int = 3600
    pages: int = 30
    keep_texts: bool = False
    """Whether the child may remember what an attachment said for the next mail that brings the same bytes."""


class SandboxReader:
    """ports.Reader.  One child, started when it is needed; threads take turns; a fork starts its own."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._pid = os.getpid()
        self._served = 0

    def read(self, raw: bytes, request: ReadingRequest) -> Reading:
        """Never raises for what the bytes hold; Transient when no child process can be had."""
        with self._lock:
            return _Attempt(self, raw, request, self._limits).reading()

    def warm(self) -> None:
        """Have a child ready before the first mail."""
        with self._lock:
            self.child()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self.kill()

    def child(self) -> subprocess.Popen[bytes]:
        """A child that is ready; only while the lock is held."""
        if self._pid != os.getpid():
            # The parent's child is the parent's.
            self._child, self._pid, self._served = None, os.getpid(), 0
        if self._served >= _RECYCLE_AFTER:
            self.kill()
        if self._child is not None and self._child.poll() is not None:
            self.kill()
        if self._child is None:
            self._child, self._served = self._start(), 0
        self._served += 1
        return self._child

    def kill(self) -> None:
        """End the child with everything it started."""
        child, self._child = self._child, None
        if child is None or self._pid != os.getpid():
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        child.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        limits = self._limits
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        environment = {name: value for name, value in environment.items() if not name.startswith("MAILBOT_")}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        command = [
            sys.executable,
            "-m",
            "mailbot.sandbox.child",
            str(limits.memory),
            str(limits.cpu_seconds),
            str(os.getpid()),
        ]
        try:
            child = subprocess.Popen(  # noqa: S603 - this very interpreter
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise Transient(f"no reading process can be started ({error.strerror})") from error
        self._child = child
        if _next(child, _START_SECONDS) is None:
            self.kill()
            raise Transient("the reading process did not start")
        return child


class _Attempt:
    """One mail: what is known of it so far."""

    def __init__(self, sandbox: SandboxReader, raw: bytes, request: ReadingRequest, limits: Limits) -> None:
        self._sandbox = sandbox
        self._raw = raw
        self._request = request
        self._limits = limits
        self._until = time.monotonic() + limits.seconds
        self._read: Reading | None = None
        self._parts: dict[int, tuple[Part, ...]] = {}
        """Of each attachment: itself, then the files in it."""
        self._so_far: dict[int, list[Part]] = {}
        self._count = 0
        self._lost: dict[int, str] = {}
        self._milliseconds = 0.0
        self._ocr: list[str] = []

    def reading(self) -> Reading:
        for _ in range(_MOST_RESTARTS):
            if self._run():
                break
        if self._read is None:
            return self._headers_only()
        read = [self._parts.get(number) or self._unread(number) for number in range(self._count)]
        # The attachments first, as the mail numbers them; what they hold after them.
        parts = (*(own for own, *_ in read), *(inner for _, *held in read for inner in held))
        lost = tuple(Defect(f"attachment {number + 1}", why) for number, why in sorted(self._lost.items()))
        missing = any(number not in self._parts for number in range(self._count))
        inner = tuple(defect for part in parts for defect in part.defects)
        return dataclasses.replace(
            self._read,
            attachments=parts,
            defects=(*self._read.defects, *inner, *lost),
            incomplete=self._read.incomplete or missing or any(part.incomplete for part in parts),
            engines={**self._read.engines, **({"ocr": self._ocr[0]} if self._ocr else {})},
            timings_ms={**self._read.timings_ms, **({"attachments": self._milliseconds} if self._count else {})},
        )

    def _run(self) -> bool:
        """One child's work on it; False when the child had to be killed and something is left to read."""
        child = self._sandbox.child()
        skip = sorted({*self._parts, *self._lost})
        frame = {
            "request": frames.pack_request(self._request),
            "pages": self._limits.pages,
            "seconds": max(1.0, self._until - time.monotonic()),
            "skip": skip,
            "keep": self._limits.keep_texts,
        }
        working: int | None = None
        try:
            frames.write(_pipe(child.stdin), frame, self._raw)
            while True:
                got = _next(child, self._patience(working))
                if got is None:
                    break
                if "done" in got:
                    self._ocr = got["ocr"]
                    return True
                working = self._take(got, working)
        except (OSError, ValueError, KeyError, TypeError):
            # A child that breaks the protocol is as lost as one that died.
            pass
        self._sandbox.kill()
        if self._read is None:
            return True
        late = time.monotonic() >= self._until
        if working is not None:
            self._lost[working] = "it took too long or too much memory: not read"
        return late or working is None

    def _take(self, got: dict[str, Any], working: int | None) -> int | None:
        if "reading" in got:
            self._read = frames.unpack_reading(got["reading"])
            self._count = int(got["parts"])
        elif "read" in got:
            own, *held = (frames.unpack_part(part) for part in got["as"])
            self._parts[int(got["read"])] = (own, *held)
            self._milliseconds += float(got["ms"])
            return None
        elif "part" in got:
            return int(got["part"])
        elif "so_far" in got and working is not None:
            self._so_far.setdefault(working, []).append(frames.unpack_part(got["so_far"]))
        return working

    def _patience(self, working: int | None) -> float:
        left = self._until - time.monotonic()
        # An attachment may hold pages that are being recognised, with a limit of their own in the child.
        step = self._limits.quiet if working is None else max(self._limits.quiet, self._limits.ocr_page_seconds)
        return max(0.1, min(step, left))

    def _unread(self, number: int) -> tuple[Part, ...]:
        """What is known of an attachment that was given up."""
        why = self._lost.setdefault(number, "not read: the mail had used up its time")
        defect = Defect(f"attachment {number + 1}", why)
        own, *held = self._so_far.get(number) or [Part("", "application/octet-stream", 0, "")]
        return (dataclasses.replace(own, defects=(*own.defects, defect), incomplete=True), *held)

    def _headers_only(self) -> Reading:
        """For a mail that kills its reader before a word is out: who, when, what about, as far as that is safe."""
        fingerprint = "sha256:" + hashlib.sha256(self._raw).hexdigest()
        message = BytesHeaderParser().parsebytes(self._raw[:100_000])
        return Reading(
            fingerprint=fingerprint,
            size=len(self._raw),
            message_id=headers.message_id(headers.first(message, "Message-ID")),
            date=headers.date(headers.first(message, "Date")),
            sender=next(iter(headers.addresses(headers.fields(message, "From"))), None),
            subject=headers.decoded(headers.first(message, "Subject")),
            defects=(Defect("mail", "its reader had to be stopped: only the header was read"),),
            incomplete=True,
        )


def _pipe(stream: Any) -> BinaryIO:  # noqa: ANN401 - Popen's streams may be None in general, not here
    assert stream is not None
    found: BinaryIO = stream
    return found


def _next(child: subprocess.Popen[bytes], seconds: float) -> dict[str, Any] | None:
    """The child's next frame; None when it died or stayed silent too long."""
    stream = _pipe(child.stdout)
    if not select.select([stream], [], [], seconds)[0]:
        return None
    # The child writes each frame with one flush: once it has begun, the rest follows at once or it has died.
    timer = threading.Timer(seconds + 5, _kill_group, [child.pid])
    timer.start()
    try:
        got = frames.read(stream)
    finally:
        timer.cancel()
    return None if got is None else got[0]


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
