"""From a raw part to the reader of its kind, and on to the files inside it.

What was read is said part by part: an archive is a part, and so is each file in it, "dossier.zip/attestation.pdf".
"""

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Final

from mailbot.model import Defect, Part, ReadingRequest, TextSource
from mailbot.reading.attachments import kinds, readers
from mailbot.reading.attachments.archives import MEASURELESS
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.decoration import is_decorative
from mailbot.reading.attachments.images import read_picture
from mailbot.reading.attachments.opened import MOST_CHARACTERS, TOO_LONG, Measure, Measureless, Member, Opened
from mailbot.reading.attachments.package import Refused
from mailbot.reading.attachments.pdf import read_pdf
from mailbot.reading.attachments.texts import HIDDEN, read_mail
from mailbot.reading.lines import visible
from mailbot.reading.message import RawPart
from mailbot.reading.words import clean

_DEPTH: Final = 3
_NAME: Final = 120
_LABEL: Final = 300
_TOO_DEEP: Final = "archives inside archives: not opened"
_IN_ITSELF: Final = "an archive that holds itself: not opened again"
_NO_TIME: Final = "not read: the mail had used up its time"
_PAGED: Final[dict[str, TextSource]] = {"pdf": "pdf", "ocr": "ocr"}
_PICTURES: Final = frozenset(("image/png", "image/jpeg", "image/gif", "image/tiff", "image/webp", "image/heic"))
_VERSION: Final = re.compile(rb"\s*Version:\s*1\s*\Z", re.IGNORECASE)


