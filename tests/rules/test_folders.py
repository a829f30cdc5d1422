import pytest

from mailbot.rules import RuleBook, parse_rules
from mailbot.rules.folders import intents_by_folder

HEAD = """\
mailboxes:
  a: {host: imap.example.org, user: a@example.org, password: {secret: a}, watch: [INBOX, Contact]}
  b: {host: imap.example.org, user: b@example.org, password: {secret: a}}
human_folder: Humans
intents:
  heat.off: {label: off}
  heat.weak: {label: weak}
  lift: {label: lift}
  rent: {label: rent}
rules:
"""
LAST = "  - {name: last, when: always, then: {file: Rest}}\n"


def book(*rules: str) -> RuleBook:
    lines = [f"  - {{name: r{number}, {rule}}}\n" for number, rule in enumerate(rules)]
    return parse_rules(HEAD + "".join(lines) + LAST)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (["when: {intent: lift}, then: {file: L}"], {"L": {"lift"}}),
        (['when: {intent: "heat.*"}, then: {file: H}'], {"H": {"heat.off", "heat.weak"}}),
        # What an earlier rule takes whole does not come to a later one; what it takes in part does.
        (
            ["when: {intent: heat.off}, then: {file: Off}", 'when: {intent: "heat.*"}, then: {file: H}'],
            {"Off": {"heat.off"}, "H": {"heat.weak"}},
        ),
        (
            ["when: {intent: lift, urgency: high}, then: {file: Now}", "when: {intent: lift}, then: {file: L}"],
            {"Now": {"lift"}, "L": {"lift"}},
        ),
        # Mails picked by what they hold do not blur what the folder says.
        (["when: {document: invoice}, then: {file: R}", "when: {intent: rent}, then: {file: R}"], {"R": {"rent"}}),
        (["when: {any: [{intent: rent}, {document: invoice}]}, then: {file: R}"], {"R": {"rent"}}),
        (["when: {all: [{intent: rent}, {document: invoice}]}, then: {file: R}"], {"R": {"rent"}}),
        (['when: {intent: "heat.*", none: [{intent: heat.off}]}, then: {file: H}'], {"H": {"heat.weak"}}),
        # Mails of any intent do.
        (["when: {urgency: critical}, then: {file: L}", "when: {intent: lift}, then: {file: L}"], {}),
        (["when: {any: [{intent: lift}, {urgency: critical}]}, then: {file: L}"], {}),
        (["when: {intent: lift}, then: {file: Rest}"], {}),
        (["when: {intent: lift}, then: {file: Humans}"], {}),
        (["when: {intent: lift}, then: {file: Contact}"], {}),
        (["when: {intent: lift}, then: {file: inbox}"], {}),
        (["when: {document: invoice}, then: {file: Invoices}"], {}),
        # Another mailbox's rule says nothing here.
        (["when: {intent: lift, account: b}, then: {file: L}"], {}),
        (
            ["when: {intent: lift, account: b}, then: {file: B}", "when: {intent: lift}, then: {file: L}"],
            {"L": {"lift"}},
        ),
    ],
)
def test_a_folder_says_what_the_rules_file_there(rules: list[str], said: dict[str, set[str]]) -> None:
    assert intents_by_folder(book(*rules), "a") == said
