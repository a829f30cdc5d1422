"""Each layer of the confinement, by itself: what it closes, for this process and for what it starts."""

import os
import platform
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mailbot.sandbox import confinement, syscalls

MEMORY = 1_500_000_000
CONNECT = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=3)
    print("connected")
except OSError as error:
    print(type(error).__name__)
"""


def confined(without: list[str], code: str, *arguments: str, before: str = "") -> list[str]:
    """What `code` prints in a confined process, line by line; the first says which layers hold."""
    start = (
        f"import subprocess, sys, ctypes, os\nfrom mailbot.sandbox.confinement import confine\n{before}\n"
        f"print(*confine({MEMORY}, 6, without={without!r}))\nsys.stdout.flush()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", start + code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def only(*layers: str) -> list[str]:
    return [layer for layer in confinement.LAYERS if layer not in layers]


def by_grandchild(code: str) -> str:
    return (
        f"done = subprocess.run([sys.executable, '-c', {code!r}, *sys.argv[1:]], capture_output=True, text=True)\n"
        "print(done.stdout, end='')\n"
    )


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.3)
        yield listening


def port(listener: socket.socket) -> str:
    return str(listener.getsockname()[1])


@pytest.mark.parametrize("code", [CONNECT, by_grandchild(CONNECT)], ids=["python", "grandchild"])
@pytest.mark.parametrize("layer", ["namespace", "seccomp"])
def test_one_layer_alone_lets_nothing_out(layer: str, code: str, listener: socket.socket) -> None:
    held, said = confined(only(layer), code, port(listener))
    if layer not in held.split():
        pytest.skip(f"this machine has no {layer}")

    assert held == layer
    assert said in {"OSError", "ConnectionRefusedError", "PermissionError"}
    with pytest.raises(TimeoutError):
        listener.accept()


def test_without_any_layer_it_would_have_got_out(listener: socket.socket) -> None:
    assert confined(only(), CONNECT, port(listener)) == ["", "connected"]
    listener.accept()[0].close()


def test_where_the_kernel_gives_nothing_python_opens_no_socket_and_starts_no_program(listener: socket.socket) -> None:
    code = CONNECT + (
        "for start in (lambda: subprocess.run([sys.executable, '-c', 'pass']), lambda: os.system('true'), os.fork,\n"
        "              lambda: socket.socket(socket.AF_UNIX), lambda: os.posix_spawn('/bin/true', ['true'], {})):\n"
        "    try:\n        start()\n        print('started')\n"
        "    except PermissionError:\n        print('refused')\n"
        "print(subprocess.run(['tesseract', '--version'], capture_output=True).returncode)\n"
    )

    assert confined(only("sockets"), code, port(listener)) == ["sockets", "PermissionError", *["refused"] * 5, "0"]
    with pytest.raises(TimeoutError):
        listener.accept()


EVERY_CALL = """
import ctypes, json, sys
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(21, 0, 0, 0, 0) == 2, "no filter"
for name, number in json.loads(sys.argv[1]).items():
    ctypes.set_errno(0)
    print(name, libc.syscall(number, 0, 0, 0, 0, 0, 0), ctypes.get_errno())
