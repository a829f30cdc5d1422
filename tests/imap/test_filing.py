import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import SEEN

from mailbot.errors import LoginRefused, Permanent, Transient
from mailbot.imap import Deadlines, ImapMailbox, Login, probe
from mailbot.imap.filing import fingerprint_of
from mailbot.model import MailRef
from mailbot.ports import Mark
from tests.conftest import Post
from tests.servers.dovecot import PASSWORD, STANDARD, Dovecot, dovecot
from tests.servers.proxy import Proxy, proxy

MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <one@example.org>\r\nSubject: x\r\n\r\nbody\r\n"
DRAFT = b"Message-ID: <mb.key@example.org>\r\nSubject: Re: x\r\n\r\n" + b"answer\r\n" * 40


def login(port: int, user: str, *, drafts: str | None = None, **deadlines: float) -> Login:
    return Login("accueil", "127.0.0.1", port, "off", user, lambda: PASSWORD, drafts, Deadlines(**deadlines))


@pytest.fixture
def wire(post: Post) -> Iterator[Proxy]:
    with proxy(post.server.port) as made:
        yield made


@pytest.fixture
def mailbox(post: Post, wire: Proxy) -> Iterator[ImapMailbox]:
    mailbox = ImapMailbox(login(wire.port, post.user, silence=5))
    yield mailbox
    mailbox.close()


def first_mail(post: Post, raw: bytes = MAIL) -> MailRef:
    post.deliver(raw)
    with post.client() as client:
        answer = client.select_folder("INBOX", readonly=True)
        return MailRef("accueil", "INBOX", answer[b"UIDVALIDITY"], max(client.search(["ALL"])))


def test_fetching_does_not_mark_a_mail_as_read(post: Post, mailbox: ImapMailbox) -> None:
    ref = first_mail(post)

    assert mailbox.fetch(ref) == MAIL
    seen = mailbox.look(ref)
    assert seen is not None
    assert "\\Seen" not in seen.flags


def test_a_mail_that_is_gone_or_whose_numbers_changed_is_not_there(post: Post, mailbox: ImapMailbox) -> None:
    ref = first_mail(post)

    assert mailbox.fetch(MailRef("accueil", "INBOX", ref.uidvalidity, ref.uid + 1)) is None
    assert mailbox.look(MailRef("accueil", "INBOX", ref.uidvalidity + 1, ref.uid)) is None
    assert mailbox.look(MailRef("accueil", "No/Such", 1, 1)) is None


def test_a_draft_lands_in_the_drafts_folder_as_a_seen_draft(post: Post, mailbox: ImapMailbox) -> None:
    uid = mailbox.append_draft(DRAFT)

    assert uid is not None
    assert post.contents()["Drafts"] == [(DRAFT, frozenset({"\\Draft", "\\Seen"}))]


def test_an_append_whose_answer_was_swallowed_is_found_again(post: Post, mailbox: ImapMailbox, wire: Proxy) -> None:
    mark = mailbox.mark(mailbox.drafts_folder())
    wire.swallow = re.compile("^APPEND")
    with pytest.raises(Transient):
        mailbox.append_draft(DRAFT)

    assert wire.swallowed == 1
    found = mailbox.find_draft("<mb.key@example.org>", mark)
    assert found is not None
    assert (found.folder, len(post.contents()["Drafts"])) == ("Drafts", 1)


def test_an_append_cut_inside_its_literal_stores_nothing(post: Post, mailbox: ImapMailbox, wire: Proxy) -> None:
    mark = mailbox.mark(mailbox.drafts_folder())
    wire.cut_in_literal_of = re.compile("^APPEND")
    with pytest.raises(Transient):
        mailbox.append_draft(DRAFT)

    assert mailbox.find_draft("<mb.key@example.org>", mark) is None
    assert "Drafts" not in post.contents()


def test_a_key_that_only_begins_alike_is_another_draft(mailbox: ImapMailbox) -> None:
    mailbox.append_draft(DRAFT.replace(b"mb.key@", b"mb.key3@"))

    assert mailbox.find_draft("<mb.key@example.org>", Mark(1, 1)) is None


def test_a_draft_that_staff_sent_or_threw_away_is_still_found(post: Post, mailbox: ImapMailbox) -> None:
    post.deliver(DRAFT, folder="Trash")

    found = mailbox.find_draft("<mb.key@example.org>", Mark(1, 1))
    assert found is not None
    assert found.folder == "Trash"


