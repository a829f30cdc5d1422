"""The header of a mail as values.

mail-parser says what is broken in the mail's shape and when servers received it.  Words and addresses are read from the
fields' own bytes: mail-parser drops 8-bit bytes without a label and believes wrong ones, a body may name a charset that
costs it a minute, and what it can't decode it writes to the log.  So it is shown an outline of the mail, without the
bodies and with no encoded word in it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import mailparser

from mailbot.model import Address, Defect
from mailbot.reading import limits
from mailbot.reading.addresses import parse_addresses
from mailbot.reading.dates import parse_date
from mailbot.reading.structure import Entity
from mailbot.reading.words import decode_text, has_too_many_words

_MESSAGE_ID: Final = re.compile(rb"<[!-;=?-Z\[\]^_`a-z|~]{1,240}>")
_UNSAFE_IN_ID: Final = re.compile(rb"[\"\\(){}\x00-\x20\x7f-\xff]")
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
    # Some programs write an empty field before the filled one.
    subject = next(filter(None, root.all("subject")), b"")
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
        authors=_authors(root, hint),
        sender_field=sender[0] if sender else None,
        reply_to=_addresses(root, "reply-to", hint),
        to=recipients[0],
        cc=recipients[1],
        subject=decode_text(subject, hint),
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
        if name == "content-type":
            continue
        folded = re.sub(rb"[\r\n]+[ \t]*", b"\r\n ", value).replace(b"=?", b"= ?")
        lines.append(name.encode("ascii") + b": " + folded)
    boundary = entity.content_type.raw_boundary.replace(b'"', b"")
    if not entity.parts or not boundary:
        lines.append(b"")
        return
    lines += (b'content-type: multipart/mixed; boundary="' + boundary + b'"', b"")
    for part in entity.parts:
        left[0] -= 1
        if left[0] < 0:
            break
        lines.append(b"--" + boundary)
        _outline_entity(part, lines, left)
    lines.append(b"--" + boundary + b"--")


def _addresses(root: Entity, name: str, hint: str | None) -> tuple[Address, ...]:
    return parse_addresses(root.all(name)[: limits.ADDRESSES], hint)[: limits.ADDRESSES]


def _authors(root: Entity, hint: str | None) -> tuple[Address, ...]:
    return parse_addresses(root.all("from")[: limits.ADDRESSES], hint, incomplete=True)[: limits.ADDRESSES]


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
            return parse_date(stamp.encode())
    return None
