"""One mail and the children that read it: what is known of it so far, and what was given up."""

import dataclasses
import hashlib
import re
import time
from typing import Any, Final, Protocol

from mailbot.errors import Transient
from mailbot.model import Defect, Part, Reading, ReadingRequest
from mailbot.sandbox import frames
from mailbot.sandbox.process import Limits, ReadingProcess

_MOST_RESTARTS: Final = 10
_BEGINNING: Final = 64_000
_HEADER: Final = 100_000
_SECOND_LOOK: Final = 2.0
"""Seconds for the beginning of a mail that stopped its reader."""
_SUDDEN: Final = 4.0
_END_OF_HEADER: Final = re.compile(rb"\r?\n\r?\n|\r\r")
_STOPPED: Final = "it took too long or too much memory: not read"
_STRUCK: Final = "it stopped its reader before: not read"
_INFECTED: Final = "not opened: the virus scanner did not let the mail pass"
_NO_TIME: Final = "not read: the mail had used up its time"
_TOO_MANY: Final = "not read: too many attachments"
_MOST_ATTACHMENTS: Final = 30


class Children(Protocol):
    """Whoever has the reading processes (reader.SandboxReader)."""

    def child(self) -> ReadingProcess: ...

    def replace(self) -> None: ...

    def strike(self, fingerprint: str) -> None: ...

    def refused(self) -> tuple[str, ...]: ...


