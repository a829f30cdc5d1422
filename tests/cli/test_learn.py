"""Learning as its admin and staff meet it, with three intents of their own so that it is quick."""

import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mailbot.cli import main
from mailbot.commands.learn import run_learn
from mailbot.errors import Misconfigured
from mailbot.learning.labelled import Labelled
from mailbot.learning.relearn import _held_back
from mailbot.ledger import open_ledger
from mailbot.ledger.values import Moved
from mailbot.ports import Mark
from tests.conftest import Post
from tests.daemon.mails import mail
from tests.ledger.filed import file, poll
from tests.servers.dovecot import PASSWORD
from tests.servers.mailbot import ROOT, Installation, installation

TAIL = """\
human_folder: Humans
min_confidence: 0.2
intents:
  lift: {label: Lift}
  heat: {label: Heating}
  rent: {label: Rent}
rules:
  - {name: lift, when: {intent: lift}, then: {file: Lift}}
  - {name: heat, when: {intent: heat}, then: {file: Heat}}
  - {name: rent, when: {intent: rent}, then: {file: Rent}}
  - {name: rest, when: always, then: {file: Humans}}
"""
HEAD = """\
mailboxes:
  accueil: {{host: 127.0.0.1, port: {port}, tls: "off", user: {user}, password: {{secret: accueil}}, language: en}}
"""
WORDS = {
    "lift": ("lift stuck", "elevator broken", "cabin door jammed", "lift button dead"),
    "heat": ("radiator cold", "boiler off", "no hot water", "heating weak"),
    "rent": ("rent receipt please", "when is rent due", "rent paid twice", "my rent debit"),
}
PLACES = ("today", "block B", "since May")


def rows(*, wrong: bool = False) -> list[dict[str, str]]:
    """Short mails; `wrong`: with the labels of those that are trained on exchanged."""
    turned = {"lift": "heat", "heat": "rent", "rent": "lift"}
    found = []
    for intent, said in WORDS.items():
        for text in (f"{words} {place}" for words in said for place in PLACES):
            label = turned[intent] if wrong and not _held_back(Labelled(text, intent)) else intent
            found.append({"text": text, "intent": label})
    return found


def written(path: Path, some: Sequence[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in some), encoding="utf-8")
    return path


@pytest.fixture
def office(post: Post, tmp_path: Path) -> Iterator[Installation]:
    url = f"sqlite:///{tmp_path}/state/ledger.db"
    with installation(tmp_path, port=post.server.port, user=post.user, database_url=url) as made:
        made.write_rules(HEAD.format(port=post.server.port, user=post.user) + TAIL)
        yield made


