"""One mail's bytes to a Message: total, bounded, in the order in which a careful person reads."""

import hashlib
import time
from dataclasses import replace

from mailbot.model import Account, Because, Defect, Reading, ReadingRequest, Texts
from mailbot.reading import automatic, limits
from mailbot.reading.authors import Authorship, authorship, domain
from mailbot.reading.bodies import charset_hint, gather
from mailbot.reading.content import Content, Words, words
from mailbot.reading.envelope import Envelope, read_envelope
from mailbot.reading.message import Message, RawPart
from mailbot.reading.quoting import Parted, part
from mailbot.reading.structure import Structure, cut


def read_message(raw: bytes, request: ReadingRequest) -> Message:
    """Never raises; what cannot be read is a defect."""
    started = time.perf_counter()
    structure = cut(raw)
    envelope = read_envelope(structure.root, charset_hint(structure.root))
    content = gather(structure.root)
    body = words(content)
    parted = part(body.lines, envelope.subject, ours=_ours(envelope, request.account))
    whose = authorship(
        structure.root, envelope, request.account, parted.texts.fresh, (*content.authors, *parted.authors)
    )
    kind, because = automatic.judge(mail := _mail(structure, envelope, whose, parted.texts, request))
    marks = (*body.marks, *whose.marks, *(("mailing-list",) if kind is None and automatic.is_discussion(mail) else ()))
    reading = Reading(
        fingerprint="sha256:" + hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        message_id=envelope.message_id,
        references=envelope.references,
        date=envelope.date,
        sender=whose.sender,
        reply_to=envelope.reply_to,
        to=envelope.to,
        cc=envelope.cc,
        subject=envelope.subject,
        original_sender=whose.original,
        automatic=kind,
        authentication=whose.authentication,
        text=parted.texts,
        marks=tuple(dict.fromkeys(marks)),
        defects=_defects(structure, envelope, content, body),
        incomplete=structure.incomplete or envelope.incomplete or body.incomplete,
        why=(*because, *_why(parted)),
        timings_ms={"parse": (time.perf_counter() - started) * 1000},
    )
    return Message(reading, tuple(_shown(found, body.images) for found in content.parts))


def _ours(envelope: Envelope, account: Account) -> frozenset[str]:
    """Our domains, when somebody else writes: a colleague who passes on a colleague's mail passes on its content."""
    domains = frozenset(domain(address) for address in account.addresses)
    return frozenset() if any(domain(author.address) in domains for author in envelope.authors) else domains


def _mail(
    structure: Structure, envelope: Envelope, whose: Authorship, texts: Texts, request: ReadingRequest
) -> automatic.Mail:
    own = frozenset(address.casefold() for address in request.account.addresses)
    return automatic.Mail(structure.root, envelope, whose.sender, texts.fresh[: limits.TEXT], own, whose.web_form)


def _defects(structure: Structure, envelope: Envelope, content: Content, body: Words) -> tuple[Defect, ...]:
    found = (*structure.defects, *envelope.defects, *content.defects, *body.defects)
    return tuple(dict.fromkeys(found))


def _why(parted: Parted) -> tuple[Because, ...]:
    return parted.why


def _shown(found: RawPart, images: dict[str, str]) -> RawPart:
    """A picture that the HTML shows by its Content-ID stands inline, whatever its disposition says."""
    if found.content_id is None or found.content_id not in images:
        return found
    return replace(found, inline=True, shown_in=images[found.content_id])
