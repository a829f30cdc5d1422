import dataclasses
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from mailbot.errors import Misconfigured, Permanent
from mailbot.model import Account, Address, Case, Draft, Language, Reading, Texts, Understanding
from mailbot.reply import ReplyContext, compose, load_replies

READING = Reading(
    "sha256:x",
    10,
    message_id="<one@example.org>",
    references=("<zero@example.org>",),
    date=datetime(2026, 2, 10, 9, 15, tzinfo=UTC),
    sender=Address("Anne Martin", "anne@example.org"),
    subject="AW: RE: chauffage",
    text=Texts("Il fait froid."),
)
UNDERSTANDING = Understanding(
    language=Language("fr", 1.0),
    translation=None,
    documents=(),
    intent="repair.heating",
    confidence=1.0,
    also=(),
    alternatives=(),
    abstained=False,
    urgency="normal",
    urgency_why="",
    answerable=True,
    entities={},
    summary="",
    next_actions=(),
)
CONTEXT = ReplyContext(
    account=Account("a", ("contact@toit.example",), None, "Le service"),
    replies=load_replies(),
    staff_language="fr",
    message_id="<mb.key@toit.example>",
    key="key",
    now=datetime(2026, 2, 10, 10, 0, tzinfo=UTC),
)


def draft(reading: Reading = READING, language: str = "fr", reply: str = "repair", **entities: str) -> Draft:
    understanding = dataclasses.replace(UNDERSTANDING, language=Language(language, 1.0), entities=entities)
    return compose(Case("a", reading, understanding), reply, CONTEXT)


def test_the_draft_stands_in_the_thread_and_says_what_it_is() -> None:
    made = draft()
    message = message_from_bytes(made.mime, policy=policy.default)
    text = message.get_content()

    assert message["Subject"] == "Re: chauffage"
    assert (message["In-Reply-To"], message["References"]) == (
        "<one@example.org>",
        "<zero@example.org> <one@example.org>",
    )
    assert (message["Message-ID"], message["X-Mailbot-Draft"]) == ("<mb.key@toit.example>", "ai")
    assert text.startswith("[Brouillon préparé par Mailbot")
    assert "Bonjour Anne Martin," in text
    assert text.rstrip().endswith("> Il fait froid.")
    assert b"\n" not in made.mime.replace(b"\r\n", b"")


def test_a_foreign_writer_is_answered_in_her_language_with_the_staffs_beside_it() -> None:
    made = draft(language="ar")
    text = message_from_bytes(made.mime, policy=policy.default).get_content()

    assert made.language == "ar"
    assert made.text in text.replace("\r\n", "\n")
    assert made.text_staff in text.replace("\r\n", "\n")
    assert made.text_staff.startswith("Bonjour")


def test_a_language_without_a_template_is_answered_in_the_staffs() -> None:
    assert draft(language="bn").language == "fr"


def test_what_is_known_is_not_asked_for() -> None:
    known = draft(address="8 rue du Moulin", postcode="59000", city="Lille")

    assert "8 rue du Moulin 59000 Lille" in known.text
    assert "votre adresse complète" not in known.text
    assert "votre adresse complète" in draft().text


@pytest.mark.parametrize("reply", load_replies().names)
def test_every_reply_renders_in_every_language_it_is_written_in(reply: str) -> None:
    for name, language in CONTEXT.replies.texts:
        if name == reply:
            assert len(draft(language=language, reply=reply).text) > 40


def test_the_danger_reply_exists_in_twelve_languages_and_names_the_numbers_to_call() -> None:
    languages = [language for name, language in CONTEXT.replies.texts if name == "danger"]

    assert len(languages) == 12
    assert all("0 800 47 33 33" in CONTEXT.replies.texts["danger", language] for language in languages)


@pytest.mark.parametrize(
    "hostile",
    ["x\r\nBcc: e@example.com", "=?utf-8?q?hi=0D=0ABcc=3A_e=40example.com?=", "a\u202eb", "\x00\x85", "é" * 500],
)
def test_no_subject_or_name_can_add_a_header(hostile: str) -> None:
    reading = dataclasses.replace(READING, subject=hostile, sender=Address(hostile, "anne@example.org"))
    message = message_from_bytes(draft(reading).mime, policy=policy.default)

    assert message["Bcc"] is None
    assert [to.addr_spec for to in message["To"].addresses] == ["anne@example.org"]
    assert len(message.get_all("Subject", [])) == 1


def test_template_words_in_a_mail_are_shown_literally() -> None:
    reading = dataclasses.replace(
        READING, text=Texts("{{7*7}} {% for x in y %}"), sender=Address("{{7*7}}", "a@example.org")
    )
    text = message_from_bytes(draft(reading).mime, policy=policy.default).get_content()

    assert "{{7*7}} {% for x in y %}" in text
    assert "Bonjour {{7*7}}," in text


def test_a_reply_to_counts_only_within_the_senders_domain() -> None:
    near = dataclasses.replace(READING, reply_to=(Address("", "anne.m@example.org"),))
    far = dataclasses.replace(READING, reply_to=(Address("", "anne@elsewhere.example"),))

    assert draft(near).to[0].address == "anne.m@example.org"
    assert draft(far).to[0].address == "anne@example.org"


def test_nobody_to_write_to_is_refused() -> None:
    with pytest.raises(Permanent):
        draft(dataclasses.replace(READING, sender=None))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.md", "a", "a reply's file is called like repair.fr.md"),
        ("x.fr.md", "{% for i in range(9) %}a{% endfor %}", "only {% if %}"),
        ("x.fr.md", "{{ 'x' * 1000000000 }}", "'*' may not be used in a reply"),
        ("x.fr.md", "{{ nom }}", "known variables are name"),
        ("x.fr.md", "{{ name", "line 1"),
        ("x.fr.md", "a" * 30000, "shorten it"),
    ],
)
def test_an_admins_broken_template_is_one_clear_line(name: str, text: str, said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_replies({name: text})

    assert said in caught.value.problems[0]
    assert caught.value.problems[0].startswith(name)
