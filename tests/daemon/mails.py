"""Mails for the daemon's tests, and what became of them in a form that can be compared."""

import re
from collections.abc import Mapping

from tests.servers.webhook import Downstream


def mail(number: int, text: str, *, subject: str = "", headers: str = "") -> bytes:
    return (
        f"From: Anne Martin <anne{number}@example.org>\r\nTo: contact@toit.example\r\n"
        f"Subject: {subject or f'sujet {number}'}\r\nMessage-ID: <m{number}@example.org>\r\n"
        f"Date: Tue, 10 Feb 2026 09:15:00 +0100\r\n{headers}\r\n{text}\r\n"
    ).encode()


ORDINARY = mail(1, "Bonjour, pouvez-vous m'envoyer ma quittance de loyer du mois de mars ? Merci.")
DANGER = mail(2, "ça sent le gaz dans l'escalier")
AUTOMATIC = mail(3, "Je suis absente.", headers="Auto-Submitted: auto-replied\r\n")
THREE = (ORDINARY, DANGER, AUTOMATIC)

Contents = Mapping[str, list[tuple[bytes, frozenset[str]]]]


def state(contents: Contents, erp: Downstream) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Every message of every folder by Message-ID with its flags, and every accepted delivery; times left out."""
    found = {
        folder: sorted((_message_id(raw), tuple(sorted(flags))) for raw, flags in mails)
        for folder, mails in contents.items()
    }
    return found | {"(erp)": sorted((key, ()) for key in erp.accepted)}


def _message_id(raw: bytes) -> str:
    match = re.search(rb"(?im)^message-id:\s*(\S+)", raw)
    return match[1].decode() if match else "?"
