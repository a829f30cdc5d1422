from pathlib import Path

import pytest

from mailbot.errors import Misconfigured
from mailbot.reply import load_replies
from mailbot.rules import parse_rules

HEAD = "mailboxes: {a: {host: imap.example.org, user: a@example.org, password: {secret: a}}}\n"
LAST = "  - {name: last, when: always, then: {file: X}}\n"


def book(rules: str, more: str = "") -> str:
    return f"{HEAD}{more}rules:\n{rules}{LAST}"


GOLDEN = {
    "an unknown key": (
        book("  - {name: x, when: {form: a}, then: {file: F}}\n"),
        ["rules.yaml:3: unknown key 'form'; did you mean 'from'?"],
    ),
    "an unknown intent": (
        book("  - {name: x, when: {intent: repair.heatting}, then: {file: F}}\n"),
        ["rules.yaml:3: there is no intent 'repair.heatting'; did you mean 'repair.heating'?"],
    ),
    "an unknown urgency": (
        book("  - {name: x, when: {urgency: hight}, then: {file: F}}\n"),
        ["rules.yaml:3: 'hight' is not possible for `urgency`; write 'critical', 'high', 'normal' or 'low'"],
    ),
    "an unknown reply": (
        book("  - {name: x, when: {urgency: high}, then: {file: F, reply: dangr}}\n"),
        ["rules.yaml:3: there is no reply called 'dangr'; did you mean 'danger'?"],
    ),
    "an unknown target": (
        book("  - {name: x, when: {urgency: high}, then: {file: F, send: [erp]}}\n"),
        ["rules.yaml:3: there is no target called 'erp'; known are none; add it under `targets:`"],
    ),
    "a pattern of references that is none": (
        book("", "references: {tenant_ref: ['LOC-[0-9', 'B-[0-9]+']}\n"),
        ["rules.yaml:2: 'LOC-[0-9' is not a pattern (missing ]: [0-9)"],
    ),
    "a kind of reference that does not exist": (
        book("", "references:\n  tenant_reff: 'LOC-[0-9]+'\n"),
        ["rules.yaml:3: unknown key 'tenant_reff'; did you mean 'tenant_ref'?"],
    ),
    "an unknown document": (
        book("  - {name: x, when: {document: invoic}, then: {file: F}}\n"),
        ["rules.yaml:3: there is no document kind 'invoic'; did you mean 'invoice'?"],
    ),
    "a directory without its database": (
        book("", "directory: {sql: SELECT 1}\n"),
        [
            (
                "rules.yaml:2: `directory`: write `csv: tenants.csv`, or `sql: SELECT …` with "
                "`database: {secret: a-name}`, and not both"
            )
        ],
    ),
    "a missing folder": (
        book("  - {name: x, when: {urgency: high}, then: {reply: danger}}\n"),
        ["rules.yaml:3: `file:` is missing here; add it"],
    ),
    "a password in the file": (
        HEAD.replace("{secret: a}", "hunter2") + f"rules:\n{LAST}",
        [
            (
                "rules.yaml:1: a secret is never written here; write `password: {secret: a-name}` and set "
                "MAILBOT_SECRET_A_NAME"
            )
        ],
    ),
    "a port that is no number": (
        HEAD.replace("user:", "port: abc, user:") + f"rules:\n{LAST}",
        ["rules.yaml:1: 'abc' is not a number; `port` needs one"],
    ),
    "plain text over the network": (
        HEAD.replace("user:", 'tls: "off", user:') + f"rules:\n{LAST}",
        ["rules.yaml:1: `tls: off` would send the password in clear; remove it or write `tls: starttls`"],
    ),
    "a key written twice": (
        book("  - {name: x, when: {urgency: high, urgency: low}, then: {file: F}}\n"),
        ["rules.yaml:3: 'urgency' is written twice here; keep one of them"],
    ),
    "a name used twice": (
        book("  - {name: last, when: {urgency: high}, then: {file: F}}\n"),
        ["rules.yaml:4: a rule called 'last' stands at line 3 already; rename one"],
    ),
    "a rule that can never fit": (
        book("  - {name: all, when: always, then: {file: F}}\n"),
        ["rules.yaml:3: the rules after 'all' can never fit: it is `always`; move it to the end"],
    ),
    "no last rule": (
        f"{HEAD}rules:\n  - {{name: x, when: {{urgency: high}}, then: {{file: F}}}}\n",
        ["rules.yaml:3: the last rule must fit every mail; add one with `when: always`"],
    ),
    "an empty condition": (
        book("  - {name: x, when: {}, then: {file: F}}\n"),
        ["rules.yaml:3: this condition is empty; write `always` if every mail is meant"],
    ),
    "a misspelt always": (
        book("  - {name: x, when: alwais, then: {file: F}}\n"),
        ["rules.yaml:3: `when`: write `always`, or conditions such as {intent: repair.heating}"],
    ),
    "a bad folder": (
        book("  - {name: x, when: {urgency: high}, then: {file: A//B}}\n"),
        ["rules.yaml:3: 'A//B' cannot be a folder name; write it like Technique/Chauffage"],
    ),
    "a flag with an accent": (
        book("  - {name: x, when: {urgency: high}, then: {file: F, flag: [à voir]}}\n"),
        ["rules.yaml:3: 'à voir' cannot be a flag; use letters without accents, such as urgent"],
    ),
    "a broken pattern": (
        book("  - {name: x, when: {matches: {text: '(a'}}, then: {file: F}}\n"),
        ["rules.yaml:3: '(a' is not a pattern (missing ): (a)"],
    ),
    "a yes that is neither": (
        book("  - {name: x, when: {answerable: perhaps}, then: {file: F}}\n"),
        ["rules.yaml:3: 'perhaps' is neither true nor false (`answerable`)"],
    ),
    "an unknown top key": (
        book("", "staff_langage: fr\n"),
        ["rules.yaml:2: unknown key 'staff_langage'; did you mean 'staff_language'?"],
    ),
    "no mailbox": (f"mailboxes: {{}}\nrules:\n{LAST}", ["rules.yaml:1: `mailboxes` must not be empty"]),
    "nothing at all": ("", ["rules.yaml:1: there is nothing here; start with `mailboxes:` and `rules:`"]),
    "broken YAML": (
        "mailboxes:\n  a: [1\nrules: x\n",
        [
            (
                "rules.yaml:3: not readable as YAML (expected ',' or ']', but got ':'); "
                "check the indentation, and put text with `:` or `#` into quotes"
            )
        ],
    ),
    "a tag": (
        "a: !!python/object:os.system x\n",
        ["rules.yaml:1: the tag tag:yaml.org,2002:python/object:os.system is not allowed; remove it"],
    ),
    "an alias": (
        "a: &x 1\nb: *x\n",
        ["rules.yaml:1: `&` and `*` references are not allowed; write the text out again"],
    ),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_each_mistake_is_a_line_that_says_what_to_write(case: str) -> None:
    text, wanted = GOLDEN[case]
    with pytest.raises(Misconfigured) as caught:
        parse_rules(text, "rules.yaml", load_replies().names)

    assert list(caught.value.problems) == wanted


def test_all_mistakes_are_told_at_once() -> None:
    text = book("  - {name: x, when: {form: a}, then: {file: F, replly: b}}\n", "human_foldr: X\n")
    with pytest.raises(Misconfigured) as caught:
        parse_rules(text)

    assert len(caught.value.problems) == 3


def test_words_that_yaml_would_change_stay_what_was_written() -> None:
    made = parse_rules(book("  - {name: 012, when: {language: no}, then: {file: 12:30}}\n"))

    assert (made.rules[0].name, made.rules[0].then.file) == ("012", "12:30")
    assert made.rules[0].when is not None
    assert made.rules[0].when.language == ("no",)


def test_the_shipped_rule_book_is_valid_and_names_what_exists() -> None:
    text = (Path(__file__).parent.parent.parent / "rules.yaml").read_text(encoding="utf-8")
    made = parse_rules(text, "rules.yaml", load_replies().names)

    assert len(made.rules) > 20
    assert made.rules[-1].when is None


def test_an_admins_own_taxonomy_replaces_ours() -> None:
    made = parse_rules(
        book("  - {name: x, when: {intent: claim.car}, then: {file: F}}\n", "intents: {claim.car: {label: Auto}}\n")
    )

    assert [intent.id for intent in made.taxonomy.intents] == ["claim.car"]
