import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mailbot.daemon import feedback
from mailbot.daemon.feedback import FeedbackPass
from mailbot.errors import MailbotError
from mailbot.imap import Deadlines, Login
from mailbot.imap.filing import fingerprint_of
from mailbot.ledger import Ledger, open_ledger
from mailbot.ports import Mark
from mailbot.rules import RuleBook, parse_rules
from tests.conftest import Post
from tests.daemon.mails import mail
from tests.ledger.filed import HEATING, file, poll
from tests.servers.dovecot import PASSWORD
from tests.servers.mailbot import Installation

RULES = """\
mailboxes:
  accueil: {host: 127.0.0.1, user: u, password: {secret: accueil}}
human_folder: Humans
rules:
  - {name: a, when: {intent: repair.heating}, then: {file: Heat}}
  - {name: b, when: {intent: repair.lift}, then: {file: Lift/Été}}
  - {name: c, when: {intent: [rent.receipt, rent.payment]}, then: {file: Rent}}
  - {name: d, when: always, then: {file: Humans}}
"""
LIFT = "repair.lift"


class Office:
    """Staff at their mail client, the ledger, and passes over both."""

    def __init__(self, post: Post, ledger: Ledger) -> None:
        self.post, self.ledger = post, ledger
        self.book: RuleBook = parse_rules(RULES)
        login = Login("accueil", "127.0.0.1", post.server.port, "off", post.user, lambda: PASSWORD, None, Deadlines())
        self.looker = FeedbackPass(ledger, {"accueil": login}, lambda: self.book, "poller", 60, threading.Event())
        poll(ledger)

    def filed(self, number: int, raw: bytes, folder: str = "Heat", message_id: str | None = "") -> None:
        """The mail stands where Mailbot filed it, and the ledger knows."""
        with self.post.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            status = client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
            client.append(folder, raw)
        file(
            self.ledger,
            number,
            folder,
            f"{folder} {status[b'UIDNEXT']}",
            size=len(raw),
            fingerprint=fingerprint_of(raw),
            message_id=f"<m{number}@example.org>" if message_id == "" else message_id,
            mark=Mark(status[b"UIDVALIDITY"], status[b"UIDNEXT"]),
        )

    def move(self, source: str, target: str, which: int = -1) -> None:
        with self.post.client() as client:
            if not client.folder_exists(target):
                client.create_folder(target)
            client.select_folder(source)
            client.move([sorted(client.search(["ALL"]))[which]], target)

    def look(self) -> int | None:
        return self.looker.once("accueil")

    def said(self) -> list[tuple[int, str, str]]:
        return [(one.case_id, one.intent, one.how) for one in self.ledger.feedback.corrections()]


@pytest.fixture
def office(post: Post, tmp_path: Path) -> Iterator[Office]:
    # tests/ledger has what differs between databases.
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    yield Office(post, ledger)
    ledger.close()


def test_a_move_into_another_intents_folder_is_read(office: Office) -> None:
    office.look()
    office.filed(1, mail(1, "chauffage"))
    office.filed(2, mail(2, "encore"))
    assert office.look() == 0
    office.move("Heat", "Lift/Été", 0)

    assert office.look() == 1
    assert office.said() == [(1, LIFT, "message-id")]
    assert office.look() == 0


def test_the_last_of_several_moves_counts_and_other_folders_say_nothing(office: Office) -> None:
    office.look()
    office.filed(1, mail(1, "chauffage"))
    office.move("Heat", "Lift/Été")
    office.look()
    before = "Lift/Été"
    for folder in ("Trash", "Archives", "INBOX", "Humans"):
        office.move(before, folder)
        assert office.look() == 0
        before = folder
    assert office.said() == [(1, LIFT, "message-id")]

    office.move("Humans", "Rent")
    assert office.look() == 1
    assert office.said() == []

    office.move("Rent", "Heat")
    assert office.look() == 1
    assert office.said() == [(1, HEATING, "message-id")]


def test_a_mail_out_of_the_human_folder_is_labelled(office: Office) -> None:
    office.look()
    office.filed(1, mail(1, "chauffage"), "Humans")
    office.move("Humans", "Heat")

    assert office.look() == 1
    assert office.said() == [(1, HEATING, "message-id")]


def test_mails_of_one_message_id_and_size_are_told_by_their_bytes(office: Office) -> None:
    office.look()
    one, other = mail(1, "aaaa"), mail(1, "bbbb")
    office.filed(1, one, message_id="<m1@example.org>")
    office.filed(2, other, message_id="<m1@example.org>")
    office.move("Heat", "Lift/Été")

    assert office.look() == 1
    assert office.said() == [(2, LIFT, "bytes")]


def test_a_mail_without_message_id_is_told_by_its_bytes(office: Office) -> None:
    office.look()
    raw = mail(1, "aaaa").replace(b"Message-ID: <m1@example.org>\r\n", b"")
    office.filed(1, raw, message_id=None)
    office.move("Heat", "Lift/Été")
    office.post.deliver(raw.replace(b"aaaa", b"bbbb"), folder="Lift/Été")

    assert office.look() == 1
    assert office.said() == [(1, LIFT, "bytes")]


