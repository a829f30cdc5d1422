"""A mail server that is hostile itself (H60): the connection is closed, and nothing that it slipped in is believed."""

import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from mailbot.errors import MailbotError
from mailbot.imap import Deadlines, ImapMailbox, Login
from mailbot.model import MailRef

GREETING = b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"
REF = MailRef("accueil", "INBOX", 1, 1)
Conversation = Callable[[socket.socket], None]


@contextmanager
def server(talk: Conversation) -> Iterator[int]:
    """Its port; it talks to one client."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        # Nobody is there a second time.
        listener.close()
        with connection:
            try:
                talk(connection)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def line(connection: socket.socket) -> bytes:
    """One command's tag; waits for the whole line."""
    said = b""
    while not said.endswith(b"\n"):
        piece = connection.recv(1)
        if not piece:
            raise ConnectionError
        said += piece
    return said.split(b" ")[0]


def fetched(port: int, tls: str = "off") -> bytes | None:
    deadlines = Deadlines(silence=3)
    mailbox = ImapMailbox(Login("accueil", "127.0.0.1", port, tls, "a", lambda: "geheim-17", None, deadlines))
    try:
        return mailbox.fetch(REF)
    finally:
        mailbox.close()


def endless_line(connection: socket.socket) -> None:
    connection.sendall(GREETING)
    tag = line(connection)
    connection.sendall(tag + b" OK done\r\n* ")
    while True:
        connection.sendall(b"x" * 65536)


def absurd_literal(connection: socket.socket) -> None:
    connection.sendall(GREETING)
    while True:
        tag = line(connection)
        connection.sendall(b"* LIST () {99999999999}\r\n" + tag + b" OK done\r\n")


def nonsense(connection: socket.socket) -> None:
    connection.sendall(GREETING)
    while True:
        line(connection)
        connection.sendall(b"\0\xff(((({5}\r\n)))\r\n")


def silence(connection: socket.socket) -> None:
    connection.sendall(GREETING)
    line(connection)
    time.sleep(8)


@pytest.mark.parametrize("talk", [endless_line, absurd_literal, nonsense, silence])
def test_a_server_that_breaks_the_protocol_is_left_in_time(talk: Conversation) -> None:
    started = time.monotonic()
    with server(talk) as port, pytest.raises(MailbotError):
        fetched(port)

    assert time.monotonic() - started < 20


@pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_what_comes_in_clear_behind_starttls_is_not_taken_for_an_answer() -> None:
    """CVE-2011-0411 and its kin: a man in the middle adds answers before the encryption begins."""
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        connection.sendall(GREETING)
        while (said := connection.recv(4096)) and b"\x16\x03" not in said:
            heard.append(said)
            tag = said.split(b" ")[0]
            following = b"".join(tag[:-1] + b"%d OK injected\r\n" % ((int(tag[-1:]) + n) % 10) for n in (1, 2, 3))
            connection.sendall(tag + b" OK begin\r\n" + following)
        command, _, behind = said.rpartition(b"\r\n") if said[:1] != b"\x16" else (b"", b"", said)
        heard.extend((command, behind))

    with server(talk) as port, pytest.raises(MailbotError):
        fetched(port, "starttls")
    gc.collect()

    # A TLS record (handshake, version 3), not a command; and no password.
    assert heard[-1].startswith(b"\x16\x03")
    assert b"geheim-17" not in b"".join(heard)
