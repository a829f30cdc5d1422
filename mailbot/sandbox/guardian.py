"""The process between a worker and its reader: it reads nothing, and leaves nothing behind when either of them ends.

The reader leads a process group that nothing in it can leave (`syscalls`), so ending the group ends everything that
the reader started; the guardian does so when the reader dies, and when the worker does.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import tempfile
from typing import Final, NoReturn, Protocol

from mailbot.sandbox.confinement import die_with_parent

_PARENT_DIED: Final = signal.SIGUSR2
PREFIX: Final = "mailbot-reading-"


class Work(Protocol):
    """What is done in the guarded process."""

    def confine(self) -> tuple[str, ...]:
        """Give up rights; the layers that hold."""

    def read(self, folder: str, layers: tuple[str, ...]) -> None:
        """Serve until there is nothing more; files only in `folder`."""


def guard(worker: int, work: Work) -> NoReturn:
    """Have `work` done in a process and a folder of its own; end with it, or with `worker`.

    Only for a process with one thread.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    # A service that is being stopped lets the mail in hand be read; the worker's end ends everything here.
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    awaited = {_PARENT_DIED, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    die_with_parent(libc, worker, _PARENT_DIED)
    folder = tempfile.mkdtemp(prefix=PREFIX)
    guardian = os.getpid()
    reader = os.fork()
    if reader == 0:
        _become_reader(libc, guardian, folder, work)
    with contextlib.suppress(OSError):
        # Both do it: whoever is first.
        os.setpgid(reader, reader)
    for stream in (0, 1):
        os.dup2(2, stream)
    _wait(worker, reader, awaited)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(reader, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(reader, 0)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _wait(worker: int, reader: int, awaited: set[signal.Signals]) -> None:
    """Until the worker or the reader is gone.  (The signal also comes when only a thread of the worker ends.)"""
    while os.getppid() == worker:
        if signal.sigwait(awaited) == signal.SIGCHLD and os.waitpid(reader, os.WNOHANG)[0]:
            return


def _become_reader(libc: ctypes.CDLL, guardian: int, folder: str, work: Work) -> NoReturn:
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        die_with_parent(libc, guardian, signal.SIGKILL)
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        layers = work.confine()
        # What changes a process's rights makes the kernel forget what was asked for (prctl(2), PR_SET_PDEATHSIG).
        die_with_parent(libc, guardian, signal.SIGKILL)
        work.read(folder, layers)
    finally:
        # Nothing of the guardian's may run in here.
        os._exit(0)