@pytest.fixture
def here(office: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The same installation for commands that run in this process: scikit-learn is imported once."""
    for name, value in office.environment().items():
        if name.startswith("MAILBOT_"):
            monkeypatch.setenv(name, value)
    return office


def learn(capsys: pytest.CaptureFixture[str], *examples: Path, dry_run: bool = False) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    status = run_learn(rules=None, examples=examples, dry_run=dry_run, as_json=True)
    return status, json.loads(capsys.readouterr().out)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that ends well says."""
    capsys.readouterr()
    assert main(arguments) == 0
    return capsys.readouterr().out


def corrections(made: Installation) -> list[tuple[str, str]]:
    ledger = open_ledger(made.database_url)
    try:
        return [(one.said, one.intent) for one in ledger.feedback.corrections()]
    finally:
        ledger.close()


def test_from_examples_to_what_staff_corrected_and_back(
    post: Post, here: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office, examples = here, written(tmp_path / "mine.jsonl", rows())
    assert "the model knows 0 of your 3 intents" in command(capsys, "check", "--offline")

    status, first = learn(capsys, examples)
    assert (status, first["installed"], first["trained_on"]["corpus"]) == (0, True, 0)
    assert first["not_trained_on"]["held_back"] == first["held_out"]["after"]["mails"] > 0
    assert first["held_out"]["after"]["intent"] > 0.8 > first["held_out"]["before"]["intent"]

    # The daemon works with it; staff move one of the mails elsewhere.
    post.deliver(mail(1, "The lift is stuck in block B."), mail(2, "The window handle of the flat came off."))
    office.start()
    office.wait(2)
    assert f'"name": "{first["model"]}, learned ' in office.log.read_text()
    filed = {folder: len(mails) for folder, mails in post.contents().items()}
    assert filed.get("Lift", 0) >= 1
    with post.client() as client:
        source = next(folder for folder in ("Humans", "Lift", "Rent", "Heat") if _holds(client, folder, "handle"))
        target = "Heat" if source != "Heat" else "Rent"
        if not client.folder_exists(target):
            client.create_folder(target)
        client.select_folder(source)
        client.move(client.search(["TEXT", "handle"]), target)
    office.until(lambda: len(corrections(office)) == 1)
    office.stop()

    # No text was kept in the ledger: the mail is read again where staff put it.
    label = target.lower()
    status, second = learn(capsys, examples)
    assert status == 0
    assert second["trained_on"]["corrections"] == 1
    assert second["trained_on"]["by_intent"][label] == first["trained_on"]["by_intent"][label] + 1
    assert second["corrections_right"] == {"of": 1, "before": 0, "after": 1} or source.lower() == label
    assert list((tmp_path / "state" / "models").rglob("*.npz"))
    for path in (tmp_path / "state" / "models").rglob("*"):
        assert path.is_dir() or b"handle" not in path.read_bytes(), path
        assert path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) == 0 or path.name == "lock"

    name = f"model: {second['model']}, learned "
    checked = command(capsys, "check", "--offline")
    assert name in checked
    assert "everything is right" in checked
    assert name in command(capsys, "status")
    page = command(capsys, "explain", str(_file(tmp_path, b"The lift is stuck")))
    assert f"Model     {second['model']} (learned)" in page

    back = json.loads(command(capsys, "learn", "--undo", "--json"))["model"]
    assert back.startswith(f"{first['model']}, learned ")
    assert command(capsys, "learn", "--undo").endswith("shipped with Mailbot\n")
    assert main(["learn", "--undo"]) == 2


def _holds(client: Any, folder: str, word: str) -> bool:
    if not client.folder_exists(folder):
        return False
    client.select_folder(folder, readonly=True)
    return bool(client.search(["TEXT", word]))


def _file(folder: Path, text: bytes) -> Path:
    path = folder / "one.eml"
    path.write_bytes(b"From: a@example.org\r\nSubject: lift\r\n\r\n" + text)
    return path


def test_a_model_that_is_worse_is_refused_with_both_figures(
    here: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = written(tmp_path / "good.jsonl", rows()), written(tmp_path / "bad.jsonl", rows(wrong=True))
    _, installed = learn(capsys, good)
    assert run_learn(rules=None, examples=[bad], dry_run=False, as_json=False) == 1
    page = capsys.readouterr().out

    theirs = f"{installed['held_out']['after']['intent']:.1%}"
    (found,) = re.findall(r"^not installed: .* in use \(right intents (\S+)%, in use (\S+)\)$", page, re.MULTILINE)
    assert found[1] == theirs
    assert float(found[0]) < float(theirs.rstrip("%"))
    assert f"model: {installed['model']}, learned " in command(capsys, "check", "--offline")


def test_a_dry_run_installs_nothing_and_the_page_says_what_was_learned(
    here: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("text,intent\n" + "".join(f"{row['text']},{row['intent']}\n" for row in rows()))
    assert run_learn(rules=None, examples=[table], dry_run=True, as_json=False) == 0
    page = capsys.readouterr().out

    assert "trained on 0 mails of the corpus" in page
    assert "examples are held back to measure on, always the same fifth" in page
    assert page.endswith("not installed: --dry-run; it is no worse than the one in use\n")
    assert not (tmp_path / "state" / "models").exists()


def test_the_readmes_commands_do_what_it_says(
    here: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "mine.jsonl", rows())
    monkeypatch.chdir(tmp_path)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    \.venv/bin/mailbot (learn.*)$", readme, re.MULTILINE)
    said = [command(capsys, *line.split()).splitlines()[-1] for line in lines]

    assert len(said) == 4
    assert said[0].startswith("nothing to learn yet")
    assert said[1].startswith("not installed: --dry-run")
    assert said[2].startswith("installed: linear ")
    assert said[3].startswith("back in use at the next start: linear ")


def test_a_mistake_in_the_examples_is_one_line_with_its_place(
    here: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = written(tmp_path / "mine.jsonl", [{"text": "a", "intent": "lift"}, {"text": "b", "intent": "lfit"}])
    assert main(["learn", "--examples", str(examples)]) == 2
    said = capsys.readouterr().err

    assert said == "mailbot: mine.jsonl:2: there is no intent 'lfit'; did you mean 'lift'?\n"
    with pytest.raises(Misconfigured, match="fewer than two intents"):
        run_learn(rules=None, examples=[written(tmp_path / "a.jsonl", rows()[:1])], dry_run=False, as_json=False)


def test_a_mailbox_that_cannot_be_read_is_told_and_stops_nothing(
    here: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = written(tmp_path / "mine.jsonl", rows())
    ledger = open_ledger(here.database_url)
    file(ledger, 1, "Heat", "Heat 10")
    (filed,) = ledger.feedback.filed("accueil", 1000, "<1@example.org>")
    ledger.feedback.note("accueil", "Rent", Mark(7, 20), [Moved(filed, 12, "rent", "message-id")], poll(ledger))
    ledger.close()
    monkeypatch.setenv("MAILBOT_SECRET_ACCUEIL", PASSWORD + "x")
    status, told = learn(capsys, examples, dry_run=True)

    assert status == 0
    assert told["trained_on"]["corrections"] == 0
    (problem,) = told["not_trained_on"]["problems"]
    assert problem.startswith("mailbox accueil: the server refused the user name or the password")
    assert os.environ["MAILBOT_SECRET_ACCUEIL"] not in json.dumps(told)
