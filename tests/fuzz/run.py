"""`make fuzz`: look for bytes that break the reading, for so many minutes; status 1 when there are any.

What is found goes to tests/fuzz/findings/, a file for each; `python -m tests.fuzz.run FILE` shows what is wrong.
"""

import hashlib
import importlib.util
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import spoiled
from tests.fuzz.oracle import SECONDS, Hang, check

HERE = Path(__file__).parent
FINDINGS = HERE / "findings"
CORPUS = HERE / "corpus"
MAILS = HERE.parent / "mails"
MOST_FINDINGS = 10
ALL = list(HealthCheck)


def seeds() -> list[Path]:
    return [*sorted(path for path in CORPUS.iterdir() if path.is_file()), *sorted(MAILS.glob("[0-9]*.eml"))]


def main() -> int:
    argument = sys.argv[1]
    if Path(argument).is_file():
        check(Path(argument).read_bytes())
        return 0
    FINDINGS.mkdir(exist_ok=True)
    before = found()
    until = time.monotonic() + float(argument) * 60
    if importlib.util.find_spec("atheris") is None:
        say("atheris has no wheel for this Python and machine; hypothesis looks instead, without coverage")
        search_without_coverage(until)
    else:
        search(until)
    new = found() - before
    for name in sorted(new):
        say(f"found {FINDINGS / name}")
    say(f"{len(new)} findings" if new else "nothing found")
    return 1 if new else 0


def say(line: str) -> None:
    sys.stdout.write(f"fuzz: {line}\n")
    sys.stdout.flush()


def found() -> set[str]:
    return {path.name for path in FINDINGS.iterdir()}


def search(until: float) -> None:
    """libFuzzer ends with its first finding: it is started again until the time is over."""
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(seeds()):
            shutil.copy(path, Path(folder) / f"seed-{number}")
        before = len(found())
        while (left := int(until - time.monotonic())) > 0 and len(found()) - before < MOST_FINDINGS:
            options = [f"-max_total_time={left}", f"-artifact_prefix={FINDINGS}/", f"-timeout={2 * SECONDS}"]
            options += ["-rss_limit_mb=1500", "-max_len=60000", "-verbosity=1", "-print_final_stats=1"]
            ended = subprocess.run([sys.executable, "-m", "tests.fuzz.fuzz_reading", folder, *options], check=False)
            if ended.returncode == 0:
                return


def search_without_coverage(until: float) -> None:
    contents = [path.read_bytes() for path in seeds()]

    @settings(
        max_examples=200, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.sampled_from(contents), st.integers(min_value=0))
    def look(content: bytes, seed: int) -> None:
        if time.monotonic() < until:
            _keep_what_fails(spoiled(content, random.Random(seed)))

    while time.monotonic() < until:
        look()


def _keep_what_fails(content: bytes) -> None:
    try:
        check(content)
    except (Exception, Hang):  # noqa: BLE001 - a fuzzer wants them all
        traceback.print_exc()
        (FINDINGS / f"crash-{hashlib.sha256(content).hexdigest()[:16]}").write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
