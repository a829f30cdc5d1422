"""The process that reads hostile bytes: few rights, hard limits, no network, one mail at a time.

request {request, limits} + raw  ->  {reading, parts: n}, then {part: i}, {page}… {so_far}… {read: i} for each, then
{done}.  Without `keep` in the request nothing of a mail outlives its answer.
"""

import dataclasses
import hashlib
import os
import sys
import time
from typing import Any, BinaryIO, Final

from mailbot.engines.tesseract import Tesseract
from mailbot.model import Defect, Part
from mailbot.reading import Message, RawPart, read_message
from mailbot.reading.attachments import Budget, read_attachment, repeated
from mailbot.sandbox import frames
from mailbot.sandbox.confinement import allow_seconds, confine
from mailbot.sandbox.guardian import guard

_MOST_ATTACHMENTS: Final = 30
_MOST_KEPT: Final = 200
_MOST_CHARACTERS: Final = 4_000_000
"""Of all attachments of one mail."""
_TOO_MUCH: Final = "the mail's attachments together are too long: cut"


def main() -> None:
    """Serve requests until the worker closes the pipe or dies."""
    worker, memory, cpu, processes = (int(argument) for argument in sys.argv[1:5])
    guard(worker, _Reader(memory, cpu, processes, tuple(sys.argv[5:])))


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """guardian.Work."""

    memory: int
    cpu: int
    processes: int
    without: tuple[str, ...]

    def confine(self) -> tuple[str, ...]:
        os.nice(5)
        return confine(self.memory, self.processes, without=self.without)

    def read(self, folder: str, layers: tuple[str, ...]) -> None:
        requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        # A library that prints must not break the frames.
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)
        frames.write(answers, {"ready": True, "layers": layers, "group": os.getpid(), "folder": folder})
        ocr, kept = Tesseract(), _Kept()
        while (got := frames.read(requests)) is not None:
            allow_seconds(self.cpu)
            _serve(*got, answers, ocr, kept)


def _serve(frame: dict[str, Any], raw: bytes, answers: BinaryIO, ocr: Tesseract, kept: "_Kept") -> None:
    request = frames.unpack_request(frame["request"])
    message = read_message(raw, request)
    frames.write(answers, {"reading": frames.pack_reading(message.reading), "parts": len(message.parts)})
    used: set[str] = set()
    if frame["attachments"]:
        until = time.monotonic() + frame["seconds"]
        known = kept.known(request.languages, keep=frame["keep"])
        budget = Budget(ocr, _spoken(request.languages), frame["pages"], until, _Telling(answers), known=known)
        _attachments(message, frame, answers, budget)
        used = budget.used
    frames.write(answers, {"done": True, "ocr": sorted(used)})


def _attachments(message: Message, frame: dict[str, Any], answers: BinaryIO, budget: Budget) -> None:
    budget.repeated = repeated(message.parts)
    skip = set(frame["skip"])
    refused = None if frame["refused"] is None else set(frame["refused"])
    left = _MOST_CHARACTERS
    for number, part in enumerate(message.parts[:_MOST_ATTACHMENTS]):
        if number in skip:
            continue
        started = time.perf_counter()
        fingerprint = hashlib.sha256(part.content).hexdigest()
        if refused is None or fingerprint in refused:
            frames.write(answers, {"refused": number, "as": dataclasses.asdict(_named(part, fingerprint))})
            continue
        frames.write(answers, {"part": number, "sha256": fingerprint})
        read = []
        for one in read_attachment(part, f"attachment {number + 1}", frames.unpack_request(frame["request"]), budget):
            read.append(_cut(one, left, f"attachment {number + 1}"))
            left = max(0, left - len(one.text))
        milliseconds = (time.perf_counter() - started) * 1000
        frames.write(answers, {"read": number, "as": [dataclasses.asdict(one) for one in read], "ms": milliseconds})


def _named(part: RawPart, fingerprint: str) -> Part:
    """An attachment that is not opened."""
    return Part(part.filename, part.media_type_declared, len(part.content), fingerprint)


def _cut(part: Part, most: int, where: str) -> Part:
    if len(part.text) <= most:
        return part
    defects = (*part.defects, Defect(where, _TOO_MUCH))
    return dataclasses.replace(part, text=part.text[:most], defects=defects, incomplete=True)


class _Telling:
    """attachments.Watcher: whoever waits knows that there is still work."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers

    def page(self, *, working: bool) -> None:
        frames.write(self._answers, {"page": working})

    def so_far(self, part: Part) -> None:
        frames.write(self._answers, {"so_far": dataclasses.asdict(part)})


class _Kept:
    """What earlier mails' attachments said, by SHA-256, for as long as their texts may be kept; in memory only."""

    def __init__(self) -> None:
        self._languages: tuple[str, ...] = ()
        self._known: dict[tuple[str, bool], Part] = {}

    def known(self, languages: tuple[str, ...], *, keep: bool) -> dict[tuple[str, bool], Part]:
        """Empty when nothing may be kept, or when pages would now be read in other languages."""
        if not keep or languages != self._languages or len(self._known) > _MOST_KEPT:
            self._known = {}
        self._languages = languages
        # What a limit cut short may be read whole the next time.
        self._known = {key: part for key, part in self._known.items() if not part.incomplete}
        return self._known


def _spoken(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Every further language slows OCR by a fifth and more: the mailbox's own and English do for most scans."""
    return tuple(dict.fromkeys((languages[0] if languages else "fr",)))


if __name__ == "__main__":
    main()
