import http.client
import re
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from imapclient import ANSWERED, DELETED

from tests.conftest import Post
from tests.daemon.mails import DANGER, ORDINARY, THREE, mail, state
from tests.servers.dovecot import dovecot
from tests.servers.mailbot import Installation, installation
from tests.servers.proxy import proxy
from tests.servers.redis import Redis
from tests.servers.webhook import Downstream


def drafts(post: Post) -> int:
    return len(post.contents().get("Drafts", []))


def test_each_mail_is_filed_flagged_drafted_and_told_downstream(
    post: Post, embedded: Installation, erp: Downstream
) -> None:
    post.deliver(*THREE)
    embedded.start()
    embedded.wait(3)
    found = state(post.contents(), erp)

    assert {folder: len(mails) for folder, mails in found.items()} == {
        "Automatiques": 1,
        "Drafts": 2,
        "Traités/Été": 1,
        "Urgences": 1,
        "(erp)": 2,
    }
    assert found["Urgences"] == [("<m2@example.org>", ("$Urgent", "\\Flagged"))]
    assert found["Traités/Été"] == [("<m1@example.org>", ("$Vu",))]


def test_a_mail_that_comes_while_it_runs_is_seen_by_idle(post: Post, embedded: Installation) -> None:
    embedded.extra["MAILBOT_SWEEP_SECONDS"] = "60"
    embedded.start()
    embedded.until(lambda: '"started"' in embedded.log.read_text())
    time.sleep(1)
    post.deliver(ORDINARY)
    embedded.wait(1, seconds=30)

    assert drafts(post) == 1


def test_what_was_there_before_go_live_is_left_alone(post: Post, embedded: Installation) -> None:
    post.deliver(ORDINARY)
    embedded.include_existing = False
    embedded.start()
    embedded.until(lambda: embedded.settled(1))
    post.deliver(DANGER)
    embedded.wait(2)

    assert {folder: len(mails) for folder, mails in post.contents().items()} == {"INBOX": 1, "Urgences": 1, "Drafts": 1}


def test_no_text_of_a_mail_stays_in_the_ledger_or_the_log(post: Post, embedded: Installation, tmp_path: Path) -> None:
    canary = "NOM-TEST-CANARI"
    post.deliver(mail(7, f"Bonjour, je suis {canary}, ma quittance svp.", subject=f"de {canary}"))
    embedded.start()
    embedded.wait(1)
    embedded.stop()

    for file in (tmp_path / "ledger.db", embedded.log):
        assert canary.encode() not in file.read_bytes()
    assert b"anne7@example.org" not in embedded.log.read_bytes()


@pytest.mark.parametrize("command", ["^APPEND", "^UID MOVE"])
def test_an_answer_that_is_swallowed_doubles_nothing(command: str, post: Post, tmp_path: Path, erp: Downstream) -> None:
    post.deliver(ORDINARY)
    with (
        proxy(post.server.port) as wire,
        installation(
            tmp_path, port=wire.port, user=post.user, database_url=f"sqlite:///{tmp_path}/l.db", webhook_url=erp.url
        ) as made,
    ):
        wire.swallow = re.compile(command)
        made.start()
        made.wait(1)
        made.stop()
    contents = post.contents()

    assert wire.swallowed == 1
    assert {folder: len(mails) for folder, mails in contents.items()} == {"Drafts": 1, "Traités/Été": 1}


def test_dovecot_may_restart_in_the_middle(tmp_path: Path, erp: Downstream) -> None:
    mails = [mail(number, f"Bonjour, ma quittance numéro {number} svp.") for number in range(1, 13)]
    with dovecot() as server:
        server.deliver(*mails)
        with installation(
            tmp_path, port=server.port, user="bot", database_url=f"sqlite:///{tmp_path}/l.db", webhook_url=erp.url
        ) as made:
            made.start()
            made.until(lambda: '"finished"' in made.log.read_text())
            server.restart()
            made.wait(12)
            made.stop()
        contents = server.contents()

    assert (len(contents["Drafts"]), len(contents["Traités/Été"]), "INBOX" in contents) == (12, 12, False)


