import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.mailbot import ROOT
from tests.servers.process import program

UNITS = sorted((ROOT / "systemd").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    # The project is not in /opt here: an interpreter that exists stands in for its own.
    text = unit.read_text().replace("/opt/mailbot/.venv/bin/python", sys.executable).replace("/opt/mailbot", str(ROOT))
    copy = tmp_path / unit.name
    copy.write_text(text)
    done = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert copy.name not in done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_hardened_and_stays_down_on_a_configuration_error(unit: Path) -> None:
    done = subprocess.run(
        [program("systemd-analyze"), "security", "--offline=true", "--threshold=21", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    text = unit.read_text()

    assert done.returncode == 0, done.stdout[-300:]
    assert "RestartPreventExitStatus=2" in text
    assert "LoadCredential=accueil:" in text


def test_the_dockerfile_copies_what_is_there_and_runs_without_root() -> None:
    text = (ROOT / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        *sources, _ = line.split()
        assert all((ROOT / source).exists() for source in sources), line

    assert re.search(r"^USER mailbot$", text, re.MULTILINE)
    assert "--require-hashes" in text


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt", "uv.txt"])
def test_every_dependency_is_pinned_by_hash_and_names_no_host(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    pinned = re.findall(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==\S+(?: ; .*)? \\$", text, re.MULTILINE)

    assert pinned
    assert len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) == len(pinned)
    assert "://" not in text


def test_nothing_in_the_code_can_send_a_mail() -> None:
    for folder in ("mailbot", "workers"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
                module = getattr(node, "module", None) or ""
                assert "smtplib" not in {module, *names}, file


COMMANDS = re.findall(r"^    (\.venv/bin/mailbot .+)$", (ROOT / "README.md").read_text(), re.MULTILINE)


def test_the_readme_shows_commands() -> None:
    assert len(COMMANDS) >= 4


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_of_the_readme_is_one_that_exists(line: str) -> None:
    words = line.split("#", maxsplit=1)[0].split()[1:]
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", words[0], "--help"], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert done.returncode == 0
    assert all(word in done.stdout for word in words[1:] if word.startswith("--"))


def test_the_readmes_example_rules_are_valid() -> None:
    from mailbot.reply import load_replies  # noqa: PLC0415
    from mailbot.rules import parse_rules  # noqa: PLC0415

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rules, chat = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    head = "mailboxes: {accueil: {host: imap.example.org, user: a@example.org, password: {secret: a}}}\n"

    book = parse_rules(head + rules + chat, "README.md", load_replies().names)

    assert book.rules
    assert book.llm is not None


@pytest.mark.parametrize("line", [line for line in COMMANDS if " explain " in line or "--offline" in line])
def test_the_readmes_harmless_commands_do_what_it_says(line: str, tmp_path: Path) -> None:
    words = line.split("#", maxsplit=1)[0].split()[1:]
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "MAILBOT_STATE": str(tmp_path), "MAILBOT_SECRET_ACCUEIL": "x"},
        timeout=200,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_the_demo_shows_every_sample_and_leaves_nothing_running(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "demo"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
        timeout=280,
        check=False,
    )
    samples = sorted(file.stem for file in (ROOT / "mailbot" / "samples").glob("*.eml"))
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout

    assert done.returncode == 0, done.stderr
    assert all(sample[:15] in done.stdout for sample in samples)
    assert f"{len(samples)} mails handled" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if line.startswith("0")) <= 120
    assert len(list((tmp_path / ".demo" / "records").glob("*.json"))) == len(samples)
    assert str(tmp_path) not in left