"""


@pytest.mark.skipif(not syscalls.refused(), reason="the filter is written for x86_64 and aarch64")
@pytest.mark.parametrize("code", [EVERY_CALL, by_grandchild(EVERY_CALL)], ids=["python", "grandchild"])
def test_every_refused_call_fails_with_eperm(code: str) -> None:
    import json  # noqa: PLC0415 - also the child's way to learn the numbers

    calls = syscalls.refused()
    _, *said = confined(only("seccomp"), code, json.dumps(calls))

    assert said == [f"{name} -1 1" for name in calls]
    wanted = {"ptrace", "mount", "kexec_load", "bpf", "perf_event_open", "keyctl", "add_key", "io_uring_setup"}
    assert wanted | {"userfaultfd", "connect", "setsid", "unshare"} <= set(calls)


@pytest.mark.skipif(not syscalls.refused(), reason="the filter is written for x86_64 and aarch64")
def test_only_the_unix_family_makes_sockets_and_no_new_process_gets_namespaces() -> None:
    code = (
        "import socket, errno\n"
        "for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, socket.AF_VSOCK, 38):\n"
        "    try:\n        socket.socket(family, socket.SOCK_RAW)\n        print('made')\n"
        "    except OSError as error:\n        print(errno.errorcode[error.errno])\n"
        "one, other = socket.socketpair()\nos.write(one.fileno(), b'x')\n"
        "print(other.recv(1))\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "for flags in (0x10000000, 0x40000000, 0x20000000, 0x00020000):\n"
        "    clone = 56 if os.uname().machine == 'x86_64' else 220\n"
        "    print(libc.syscall(clone, flags | 17, 0, 0, 0, 0), ctypes.get_errno())\n"
        "print(subprocess.run(['true']).returncode)\n"
    )
    _, *said = confined(only("seccomp"), code)

    assert said == [*["EPERM"] * 6, "b'x'", *["-1 1"] * 4, "0"]


def test_privileges_are_gone_and_cannot_be_won_back() -> None:
    caps = (
        "print(*[l.split()[1] for l in open('/proc/self/status') if l.startswith(('CapEff', 'CapPrm', 'NoNewPrivs'))])"
    )
    raise_limit = (
        "\nimport resource\n"
        "try:\n    resource.setrlimit(resource.RLIMIT_AS, (2 * 1500000000,) * 2)\n    print('raised')\n"
        "except (ValueError, OSError):\n    print('refused')\n"
    )
    held, own, inherited, limit = confined(
        only("capabilities"), f"{caps}\nsys.stdout.flush()\n{by_grandchild(caps)}{raise_limit}"
    )

    assert held == "capabilities"
    assert own == inherited == "0000000000000000 0000000000000000 1"
    assert limit == "refused"


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser may become another user")
def test_an_ordinary_user_s_processes_are_counted_by_the_kernel() -> None:
    code = (
        "children = []\n"
        "try:\n"
        "    for _ in range(30):\n        children.append(subprocess.Popen(['sleep', '60']))\n"
        "except OSError:\n    pass\n"
        "print(len(children))\n"
        "for child in children:\n    child.kill()\n"
    )
    held, count = confined(["sockets"], code, before="os.setgroups([]); os.setgid(65534); os.setuid(65534)")
    if "processes" not in held.split():
        pytest.skip("no user namespaces here")

    assert int(count) == 5


def test_seconds_of_processor_are_given_mail_by_mail() -> None:
    code = (
        "import sys, time\nfrom mailbot.sandbox.confinement import allow_seconds\n"
        "for mail in range(2):\n"
        "    allow_seconds(1)\n    start = time.process_time()\n"
        "    while time.process_time() - start < 0.9: pass\n"
        "print('two mails', flush=True)\nallow_seconds(1)\nwhile True: pass\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (-signal.SIGXCPU, "two mails\n")


def verdict(lines: bytes, architecture: int, number: int, argument: int = 0) -> int:
    """What a filter says of one call: the few instructions of BPF that it uses (linux/filter.h)."""
    data = {0: number, 4: architecture, 16: argument}
    program = list(struct.iter_unpack("=HBBI", lines))
    at, value = 0, 0
    while True:
        code, on_true, on_false, operand = program[at]
        match code:
            case 0x20:
                value, on_true, on_false, holds = data[operand], 0, 0, True
            case 0x06:
                return int(operand)
            case 0x15:
                holds = value == operand
            case 0x35:
                holds = value >= operand
            case 0x45:
                holds = bool(value & operand)
            case _:
                pytest.fail(f"unknown instruction {code:#x}")
        at += 1 + (on_true if holds else on_false)


@pytest.mark.parametrize(("machine", "architecture"), [("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)])
def test_the_filter_decides_the_same_on_both_machines(machine: str, architecture: int) -> None:
    allowed, eperm, enosys, killed = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
    lines = syscalls.assemble(machine)
    calls = syscalls.refused(machine)
    x86 = machine == "x86_64"
    make_socket, clone = (41, 56) if x86 else (198, 220)
    others = set(range(500)) - set(calls.values()) - {make_socket, clone, 435}

    assert len(lines) // 8 < 256
    assert {verdict(lines, architecture, number) for number in calls.values()} == {eperm}
    assert {verdict(lines, architecture, number) for number in others} == {allowed}
    assert [verdict(lines, architecture, make_socket, family) for family in (1, 2, 10, 16)] == [allowed, *[eperm] * 3]
    assert verdict(lines, architecture, clone, 17) == allowed
    assert verdict(lines, architecture, clone, 17 | 0x10000000) == eperm
    assert verdict(lines, architecture, 435) == enosys
    assert verdict(lines, 0x40000003, 1) == killed
    if x86:
        assert verdict(lines, architecture, 0x40000000 + 41, 2) == eperm


def test_a_machine_that_is_not_known_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes  # noqa: PLC0415

    monkeypatch.setattr(platform, "machine", lambda: "riscv64")

    assert not syscalls.install(ctypes.CDLL(None))
    assert syscalls.refused() == {}
