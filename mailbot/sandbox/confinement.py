"""What the reading process gives up before it sees a mail.  Each layer holds by itself; which ones do is said."""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Final

from mailbot.sandbox import syscalls

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_CLONE_NEWIPC: Final = 0x08000000
_CAPABILITIES_3: Final = 0x20080522
_FILE_BYTES: Final = 200_000_000
_OPEN_FILES: Final = 64

LAYERS: Final = ("namespace", "seccomp", "sockets", "capabilities", "processes")
"""Own network; refused system calls; no socket and no program but the OCR engine from Python; no privileges; a count
of processes that the kernel keeps (elsewhere the worker counts them)."""
_PROGRAM: Final = "tesseract"


def confine(memory: int, processes: int, *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """The layers that hold from now on, for this process and all that it starts; single-threaded callers only.

    `memory` is in bytes of address space, for each process; `without` leaves layers out, so that tests see the others.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    asked = [layer for layer in LAYERS if layer not in set(without)]
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Nobody else's debugger, and no memory on disk.
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    held = []
    own_users = False
    if "namespace" in asked:
        closed, own_users = _own_network(libc)
        held += ["namespace"] if closed else []
    if "processes" in asked and own_users and os.geteuid() != 0:
        # Counted within the namespace of users (Linux 5.14 and later); the superuser is never bound by it.
        held += ["processes"] if _limit(resource.RLIMIT_NPROC, processes) else []
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        _limit(limit, value)
    if "capabilities" in asked and _renounce_privileges(libc):
        held.append("capabilities")
    if "seccomp" in asked and syscalls.install(libc):
        held.append("seccomp")
    if "sockets" in asked:
        sys.addaudithook(_no_conversation)
        held.append("sockets")
    return tuple(layer for layer in LAYERS if layer in held)


def die_with_parent(libc: ctypes.CDLL, parent: int, how: signal.Signals) -> None:
    """Be sent `how` when the thread that started this process ends; at once when `parent` is gone already."""
    libc.prctl(_PR_SET_PDEATHSIG, how, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def allow_seconds(seconds: int) -> None:
    """Further seconds of CPU time for this process; then it ends by SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _own_network(libc: ctypes.CDLL) -> tuple[bool, bool]:
    """Whether this process has a network of its own, with nothing in it; whether it also has users of its own."""
    if os.geteuid() == 0 and libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC) == 0:
        return True, False
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) == 0:
        return True, True
    # A service manager may allow these two only.
    closed = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    return closed, closed


def _limit(limit: int, value: int) -> bool:
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(limit, (value, value))
        return True
    return False


def _renounce_privileges(libc: ctypes.CDLL) -> bool:
    """No capability in any set, also none that a started program could win back (capabilities(7))."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    return bool(libc.capset(header, (ctypes.c_uint32 * 6)()) == 0)


def _no_conversation(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578): cannot be taken out again."""
    if event.startswith("socket.") and event != "socket.gethostname":
        raise PermissionError("reading mail needs no network")
    if event == "subprocess.Popen":
        command = arguments[1]
        first = command if isinstance(command, (str, bytes)) else next(iter(command), "")
        if PurePath(os.fsdecode(first)).name != _PROGRAM:
            raise PermissionError("reading mail starts no other program")
    elif event in {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn"}:
        raise PermissionError("reading mail starts no other program")


# Python's own module must be there before its audit events are refused.
assert socket