def test_more_mails_than_a_pass_may_look_at_are_the_next_ones(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.filed(1, mail(1, "ascenseur"), "Lift/Été")
    office.look()
    for number in (2, 3, 4):
        office.filed(number, mail(number, "chauffage"))
    for _ in range(3):
        office.move("Heat", "Lift/Été")
    monkeypatch.setattr(feedback, "_MOST", 2)

    assert [office.look(), office.look(), office.look()] == [2, 1, 0]


def test_bytes_that_a_pass_may_not_fetch_any_more_are_the_next_ones(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.look()
    for number in (1, 2):
        office.filed(number, mail(9, f"aaa{number}"), message_id="<m9@example.org>")
    for _ in range(2):
        office.move("Heat", "Lift/Été")
    monkeypatch.setattr(feedback, "_MOST_READS", 1)

    assert [office.look(), office.look(), office.look()] == [1, 1, 0]


def test_a_pass_that_dies_before_it_is_noted_is_made_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.look()
    office.filed(1, mail(1, "chauffage"))
    office.move("Heat", "Lift/Été")

    def die(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("mailbot.ledger.feedback._noted", die)
        with pytest.raises(KeyboardInterrupt):
            office.look()
    assert office.said() == []

    assert office.look() == 1
    assert office.said() == [(1, LIFT, "message-id")]


def test_a_folder_made_anew_is_looked_through_from_its_beginning(office: Office) -> None:
    office.look()
    office.filed(1, mail(1, "chauffage"))
    office.move("Heat", "Lift/Été")
    office.look()
    with office.post.client() as client:
        client.select_folder("Lift/Été")
        client.move(client.search(["ALL"]), "Heat")
        client.unselect_folder()
        client.delete_folder("Lift/Été")
    office.look()
    office.move("Heat", "Lift/Été")

    assert office.look() == 1
    assert office.said() == [(1, LIFT, "message-id")]


def test_moves_made_while_no_pass_was_running_are_read_later(office: Office) -> None:
    office.filed(1, mail(1, "chauffage"))
    office.filed(2, mail(2, "ascenseur"), "Lift/Été")
    office.move("Heat", "Lift/Été")

    assert office.look() == 1
    assert office.said() == [(1, LIFT, "message-id")]


def test_a_folder_that_was_there_is_looked_through_from_its_newest_mails_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "_MOST", 2)
    office.filed(1, mail(1, "chauffage"), "Humans")
    office.filed(2, mail(2, "chauffage"), "Humans")
    office.move("Humans", "Heat", 0)
    office.post.deliver(mail(7, "archive"), folder="Heat")
    office.move("Humans", "Heat", 0)

    assert office.look() == 1
    assert office.said() == [(2, HEATING, "message-id")]


def test_looking_marks_nothing(office: Office) -> None:
    office.look()
    one, other = mail(1, "aaaa"), mail(1, "bbbb")
    office.filed(1, one, message_id="<m1@example.org>")
    office.filed(2, other, message_id="<m1@example.org>")
    office.move("Heat", "Lift/Été")
    office.look()

    assert all(not flags for mails in office.post.contents().values() for _, flags in mails)


def test_an_account_that_fails_is_not_logged_into(office: Office) -> None:
    office.ledger.intake.failed("accueil", "the server refused the password")

    assert office.look() is None


def test_a_server_that_is_away_is_noted_and_nothing_is_lost(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.look()
    office.filed(1, mail(1, "chauffage"))
    office.move("Heat", "Lift/Été")
    away = Login("accueil", "127.0.0.1", 1, "off", office.post.user, lambda: PASSWORD, None, Deadlines())
    stop = threading.Event()
    stop.set()
    with pytest.raises(MailbotError):
        FeedbackPass(office.ledger, {"accueil": away}, lambda: office.book, "poller", 60, stop).once("accueil")

    assert office.look() == 1


def test_the_running_daemon_reads_what_staff_do(post: Post, embedded: Installation) -> None:
    text = embedded.rules.read_text()
    embedded.write_rules(text[: text.index("human_folder")] + RULES[RULES.index("human_folder") :])
    post.deliver(mail(1, "Bonjour, les radiateurs sont froids depuis dimanche dans tout l'appartement."))
    embedded.start()
    embedded.wait(1)
    with post.client() as client:
        assert client.folder_exists("Heat")
        _move(client, "Heat", "Lift/Été")

    def corrected() -> bool:
        ledger = open_ledger(embedded.database_url)
        try:
            return [one.intent for one in ledger.feedback.corrections()] == [LIFT]
        finally:
            ledger.close()

    embedded.until(corrected)
    embedded.stop()
    assert b"m1@example.org" not in embedded.log.read_bytes()


def _move(client: IMAPClient, source: str, target: str) -> None:
    client.create_folder(target)
    client.select_folder(source)
    client.move(client.search(["ALL"]), target)
