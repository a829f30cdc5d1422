"""One mail's bytes to a Message: total, bounded, in the order a careful person reads."""

import hashlib
import re
import time
from email.message import Message as EmailMessage
from email.parser import BytesHeaderParser
from typing import Any

import mailparser
from mailparser.exceptions import MailParserError

from mailbot.model import Address, Authentication, Defect, Reading, ReadingRequest, Texts
from mailbot.reading import automatic, charset, headers, html, limits, quotes
from mailbot.reading.message import Message, RawPart

_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\U000e0000-\U000e007f]")
_TAGS = re.compile("[\U000e0020-\U000e007f]")
_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_DIFFERENT_SHARE = 0.4


def read_message(raw: bytes, request: ReadingRequest) -> Message:
    """Never raises: what cannot be read is a defect."""
    started = time.perf_counter()
    message, defects = _parse(raw)
    bodies = _Bodies()
    if message is not None:
        _collect(message, bodies)
    else:
        message = BytesHeaderParser().parsebytes(raw[: limits.HEADER_BLOCK])
    subject = headers.decoded(headers.first(message, "Subject"))
    sender = next(iter(headers.addresses(headers.fields(message, "From"))), None)
    texts, marks = _texts(bodies)
    original = None
    if headers_forward := _forward(subject, texts):
        texts, original = headers_forward
    own = tuple(address.casefold() for address in request.account.addresses)
    kind, why = automatic.judge(message, sender, own, subject, texts.fresh)
    reply_to = headers.addresses(headers.fields(message, "Reply-To"))
    if sender is not None and reply_to and _domain(reply_to[0].address) != _domain(sender.address):
        marks.append("reply-to-differs")
    reading = Reading(
        fingerprint="sha256:" + hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        message_id=headers.message_id(headers.first(message, "Message-ID")),
        references=headers.references(message),
        date=headers.date(headers.first(message, "Date")),
        sender=sender,
        reply_to=reply_to,
        to=headers.addresses(headers.fields(message, "To")),
        cc=headers.addresses(headers.fields(message, "Cc")),
        subject=subject,
        original_sender=original,
        automatic=kind,
        authentication=_authentication(message, request.account.authserv_id),
        text=texts,
        marks=tuple(dict.fromkeys(marks)),
        defects=(*defects, *bodies.defects),
        incomplete=bool(defects) or bodies.incomplete,
        why=why,
        timings_ms={"parse": (time.perf_counter() - started) * 1000},
    )
    return Message(reading, tuple(bodies.parts))