def test_two_pollers_and_workers_double_nothing(
    post: Post, tmp_path: Path, erp: Downstream, redis_instance: Redis, postgresql_server: object
) -> None:
    mails = [mail(number, f"Bonjour, ma quittance numéro {number} svp.") for number in range(1, 9)]
    redis_instance.flush()
    url = postgresql_server.create(f"two_{post.user}")  # type: ignore[attr-defined]
    broker = redis_instance.url()
    facts = {"port": post.server.port, "user": post.user, "database_url": url, "webhook_url": erp.url}
    with (
        installation(tmp_path / "a", broker_url=broker, **facts) as one,
        installation(tmp_path / "b", broker_url=broker, **facts) as two,
    ):
        one.start()
        two.start()
        post.deliver(*mails[:4])
        one.wait(4)
        redis_instance.flush()
        post.deliver(*mails[4:])
        one.wait(8)
        one.stop()
        two.stop()
    contents = post.contents()

    assert (len(contents["Drafts"]), len(contents["Traités/Été"]), len(erp.accepted)) == (8, 8, 8)


def test_redis_may_restart_in_the_middle(post: Post, tmp_path: Path, erp: Downstream, redis_instance: Redis) -> None:
    mails = [mail(number, f"Bonjour, ma quittance numéro {number} svp.") for number in range(1, 7)]
    redis_instance.flush()
    with installation(
        tmp_path,
        port=post.server.port,
        user=post.user,
        database_url=f"sqlite:///{tmp_path}/l.db",
        broker_url=redis_instance.url(),
        webhook_url=erp.url,
    ) as made:
        made.start()
        post.deliver(*mails[:3])
        made.until(lambda: '"decided"' in made.log.read_text())
        redis_instance.restart()
        post.deliver(*mails[3:])
        made.wait(6, seconds=90)
        made.stop()

    assert (drafts(post), len(erp.accepted)) == (6, 6)


def test_the_same_task_ten_times_over_is_done_once(post: Post, embedded: Installation, erp: Downstream) -> None:
    post.deliver(ORDINARY)
    embedded.start()
    embedded.wait(1)
    embedded.stop()
    from mailbot import settings  # noqa: PLC0415 - after the daemon: this process plays a worker
    from mailbot.daemon import steps  # noqa: PLC0415
    from mailbot.wire import Shop  # noqa: PLC0415

    class Silent:
        def ring(self, case_id: int, queue: str) -> None:
            """The test rings by hand."""

    shop = Shop(settings.load(embedded.environment()))
    desk = shop.desk(Silent())
    threads = [threading.Thread(target=work, args=(1, desk)) for work in (steps.understand, steps.make_true) * 10]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shop.close()

    assert (drafts(post), len(erp.accepted), erp.deliveries) == (1, 1, list(erp.accepted))


def test_a_webhook_that_is_down_delays_and_then_gets_it_once(
    post: Post, embedded: Installation, erp: Downstream
) -> None:
    erp.answers += [500, 503, 429]
    post.deliver(ORDINARY)
    embedded.start()
    embedded.wait(1)

    assert (len(erp.deliveries), len(set(erp.deliveries)), len(erp.accepted)) == (4, 1, 1)


def test_a_webhook_that_refuses_puts_the_mail_before_a_human(
    post: Post, embedded: Installation, erp: Downstream
) -> None:
    erp.answers += [400]
    post.deliver(ORDINARY)
    embedded.start()
    embedded.wait(1)

    assert len(post.contents()["À qualifier"]) == 1


@pytest.mark.parametrize("flag", [ANSWERED, DELETED])
def test_no_draft_where_staff_were_faster(flag: bytes, post: Post, embedded: Installation) -> None:
    post.deliver(ORDINARY)
    with post.client() as client:
        client.select_folder("INBOX")
        client.add_flags([1], [flag])
    embedded.start()
    embedded.wait(1)

    assert drafts(post) == 0


def test_a_mail_that_kills_its_worker_three_times_lands_before_a_human(post: Post, embedded: Installation) -> None:
    post.deliver(ORDINARY)
    for _ in range(3):
        number = "4"
        for leftover in embedded.folder.glob("passed*"):
            leftover.unlink()
        embedded.start(MAILBOT_CRASH_AT=number, MAILBOT_CRASH_LOG=str(embedded.folder / "passed"))
        embedded.until((embedded.folder / "passed.fired").exists)
        embedded.stop(signal.SIGKILL)
    embedded.start()
    embedded.wait(1)
    ((_, flags),) = post.contents()["À qualifier"]

    assert "$MailbotShunted" in flags
    assert drafts(post) == 0


