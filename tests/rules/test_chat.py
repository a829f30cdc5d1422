import pytest

from mailbot.errors import Misconfigured
from mailbot.rules import parse_rules

BOOK = """
mailboxes: {accueil: {host: imap.example.org, user: a@example.org, password: {secret: a}}}
engines: {intent: llm}
llm: {url: "https://llm.example/v1", model: small, contract: "DPA 1, UE", mailboxes: [accueil]}
rules:
  - {name: Reste, when: always, then: {file: A}}
"""


def test_a_second_opinion_is_asked_for_only_where_the_admin_says_so() -> None:
    assert parse_rules(BOOK).llm is not None
    assert parse_rules(BOOK.replace("engines: {intent: llm}\n", "")).llm is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[accueil]", "[acceuil]", "no mailbox called 'acceuil'; did you mean 'accueil'?"),
        ("https://llm.example", "http://llm.example", "write https://"),
        (', contract: "DPA 1, UE"', "", "`contract:` is missing here"),
        ("intent: llm", "intent: gpt", "rules.yaml:3:"),
    ],
)
def test_a_mistake_in_it_is_a_line_that_says_what_to_write(old: str, new: str, problem: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        parse_rules(BOOK.replace(old, new))

    assert problem in str(caught.value)


def test_llm_without_its_section_is_said() -> None:
    without = "\n".join(line for line in BOOK.splitlines() if not line.startswith("llm:"))

    with pytest.raises(Misconfigured, match="needs an `llm:` section"):
        parse_rules(without)
