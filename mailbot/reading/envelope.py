"""The header of a mail as values.  mail-parser reads it; where it is known to err, the field's bytes are read again.

Known errors of mail-parser: 8-bit bytes without a label are dropped, C1 controls stand for Windows-1252's quotes, and a
body may name a charset that costs it a minute.  So it is shown an outline of the mail, without the bodies.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import mailparser

from mailbot.model import Address, Defect
from mailbot.reading import limits
from mailbot.reading.addresses import parse_addresses
from mailbot.reading.structure import Entity
from mailbot.reading.words import clean, decode_text, has_too_many_words

_MESSAGE_ID: Final = re.compile(rb"<[!-;=?-Z\[\]^_`a-z|~]{1,240}>")
_UNSAFE_IN_ID: Final = re.compile(rb"[\"\\(){}\x00-\x20\x7f-\xff]")
_DAMAGE: Final = re.compile("[\ufffd\x80-\x9f]|=\\?")
_PARTS_OUTLINED: Final = 100
_STRUCTURAL: Final = {
    "NoBoundaryInMultipartDefect",
    "StartBoundaryNotFoundDefect",
    "MultipartInvariantViolationDefect",
    "MissingHeaderBodySeparatorDefect",
    "FirstHeaderLineIsContinuationDefect",
    "MisplacedEnvelopeHeaderDefect",
}
"""What breaks the shape of a mail; mail-parser's other findings are everyday sloppiness."""


@dataclass(frozen=True, slots=True)
class Envelope:
    message_id: str | None
    references: tuple[str, ...]
    date: datetime | None
    authors: tuple[Address, ...]
    """Every mailbox of every From field, in order."""
    sender_field: Address | None
    """Sender (RFC 5322 section 3.6.2), or the one it was resent from."""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    defects: tuple[Defect, ...] = ()
    incomplete: bool = False


def read_envelope(root: Entity, hint: str | None) -> Envelope:
    """Never raises.  `hint` is the charset of the body, for header bytes without a label."""
    parsed, defects = _parsed(root)
    subject = root.first("subject") or b""
    crowded = has_too_many_words(subject)
    if crowded:
        defects.append(Defect("subject", f"more than {limits.ENCODED_WORDS} encoded words"))
    recipients = _addresses(root, "to", hint), _addresses(root, "cc", hint)
    many = any(len(found) >= limits.ADDRESSES for found in recipients)
    if many:
        defects.append(Defect("recipients", f"more than {limits.ADDRESSES} addresses"))
    sender = _addresses(root, "sender", hint)
    return Envelope(
        message_id=_message_id(root),
        references=_references(root),
        date=parse_date(root.first("date")) or _parsed_date(parsed),
        authors=_addresses(root, "from", hint),
        sender_field=sender[0] if sender else None,
        reply_to=_addresses(root, "reply-to", hint),
        to=recipients[0],
        cc=recipients[1],
        subject=_subject(parsed, subject, hint),
        defects=tuple(defects),
        incomplete=crowded or many,
    )


def _parsed(root: Entity) -> tuple[mailparser.MailParser | None, list[Defect]]:
    """mail-parser's reading, and which rules of MIME it found broken."""
    try:
        parsed = mailparser.parse_from_bytes(_outline(root))
    except Exception as error:  # noqa: BLE001 (a parser of hostile bytes may raise anything; the mail is read without it)
        return None, [Defect("header", f"mail-parser: {type(error).__name__}")]
    broken = sorted(name for name in parsed.defects_categories if name in _STRUCTURAL)
    return parsed, [Defect("structure", name) for name in broken]


def _outline(root: Entity) -> bytes:
    """The header fields of the mail and its parts, and the boundaries between; no bodies."""
    lines: list[bytes] = []
    _outline_entity(root, lines, [_PARTS_OUTLINED])
    return b"\r\n".join(lines) + b"\r\n"


def _outline_entity(entity: Entity, lines: list[bytes], left: list[int]) -> None:
    for name, value in entity.fields:
        folded = re.sub(rb"[\r\n]+[ \t]*", b"\r\n ", value)
        lines.append(name.encode("ascii") + b": " + folded)
    lines.append(b"")
    if not entity.parts or not entity.content_type.raw_boundary:
        return
    for part in entity.parts:
        left[0] -= 1
        if left[0] < 0:
            break
        lines.append(b"--" + entity.content_type.raw_boundary)
        _outline_entity(part, lines, left)
    lines.append(b"--" + entity.content_type.raw_boundary + b"--")


def _subject(parsed: mailparser.MailParser | None, raw: bytes, hint: str | None) -> str:
    first = parsed.subject if parsed is not None else None
    if not isinstance(first, str) or not raw.isascii() or _DAMAGE.search(first):
        return decode_text(raw, hint)
    return clean(first)


def _addresses(root: Entity, name: str, hint: str | None) -> tuple[Address, ...]:
    return parse_addresses(root.all(name)[: limits.ADDRESSES], hint)[: limits.ADDRESSES]


def _message_id(root: Entity) -> str | None:
    """With angle brackets, and only what is safe in a header and in an IMAP command (H9)."""
    for name in ("message-id", "message_id"):
        if ids := parse_ids(root.first(name) or b""):
            return ids[0]
    return None


def parse_ids(value: bytes) -> list[str]:
    return [found.decode("ascii") for found in _MESSAGE_ID.findall(value) if not _UNSAFE_IN_ID.search(found)]


def _references(root: Entity) -> tuple[str, ...]:
    for name in ("references", "in-reply-to"):
        if ids := [found for value in root.all(name)[:20] for found in parse_ids(value)]:
            return tuple(dict.fromkeys(ids))[-limits.REFERENCES :]
    return ()


def parse_date(raw: bytes | None) -> datetime | None:
    """Aware; None when it cannot be understood."""
    if raw is None:
        return None
    text = re.sub(r"\([^()]*\)", " ", decode_text(raw[:200]))
    try:
        when = parsedate_to_datetime(text.strip())
        when = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
        when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return _iso_date(text)
    return when if 1970 <= when.year <= 2200 else None


def _iso_date(text: str) -> datetime | None:
    """Some programs write ISO 8601."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def _parsed_date(parsed: mailparser.MailParser | None) -> datetime | None:
    """What mail-parser makes of the date, else the time at which the first server received the mail."""
    if parsed is None:
        return None
    date = parsed.date
    if isinstance(date, datetime):
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date
    for hop in parsed.received:
        stamp = hop.get("date_utc") if isinstance(hop, dict) else None
        if isinstance(stamp, str):
            return _iso_date(stamp)
    return None
