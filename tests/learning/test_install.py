import json
import os
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from mailbot.engines import installed
from mailbot.engines.installed import in_use, load_models, names
from mailbot.engines.intent import MODEL_FILE, load_weights
from mailbot.errors import Misconfigured
from mailbot.learning import install as installing
from mailbot.learning.install import install, undo
from mailbot.rules import default_taxonomy

INTENTS = frozenset(intent.id for intent in default_taxonomy().intents)
SHIPPED = files("mailbot.engines").joinpath("models", MODEL_FILE).read_bytes()


def put(state: Path, second: int, intents: frozenset[str] = INTENTS) -> str:
    now = datetime(2026, 2, 28, 9, 30, second, tzinfo=UTC)
    return install(state, {MODEL_FILE: SHIPPED}, intents, {"examples": second}, now)


def manifest(state: Path) -> Path:
    (file,) = state.glob("models/*/model.json")
    return file


def test_an_installed_model_is_the_one_in_use(tmp_path: Path) -> None:
    assert load_models(tmp_path, INTENTS).name.endswith("shipped with Mailbot")
    name = put(tmp_path, 1)
    models = load_models(tmp_path, INTENTS)

    assert models.in_use.learned is not None
    assert models.in_use.learned.name == name
    assert models.name == f"linear {load_weights().digest}, learned 2026-02-28T09:30:01+00:00"
    assert models.intent.name.endswith(" (learned)")
    assert (models.problems, models.in_use.learned.made_from) == ((), {"examples": 1})


def test_the_one_before_is_kept_and_older_ones_are_not(tmp_path: Path) -> None:
    kept = [put(tmp_path, second) for second in (1, 2, 3)][1:]

    assert names(tmp_path) == (kept[1], kept[0])
    assert {path.name for path in (tmp_path / "models").iterdir()} == {*kept, "current.json", "lock"}


def test_undo_goes_back_to_the_one_before_and_then_to_the_shipped_one(tmp_path: Path) -> None:
    first, _ = put(tmp_path, 1), put(tmp_path, 2)

    assert undo(tmp_path) == first
    assert undo(tmp_path) is None
    assert in_use(tmp_path, INTENTS).learned is None
    with pytest.raises(Misconfigured, match="nothing to undo"):
        undo(tmp_path)


@pytest.mark.parametrize("step", ["_write", "_sync", "_point"])
def test_a_death_at_any_step_leaves_the_old_model_in_use(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = put(tmp_path, 1)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(installing, step, die)
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path, 2)
    assert names(tmp_path) == (old, None)
    assert in_use(tmp_path, INTENTS).problem is None

    assert in_use(tmp_path, INTENTS).learned is not None
    new = put(tmp_path, 2)
    assert names(tmp_path) == (new, old)


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    put(tmp_path, 1)

    for path in (tmp_path / "models").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.name == "lock", path


def test_only_one_learns_at_a_time(tmp_path: Path) -> None:
    with installing._alone(tmp_path), pytest.raises(Misconfigured, match="another `mailbot learn`"):  # noqa: SLF001 - the lock itself
        put(tmp_path, 1)


def test_a_folder_that_cannot_be_written_is_one_line() -> None:
    with pytest.raises(Misconfigured, match="set MAILBOT_STATE"):
        put(Path("/proc/none"), 1)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda state: (manifest(state).parent / MODEL_FILE).write_bytes(b"x"), "its file intent.npz is damaged"),
        (lambda state: (manifest(state).parent / MODEL_FILE).unlink(), "No such file"),
        (lambda state: manifest(state).write_text("{"), "JSONDecodeError"),
        (lambda state: manifest(state).unlink(), "No such file"),
        (lambda state: (state / "models" / "current.json").write_text("{"), "JSONDecodeError"),
        (lambda state: (state / "models" / "current.json").write_text('["x"]'), "TypeError"),
        (
            lambda state: (state / "models" / "current.json").write_text('{"current": "../../x", "previous": null}'),
            "ValueError",
        ),
        (lambda state: edit(manifest(state), code="0"), "made by another version of Mailbot"),
        (lambda state: edit(manifest(state), schema=2), "made by another version of Mailbot"),
        (lambda state: edit(manifest(state), embedding="0.0.1"), "another version of the embedding package"),
        (lambda state: edit(manifest(state), intents=["x"]), "made for other intents"),
        (lambda state: edit(manifest(state), files={"../x": "0"}), "is damaged"),
        (lambda state: edit(manifest(state), made_at="soon"), "ValueError"),
    ],
)
def test_an_unsound_model_is_not_used_and_it_is_said_why(harm: object, said: str, tmp_path: Path) -> None:
    put(tmp_path, 1)
    harm(tmp_path)  # type: ignore[operator]
    models = load_models(tmp_path, INTENTS)

    assert models.in_use.learned is None
    (problem,) = models.problems
    assert said in problem
    assert "mailbot learn" in problem
    assert "\n" not in problem
    # What is unsound is not what undo leads back to.
    put(tmp_path, 9)
    assert names(tmp_path)[1] is None


def edit(file: Path, **changes: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_a_model_of_sound_bytes_that_is_none_is_not_used(tmp_path: Path) -> None:
    install(tmp_path, {MODEL_FILE: b"nonsense"}, INTENTS, {}, datetime.now(UTC))
    models = load_models(tmp_path, INTENTS)

    assert models.in_use.learned is None
    assert "cannot be read" in models.problems[0]


def test_a_model_follows_the_code_that_cuts_its_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = installed.code()
    installed.code.cache_clear()
    assert installed.code() == before
    monkeypatch.setattr(installed, "_CODE", ("features.py",))
    installed.code.cache_clear()
    assert installed.code() != before
    installed.code.cache_clear()


def test_intents_that_no_model_knows_are_told() -> None:
    models = load_models(Path("/nowhere"), frozenset({"repair.lift", "own.a", "own.b"}))

    (problem,) = models.problems
    assert problem.startswith(
        "the model knows 1 of your 3 intents; mails of the others go to the human folder (own.a, "
    )
    assert problem.endswith("give examples with `mailbot learn --examples FILE`")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_installs_belongs_to_the_owner_of_the_state_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    put(tmp_path, 1)

    assert {path.stat().st_uid for path in (tmp_path / "models").rglob("*") if path.name != "lock"} == {65534}