def test_flags_and_keywords_are_added_to_those_of_staff(post: Post, mailbox: ImapMailbox) -> None:
    ref = first_mail(post)
    with post.client() as client:
        client.select_folder("INBOX")
        client.add_flags([ref.uid], [SEEN])

    assert mailbox.add_flags(ref, ("\\Flagged", "$Urgent")) == ("\\Flagged", "$Urgent")
    assert post.contents()["INBOX"][0][1] == {"\\Seen", "\\Flagged", "$Urgent"}


def test_a_move_creates_the_folder_with_its_accents_and_says_where_the_mail_is(
    post: Post, mailbox: ImapMailbox
) -> None:
    ref = first_mail(post)
    mark = mailbox.mark("Technique/Chauffage & été")
    found = mailbox.move(ref, "Technique/Chauffage & été")

    assert found is not None
    assert (found.uidvalidity, found.uid) == (mark.uidvalidity, mark.uidnext)
    assert set(post.contents()) == {"Technique/Chauffage & été"}
    assert mailbox.look(ref) is None


def test_a_move_whose_answer_was_swallowed_is_found_in_its_folder(
    post: Post, mailbox: ImapMailbox, wire: Proxy
) -> None:
    ref = first_mail(post)
    mark = mailbox.mark("Technique")
    wire.swallow = re.compile("^UID MOVE")
    with pytest.raises(Transient):
        mailbox.move(ref, "Technique")

    assert mailbox.look(ref) is None
    found = mailbox.find("<one@example.org>", fingerprint_of(MAIL), "Technique", mark)
    assert found is not None
    assert found.uid == mark.uidnext


def test_a_mail_without_message_id_is_found_by_its_bytes(post: Post, mailbox: ImapMailbox) -> None:
    raw = MAIL.replace(b"Message-ID: <one@example.org>\r\n", b"")
    ref = first_mail(post, raw)
    mark = mailbox.mark("Technique")
    mailbox.move(ref, "Technique")

    assert mailbox.find(None, fingerprint_of(raw), "Technique", mark) is not None
    assert mailbox.find(None, fingerprint_of(MAIL), "Technique", mark) is None


def test_another_mail_with_the_same_message_id_is_not_taken_for_it(post: Post, mailbox: ImapMailbox) -> None:
    post.deliver(MAIL.replace(b"body", b"other"))

    assert mailbox.find("<one@example.org>", fingerprint_of(MAIL), "INBOX", None) is None


def test_a_folder_name_with_a_line_break_never_reaches_the_wire(mailbox: ImapMailbox, wire: Proxy) -> None:
    mailbox.can_move()
    before = list(wire.commands)
    for name in ("a\r\nA1 DELETE INBOX", "a\0b", "x\x85y", ""):
        with pytest.raises(Permanent):
            mailbox.mark(name)
    for flag in ("$A B", "$A\r\n", "{3}", ""):
        with pytest.raises(Permanent):
            mailbox.add_flags(MailRef("accueil", "INBOX", 1, 1), (flag,))

    assert wire.commands == before


def test_a_server_that_falls_silent_is_left_at_the_deadline(post: Post, mailbox: ImapMailbox, wire: Proxy) -> None:
    ref = first_mail(post)
    mailbox.can_move()
    wire.silent = True
    mailbox.close()
    impatient = ImapMailbox(login(wire.port, post.user, connect=1, silence=1, command=1))
    with pytest.raises(Transient):
        impatient.look(ref)
    wire.silent = False

    assert impatient.look(ref) is not None
    impatient.close()


def test_a_wrong_password_is_said_in_one_line_without_the_password(post: Post) -> None:
    wrong = Login("accueil", "127.0.0.1", post.server.port, "off", post.user, lambda: "tr0ub4dor")
    with pytest.raises(LoginRefused) as caught:
        ImapMailbox(wrong).can_move()

    assert "refused the user name or the password" in str(caught.value)
    assert "tr0ub4dor" not in str(caught.value)


