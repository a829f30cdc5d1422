"""Whatever reading started ends with it: stuck programs, crowds of them, and all of it when the worker dies."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from mailbot.model import Account, ReadingRequest
from mailbot.sandbox import Limits, SandboxReader, process
from mailbot.sandbox.guardian import PREFIX

REQUEST = ReadingRequest(Account("a"), ("fr",))


def scans(count: int = 1, *, tail: bytes = b"fin") -> bytes:
    """A mail with words, scans that must be recognised, and a last attachment that is a text."""
    made = EmailMessage()
    made["From"], made["Subject"] = "anne@example.org", "scan"
    made.set_content("Bonjour, voici le document.\n")
    for number in range(count):
        out = BytesIO()
        Image.effect_noise((1000, 1000), 120 - number).save(out, "PNG")
        made.add_attachment(out.getvalue(), maintype="image", subtype="png", filename=f"{number}.png")
    made.add_attachment(tail, maintype="text", subtype="plain", filename="fin.txt")
    return made.as_bytes()


class Engine:
    """An OCR engine that never ends, with children that do not end either."""

    def __init__(self, folder: Path, children: int) -> None:
        # A duration of its own tells its processes from all others.
        self.seconds = f"9{os.getpid()}.{children}"
        program = folder / "tesseract"
        program.write_text(
            "#!/bin/sh\n"
            'case "$1" in --list-langs) printf "List of available languages (2):\\nfra\\nosd\\n"; exit 0;;\n'
            '--version) echo "tesseract 5.3.0"; exit 0;; esac\n'
            f"for n in $(seq {children}); do sleep {self.seconds} & done\nexec sleep {self.seconds}\n"
        )
        program.chmod(0o755)

    def running(self) -> list[int]:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if self.seconds.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Engine]]:
    made: list[Engine] = []

    def make(children: int) -> Engine:
        made.append(Engine(tmp_path, children))
        return made[-1]

    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield make
    for one in made:
        for pid in one.running():
            os.kill(pid, signal.SIGKILL)


def becomes(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_a_stuck_engine_dies_with_its_children_and_the_words_are_kept(
    engine: Callable[[int], Engine], tmp_path: Path
) -> None:
    stuck = engine(2)
    reader = SandboxReader(Limits(ocr_page_seconds=2.0))
    reading = reader.read(scans(), REQUEST)
    left, folders = stuck.running(), list(tmp_path.glob(f"{PREFIX}*/*"))
    reader.close()

    assert reading.text.fresh == "Bonjour, voici le document."
    assert reading.incomplete
    assert [part.text for part in reading.attachments] == ["", "fin"]
    assert {defect.where for defect in reading.defects} == {"attachment 1"}
    assert left == []
    assert folders == []
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_a_crowd_of_processes_is_ended_before_its_time(engine: Callable[[int], Engine]) -> None:
    crowd = engine(40)
    reader = SandboxReader(Limits(ocr_page_seconds=60.0))
    started = time.monotonic()
    reading = reader.read(scans(), REQUEST)
    spent = time.monotonic() - started
    left = crowd.running()
    reader.close()

    assert spent < 15
    assert [part.text for part in reading.attachments] == ["", "fin"]
    assert left == []


def test_what_stops_its_reader_twice_is_not_tried_a_third_time(engine: Callable[[int], Engine]) -> None:
    engine(0)
    reader = SandboxReader(Limits(ocr_page_seconds=1.0))
    mail = scans()
    first, second, third = (reader.read(mail, REQUEST) for _ in range(3))
    reader.close()

    stopped, struck = "it took too long or too much memory: not read", "it stopped its reader before: not read"
    assert [r.defects[-1].what for r in (first, second, third)] == [stopped, stopped, struck]
    assert third.attachments[1].text == "fin"
    assert third.incomplete


def test_many_killers_do_not_cost_the_attachment_behind_them(engine: Callable[[int], Engine]) -> None:
    engine(0)
    reader = SandboxReader(Limits(ocr_page_seconds=0.5))
    reading = reader.read(scans(3), REQUEST)
    reader.close()

    assert [part.text for part in reading.attachments] == ["", "", "", "fin"]
    assert {defect.where for defect in reading.defects} == {f"attachment {number}" for number in (1, 2, 3)}


def test_one_mail_ends_in_its_time_whatever_it_holds(engine: Callable[[int], Engine]) -> None:
    engine(0)
    reader = SandboxReader(Limits(seconds=6.0, ocr_page_seconds=2.5))
    reader.warm()
    started = time.monotonic()
    reading = reader.read(scans(6), REQUEST)
    spent = time.monotonic() - started
    reader.close()

    assert spent < 25
    assert reading.text.fresh == "Bonjour, voici le document."
    assert reading.incomplete
    assert len(reading.attachments) == 7


WORKER = """
import sys
from mailbot.model import Account, ReadingRequest
from mailbot.sandbox import SandboxReader
reader = SandboxReader()
reader.read(sys.stdin.buffer.read(), ReadingRequest(Account("a"), ("fr",)))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_the_worker_dies(
    how: signal.Signals, engine: Callable[[int], Engine], tmp_path: Path
) -> None:
    stuck = engine(2)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ""}
    )
    assert worker.stdin is not None
    worker.stdin.write(scans())
    worker.stdin.close()
    assert becomes(lambda: len(stuck.running()) == 3)
    (group,) = {os.getpgid(pid) for pid in stuck.running()}
    worker.send_signal(how)
    worker.wait()

    assert becomes(lambda: stuck.running() == [] and process.members(group) == ())
    assert becomes(lambda: list(tmp_path.glob(f"{PREFIX}*")) == [])


def test_nothing_is_left_when_the_reader_dies_alone(engine: Callable[[int], Engine]) -> None:
    stuck = engine(2)
    reader = SandboxReader(Limits(ocr_page_seconds=60.0))
    reader.warm()
    group = reader.child().group
    assert group is not None

    def kill() -> None:
        becomes(lambda: len(stuck.running()) == 3)
        os.kill(group, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    reading = reader.read(scans(), REQUEST)
    killer.join()
    reader.close()

    assert [part.text for part in reading.attachments] == ["", "fin"]
    assert becomes(lambda: stuck.running() == [])


def test_the_child_outlives_the_thread_that_started_it() -> None:
    reader = SandboxReader()
    thread = threading.Thread(target=reader.warm)
    thread.start()
    thread.join()
    time.sleep(0.3)
    before = reader.child()
    reading = reader.read(b"Subject: encore\n\nBonjour", REQUEST)
    after = reader.child()
    reader.close()

    assert reading.subject == "encore"
    assert before is after


def test_a_service_that_is_being_stopped_has_its_mail_read() -> None:
    reader = SandboxReader()
    reader.warm()
    child = reader.child()
    assert child.group is not None
    for pid in (child.pid, child.group):
        os.kill(pid, signal.SIGTERM)
    reading = reader.read(b"Subject: encore\n\nBonjour", REQUEST)
    alive = reader.child() is child
    reader.close()

    assert (reading.subject, alive) == ("encore", True)


def test_the_child_learns_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_SECRET_ACCUEIL", "tres-secret")
    monkeypatch.setenv("PGPASSWORD", "tres-secret")
    reader = SandboxReader()
    reader.warm()
    environment = Path(f"/proc/{reader.child().pid}/environ").read_bytes()
    reader.close()

    assert b"PATH=" in environment
    assert b"tres-secret" not in environment
