"""Which parts of a mail are its words and which are attachments (RFC 2046, RFC 2183), and those words as lines."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from mailbot.model import Defect
from mailbot.reading import charset, limits
from mailbot.reading.html import Page, to_text
from mailbot.reading.lines import Line, lines_of, unflowed, visible
from mailbot.reading.message import RawPart
from mailbot.reading.parameters import Parameterised, parse_parameters
from mailbot.reading.structure import Entity
from mailbot.reading.transfer import decode_transfer, encoding_of, take_blocks
from mailbot.reading.words import clean, decode_text

_PLAIN: Final = {
    "text/plain",
    "text",
    "text/markdown",
    "text/x-markdown",
    "text/enriched",
    "text/richtext",
    "text/html",
}
_ENVELOPES: Final = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SEALED: Final = {"application/pgp-encrypted"}
ENCRYPTED: Final = "encrypted: its words were not read"
_META: Final = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_ENRICHED: Final = re.compile(r"<(?:/?[a-z-]{1,60}|param>[^<]{0,200}</param)>", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_WORD_AT_ALL: Final = re.compile(r"\w")
_DIFFERENCE: Final = 0.4
"""Share of one alternative's words that the other lacks, from which they say different things (H34)."""
_FEW_WORDS: Final = 6
_NAME_LENGTH: Final = 200
_ARMOUR_HEAD: Final = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]+: [^\n]*\n)*\n?", re.MULTILINE)
_ARMOUR_FOOT: Final = re.compile(
    r"^-----BEGIN PGP SIGNATURE-----\n(?:[^\n]*\n){0,200}?-----END PGP SIGNATURE-----\n?", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Body:
    """One part that is read as words."""

    media_type: str
    page: Page
    text: str
    """As written: HTML with its tags."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a tree of parts amounts to."""

    bodies: tuple[Body, ...] = ()
    alternatives: tuple[Body, ...] = ()
    """Bodies that a person is not shown, because a better one stands beside them."""
    parts: tuple[RawPart, ...] = ()
    defects: tuple[Defect, ...] = ()

    def __add__(self, other: "Content") -> "Content":
        return Content(
            self.bodies + other.bodies,
            self.alternatives + other.alternatives,
            self.parts + other.parts,
            tuple(dict.fromkeys(self.defects + other.defects)),
        )

    @property
    def has_html(self) -> bool:
        return any(body.media_type == "text/html" for body in self.bodies)

    @property
    def has_words(self) -> bool:
        return any(_WORD_AT_ALL.search(line.text) for body in self.bodies for line in body.page.lines)


@dataclass(frozen=True, slots=True)
class Words:
    """The body as a person sees it, line by line."""

    lines: tuple[Line, ...]
    marks: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    incomplete: bool = False
    images: dict[str, str] = field(default_factory=dict)


def gather(root: Entity) -> Content:
    """Total; every leaf of the tree is a body or an attachment."""
    return _gather(root, first=True)


def charset_hint(root: Entity) -> str | None:
    """The charset of the first text, which unlabelled header bytes most likely have too."""
    for entity in root.walk():
        if entity.media_type.startswith("text/") and (label := entity.content_type.plain("charset")):
            return label
    return None


def _gather(entity: Entity, *, first: bool) -> Content:
    if not entity.parts:
        return _leaf(entity, first=first)
    children = [_gather(part, first=first and number == 0) for number, part in enumerate(entity.parts)]
    if entity.media_type == "multipart/alternative":
        return _best(children)
    content = Content()
    for child in children:
        content += child
    return content


def _best(children: list[Content]) -> Content:
    """RFC 2046 section 5.1.4: the last one that can be shown; here HTML, whose quotes are told apart best."""
    ranked = [child for child in children if child.has_words]
    chosen = next((child for child in reversed(ranked) if child.has_html), ranked[-1] if ranked else Content())
    parts: dict[tuple[str, bytes], RawPart] = {}
    for child in children:
        for part in child.parts:
            parts.setdefault((part.filename, part.content), part)
    others = tuple(body for child in children if child is not chosen for body in (*child.bodies, *child.alternatives))
    defects = tuple(dict.fromkeys(defect for child in children for defect in child.defects))
    return Content(chosen.bodies, (*chosen.alternatives, *others), tuple(parts.values()), defects)


def _leaf(entity: Entity, *, first: bool) -> Content:
    disposition = parse_parameters(entity.first("content-disposition"))
    filename = _filename(entity.content_type, disposition)
    media_type = entity.media_type
    transferred = decode_transfer(
        entity.body, encoding_of(entity.first("content-transfer-encoding") or b"")
    )
    defects = (Defect("body", transferred.defect),) if transferred.defect else ()
    if media_type == "text/x-amp-html" or media_type.startswith("multipart/"):
        return Content()
    named = filename and not (first and disposition.value != "attachment" and media_type in {"text/plain", "text/html"})
    if media_type in _PLAIN and not named and (disposition.value != "attachment" or first):
        return _body(entity, transferred.content, defects)
    content_id = clean((entity.first("content-id") or b"").decode("ascii", "replace")).strip("<> ") or None
    part = RawPart(
        filename=filename,
        media_type_declared=media_type,
        content=transferred.content,
        content_id=content_id,
        inline=disposition.value == "inline",
        defects=defects,
        charset=entity.content_type.plain("charset"),
    )
    return Content(parts=(part,), defects=(Defect("body", ENCRYPTED),) if _is_sealed(entity) else ())


def _is_sealed(entity: Entity) -> bool:
    """An S/MIME or PGP envelope (RFC 8551, RFC 3156); a signature beside readable words is none."""
    kind = entity.content_type.plain("smime-type") or ""
    return entity.media_type in _SEALED or (entity.media_type in _ENVELOPES and kind.lower() != "signed-data")


def _filename(content_type: Parameterised, disposition: Parameterised) -> str:
    """A label that is safe to print: no path, no control or direction characters (H19)."""
    for source, name in (
        (disposition, "filename"),
        (content_type, "name"),
        (disposition, "name"),
        (content_type, "filename"),
    ):
        found = source.parameters.get(name)
        if found is None or not found.raw.strip():
            continue
        shown = clean(charset.decode(found.raw, found.charset)[0]) if found.charset else decode_text(found.raw)
        shown = re.split(r"[/\\]", shown)[-1].strip()
        if shown:
            return shown[:_NAME_LENGTH]
    return ""


def _body(entity: Entity, content: bytes, defects: tuple[Defect, ...]) -> Content:
    media_type = "text/html" if entity.media_type == "text/html" else "text/plain"
    parts: tuple[RawPart, ...] = ()
    if media_type == "text/plain":
        content, blocks = take_blocks(content)
        parts = tuple(
            RawPart(
                re.split(r"[/\\]", decode_text(block.name))[-1][:_NAME_LENGTH],
                "application/octet-stream",
                block.content,
            )
            for block in blocks
        )
    declared = entity.content_type.plain("charset")
    hint = _META.search(content[:4000]) if media_type == "text/html" else None
    room = limits.HTML * (4 if media_type == "text/html" else 1)
    text, fault = charset.decode(content[:room], declared, hint[1].decode("ascii", "replace") if hint else None)
    if fault is not None:
        defects = (*defects, Defect("body", fault))
    if entity.media_type in {"text/enriched", "text/richtext"}:
        text = _ENRICHED.sub("", text).replace("<<", "<")
    if "-----BEGIN PGP MESSAGE-----" in text:
        defects = (*defects, Defect("body", ENCRYPTED))
    if media_type == "text/plain":
        text = _plain(text, entity.content_type)
    page = to_text(text) if media_type == "text/html" else _plain_page(text)
    if len(content) > room:
        page = replace(page, cut=True)
    return Content((Body(media_type, page, text),), parts=parts, defects=defects)


def _plain(text: str, content_type: Parameterised) -> str:
    if (content_type.plain("format") or "").lower() == "flowed":
        text = unflowed(
            text.replace("\r\n", "\n").replace("\r", "\n"), delsp=(content_type.plain("delsp") or "").lower() == "yes"
        )
    if "-----BEGIN PGP SIGNED MESSAGE-----" in text:
        text = _ARMOUR_FOOT.sub("", _ARMOUR_HEAD.sub("", text.replace("\r\n", "\n"), count=9), count=9)
    return text


def words(content: Content) -> Words:
    """The bodies one after the other, and what about them a person should be told."""
    lines: list[Line] = []
    marks: list[str] = []
    defects: list[Defect] = []
    images: dict[str, str] = {}
    room = limits.TEXT
    for body in content.bodies:
        page = body.page
        images.update(page.images)
        hidden = page.hidden
        shown: list[Line] = []
        for line in page.lines:
            text, tagged = visible(line.text)
            hidden = hidden or tagged
            shown.append(replace(line, text=text[: max(0, room)]))
            room -= len(text) + 1
            if room <= 0:
                break
        if hidden:
            marks.append("hidden-text")
        if page.cut or room <= 0:
            defects.append(Defect("body", "longer than what is read"))
        if lines and shown:
            lines.append(Line(""))
        lines += shown
    if _differ(content, " ".join(line.text for line in lines)):
        marks.append("alternatives-differ")
    sealed = any(defect.what == ENCRYPTED for defect in content.defects)
    return Words(
        tuple(lines), tuple(dict.fromkeys(marks)), tuple(dict.fromkeys(defects)), bool(defects) or sealed, images
    )


def _plain_page(text: str) -> Page:
    shown, hidden = visible(text)
    return Page(lines_of(shown), hidden)


def _differ(content: Content, shown: str) -> bool:
    """Does the plain alternative say something that the HTML does not?  Links and addresses do not count."""
    plain = " ".join(body.text for body in content.alternatives if body.media_type == "text/plain")[: limits.TEXT]
    theirs, ours = _vocabulary(plain), _vocabulary(shown)
    if min(len(theirs), len(ours)) < _FEW_WORDS:
        return len(theirs) >= 4 * _FEW_WORDS or (len(theirs) >= _FEW_WORDS and not theirs & ours)
    return len(theirs - ours) > _DIFFERENCE * len(theirs)


def _vocabulary(text: str) -> set[str]:
    told = (word for word in text.split() if not ("://" in word or "@" in word or "www." in word))
    return set(_WORD.findall(" ".join(told).casefold()))
