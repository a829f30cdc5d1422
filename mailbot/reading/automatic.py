"""Mails that no person wrote to us: never answered (RFC 3834, 3464, 2919, 2369, 8058, 8098).

Headers first; then, for the old and the silent, words: and those only when several signs agree, for people write about
absences, bounces and automatic replies too.
"""

import re
from dataclasses import dataclass
from typing import Final

from mailbot.model import Address, Automatic, Because
from mailbot.reading import machines, wording
from mailbot.reading.envelope import Envelope
from mailbot.reading.machines import any_of
from mailbot.reading.structure import Entity
from mailbot.reading.wording import Judged
from mailbot.reading.words import decode_text

_NO_REPLY: Final = re.compile(
    rf"^(?:[\w.+-]{{0,30}}[._-])?(?:{any_of(machines.NO_REPLY)})(?:[._+-].{{0,60}})?$", re.IGNORECASE
)
_DAEMON: Final = re.compile(rf"^(?:{any_of(machines.DAEMONS)})$", re.IGNORECASE)
_LIST_SERVER: Final = re.compile(rf"^(?:{any_of(machines.LIST_SERVERS)})$", re.IGNORECASE)
_ASSOCIATION: Final = re.compile(any_of(machines.ASSOCIATIONS), re.IGNORECASE)
_ACTION: Final = re.compile(rb"^action\s*:\s*(delivered|relayed|expanded|failed|delayed)", re.IGNORECASE | re.MULTILINE)
_RESPONDERS: Final = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-autoreply-domain", "x-mail-autoreply",
    "x-auto-reply", "x-vacation", "x-away", "x-autorespond-from", "x-amazon-auto-reply",
)  # fmt: skip
_RESPONDER: Final = re.compile(r"auto-?respon|auto-?reply|\bvacation\b")
_BULK: Final = (
    "feedback-id",
    "x-campaign",
    "x-campaignid",
    "x-campaign-id",
    "x-mailing-id",
    "x-csa-complaints",
    "list-unsubscribe-post",
)
_OLD_LISTS: Final = ("mailing-list", "x-mailing-list", "x-list", "x-beenthere", "x-mailman-version", "feedback-id")
"""What list servers wrote before RFC 2919."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What the judgement rests on."""

    root: Entity
    envelope: Envelope
    sender: Address | None
    fresh: str
    own: frozenset[str]
    """The mailbox's own addresses, lower case."""
    web_form: bool = False
    """A form on a web site sent it in a person's name."""

    def field(self, name: str) -> str:
        raw = self.root.first(name)
        return "" if raw is None else decode_text(raw).casefold()

    def has(self, name: str) -> bool:
        return self.root.first(name) is not None

    @property
    def local(self) -> str:
        return _local(self.sender)


def _local(address: Address | None) -> str:
    if address is None:
        return ""
    local, at, _ = address.address.rpartition("@")
    return local if at else address.address


def judge(mail: Mail) -> tuple[Automatic | None, tuple[Because, ...]]:
    """What kind of machine wrote this and by which sign; (None, ()) for a person."""
    for rule in (_own, _report, _bounce, _reply, _list, _notification):
        found = rule(mail)
        if found is not None:
            return found[0], (Because("automatic", found[1]),)
    found = wording.judged(mail.envelope.subject, mail.fresh, web_form=mail.web_form)
    return (None, ()) if found is None else (found[0], (Because("automatic", found[1]),))


def is_discussion(mail: Mail) -> bool:
    """A list on which people talk, here to us or of a house: their words are people's words."""
    if "mailto:" not in mail.field("list-post"):
        return False
    if any(mail.has(name) for name in _BULK) or mail.field("precedence") in {"bulk", "junk"}:
        return False
    if mail.field("auto-submitted") not in {"", "no"} or _LIST_SERVER.match(mail.local) or _NO_REPLY.match(mail.local):
        return False
    recipients = {address.address.casefold() for address in (*mail.envelope.to, *mail.envelope.cc)}
    named = " ".join((mail.field("list-id"), mail.field("list-post"), *recipients))
    return bool(recipients & mail.own) or bool(_ASSOCIATION.search(named))


def _own(mail: Mail) -> Judged:
    """A web form that writes in the mailbox's own name is somebody else's mail."""
    if mail.sender is not None and mail.sender.address.casefold() in mail.own and not mail.web_form:
        return "own", "sent from this very mailbox"
    return None