def test_too_many_mails_of_one_sender_are_held_for_a_human(post: Post, embedded: Installation) -> None:
    same = [mail(1, f"Encore moi, numéro {number}").replace(b"<m1@", f"<n{number}@".encode()) for number in range(13)]
    post.deliver(*same)
    embedded.start()
    embedded.wait(13)

    assert (drafts(post), len(post.contents()["À qualifier"])) == (10, 3)


def test_a_broken_reload_keeps_the_old_rules(post: Post, embedded: Installation) -> None:
    embedded.start()
    embedded.until(lambda: '"started"' in embedded.log.read_text())
    embedded.write_rules("mailboxes: {}\nrules: []\n")
    post.deliver(DANGER)
    embedded.wait(1)

    assert "rules refused" in embedded.log.read_text()
    assert len(post.contents()["Urgences"]) == 1


def test_sigterm_ends_it_cleanly(embedded: Installation) -> None:
    (process,) = embedded.start()
    embedded.until(lambda: '"started"' in embedded.log.read_text())
    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 0
    assert "Traceback" not in embedded.log.read_text()


def test_one_mailbox_that_fails_does_not_hold_up_the_other(post: Post, embedded: Installation) -> None:
    text = embedded.rules.read_text()
    broken = text[text.index("  accueil:") : text.index("human_folder:")].replace("accueil:", "technique:", 1)
    broken = broken.replace(f"port: {embedded.port}", "port: 1")
    embedded.write_rules(text.replace("human_folder:", f"{broken}human_folder:", 1))
    post.deliver(ORDINARY)
    embedded.start()
    embedded.wait(1)
    embedded.until(lambda: "failing" in embedded.command("status").stdout)
    said = embedded.command("status").stdout

    assert drafts(post) == 1
    assert "accueil: last success" in said
    assert "port 1 does not answer" in said


def test_health_and_metrics_answer_on_loopback_and_a_port_in_use_is_one_line(embedded: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = embedded.command("run", MAILBOT_HEALTH_PORT=port)
    embedded.start(MAILBOT_HEALTH_PORT=port)
    embedded.until(lambda: _get(port, "/health")[0] == 200)
    status, metrics = _get(port, "/metrics")

    assert refused.returncode == 2
    assert f"MAILBOT_HEALTH_PORT: port {port} cannot be used" in refused.stderr
    assert status == 200
    assert 'mailbot_open_cases{mailbox="accueil"} 0.0' in metrics


def _get(port: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def test_the_same_bytes_back_in_the_inbox_make_no_second_draft(post: Post, embedded: Installation) -> None:
    embedded.include_existing = True
    post.deliver(mail(9, "Je suis absente.", headers="Auto-Submitted: auto-replied\r\n"), ORDINARY)
    embedded.start()
    embedded.wait(2)
    embedded.stop()
    raw = post.contents()["Traités/Été"][0][0]
    # The same bytes come back in the inbox, as after a restore or a colleague's copy.
    post.deliver(raw)
    embedded.start()
    embedded.wait(3)

    assert drafts(post) == 1
    assert len(post.contents()["INBOX"]) == 1


def test_a_folder_that_is_renumbered_makes_no_second_draft(post: Post, embedded: Installation) -> None:
    rules = embedded.rules.read_text().replace("    signature:", "    watch: [Courrier]\n    signature:", 1)
    embedded.write_rules(rules.replace("file: Traités/Été", "file: Courrier"))
    with post.client() as client:
        client.create_folder("Courrier")
    post.deliver(ORDINARY, folder="Courrier")
    embedded.start()
    embedded.wait(1)
    with post.client() as client:
        # Restored from a backup: the same mail under another UIDVALIDITY, and one that is new.
        when = (
            client.select_folder("Courrier", readonly=True) and client.fetch([1], ["INTERNALDATE"])[1][b"INTERNALDATE"]
        )
        before = client.folder_status("Courrier", ["UIDVALIDITY"])[b"UIDVALIDITY"]
        client.unselect_folder()
        # Filled under another name: a folder that somebody idles on while it is deleted may refuse an APPEND.
        client.create_folder("Restored")
        client.append("Restored", ORDINARY, msg_time=when)
        client.append("Restored", DANGER)
        client.delete_folder("Courrier")
        client.rename_folder("Restored", "Courrier")
        assert client.folder_status("Courrier", ["UIDVALIDITY"])[b"UIDVALIDITY"] != before
    embedded.wait(2)

    assert drafts(post) == 2
    assert len(post.contents()["Urgences"]) == 1
