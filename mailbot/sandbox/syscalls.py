"""A seccomp-BPF filter (seccomp(2), linux/filter.h) that refuses what reading a mail never needs.

It holds for this process, for every thread of it and for everything it starts, for ever.  Everything that is not named
here stays allowed: it closes doors, it is not a list of what may be done.
"""

import ctypes
import errno
import platform
import struct
from typing import Final

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_AF_UNIX: Final = 1
_NAMESPACES: Final = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET (linux/sched.h)."""
_X32: Final = 0x40000000
"""Set in the numbers of x86_64's other calling convention, which would go around the list."""
_MACHINES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""AUDIT_ARCH_* (linux/audit.h), and the column of the table below."""
_SOCKET: Final = (41, 198)
_CLONE: Final = (56, 220)
_CLONE3: Final = 435
_REFUSED: Final[dict[str, tuple[int | None, int | None]]] = {
    # Any conversation with the outside; a pair of one's own sockets needs none of these.
    "connect": (42, 203),
    "accept": (43, 202),
    "accept4": (288, 242),
    "bind": (49, 200),
    "listen": (50, 201),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    # Other processes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    # Leaving the process group, by which everything started here is found and ended.
    "setsid": (112, 157),
    "setpgid": (109, 154),
    # Another view of the file system or of the machine.
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "unshare": (272, 97),
    "setns": (308, 268),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    # Parts of the kernel where most ways out of a process have been found.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # The machine itself.
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "syslog": (103, 116),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
}
"""Numbers on x86_64 and on aarch64 (asm/unistd_64.h, asm-generic/unistd.h)."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets in struct seccomp_data; of a 64-bit argument its lower half: both machines are little-endian."""
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000


def refused(machine: str | None = None) -> dict[str, int]:
    """The system calls that fail with EPERM whatever their arguments, by name; empty on a machine that is not known."""
    column = _MACHINES.get(machine or platform.machine(), (0, None))[1]
    if column is None:
        return {}
    return {name: number for name, numbers in _REFUSED.items() if (number := numbers[column]) is not None}


def assemble(machine: str) -> bytes:
    """The filter as an array of struct sock_filter.  Raises KeyError on a machine that is not known."""
    architecture, column = _MACHINES[machine]
    numbers = list(refused(machine).values())
    # Lines of the tail, counted from its first.
    denied, socket, clone, no_such = 1, 2, 4, 6
    tests: list[tuple[int, int, int]] = [
        # What is tested, its value, and the line of the tail to go to when it holds.
        *((_EQUAL, number, denied) for number in numbers),
        (_EQUAL, _SOCKET[column], socket),
        (_EQUAL, _CLONE[column], clone),
        (_EQUAL, _CLONE3, no_such),
    ]
    if machine == "x86_64":
        tests.insert(0, (_AT_LEAST, _X32, denied))
    lines = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    for left, (test, value, target) in zip(reversed(range(len(tests))), tests, strict=True):
        lines.append((test, left + target, 0, value))
    lines += [
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 3, 4, _AF_UNIX),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 2, 1, _NAMESPACES),
        # clone3 keeps its flags where no filter can look; libraries then use clone.
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(libc: ctypes.CDLL) -> bool:
    """Whether the filter holds from now on."""
    if platform.machine() not in _MACHINES:
        return False
    lines = assemble(platform.machine())
    program = _Program(len(lines) // 8, lines)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