class Attempt:
    """For one use.  `infected` says why no attachment is opened at all; None when they may be."""

    def __init__(
        self, children: Children, raw: bytes, request: ReadingRequest, limits: Limits, infected: str | None = None
    ) -> None:
        self._infected = infected
        self._children = children
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
        self._working: int | None = None
        """The attachment in hand, its SHA-256, and whether one of its pages is being recognised."""
        self._fingerprint = ""
        self._recognising = False
        self._died = False
        self._milliseconds = 0.0
        self._ocr: list[str] = []

    def reading(self) -> Reading:
        """Raises Transient when no child process can be had for the first look."""
        for _ in range(_MOST_RESTARTS):
            if self._run():
                break
        if self._read is None:
            return self._beginning()
        read = [self._parts.get(number) or self._unread(number) for number in range(self._count)]
        # The attachments first, as the mail numbers them; what they hold after them.
        parts = (*(own for own, *_ in read), *(inner for _, *held in read for inner in held))
        lost = tuple(Defect(f"attachment {number + 1}", why) for number, why in sorted(self._lost.items()))
        missing = any(number not in self._parts for number in range(self._count))
        inner = tuple(defect for part in parts for defect in part.defects)
        return dataclasses.replace(
            self._read,
            attachments=parts,
            defects=tuple(dict.fromkeys((*self._read.defects, *inner, *lost, *self._warning()))),
            incomplete=self._read.incomplete
            or missing
            or self._infected is not None
            or any(part.incomplete for part in parts),
            marks=(*self._read.marks, *self._mark()),
            engines={**self._read.engines, **({"ocr": self._ocr[0]} if self._ocr else {})},
            timings_ms={**self._read.timings_ms, **({"attachments": self._milliseconds} if self._count else {})},
        )

    def _run(self) -> bool:
        """One child's work on it; False when the child had to be killed and something is left to read."""
        try:
            child = self._children.child()
        except Transient:
            if self._read is None:
                raise
            return True
        if time.monotonic() >= self._until and self._read is not None:
            return True
        self._working, self._recognising = None, False
        started = time.monotonic()
        try:
            child.ask(self._frame(attachments=True), self._raw)
            while (got := child.listen(self._patience())) is not None:
                if "done" in got:
                    self._ocr = [str(engine) for engine in got["ocr"]]
                    return True
                self._take(got)
        except (OSError, ValueError, KeyError, TypeError):
            # A child that breaks the protocol is as lost as one that died.
            pass
        self._children.replace()
        if self._read is None:
            # A sudden death may be another's doing, the kernel's when memory is short: once more, then no more.
            once_more = not self._died and time.monotonic() - started < _SUDDEN
            self._died = True
            return not once_more
        if self._working is None:
            return True
        late = time.monotonic() >= self._until
        self._lost[self._working] = _NO_TIME if late else _STOPPED
        if not late:
            self._children.strike(self._fingerprint)
        return late

    def _frame(self, *, attachments: bool) -> dict[str, Any]:
        return {
            "request": frames.pack_request(self._request),
            "attachments": attachments,
            "pages": self._limits.pages,
            # The child must be done before its time is over, or what it holds is lost.
            "seconds": max(1.0, self._until - time.monotonic() - 1.0),
            "skip": sorted({*self._parts, *self._lost}),
            "refused": None if self._infected is not None else self._children.refused(),
            "keep": self._limits.keep_texts,
        }

    def _take(self, got: dict[str, Any]) -> None:
        if "reading" in got:
            self._read = frames.unpack_reading(got["reading"])
            self._count = int(got["parts"])
        elif "read" in got:
            own, *held = (frames.unpack_part(part) for part in got["as"])
            self._parts[int(got["read"])] = (own, *held)
            self._milliseconds += float(got["ms"])
            self._working, self._recognising = None, False
        elif "refused" in got:
            number = int(got["refused"])
            self._lost[number] = _STRUCK if self._infected is None else _INFECTED
            self._so_far[number] = [frames.unpack_part(got["as"])]
        elif "part" in got:
            self._working, self._fingerprint = int(got["part"]), str(got["sha256"])
        elif "page" in got:
            self._recognising = bool(got["page"])
        elif "so_far" in got and self._working is not None:
            self._so_far.setdefault(self._working, []).append(frames.unpack_part(got["so_far"]))

    def _patience(self) -> float:
        step = self._limits.ocr_page_seconds if self._recognising else self._limits.quiet
        return max(0.1, min(step, self._until - time.monotonic()))

    def _unread(self, number: int) -> tuple[Part, ...]:
        """What is known of an attachment that was given up."""
        why = self._lost.setdefault(number, _NO_TIME if number < _MOST_ATTACHMENTS else _TOO_MANY)
        defect = Defect(f"attachment {number + 1}", why)
        own, *held = self._so_far.get(number) or [Part("", "application/octet-stream", 0, "")]
        return (dataclasses.replace(own, defects=(*own.defects, defect), incomplete=True), *held)

    def _beginning(self) -> Reading:
        """Of a mail that stops its reader before a word is out: its first words, else who, when and what about."""
        header = _END_OF_HEADER.search(self._raw, 0, _HEADER)
        looks = (
            (self._raw[:_BEGINNING], "the beginning"),
            (self._raw[: header.end()] if header else b"", "the header"),
        )
        for raw, what in looks:
            read = self._second_look(raw) if raw and len(raw) < len(self._raw) else None
            if read is not None:
                return self._whole(read, f"its reader had to be stopped: only {what} was read")
        return self._whole(Reading("", 0), "its reader had to be stopped: not read")

    def _second_look(self, raw: bytes) -> Reading | None:
        try:
            child = self._children.child()
            child.ask(self._frame(attachments=False), raw)
            got = child.listen(_SECOND_LOOK)
            read = None if got is None else frames.unpack_reading(got["reading"])
            if read is not None and child.listen(_SECOND_LOOK) is not None:
                return read
        except (Transient, OSError, ValueError, KeyError, TypeError):
            # As lost as one that died.
            read = None
        self._children.replace()
        return read

    def _warning(self) -> tuple[Defect, ...]:
        return () if self._infected is None else (Defect("mail", self._infected),)

    def _mark(self) -> tuple[str, ...]:
        return () if self._infected is None else ("virus",)

    def _whole(self, read: Reading, what: str) -> Reading:
        return dataclasses.replace(
            read,
            fingerprint="sha256:" + hashlib.sha256(self._raw).hexdigest(),
            size=len(self._raw),
            defects=(*read.defects, Defect("mail", what), *self._warning()),
            marks=(*read.marks, *self._mark()),
            incomplete=True,
        )
