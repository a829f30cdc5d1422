import dataclasses
from datetime import UTC, datetime

import pytest

from mailbot.model import (
    Address,
    Case,
    Check,
    Document,
    Language,
    Part,
    Reading,
    Texts,
    Understanding,
)
from mailbot.rules import judge, parse_rules, try_examples

HEAD = "mailboxes: {a: {host: imap.example.org, user: a@example.org, password: {secret: a}}}\nrules:\n"
LAST = "  - {name: last, when: always, then: {file: Rest}}\n"

READING = Reading(
    "sha256:x",
    10,
    date=datetime(2026, 2, 10, tzinfo=UTC),
    sender=Address("Zoé Été", "zoe@mairie.example"),
    to=(Address("", "contact@example.org"),),
    subject="Dégât des eaux",
    text=Texts("L'évier fuit"),
    attachments=(Part("plan.PDF", "application/pdf", 1, "00"),),
    marks=("hidden-text",),
)
UNDERSTANDING = Understanding(
    language=Language("fr", 1.0),
    translation=None,
    documents=(Document("insurance_certificate", "fr", {}, (Check("valid_today", False, "expired"),)),),
    intent="repair.plumbing",
    confidence=0.8,
    also=("service.complaint",),
    alternatives=(),
    abstained=False,
    urgency="high",
    urgency_why="",
    answerable=True,
    entities={},
    summary="",
    next_actions=(),
)
CASE = Case("accueil", READING, UNDERSTANDING)


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("intent: repair.plumbing", True),
        ("intent: repair.*", True),
        ("intent: [rent.receipt, repair.plumbing]", True),
        ("intent: rent.*", False),
        ("also: service.*", True),
        ("urgency: [critical, high]", True),
        ("urgency: low", False),
        ("automatic: false", True),
        ("automatic: true", False),
        ("answerable: oui", True),
        ("document: insurance_certificate", True),
        ("document: insurance_certificate, checks: failed", True),
        ("document: insurance_certificate, checks: ok", False),
        ("language: fr", True),
        ("language: no", False),
        ("from: ete", True),
        ('from: "@mairie.example"', True),
        ("to: contact@", True),
        ("subject: degat", True),
        ("text: evier", True),
        ('attachment: "*.pdf"', True),
        ("attachment: any", True),
        ('attachment: "*.docx"', False),
        ("mark: hidden-text", True),
        ("account: accueil", True),
        ("confidence: 0.7", True),
        ("confidence: 0.9", False),
        ("defect: false", True),
        ("matches: {subject: '(?i)d.g.t'}", True),
        ("any: [{urgency: low}, {language: fr}]", True),
        ("all: [{urgency: high}, {language: en}]", False),
        ("none: [{urgency: low}, {language: en}]", True),
        ("intent: repair.plumbing, none: [{any: [{also: service.complaint}]}]", False),
    ],
)
def test_a_condition_fits_or_not(condition: str, fits: bool) -> None:
    book = parse_rules(
        f"{HEAD}  - {{name: x, when: {{{condition}}}, then: {{file: F, flag: [important, vu]}}}}\n{LAST}"
    )
    verdict = judge(book, CASE)

    assert verdict.folder == ("F" if fits else "Rest")
    assert (verdict.hits, verdict.misses) == ((("x",), ()) if fits else (("last",), ("x",)))


def test_flags_become_imap_flags_and_keywords() -> None:
    book = parse_rules(
        f"{HEAD}  - {{name: x, when: {{urgency: high}}, then: {{file: F, flag: [important, urgent]}}}}\n{LAST}"
    )

    assert judge(book, CASE).flags == ("\\Flagged", "$Urgent")


def test_an_unsure_intent_fits_no_intent_condition_but_others_still_do() -> None:
    unsure = dataclasses.replace(CASE, understanding=dataclasses.replace(UNDERSTANDING, abstained=True))
    book = parse_rules(
        f"{HEAD}  - {{name: x, when: {{intent: repair.*}}, then: {{file: F}}}}\n"
        f"  - {{name: y, when: {{urgency: high}}, then: {{file: G}}}}\n{LAST}"
    )

    assert judge(book, unsure).folder == "G"


def test_a_rule_that_misses_its_example_or_takes_a_forbidden_one_is_named_with_its_line() -> None:
    book = parse_rules(
        f"{HEAD}  - {{name: x, when: {{text: gaz}}, then: {{file: F}}, "
        f"examples: [odeur de gaz, eau], not: [gazon]}}\n{LAST}"
    )

    def understood(text: str) -> Case:
        return dataclasses.replace(CASE, reading=dataclasses.replace(READING, text=Texts(text)))

    problems = try_examples(book, understood)
    assert len(problems) == 2
    assert problems[0].startswith("rules.yaml:3: the rule 'x' misses its example 'eau' (taken by 'last')")
    assert problems[1].startswith("rules.yaml:3: the rule 'x' takes 'gazon', which its `not:` forbids")
