"""Where a webhook may lead (H50): only to what rules.yaml names, to one checked address, and never further."""

import socket
from typing import Any

import pytest

from mailbot.errors import Misconfigured, Permanent
from mailbot.model import Push
from mailbot.rules import parse_rules
from mailbot.targets import Webhook
from tests.servers.webhook import SECRET, downstream

PUSH = Push("erp", "key-1", {"a": 1})


def resolved(address: str) -> Any:
    """getaddrinfo that knows one address."""

    def answer(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return answer


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1", "224.0.0.1"])
def test_a_name_that_leads_back_here_or_nowhere_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolved(address))
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))

    with pytest.raises(Permanent, match="where no webhook may be"):
        Webhook("erp", "https://erp.example/hook", lambda: SECRET).deliver(PUSH)


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that points elsewhere a moment later gains nothing (DNS rebinding)."""
    answers = iter(("192.0.2.7", "127.0.0.1"))
    asked: list[str] = []

    class Connected(Exception):
        pass

    def connect(place: tuple[str, int], **_: object) -> socket.socket:
        asked.append(place[0])
        raise Connected

    def resolve(host: str, port: int, **how: object) -> Any:
        return resolved(next(answers))(host, port, **how)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Connected):
        Webhook("erp", "https://erp.example/hook", lambda: SECRET).deliver(PUSH)

    assert asked == ["192.0.2.7"]


def test_plain_http_is_for_this_machine_and_a_user_in_the_address_changes_nothing() -> None:
    with pytest.raises(Permanent, match="plain http"):
        Webhook("erp", "http://127.0.0.1@erp.example/hook", lambda: SECRET).deliver(PUSH)


def test_a_redirection_is_not_followed() -> None:
    with downstream() as erp:
        erp.answers[:] = [302]
        with pytest.raises(Permanent, match="HTTP 302"):
            Webhook("erp", erp.url, lambda: SECRET).deliver(PUSH)

        assert len(erp.deliveries) == 1


@pytest.mark.parametrize("url", ["gopher://erp.example/x", "file:///etc/passwd", "ftp://erp.example/", "erp.example"])
def test_the_rule_book_takes_no_other_kind_of_address(url: str) -> None:
    text = (
        "mailboxes: {a: {host: imap.example, user: a@example.org, password: {secret: a}}}\n"
        f'targets: {{erp: {{webhook: "{url}", secret: {{secret: erp}}}}}}\n'
        "rules: [{name: x, when: always, then: {file: F, send: erp}}]\n"
    )
    with pytest.raises(Misconfigured, match=r":2: `webhook`"):
        parse_rules(text)
