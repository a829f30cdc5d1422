"""The process that reads hostile bytes: few rights, hard limits, no network, one mail at a time.

request {request, limits} + raw  ->  {reading, parts: n}, then {part: i}, {page}… {so_far}… {read: i} for each, then
{done}.  Without `keep` in the request nothing of a mail outlives its answer.
"""

import contextlib
import ctypes
import dataclasses
import os
import resource
import signal
import socket
import sys
import time
from typing import Any, BinaryIO

from mailbot.engines.tesseract import Tesseract
from mailbot.model import Part
from mailbot.reading import read_message
from mailbot.reading.attachments import Budget, read_attachment, repeated
from mailbot.sandbox import frames

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_MOST_ATTACHMENTS = 30
_MOST_KEPT = 200


def main() -> None:
    """Serve requests until the parent closes the pipe or dies."""
    memory, cpu = int(sys.argv[1]), int(sys.argv[2])
    parent = int(sys.argv[3])
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # A library that prints must not break the frames.
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    network = _renounce(memory, cpu, parent)
    ocr = Tesseract()
    kept = _Kept()
    frames.write(answers, {"ready": True, "network": network})
    while (got := frames.read(requests)) is not None:
        _serve(*got, answers, ocr, kept)


def _serve(frame: dict[str, Any], raw: bytes, answers: BinaryIO, ocr: Tesseract, kept: "_Kept") -> None:
    request = frames.unpack_request(frame["request"])
    message = read_message(raw, request)
    frames.write(answers, {"reading": frames.pack_reading(message.reading), "parts": len(message.parts)})
    until = time.monotonic() + frame["seconds"]
    known = kept.known(request.languages, keep=frame.get("keep", False))
    budget = Budget(ocr, _spoken(request.languages), frame["pages"], until, _Telling(answers), known=known)
    budget.repeated = repeated(message.parts)
    skip = set(frame["skip"])
    for number, part in enumerate(message.parts[:_MOST_ATTACHMENTS]):
        if number in skip:
            continue
        started = time.perf_counter()
        frames.write(answers, {"part": number})
        read = read_attachment(part, f"attachment {number + 1}", request, budget)
        milliseconds = (time.perf_counter() - started) * 1000
        frames.write(answers, {"read": number, "as": [dataclasses.asdict(one) for one in read], "ms": milliseconds})
    frames.write(answers, {"done": True, "ocr": sorted(budget.used)})


class _Telling:
    """attachments.Watcher: whoever waits knows that there is still work."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers

    def page(self, *, working: bool) -> None:
        if working:
            frames.write(self._answers, {"page": True})

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


def _renounce(memory: int, cpu: int, parent: int) -> str:
    """Give up what reading does not need; how the network was closed."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)
    how = "namespace"
    if libc.unshare(_CLONE_NEWNET) != 0 and libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        # Without namespaces: no socket from Python, and the libraries here open none by themselves.
        socket.socket = _refuse  # type: ignore[assignment,misc]
        how = "refused"
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 500_000_000),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    os.nice(5)
    return how


def _refuse(*_arguments: object, **_options: object) -> None:
    raise PermissionError("reading mail needs no network")


if __name__ == "__main__":
    main()
