import json
import mailbox
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Post
from tests.daemon.mails import ORDINARY
from tests.servers.dovecot import PASSWORD
from tests.servers.mailbot import ROOT, Installation, installation

SAMPLES = ROOT / "mailbot" / "samples"
FIELDS = [
    *(
        "schema",
        "source",
        "message_id",
        "fingerprint",
        "date",
        "from",
        "reply_to",
        "to",
        "cc",
        "subject",
        "original_sender",
    ),
    *("automatic", "authentication", "text", "language", "translation", "attachments", "intent", "confidence", "also"),
    *(
        "alternatives",
        "abstained",
        "urgency",
        "urgency_why",
        "answerable",
        "entities",
        "summary",
        "next_actions",
        "why",
    ),
    *("rules", "plan", "marks", "incomplete", "defects", "timings_ms", "engines"),
]


def mailbot(
    *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None, **more: str
) -> subprocess.CompletedProcess[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
    return subprocess.run(
        [sys.executable, "-m", "mailbot", *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env=clean | (env or {}) | more,
        timeout=200,
        check=False,
    )


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    state = str(tmp_path_factory.mktemp("state"))
    done = mailbot("explain", "--json", str(SAMPLES), MAILBOT_STATE=state)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_explain_gives_each_mail_its_whole_record_in_order(records: list[dict[str, object]]) -> None:
    files = sorted(SAMPLES.glob("*.eml"))

    assert len(records) == len(files) >= 16
    assert [record["source"] for record in records] == [str(file) for file in files]
    assert all(list(record) == FIELDS for record in records)


def test_the_samples_are_understood(records: list[dict[str, object]]) -> None:
    found = {Path(str(record["source"])).stem[:2]: record for record in records}

    assert found["11"]["urgency"] == "critical"
    assert found["08"]["attachments"][0]["document"] == "insurance_certificate"  # type: ignore[index]
    assert found["06"]["language"]["code"] == "ar"  # type: ignore[index]
    assert [found[number]["automatic"] for number in ("13", "14", "15")] == ["auto-reply", "bounce", "list"]
    assert all(found[number]["plan"]["draft"] is None for number in ("12", "13", "14", "15"))  # type: ignore[index]
    assert "chauffage" not in str(found["04"]["text"]["fresh"])  # type: ignore[index]


def test_explain_reads_standard_input_mboxes_and_maildirs(tmp_path: Path) -> None:
    box = mailbox.mbox(str(tmp_path / "box"))
    box.add(ORDINARY)
    box.add(ORDINARY)
    box.close()
    maildir = mailbox.Maildir(str(tmp_path / "dir"))
    maildir.add(ORDINARY)
    paths = [str(tmp_path / "box"), str(tmp_path / "dir"), "-"]
    done = mailbot("explain", "--json", *paths, stdin=ORDINARY, MAILBOT_STATE=str(tmp_path / "state"))
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert [line["subject"] for line in lines] == ["sujet 1"] * 4


def test_explain_writes_nothing_and_works_in_any_folder(tmp_path: Path) -> None:
    state = tmp_path / "state"
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "explain", "--json", "-"],
        input=ORDINARY,
        capture_output=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "MAILBOT_STATE": str(state)},
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_explain_without_json_is_a_page_for_a_person(tmp_path: Path) -> None:
    done = mailbot("explain", "-", stdin=ORDINARY, MAILBOT_STATE=str(tmp_path))
    page = done.stdout.decode()

    assert "Folder    Gestion locative/Quittances" in page
    assert "Draft     to anne1@example.org in fr" in page


