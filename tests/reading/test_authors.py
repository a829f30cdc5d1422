"""Who wrote, in whose name, and what staff must be warned of."""

import pytest

from mailbot.model import Account, Authentication, Reading, ReadingRequest
from mailbot.reading import read_message

OURS = "mx.toit-et-vallee.example"
REQUEST = ReadingRequest(Account("accueil", ("contact@toit-et-vallee.example",), OURS))


def reading(header: str, body: str = "Bonjour", subject: str = "essai") -> Reading:
    raw = f"{header}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    return read_message(raw.encode(), REQUEST).reading


@pytest.mark.parametrize(
    ("header", "mark"),
    [
        ("From: a@example.org\nReply-To: a@elsewhere.example", "reply-to-differs"),
        ("From: a@example.org\nFrom: b@example.org", "several-authors"),
        ("From: a@example.org\nSender: x@elsewhere.example", "sender-differs"),
        ('From: "contact@toit-et-vallee.example" <x@evil.example>', "name-shows-other-address"),
        ("From: x@toit-et-val1ee.example", "lookalike-sender"),
        ("From: x@toit-et-valleee.example", "lookalike-sender"),
        ("From: x@toitetvallee.example", "lookalike-sender"),
        ("From: x@toit-et-vallee-paiement.example", "lookalike-sender"),
        ("From: x@toit-et-vallee.invalid", "lookalike-sender"),
        ("From: x@xn--toit-et-valle-mhb.example", "lookalike-sender"),
        ("From: x@tоit-et-vallee.example", "lookalike-sender"),
        (f"Authentication-Results: {OURS}; dmarc=fail\nFrom: x@toit-et-vallee.example", "spoofed-sender"),
        ("To: a@example.org", "no-sender"),
    ],
)
def test_staff_are_warned(header: str, mark: str) -> None:
    assert mark in reading(header).marks


@pytest.mark.parametrize(
    "header",
    [
        "From: a@example.org\nReply-To: b@example.org",
        "From: a@mail.example.co.uk\nReply-To: a@example.co.uk",
        "From: gardien@toit-et-vallee.example",
        "From: x@mairie-vallee.example",
        'From: "Zoe (zoe@example.org)" <zoe@example.org>',
        f"Authentication-Results: {OURS}; dmarc=pass\nFrom: x@toit-et-vallee.example",
        "Authentication-Results: other.example; dmarc=fail\nFrom: x@toit-et-vallee.example",
    ],
)
def test_staff_are_not_warned_of_nothing(header: str) -> None:
    assert reading(header).marks == ()


@pytest.mark.parametrize(
    ("header", "results"),
    [
        (f"Authentication-Results: {OURS}; spf=pass; dkim=pass; dmarc=pass", Authentication("pass", "pass", "pass")),
        (f"Authentication-Results: {OURS} 1; dkim=fail (x) header.d=a; dkim=pass", Authentication(None, "pass", None)),
        (
            f"Authentication-Results: {OURS}; spf=pass\nAuthentication-Results: {OURS}; dkim=fail",
            Authentication("pass", "fail", None),
        ),
        (
            f"Authentication-Results: evil.example; spf=pass\nAuthentication-Results: {OURS}; spf=fail",
            Authentication("fail", None, None),
        ),
        (
            f"Authentication-Results: {OURS}; spf=fail\nReceived: by x\nAuthentication-Results: {OURS}; spf=pass",
            Authentication("fail", None, None),
        ),
        (f"Authentication-Results: x (; {OURS}; spf=pass", None),
        (f"Authentication-Results: {OURS.upper()}; spf=neutral", Authentication("neutral", None, None)),
        (
            f'Authentication-Results: {OURS}; spf=none smtp.mailfrom="; dmarc=pass"@x.example; dmarc=fail',
            Authentication("none", None, "fail"),
        ),
        (
            f"Received: by {OURS}; x\nReceived: by b.example; y\nAuthentication-Results: {OURS}; dmarc=pass",
            None,
        ),
        ("Received-SPF: pass", None),
    ],
)
def test_only_our_own_servers_results_count_and_only_at_the_top(header: str, results: Authentication | None) -> None:
    assert reading(f"{header}\nFrom: a@example.org").authentication == results


def test_without_a_configured_server_no_result_counts() -> None:
    raw = f"Authentication-Results: {OURS}; spf=pass\nFrom: a@example.org\n\nx".encode()
    assert read_message(raw, ReadingRequest(Account("accueil"))).reading.authentication is None


@pytest.mark.parametrize(
    ("sender", "body"),
    [
        ("noreply@site.example", "Nom\nZoé Roux\n\nE-mail\nzoe@example.org\n\nMessage\nma porte grince"),
        ("contact@toit-et-vallee.example", "Nom :\nZoé Roux\n\nEmail :\nzoe@example.org\n\nMessage :\nma porte grince"),
        (
            "wordpress@toit-et-vallee.example",
            "De : Zoé Roux <zoe@example.org>\nObjet : porte\n\nCorps du message :\nma porte grince",
        ),
    ],
)
def test_forms_write_their_fields_in_several_ways(sender: str, body: str) -> None:
    found = reading(f"From: {sender}", body)

    assert found.original_sender is not None
    assert (found.original_sender.name, found.original_sender.address) == ("Zoé Roux", "zoe@example.org")
    assert (found.automatic, found.marks) == (None, ("web-form",))


def test_a_list_that_writes_in_its_own_name_says_for_whom() -> None:
    found = reading(
        "From: Zoé via Amicale <amicale@groups.example>\nReply-To: zoe@example.org\nList-Id: <amicale.groups.example>\n"
        "List-Post: <mailto:amicale@groups.example>\nTo: amicale@groups.example"
    )

    assert found.original_sender is not None
    assert (found.original_sender.address, found.automatic) == ("zoe@example.org", None)


def test_a_web_forms_person_stands_among_its_fields() -> None:
    body = "Nom : Zoé Roux\nAdresse e-mail : zoe@example.org\nTéléphone : 06 39 98 12 34\nMessage : ma porte grince"

    found = reading("From: noreply@site.example", body)

    assert found.original_sender is not None
    assert (found.original_sender.name, found.original_sender.address) == ("Zoé Roux", "zoe@example.org")
    assert (found.automatic, found.marks) == (None, ("web-form",))


def test_of_forwards_of_forwards_the_first_stranger_is_to_be_helped() -> None:
    body = (
        "Pour toi.\n\n---------- Forwarded message ---------\nDe : Gardien <gardien@toit-et-vallee.example>\n"
        "Date: lun. 12 janv. 2026 à 10:11\nSubject: Fwd: porte\nTo: <accueil@toit-et-vallee.example>\n\n\n"
        "---------- Forwarded message ---------\nDe : Zoé Roux <zoe@example.org>\nDate: lun. 12 janv. 2026 à 09:11\n"
        "Subject: porte\nTo: <gardien@toit-et-vallee.example>\n\n\nMa porte ne ferme plus.\n"
    )

    found = reading("From: accueil2@toit-et-vallee.example", body, "Fwd: Fwd: porte")

    assert found.original_sender is not None
    assert found.original_sender.address == "zoe@example.org"
    assert found.text.fresh == "Pour toi.\n\nMa porte ne ferme plus."


def test_the_author_of_a_mail_without_from_is_whoever_sent_it() -> None:
    sender = reading("Return-Path: <a@example.org>").sender
    assert sender is not None
    assert sender.address == "a@example.org"
