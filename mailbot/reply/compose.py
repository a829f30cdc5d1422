"""A draft for a human to send: the reply in the tenant's language, the staff's language beside it, the mail below."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jinja2 import TemplateError

from mailbot.errors import Permanent
from mailbot.model import Account, Address, Case, Draft, Reading
from mailbot.reply.mime import build, header_text, reply_subject
from mailbot.reply.templates import Replies

_MAX_QUOTED = 8_000
MARKER = {
    "fr": "[Brouillon préparé par Mailbot – à relire ; supprimez cette ligne avant l'envoi]",
    "en": "[Draft prepared by Mailbot – please check; delete this line before sending]",
}
_STAFF_VERSION = {
    "fr": "[Version française pour le service – à supprimer avant l'envoi]",
    "en": "[English version for staff – delete before sending]",
}
_WROTE = {"fr": "Le {date}, {who} a écrit :", "en": "On {date}, {who} wrote:"}


@dataclass(frozen=True, slots=True)
class ReplyContext:
    account: Account
    replies: Replies
    staff_language: str
    message_id: str
    key: str
    now: datetime


def recipients(reading: Reading) -> tuple[Address, ...]:
    """The sender; a Reply-To only within the sender's own domain, where it cannot lead a reply astray."""
    person = reading.original_sender or reading.sender
    if person is None:
        return ()
    if reading.original_sender is None and len(reading.reply_to) == 1:
        wanted = reading.reply_to[0]
        if wanted.address.rpartition("@")[2] == person.address.rpartition("@")[2]:
            return (wanted,)
    return (person,)


def compose(case: Case, reply: str, context: ReplyContext) -> Draft:
    """Raises Permanent when there is nobody to write to, no such reply, or the bytes would not be what was meant."""
    reading, staff = case.reading, context.staff_language
    to = recipients(reading)
    if not to:
        raise Permanent("there is nobody to reply to")
    spoken = case.understanding.language.code
    language = context.replies.language(reply, spoken, staff, "fr", "en")
    staff_language = context.replies.language(reply, staff, "fr", "en")
    if language is None or staff_language is None:
        raise Permanent(f"there is no reply called '{reply}'")
    values = _values(case, to[0])
    try:
        text = context.replies.render(reply, language, values)
        text_staff = text if language == staff_language else context.replies.render(reply, staff_language, values)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise Permanent(f"the reply '{reply}' could not be rendered ({type(error).__name__})") from error
    subject = reply_subject(reading.subject)
    pieces = [_in(MARKER, staff), text, context.account.signature]
    if language != staff_language:
        pieces += [_in(_STAFF_VERSION, staff), text_staff]
    pieces.append(_original(reading, to[0], staff))
    mime = build(
        sender=Address(context.account.signature, context.account.addresses[0]),
        to=to,
        subject=subject,
        in_reply_to=reading.message_id,
        references=reading.references,
        date=context.now,
        message_id=context.message_id,
        key=context.key,
        text="\n\n".join(piece for piece in pieces if piece) + "\n",
    )
    return Draft(to, subject, language, text, text_staff, context.message_id, mime)


def _values(case: Case, to: Address) -> Mapping[str, object]:
    """Only what the mail really says; a template shows what it knows and asks for the rest."""
    entities = case.understanding.entities
    place = [entities.get("address", ""), entities.get("postcode", ""), entities.get("city", "")]
    certificate = next((d for d in case.understanding.documents if d.kind == "insurance_certificate"), None)
    phones = entities.get("phones", ())
    dates = entities.get("dates", ())
    return {
        "name": header_text(to.name)[:80],
        "address": header_text(" ".join(str(piece) for piece in place if piece))[:150] if place[0] else "",
        "phone": phones[0] if phones else "",
        "dates": ", ".join(dates) if isinstance(dates, tuple) else dates,
        "application_no": entities.get("application_no", ""),
        "tenant_ref": entities.get("tenant_ref", ""),
        "valid_to": certificate.facts.get("valid_to", "") if certificate else "",
        "subject": header_text(case.reading.subject),
    }


def _original(reading: Reading, to: Address, staff: str) -> str:
    date = reading.date.strftime("%d/%m/%Y %H:%M") if reading.date else "?"
    who = f"{header_text(to.name)} <{to.address}>" if to.name else to.address
    quoted = "\n".join("> " + line for line in reading.text.fresh[:_MAX_QUOTED].split("\n"))
    return _in(_WROTE, staff).format(date=date, who=who) + "\n" + quoted


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language, words["en"])