def test_a_mail_that_is_none_still_gets_its_object(tmp_path: Path) -> None:
    done = mailbot("explain", "--json", "-", stdin=b"\xff\x00", MAILBOT_STATE=str(tmp_path))

    assert done.returncode == 0
    assert json.loads(done.stdout)["plan"]["folder"] == "À qualifier"


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        (("explain", "/no/such/file"), {}, "/no/such/file: there is no such file or folder"),
        (("check", "--rules", "/no/rules.yaml"), {}, "/no/rules.yaml: No such file or directory; set MAILBOT_RULES"),
        (("check",), {"MAILBOT_RULEZ": "x"}, "MAILBOT_RULEZ: no such setting"),
        (("run",), {"MAILBOT_SWEEP_SECONDS": "soon"}, "MAILBOT_SWEEP_SECONDS: 'soon' is not a number"),
        (("run",), {"MAILBOT_BROKER_URL": "redis://x"}, "MAILBOT_BROKER_URL is set"),
        (("poll",), {}, "MAILBOT_BROKER_URL is not set"),
        (("run",), {"MAILBOT_BROKER_URL": "amqp://x"}, "MAILBOT_BROKER_URL: not a Redis URL"),
        (
            ("run",),
            {"MAILBOT_DATABASE_URL": "mysql://x/y", "MAILBOT_SECRET_ACCUEIL": "x", "MAILBOT_SECRET_KEY": "x" * 32},
            "'mysql' is not supported",
        ),
        (("run",), {}, "secret 'accueil' is not set: set MAILBOT_SECRET_ACCUEIL"),
        (("status",), {"MAILBOT_STATE": "/proc/none"}, "cannot be opened or written"),
        (("retry", "7"), {}, "case 7 is not parked"),
        (("resume", "acueil"), {}, "there is no mailbox 'acueil'"),
    ],
)
def test_a_users_mistake_is_one_line_and_status_two(
    arguments: tuple[str, ...], env: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = mailbot(*arguments, env={"MAILBOT_STATE": str(tmp_path), **env})
    lines = done.stderr.decode().splitlines()

    assert done.returncode == 2
    assert said in lines[0]
    assert all(line.startswith("mailbot: ") for line in lines)


def test_without_tesseracts_french_it_says_which_package(tmp_path: Path) -> None:
    env = {"MAILBOT_STATE": str(tmp_path), "MAILBOT_SECRET_ACCUEIL": "x", "TESSDATA_PREFIX": str(tmp_path)}
    done = mailbot("run", env=env)

    assert done.returncode == 2
    assert b"install the package tesseract-ocr" in done.stderr


def test_check_and_status_tell_what_is_right_and_what_is_not(post: Post, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/l.db"
    with installation(tmp_path, port=post.server.port, user=post.user, database_url=url) as made:
        right = made.command("check")
        wrong = made.command("check", MAILBOT_SECRET_ACCUEIL="wrong")
        idle = made.command("status")

    assert (right.returncode, wrong.returncode, idle.returncode) == (0, 2, 1)
    assert "drafts go to 'Drafts'" in right.stdout
    assert "everything is right" in right.stdout
    assert "the server refused the user name or the password" in wrong.stderr
    assert "never polled" in idle.stdout


def test_a_running_daemon_is_well_and_an_unreachable_one_is_not(post: Post, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/l.db"
    with installation(tmp_path, port=post.server.port, user=post.user, database_url=url) as made:
        made.start()
        made.until(lambda: made.command("status").returncode == 0)
        made.stop()
        made.write_rules(made.rules.read_text().replace(f"port: {post.server.port}", "port: 1"))
        made.start()
        made.until(lambda: made.command("status").returncode == 1)
        said = made.command("status").stdout

    assert "does not answer" in said


def test_an_oversized_mail_stays_and_is_listed(post: Post, tmp_path: Path) -> None:
    post.deliver(ORDINARY + b"x" * 5000)
    url = f"sqlite:///{tmp_path}/l.db"
    with installation(tmp_path, port=post.server.port, user=post.user, database_url=url) as made:
        made.write_rules(made.rules.read_text() + "limits: {message_bytes: 2000}\n")
        made.start()
        made.wait(1)
        said = made.command("status")
        made.stop()
        again = made.command("retry", "1")

    assert said.returncode == 1
    assert "oversize" in said.stdout
    assert re.search(r"mailbot retry 1\b", said.stdout)
    assert again.returncode == 0
    assert set(post.contents()) == {"INBOX"}


def test_help_is_quick_to_start() -> None:
    modules = subprocess.run(
        [sys.executable, "-c", "import sys, mailbot.cli; print(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    ).stdout.split()

    assert not {"celery", "sqlalchemy", "imapclient", "numpy", "lxml", "pydantic"} & set(modules)


def test_a_rotated_secret_is_read_from_the_credential(post: Post, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "accueil").write_text(PASSWORD + "\n")
    url = f"sqlite:///{tmp_path}/l.db"
    with installation(tmp_path, port=post.server.port, user=post.user, database_url=url) as made:
        done = made.command("check", MAILBOT_SECRET_ACCUEIL="", CREDENTIALS_DIRECTORY=str(credentials))

    assert done.returncode == 0, done.stderr


def test_two_daemons_on_one_ledger_do_not_both_poll(
    embedded_pair: tuple[Installation, Installation], post: Post
) -> None:
    one, two = embedded_pair
    one.start()
    two.start()
    post.deliver(ORDINARY)
    one.wait(1)
    time.sleep(1)

    assert len(post.contents()["Drafts"]) == 1


@pytest.fixture
def embedded_pair(post: Post, tmp_path: Path):  # type: ignore[no-untyped-def] # noqa: ANN201 - a pair of installations
    url = f"sqlite:///{tmp_path}/shared.db"
    facts = {"port": post.server.port, "user": post.user, "database_url": url}
    with installation(tmp_path / "a", **facts) as one, installation(tmp_path / "b", **facts) as two:
        yield one, two
