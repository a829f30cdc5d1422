"""Which parts of a mail are its words and which are attachments (RFC 2046, RFC 2183), and those words as lines."""

import re
from dataclasses import replace
from typing import Final

from mailbot.model import Defect
from mailbot.reading import charset, limits
from mailbot.reading.content import ENCRYPTED, IN_PIECES, Body, Content, says_more
from mailbot.reading.html import Page, to_text
from mailbot.reading.lines import flowed_lines, lines_of, visible
from mailbot.reading.message import RawPart
from mailbot.reading.parameters import Parameterised, parse_parameters
from mailbot.reading.structure import Entity, cut
from mailbot.reading.transfer import decode_transfer, encoding_of, take_blocks
from mailbot.reading.words import clean, decode_text
from mailbot.reading.wrapped import Letter, is_tnef, packed_letter, rich_text, signed_mail

_HTML: Final = {"text/html", "application/xhtml+xml"}
_RICH: Final = {"text/rtf", "application/rtf"}
_BODIES: Final = {
    "text/plain",
    "text",
    "text/markdown",
    "text/x-markdown",
    "text/enriched",
    "text/richtext",
    *_HTML,
}
_DATA: Final = (
    "text/calendar",
    "text/vcard",
    "text/x-v",
    "text/directory",
    "text/csv",
    "text/css",
    "text/rfc822-headers",
)
_MAILS: Final = {"message/rfc822", "message/global", "message/news"}
_VAGUE: Final = {"application/octet-stream", "application/binary", "text/plain"}
_OPENED: Final = 3
"""Envelopes within envelopes."""
_ENVELOPES: Final = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SEALED: Final = {"application/pgp-encrypted"}
_META: Final = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_ENRICHED: Final = re.compile(r"<<|<(?:param>[^<]{0,200}</param|/?[a-z-]{1,60})>", re.IGNORECASE)
_FILE_NAME: Final = re.compile(r"[^/\\:<>]{1,150}\.[A-Za-z0-9]{2,5}")
_NAME_LENGTH: Final = 200
_ARMOURED: Final = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]+: [^\n]*\n)*\n?((?:(?!-----BEGIN PGP)[^\n]*\n)*)"
    r"(?:-----BEGIN PGP SIGNATURE-----\n(?:(?!-----)[^\n]*\n){0,200}-----END PGP SIGNATURE-----\n?)?",
    re.MULTILINE,
)
_ESCAPED_DASH: Final = re.compile(r"^- (?=-|From )", re.MULTILINE)
"""RFC 4880 section 7.1."""


def gather(root: Entity) -> Content:
    """Total; every leaf of the tree is a body or an attachment."""
    return _whole(root, _OPENED)


def _whole(root: Entity, room: int) -> Content:
    """`room`: envelopes within envelopes that are still opened."""
    content = _unpacked(_gather(root, room, first=True))
    enclosed = [part for part in content.parts if part.media_type_declared in _MAILS]
    if content.has_words or len(enclosed) != 1 or not room or root.media_type == "multipart/report":
        return content
    # A mail without a word of its own is the mail that it encloses.
    inner = cut(enclosed[0].content).root
    author = decode_text(inner.first("from") or b"")
    return content + replace(_whole(inner, room - 1), parts=(), authors=(author,) if author else ())


def _unpacked(content: Content) -> Content:
    """winmail.dat opened: its files are parts, and its words are added where the mail itself lacks them."""
    bodies, parts = list(content.bodies), []
    for part in content.parts:
        letter = packed_letter(part.content) if is_tnef(part.content) else Letter()
        body = _letters_body(letter)
        if body is not None and says_more(_shown(body), " ".join(map(_shown, bodies))):
            bodies.append(body)
        parts += [*letter.parts, replace(part, unwrapped=part.unwrapped or bool(letter.parts) or body is not None)]
    return replace(content, bodies=tuple(bodies), parts=tuple(parts))


def _letters_body(letter: Letter) -> Body | None:
    if letter.html.strip():
        return Body("text/html", to_text(letter.html), letter.html)
    return Body("text/plain", _plain_page(letter.plain), letter.plain) if letter.plain.strip() else None


def _shown(body: Body) -> str:
    return " ".join(line.text for line in body.page.lines)


def charset_hint(root: Entity) -> str | None:
    """The charset of the first text, which unlabelled header bytes most likely have too."""
    for entity in root.walk():
        if entity.media_type.startswith("text/") and (label := entity.content_type.plain("charset")):
            return label
    return None


def _gather(entity: Entity, room: int, *, first: bool) -> Content:
    if not entity.parts:
        return _leaf(entity, room, first=first)
    children = [_gather(part, room, first=first and number == 0) for number, part in enumerate(entity.parts)]
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


