"""A small, always equal share of what `make fuzz` looks for."""

import random
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.reading.attachments import kinds
from tests.fuzz import run
from tests.fuzz.mutations import spoiled
from tests.fuzz.oracle import Hang, check, in_time
from tests.fuzz.run import seeds

SEEDS = {path.name: path.read_bytes() for path in seeds()}
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
MAGIC = [*(magic for magic, _ in kinds._MAGIC), b"%PDF-1.7\n", b"PK\3\4", b"RIFF", b""]  # noqa: SLF001 - the table itself
pytestmark = pytest.mark.filterwarnings("ignore")  # libraries warn of what is broken in a file


def test_there_is_a_corpus_of_every_kind_and_it_is_small() -> None:
    found = {kinds.media_type(content, "") for content in SEEDS.values()}

    assert len(SEEDS) >= 60
    assert sum(map(len, SEEDS.values())) < 600_000
    assert {kinds.PDF, kinds.ZIP, kinds.DOCX, kinds.MAIL, "image/png", "application/rtf", "text/calendar"} <= found


@pytest.mark.parametrize("name", SEEDS)
def test_every_seed_and_everything_found_before_is_read(name: str) -> None:
    check(SEEDS[name])


@given(
    st.sampled_from([magic for magic, _ in kinds._MAGIC] + [b"%PDF-1.7\n", b"PK\3\4", b"RIFF", b""]),  # noqa: SLF001 - every magic there is
    st.binary(max_size=600),
)
@settings(max_examples=1500, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET)
def test_any_bytes_behind_any_magic_number_are_read(magic: bytes, rest: bytes) -> None:
    check(magic + rest)


@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 1 << 32))
@settings(max_examples=900, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET)
def test_any_damaged_file_is_read(name: str, seed: int) -> None:
    check(spoiled(SEEDS[name], random.Random(seed)))


@pytest.mark.parametrize(("breaks", "status"), [(True, 1), (False, 0)])
def test_without_coverage_a_finding_is_kept_and_is_the_status(
    breaks: bool, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(_content: bytes) -> None:
        assert not breaks

    monkeypatch.setattr(run, "check", judge)
    monkeypatch.setattr(run, "FINDINGS", tmp_path / "findings")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("sys.argv", ["run", "0.03"])

    assert run.main() == status
    assert any((tmp_path / "findings").iterdir()) == breaks


def test_what_hangs_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.oracle.SECONDS", 1)

    with pytest.raises(Hang), in_time():
        threading.Event().wait(20)
