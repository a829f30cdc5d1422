"""A reply's text to the frozen bytes of a draft: headers from an allow-list, checked by reading them back."""

import re
import unicodedata
from datetime import datetime
from email import policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime

from mailbot.errors import Permanent
from mailbot.model import Address

MAX_DRAFT = 50_000
_HEADERS = {
    *("from", "to", "subject", "in-reply-to", "references", "date", "message-id", "mime-version"),
    *("x-mailbot-key", "x-mailbot-draft", "content-type", "content-transfer-encoding"),
}
_REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|sv|antw|odp|ynt|rif|r|res|回复|رد)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE
)


def reply_subject(subject: str) -> str:
    """`Re: ` once, whatever the sender's mail program calls it."""
    bare = _REPLY_PREFIX.sub("", header_text(subject))
    return f"Re: {bare}".strip()[:200]


def header_text(text: str) -> str:
    """One line without control, format or direction characters."""
    kept = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    kept = "".join(char for char in kept if unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"})
    # What looks like an encoded word (RFC 2047) would be decoded by whoever reads it, line breaks included.
    return " ".join(kept.replace("=?", "= ?").split())


def body_text(text: str) -> str:
    """Line ends and tabs stay; every other control character goes."""
    return "".join(
        c for c in text if c in "\n\t\u200c\u200d" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cf"}
    )


def build(  # noqa: PLR0913 - a message has this many fields
    *,
    sender: Address,
    to: tuple[Address, ...],
    subject: str,
    in_reply_to: str | None,
    references: tuple[str, ...],
    date: datetime,
    message_id: str,
    key: str,
    text: str,
) -> bytes:
    """CRLF bytes.  Raises Permanent when anything but the intended headers would come out."""
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=120, utf8=False))
    try:
        message["From"] = _mailbox(sender)
        message["To"] = [_mailbox(person) for person in to]
        message["Subject"] = header_text(subject)
        if in_reply_to is not None:
            message["In-Reply-To"] = in_reply_to
            message["References"] = " ".join((*(r for r in references if r != in_reply_to), in_reply_to)[-20:])
        message["Date"] = format_datetime(date)
        message["Message-ID"] = message_id
        message["X-Mailbot-Key"] = key
        message["X-Mailbot-Draft"] = "ai"
        message.set_content(body_text(text)[:MAX_DRAFT], cte="quoted-printable" if text.isascii() else "base64")
        raw = message.as_bytes()
    except (ValueError, IndexError, TypeError, UnicodeError, LookupError, AttributeError) as error:
        raise Permanent(f"the draft could not be written ({type(error).__name__})") from error
    _verify(raw, message_id, len(to))
    return raw


def _mailbox(person: Address) -> HeaderAddress:
    local, _, domain = header_text(person.address).rpartition("@")
    return HeaderAddress(header_text(person.name).replace('"', ""), local, domain)


def _verify(raw: bytes, message_id: str, recipients: int) -> None:
    """What a mail client will see is what was meant (CVE-2024-6923: an encoded line break became a Bcc)."""
    seen = BytesParser(policy=policy.compat32).parsebytes(raw)
    names = [name.casefold() for name in seen.keys()]  # noqa: SIM118 - a message, not a mapping: keys repeat
    if set(names) - _HEADERS or len(names) != len(set(names)):
        raise Permanent("the draft would have carried a header that nobody asked for")
    if str(seen["Message-ID"]).strip() != message_id:
        raise Permanent("the draft's Message-ID did not survive writing")
    strict = BytesParser(policy=policy.default).parsebytes(raw)
    if len(strict["To"].addresses) != recipients:
        raise Permanent("the draft's recipients did not survive writing")