def _leaf(entity: Entity, room: int, *, first: bool) -> Content:
    disposition = _disposition(entity)
    filename = _filename(entity, disposition)
    media_type = entity.media_type
    transferred = decode_transfer(entity.body, encoding_of(entity.first("content-transfer-encoding") or b""))
    defects = (Defect("body", transferred.defect),) if transferred.defect else ()
    if media_type == "text/x-amp-html" or media_type.startswith("multipart/"):
        return Content()
    shown = disposition.value != "attachment"
    named = filename and not (first and shown and media_type in {"text/plain", "text/html"})
    if not named and (shown or first) and (media_type in _BODIES or (first and _is_text(media_type))):
        return _body(entity, transferred.content, defects)
    if media_type == "message/partial":
        return _piece(entity, transferred.content, room)
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
    if media_type in _ENVELOPES or (filename.casefold().endswith((".p7m", ".p7z")) and media_type in _VAGUE):
        return _opened(part, entity.content_type.plain("smime-type") or "", room)
    return Content(parts=(part,), defects=(Defect("body", ENCRYPTED),) if media_type in _SEALED else ())


def _disposition(entity: Entity) -> Parameterised:
    """Of several fields the one that gives a name."""
    given = [parse_parameters(value) for value in entity.all("content-disposition")[:_OPENED]]
    return next((one for one in given if "filename" in one.parameters), given[0] if given else parse_parameters(None))


def _opened(part: RawPart, kind: str, room: int) -> Content:
    """An S/MIME envelope (RFC 8551): signed words are words; a signature beside readable ones has nothing inside."""
    mail, sealed = signed_mail(part.content) if room else (None, False)
    if mail is None:
        sealed = sealed or "enveloped" in kind.lower()
        return Content(parts=(part,), defects=(Defect("body", ENCRYPTED),) if sealed else ())
    return _whole(cut(mail).root, room - 1) + Content(parts=(replace(part, unwrapped=True),))


def _piece(entity: Entity, content: bytes, room: int) -> Content:
    """RFC 2046 section 5.2.2: the first piece begins with the header of the whole, the others go on in its midst."""
    defect = Content(defects=(Defect("body", IN_PIECES),))
    if (entity.content_type.plain("number") or "1") == "1" and room:
        return _whole(cut(content).root, room - 1) + defect
    text, _ = charset.decode(content[: limits.HTML], None)
    return Content((Body("text/plain", _plain_page(text), text),)) + defect


def _is_text(media_type: str) -> bool:
    """RFC 2046 section 4.1.4: a kind of text that is not known is plain text; some are data."""
    return (media_type.startswith("text/") and not media_type.startswith(_DATA)) or media_type in _RICH


def _filename(entity: Entity, disposition: Parameterised) -> str:
    """A label that is safe to print: no path, no control or direction characters (H19)."""
    content_type = entity.content_type
    for source, name in (
        (disposition, "filename"),
        (content_type, "name"),
        *(((disposition, "name"),) if disposition.value != "form-data" else ()),
        (content_type, "filename"),
    ):
        found = source.parameters.get(name)
        if found is None or not found.raw.strip():
            continue
        shown = clean(charset.decode(found.raw, found.charset)[0]) if found.charset else decode_text(found.raw)
        shown = re.split(r"[/\\]", shown)[-1].strip()
        if shown:
            return shown[:_NAME_LENGTH]
    if content_type.value.startswith(("text/", "message/")):
        return ""
    for field in ("content-location", "content-description"):
        shown = re.split(r"[/\\]", decode_text(entity.first(field) or b""))[-1].strip()
        if _FILE_NAME.fullmatch(shown):
            return shown[:_NAME_LENGTH]
    return ""


def _body(entity: Entity, content: bytes, defects: tuple[Defect, ...]) -> Content:
    media_type = "text/html" if entity.media_type in _HTML else "text/plain"
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
        text = _ENRICHED.sub(lambda found: "<" if found.group() == "<<" else "", text)
    if entity.media_type in _RICH:
        text = rich_text(content[:room])
    if "-----BEGIN PGP MESSAGE-----" in text:
        defects = (*defects, Defect("body", ENCRYPTED))
    if media_type == "text/plain":
        text = _plain(text)
    page = to_text(text) if media_type == "text/html" else _plain_page(text, entity.content_type)
    if len(content) > room:
        page = replace(page, cut=True)
    return Content((Body(media_type, page, text),), parts=parts, defects=defects)


def _plain(text: str) -> str:
    """Without the armour of a signature."""
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text
    return _ARMOURED.sub(lambda armour: _ESCAPED_DASH.sub("", armour[1]), text.replace("\r\n", "\n"), count=9)


def _plain_page(text: str, content_type: Parameterised | None = None) -> Page:
    shown, hidden = visible(text)
    if content_type is not None and (content_type.plain("format") or "").lower() == "flowed":
        return Page(flowed_lines(shown, delsp=(content_type.plain("delsp") or "").lower() == "yes"), hidden)
    return Page(lines_of(shown), hidden)