def read_attachment(part: RawPart, where: str, request: ReadingRequest, budget: Budget) -> tuple[Part, ...]:
    """The attachment, then the files it holds.  `where` names it in defects ("attachment 2").  Never raises."""
    return _Attachment(where, request, budget).parts(part, part.filename, 0)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a reader made of one file."""

    opened: Opened
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class _Attachment:
    """One attachment with everything in it."""

    where: str
    request: ReadingRequest
    budget: Budget

    def parts(
        self, part: RawPart | Member, label: str, depth: int, inside: frozenset[str] = frozenset()
    ) -> tuple[Part, ...]:
        """`inside`: the SHA-256 of the files around it."""
        fingerprint = hashlib.sha256(part.content).hexdigest()
        own_bytes = bool(part.content) and not (isinstance(part, Member) and part.opened is not None)
        known = self.budget.known.get((fingerprint, part.inline)) if own_bytes else None
        if known is not None:
            return (self._again(known, label, in_itself=fingerprint in inside),)
        kind = _kind(part)
        if is_decorative(part, kind, pasted=depth > 0, again=fingerprint in self.budget.repeated):
            seen = _Seen(Opened(source="none", worthless=True))
        elif isinstance(part, Member) and part.opened is not None:
            seen = _Seen(part.opened)
        else:
            seen = self._seen(part, kind, depth)
        own = self._part(part, label, kind, seen)
        if own_bytes:
            self.budget.known[fingerprint, part.inline] = own
        self.budget.watcher.so_far(own)
        members, unread = self._members(seen.opened.members, label, depth, inside | {fingerprint})
        if unread:
            own = replace(own, defects=(*own.defects, Defect(self.where, unread)), incomplete=True)
        return (own, *members)

    def _members(
        self, members: tuple[Member, ...], label: str, depth: int, inside: frozenset[str]
    ) -> tuple[list[Part], str]:
        """The files inside, and what to say of those that were left."""
        found: list[Part] = []
        for number, member in enumerate(members, 1):
            if self.budget.members <= 0 or self.budget.is_late():
                why = _NO_TIME if self.budget.is_late() else "too many"
                return found, f"only {number - 1} of the {len(members)} files inside were read: {why}"
            self.budget.members -= 1
            name = clean(re.split(r"[/\\]", member.name.rstrip("/\\"))[-1])[:_NAME] or f"part {number}"
            found += self.parts(member, f"{label}/{name}"[-_LABEL:], depth + 1, inside)
        return found, ""

    def _seen(self, part: RawPart | Member, kind: str, depth: int) -> _Seen:
        if isinstance(part, RawPart) and part.unwrapped:
            # Its words stand in the mail's text and its files are parts of their own.
            return _Seen(Opened(source="none", worthless=True))
        if refused := self._refused(part, kind, depth):
            return _unread(refused)
        if part.media_type_declared == "application/pgp-encrypted" and _VERSION.match(part.content):
            # The label of an encrypted mail (RFC 3156 section 4); what it labels is said to be encrypted itself.
            return _Seen(Opened(source="none", worthless=True))
        measure = Measure(self.budget.expanded)
        try:
            return self._read(part, kind, measure)
        except Refused as refusal:
            return _unread(str(refusal))
        except Measureless:
            return _unread(MEASURELESS)
        except MemoryError:
            return _unread("it takes too much memory: not read")
        except Exception as error:  # noqa: BLE001 - readers and libraries meet hostile bytes; the others are still read
            return _unread(f"not readable ({type(error).__name__})")
        finally:
            self.budget.expanded = max(0, measure.left)

    def _refused(self, part: RawPart | Member, kind: str, depth: int) -> str:
        if not part.content:
            return "empty"
        if self.budget.is_late():
            return _NO_TIME
        return _TOO_DEEP if depth >= _DEPTH and kind in readers.CONTAINERS else ""

    def _read(self, part: RawPart | Member, kind: str, measure: Measure) -> _Seen:
        if kind == kinds.PDF:
            page = read_pdf(part.content, self.where, self.budget)
            members = tuple(Member(name, content) for name, content in page.embedded)
            missing = tuple(defect.what for defect in page.defects)
            source = _PAGED.get(page.source, "none")
            return _Seen(Opened(page.text, source, page.pages, missing=missing, members=members), page.confidence)
        if kind in _PICTURES:
            shot = read_picture(part.content, self.where, self.budget)
            missing = tuple(defect.what for defect in shot.defects)
            return _Seen(
                Opened(shot.text, "ocr" if shot.text else "none", shot.pages, missing=missing), shot.confidence
            )
        if kind == kinds.MAIL:
            return _Seen(read_mail(part.content, self.request, measure))
        return _Seen(readers.read(part.content, kind, part.charset, measure))

    def _part(self, part: RawPart | Member, label: str, kind: str, seen: _Seen) -> Part:
        opened = seen.opened
        decorative = opened.worthless
        text, tagged = visible(opened.text)
        text = text.replace("\xa0", " ").strip()
        missing = [*opened.missing, *((TOO_LONG,) if len(text) > MOST_CHARACTERS else ())]
        notes = [*opened.notes, *((HIDDEN,) if tagged else ())]
        said = dict.fromkeys((*missing, *notes))
        declared = part.defects if isinstance(part, RawPart) else ()
        return Part(
            filename=label,
            media_type=kind,
            size=len(part.content),
            sha256=hashlib.sha256(part.content).hexdigest(),
            text_source=opened.source if text or kind == kinds.PDF else "none",
            pages=opened.pages,
            text="" if decorative else text[:MOST_CHARACTERS],
            decorative=decorative,
            ocr_confidence=seen.confidence,
            defects=(*declared, *(Defect(self.where, what) for what in said)) if not decorative else declared,
            incomplete=bool(missing) and not decorative,
        )

    def _again(self, known: Part, label: str, *, in_itself: bool) -> Part:
        """The same bytes a second time; `in_itself`: inside the very first."""
        defects = tuple(replace(defect, where=self.where) for defect in known.defects)
        if in_itself:
            return replace(
                known, filename=label, defects=(*defects, Defect(self.where, _IN_ITSELF)), incomplete=True, text=""
            )
        return replace(known, filename=label, defects=defects)


def _unread(why: str) -> _Seen:
    return _Seen(Opened(source="none", missing=(why,)))


def _kind(part: RawPart | Member) -> str:
    if isinstance(part, Member) and part.opened is not None:
        return part.media_type_declared
    if not part.content and part.media_type_declared.startswith("image/"):
        return part.media_type_declared
    return kinds.media_type(part.content, part.media_type_declared)