class _Bodies:
    """What the walk over the parts gathers."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.parts: list[RawPart] = []
        self.defects: list[Defect] = []
        self.incomplete = False


def _parse(raw: bytes) -> tuple[EmailMessage | None, list[Defect]]:
    """Counted before it is parsed: the parser recurses into whatever it is given."""
    lowered = raw.lower()
    if lowered.count(b"multipart/") + lowered.count(b"message/rfc822") > limits.DEPTH * 5:
        return None, [Defect("mail", "nested too deeply: only its header was read")]
    if len(re.findall(rb"^--", raw, re.MULTILINE)) > 2 * limits.PARTS + lowered.count(b"\n-- "):
        return None, [Defect("mail", "too many parts: only its header was read")]
    header = re.split(rb"\r?\n\r?\n", raw[: limits.HEADER_BLOCK + 4], maxsplit=1)
    if len(header) == 1 and len(raw) > limits.HEADER_BLOCK:
        return None, [Defect("mail", "its header is too long: only the beginning was read")]
    try:
        parsed = mailparser.parse_from_bytes(raw)
    except (
        MailParserError,
        RecursionError,
        ValueError,
        LookupError,
        TypeError,
        IndexError,
        AttributeError,
        KeyError,
    ) as error:
        return None, [Defect("mail", f"the parser gave up ({type(error).__name__}): only its header was read")]
    found = [Defect("mail", f"malformed: {name}") for name in sorted(parsed.defects_categories)]
    message: EmailMessage = parsed.message
    return message, [] if not found else _only_serious(found)


def _only_serious(found: list[Defect]) -> list[Defect]:
    """Most defects are everyday sloppiness; these mean that something may be missing."""
    serious = (
        "StartBoundaryNotFoundDefect",
        "MultipartInvariantViolationDefect",
        "InvalidBase64LengthDefect",
        "NoBoundaryInMultipartDefect",
    )
    return [defect for defect in found if defect.what.endswith(serious)]


def _collect(message: EmailMessage, bodies: _Bodies) -> None:
    stack: list[tuple[EmailMessage, int]] = [(message, 0)]
    seen = 0
    while stack:
        part, depth = stack.pop()
        seen += 1
        if seen > limits.PARTS or depth > limits.DEPTH:
            bodies.defects.append(Defect("mail", "too many parts: the rest was not read"))
            bodies.incomplete = True
            return
        media_type = _media_type(part)
        payload = part.get_payload()
        if media_type == "message/rfc822" and isinstance(payload, list) and depth > 0:
            _attach(part, media_type, _nested(payload), bodies)
        elif isinstance(payload, list) and media_type != "message/rfc822":
            stack += [(inner, depth + 1) for inner in reversed(payload) if isinstance(inner, EmailMessage)]
        else:
            _leaf(part, media_type, bodies)


def _leaf(part: EmailMessage, media_type: str, bodies: _Bodies) -> None:
    try:
        decoded = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        decoded = None
    content = decoded if isinstance(decoded, bytes) else str(part.get_payload()).encode("utf-8", "surrogateescape")
    disposition = (headers.first(part, "Content-Disposition") or "").strip().casefold()
    named = _filename(part)
    if media_type in {"text/plain", "text/html"} and not disposition.startswith("attachment") and not named:
        text, fault = charset.decode(content[: limits.TEXT * 20], _parameter(part, "charset"))
        if fault is not None:
            bodies.defects.append(Defect("body", fault))
        (bodies.html if media_type == "text/html" else bodies.plain).append(text)
    elif media_type not in {"message/delivery-status", "text/rfc822-headers", "message/disposition-notification"}:
        _attach(part, media_type, content, bodies)


def _attach(part: EmailMessage, media_type: str, content: bytes, bodies: _Bodies) -> None:
    disposition = (headers.first(part, "Content-Disposition") or "").strip().casefold()
    content_id = headers.message_id(headers.first(part, "Content-ID"))
    bodies.parts.append(
        RawPart(
            filename=_filename(part),
            media_type_declared=media_type,
            content=content,
            content_id=None if content_id is None else content_id.strip("<>"),
            inline=disposition.startswith("inline")
            or (content_id is not None and not disposition.startswith("attachment")),
            charset=_parameter(part, "charset"),
        )
    )


def _nested(payload: list[Any]) -> bytes:
    inner = payload[0] if payload else None
    try:
        return inner.as_bytes() if isinstance(inner, EmailMessage) else b""
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, KeyError):
        return b""


def _texts(bodies: _Bodies) -> tuple[Texts, list[str]]:
    marks: list[str] = []
    plain = "\n\n".join(bodies.plain).replace("\r\n", "\n").replace("\r", "\n").strip()
    quoted_by_html = ""
    text = plain
    if bodies.html:
        pages = [html.to_text(page) for page in bodies.html]
        shown = "\n\n".join(page.fresh for page in pages if page.fresh)
        quoted_by_html = "\n\n".join(page.quoted for page in pages if page.quoted)
        if any(page.hidden for page in pages):
            marks.append("hidden-text")
        if plain and _differ(plain, f"{shown} {quoted_by_html}"):
            marks.append("alternatives-differ")
        # A person sees the HTML; only an HTML part without words gives way to the plain one.
        text = shown if shown or quoted_by_html else plain
    if _TAGS.search(text):
        marks.append("hidden-text")
    text = _INVISIBLE.sub("", text)
    if len(text) > limits.TEXT:
        text = text[: limits.TEXT]
        bodies.defects.append(Defect("body", "too long: the rest was not read"))
        bodies.incomplete = True
    parted = quotes.split(text.replace("\0", ""))
    quoted = "\n".join(piece for piece in (parted.quoted, quoted_by_html) if piece)
    return Texts(parted.fresh, quoted[: limits.TEXT], parted.signature), marks


def _forward(subject: str, texts: Texts) -> tuple[Texts, Address | None] | None:
    """A forwarded mail is the content, and its author the one who is to be helped."""
    if not quotes.FORWARD_SUBJECT.match(subject) and "\n" in texts.fresh.strip():
        return None
    found = quotes.forwarded(texts.quoted) or quotes.forwarded(texts.fresh)
    if found is None or not found.body or not (quotes.FORWARD_SUBJECT.match(subject) or not texts.fresh):
        return None
    inner = quotes.split(found.body)
    comment = "" if found.comment == texts.fresh else texts.fresh
    fresh = "\n\n".join(piece for piece in (comment, inner.fresh) if piece)
    author = re.match(r"[^:：]*[:：]\s*(.*)", found.header.split("\n", maxsplit=1)[0])
    who = next(iter(headers.addresses(iter([author[1]]))), None) if author else None
    return Texts(fresh, inner.quoted, texts.signature), who


def _differ(plain: str, shown: str) -> bool:
    left, right = set(re.findall(r"\w{3,}", plain.casefold())), set(re.findall(r"\w{3,}", shown.casefold()))
    if len(left) < 5 or len(right) < 5:
        return False
    return len(left - right) > _DIFFERENT_SHARE * len(left) and len(right - left) > _DIFFERENT_SHARE * len(right)


def _authentication(message: EmailMessage, authserv_id: str | None) -> Authentication | None:
    """The top-most result of our own server (RFC 8601 section 5); everybody else's are ignored."""
    if authserv_id is None:
        return None
    for raw in headers.fields(message, "Authentication-Results"):
        value = headers.clean(raw)
        if value.split(";")[0].split()[:1] == [authserv_id]:
            found = {name.casefold(): result.casefold() for name, result in reversed(_RESULT.findall(value))}
            return Authentication(found.get("spf"), found.get("dkim"), found.get("dmarc"))
    return None


def _media_type(part: EmailMessage) -> str:
    try:
        return part.get_content_type()
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return "application/octet-stream"


def _parameter(part: EmailMessage, name: str) -> str | None:
    try:
        value = part.get_param(name)
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return None
    return value if isinstance(value, str) else None


def _filename(part: EmailMessage) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        name = ""
    shown = headers.decoded(str(name))
    return re.split(r"[/\\]", shown)[-1].lstrip("-. ")[:120]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