def _report(mail: Mail) -> Judged:
    """multipart/report (RFC 6522): delivery status, disposition notification, feedback."""
    kinds = {entity.media_type for entity in mail.root.walk()}
    declared = mail.root.content_type.plain("report-type") or ""
    is_report = mail.root.media_type == "multipart/report"
    if "message/disposition-notification" in kinds or (is_report and "disposition" in declared):
        return "receipt", "a disposition notification (RFC 8098)"
    if is_report and "feedback" in declared:
        return "notification", "a feedback report (RFC 5965)"
    if is_report or (mail.root.parts and "message/delivery-status" in kinds):
        status = next((part.body for part in mail.root.walk() if part.media_type == "message/delivery-status"), b"")
        actions = {found.lower() for found in _ACTION.findall(status[:20_000])}
        if actions and actions <= {b"delivered", b"relayed", b"expanded"}:
            return "receipt", "a delivery status notification of success (RFC 3464)"
        return "bounce", "a delivery status notification (RFC 3464)"
    return None


def _bounce(mail: Mail) -> Judged:
    subject = mail.envelope.subject
    for name in ("X-Failed-Recipients", "X-MS-Exchange-Message-Is-Ndr"):
        if mail.has(name.casefold()):
            return "bounce", name
    daemon = bool(_DAEMON.match(mail.local))
    certain = daemon and mail.local.casefold() != "postmaster"
    undelivered = wording.is_undelivered(subject)
    if undelivered and (daemon or _null_path(mail)):
        return "bounce", "the subject of a delivery failure, sent by a mail system"
    if certain and not wording.is_away(subject):
        return "bounce", "written by a mail system"
    if (daemon or _null_path(mail)) and wording.tells_of_failure(mail.fresh):
        return "bounce", "the words of a delivery failure"
    return None


def _null_path(mail: Mail) -> bool:
    return re.sub(r"\s", "", mail.field("return-path")) == "<>"


def _reply(mail: Mail) -> Judged:
    submitted = mail.field("auto-submitted").partition(";")[0].strip()
    if submitted in {"auto-replied", "auto-reply"} or "vacation" in submitted:
        return "auto-reply", "Auto-Submitted: auto-replied (RFC 3834)"
    if (sign := _responder(mail)) is not None:
        return "auto-reply", sign
    subject = mail.envelope.subject
    suppressed = mail.has("x-auto-response-suppress") or submitted.startswith("auto-")
    if wording.is_away(subject) and (suppressed or _null_path(mail) or mail.has("x-ms-exchange-inbox-rules-loop")):
        return "auto-reply", "the subject of an automatic reply"
    return _from_nobody(mail) if _null_path(mail) else None


def _responder(mail: Mail) -> str | None:
    """The header by which an auto-responder gives itself away."""
    if any(mail.has(name) and mail.field(name) not in {"no", "false", "0"} for name in _RESPONDERS):
        return "an auto-responder's header"
    if "auto_reply" in {mail.field("precedence"), mail.field("x-precedence"), mail.field("preference")}:
        return "Precedence: auto_reply"
    programs = f"{mail.field('x-post-messageclass')} {mail.field('x-mailer')} {mail.field('user-agent')}"
    if _RESPONDER.search(programs) or mail.field("x-fc-machinegenerated") == "true":
        return "an auto-responder's name"
    if mail.field("x-autogenerated") == "reply" or "autoresponder" in mail.field("delivered-to"):
        return "an auto-responder's header"
    return None


def _from_nobody(mail: Mail) -> Judged:
    """RFC 5321 section 4.5.5: whoever sends with a null return path wants no answer."""
    subject = mail.envelope.subject
    if wording.is_receipt(subject):
        return "receipt", "a null return path and the subject of a read receipt"
    answering = mail.has("in-reply-to") or mail.has("references") or wording.is_away(subject)
    return ("auto-reply" if answering else "notification"), "a null return path"


def _list(mail: Mail) -> Judged:
    if is_discussion(mail):
        return None
    if any(
        mail.has(name) for name in ("list-id", "list-unsubscribe", "list-post", "list-unsubscribe-post", "list-owner")
    ):
        return "list", "a mailing list's header (RFC 2919, 2369, 8058)"
    served = any(mail.has(name) for name in _OLD_LISTS) or _LIST_SERVER.match(_local(mail.envelope.sender_field))
    if mail.field("precedence") in {"list", "bulk", "junk"}:
        kind: Automatic = "list" if mail.field("precedence") != "bulk" or served else "notification"
        return kind, f"Precedence: {mail.field('precedence')}"
    if _LIST_SERVER.match(mail.local) or mail.has("mailing-list"):
        return "list", "written by a list server"
    return None


def _notification(mail: Mail) -> Judged:
    if mail.web_form:
        return None
    if mail.field("auto-submitted") not in {"", "no"}:
        return "notification", "Auto-Submitted (RFC 3834)"
    if mail.has("x-cron-env"):
        return "notification", "written by cron"
    if _NO_REPLY.match(mail.local):
        return "notification", "the sender's address takes no replies"
    return None