def test_tls_is_verified(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    secure = Login("accueil", "localhost", post.server.tls_port, "implicit", post.user, lambda: PASSWORD)
    with pytest.raises(Transient, match="no certificate that can be trusted"):
        ImapMailbox(secure).can_move()
    monkeypatch.setenv("SSL_CERT_FILE", str(post.server.certificate))

    started = Login("accueil", "localhost", post.server.port, "starttls", post.user, lambda: PASSWORD)
    for login_with_tls in (secure, started):
        mailbox = ImapMailbox(login_with_tls)
        assert mailbox.can_move()
        mailbox.close()


def test_a_forked_child_opens_a_connection_of_its_own(post: Post, mailbox: ImapMailbox) -> None:
    ref = first_mail(post)
    assert mailbox.look(ref) is not None
    child = os.fork()
    if child == 0:
        os._exit(0 if mailbox.look(ref) is not None else 1)

    assert os.waitpid(child, 0)[1] == 0
    assert mailbox.look(ref) is not None


NO_MOVE = "IMAP4rev1 LITERAL+ ENABLE IDLE UIDPLUS NAMESPACE SPECIAL-USE"
NEITHER = "IMAP4rev1 LITERAL+ ENABLE IDLE NAMESPACE SPECIAL-USE"


def own(server: Dovecot, raw: bytes = MAIL) -> tuple[ImapMailbox, MailRef]:
    server.deliver(raw)
    with server.client() as client:
        answer = client.select_folder("INBOX", readonly=True)
        ref = MailRef("accueil", "INBOX", answer[b"UIDVALIDITY"], max(client.search(["ALL"])))
    return ImapMailbox(login(server.port, "bot")), ref


def test_without_move_the_mail_is_copied_and_only_its_own_uid_expunged() -> None:
    with dovecot(capability=NO_MOVE) as server:
        server.deliver(MAIL.replace(b"<one", b"<staff"))
        mailbox, ref = own(server)
        with server.client() as client:
            client.select_folder("INBOX")
            client.delete_messages([1])
        mailbox.mark("Technique")
        mailbox.move(ref, "Technique")
        contents = server.contents()
        mailbox.close()

    assert [raw for raw, _ in contents["Technique"]] == [MAIL]
    assert [flags for _, flags in contents["INBOX"]] == [{"\\Deleted"}]


def test_without_move_and_uidplus_nothing_is_moved() -> None:
    with dovecot(capability=NEITHER) as server:
        mailbox, ref = own(server)
        mailbox.mark("Technique")

        assert not mailbox.can_move()
        with pytest.raises(Permanent):
            mailbox.move(ref, "Technique")
        assert set(server.contents()) == {"INBOX"}
        mailbox.close()


def test_a_server_with_dots_and_french_drafts_is_written_to_with_slashes() -> None:
    with dovecot(special={"Brouillons": "\\Drafts"}, separator=".") as server:
        mailbox, ref = own(server)
        mailbox.mark("Technique/Chauffage")
        mailbox.move(ref, "Technique/Chauffage")

        assert mailbox.drafts_folder() == "Brouillons"
        assert set(server.contents()) == {"Technique.Chauffage"}
        mailbox.close()


@pytest.mark.parametrize("special", [{}, {"Drafts": "\\Drafts", "Brouillons": "\\Drafts"}])
def test_drafts_that_cannot_be_told_are_never_guessed_or_created(special: dict[str, str]) -> None:
    with dovecot(special=special) as server:
        mailbox, _ = own(server)
        with pytest.raises(Permanent, match="`drafts:` in rules"):
            mailbox.drafts_folder()
        named = ImapMailbox(login(server.port, "bot", drafts="Entw"))
        with pytest.raises(Permanent):
            named.append_draft(DRAFT)

        named.close()
        assert "Entw" not in server.contents()
        mailbox.close()


def test_a_full_quota_asks_to_wait_and_loses_nothing() -> None:
    with dovecot(storage="2k", special=STANDARD) as server:
        mailbox, ref = own(server)
        with pytest.raises(Transient) as caught:
            mailbox.append_draft(DRAFT * 20)

        assert caught.value.wait == 3600
        assert mailbox.look(ref) is not None
        mailbox.close()


def test_the_probe_names_what_an_admin_must_know(post: Post) -> None:
    found = probe(login(post.server.port, post.user), ("INBOX", "Courrier"))

    assert found.drafts == "Drafts"
    assert "MOVE" in found.capabilities
    assert found.problems == (
        "mailbox accueil: there is no folder 'Courrier' to watch; known are Drafts, INBOX, Junk, Sent, Trash",
    )


def test_the_probe_says_in_one_line_that_nobody_answers(tmp_path: Path) -> None:
    found = probe(login(1, "nobody"), ("INBOX",))

    assert len(found.problems) == 1
    assert "127.0.0.1 port 1 does not answer" in found.problems[0]


def test_a_drip_of_one_byte_a_second_does_not_defeat_the_deadline() -> None:

    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        listener.close()
        connection.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        try:
            while True:
                connection.sendall(b"x")
                time.sleep(0.3)
        except OSError:
            connection.close()

    threading.Thread(target=drip, daemon=True).start()
    before = time.monotonic()
    with pytest.raises(Transient):
        ImapMailbox(login(listener.getsockname()[1], "bot", silence=5, command=1)).can_move()

    assert time.monotonic() - before < 60
