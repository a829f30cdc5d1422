"""Where in a text another mail begins: attributions, separators and header blocks of mail programs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mailbot.reading.attributions import ADDRESS, ATTRIBUTION_LENGTH, DATE, TIME, WROTE, attribution
from mailbot.reading.lines import Line, is_blank, next_words
from mailbot.reading.phrases import ABOVE, COPY, FORWARD_PREFIXES, PHRASES, REPLY_PREFIXES, either

Label = Literal["sender", "sent", "to", "subject", "copy"]


def _label(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(either(words), re.IGNORECASE)


_LABELS: Final[tuple[tuple[Label, re.Pattern[str]], ...]] = (
    ("sender", _label(word for phrases in PHRASES.values() for word in phrases.sender)),
    ("sent", _label(word for phrases in PHRASES.values() for word in phrases.sent)),
    ("to", _label(word for phrases in PHRASES.values() for word in phrases.to)),
    ("subject", _label(word for phrases in PHRASES.values() for word in phrases.subject)),
    ("copy", _label(COPY)),
)
_LABELLED: Final = re.compile(r"^[\s*_•|]{0,8}([^\W\d_][^:：\t\n<@]{0,24}?)[\s*_]{0,4}(?:[:：]|\t)[\s*_]{0,4}(.*)$")
_RULED: Final = r"[-_=~*—–]+"
_ORIGINAL: Final = re.compile(
    rf"^[\s*|]{{0,9}}{_RULED}\s*(?:{either(word for phrases in PHRASES.values() for word in phrases.original)})"
    rf"\s*[:：]?\s*(?:{_RULED}.{{0,80}})?$",
    re.IGNORECASE,
)
_ORIGINAL_ALONE: Final = re.compile(
    rf"^[\s*_|]{{0,9}}(?:{either(word for phrases in PHRASES.values() for word in phrases.original)})\s*[:：]?\s*$",
    re.IGNORECASE,
)
_FORWARDED: Final = re.compile(
    rf"^[\s*|]{{0,9}}(?:{_RULED}\s*)?(?:{either(word for phrases in PHRASES.values() for word in phrases.forwarded)})"
    rf"\s*[:：]?\s*(?:{_RULED})?\s*[:：]?\s*$",
    re.IGNORECASE,
)
_FORWARDED_IN_LINE: Final = re.compile(
    rf"^\s*-{{3,}}\s*(?:{either(word for phrases in PHRASES.values() for word in phrases.forwarded)})\s*-{{3,}}\s*"
    r"[^\W\d_][^:\n]{0,20}:\s*([^<>\n]{0,80}<[^\s<>]{1,64}@[^\s<>]{1,255}>)",
    re.IGNORECASE,
)
"""Yahoo's mobile programs write the whole header in one line."""
_NOTES: Final = re.compile(rf"^\s*-{{3,}}.{{2,120}}(?:{WROTE.pattern})\s*[:：]?\s*-{{3,}}\s*$", re.IGNORECASE)
_ABOVE: Final = re.compile(rf"^[\W_]*(?:{either(ABOVE)})[\W_]*$", re.IGNORECASE)
_SENT_AT: Final = re.compile(r"\d{1,2}[:.]\d{2}|[٠-٩]{1,2}:[٠-٩]{2}")
"""The minute as mail programs write it; people write 10h30."""
_RULE: Final = re.compile(r"^[\s*]*[_\-—=─]{5,}[\s*]*$")
_REPLY_SUBJECT: Final = re.compile(
    rf"^\s*(?:{either(REPLY_PREFIXES)})\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[:：]", re.IGNORECASE
)
_FORWARD_SUBJECT: Final = re.compile(
    rf"^\s*(?:\[[^\]]{{1,40}}\]\s*)?(?:{either(FORWARD_PREFIXES)})\s*[:：]", re.IGNORECASE
)
_MAILTO: Final = re.compile(r"[\[(<]\s*mailto:([^\s\])>]{3,200})\s*[\])>]", re.IGNORECASE)
_BLOCK_LINES: Final = 18
_WRAPPED: Final = 120
_LONG_LIST: Final = 300


@dataclass(frozen=True, slots=True)
class Landmark:
    """Another mail begins here; its lines end before `end`."""

    kind: Literal["attribution", "original", "forwarded", "block"]
    end: int
    author: str = ""
    subject: str = ""


def is_reply(subject: str) -> bool:
    return _REPLY_SUBJECT.match(subject) is not None


def is_forward(subject: str) -> bool:
    return _FORWARD_SUBJECT.match(subject) is not None


def landmark(lines: Sequence[Line], number: int) -> Landmark | None:
    """What begins at this line, if anything."""
    text = lines[number].text
    if len(text) > ATTRIBUTION_LENGTH or not text.strip():
        return None
    if _RULE.match(text):
        return _ruled(lines, number)
    if in_line := _FORWARDED_IN_LINE.match(text):
        return Landmark("forwarded", number + 1, in_line[1])
    if _FORWARDED.match(text) and (found := _forward(lines, number)):
        return found
    if _ORIGINAL.match(text) or _NOTES.match(text) or _ABOVE.match(text):
        return _original(lines, number)
    if _ORIGINAL_ALONE.match(text) and (block := _block_after(lines, number)):
        return block
    return _block(lines, number, marked=False) or _attribution(lines, number) or _notes_block(lines, number)


def _ruled(lines: Sequence[Line], number: int) -> Landmark | None:
    """A line of underscores is a separator only when a header block stands below it."""
    return _block_after(lines, number)


def _block_after(lines: Sequence[Line], number: int) -> Landmark | None:
    following = next_words(lines, number + 1)
    return None if following is None else _block(lines, following, marked=True)


def _forward(lines: Sequence[Line], number: int) -> Landmark | None:
    """The words alone could be a person's; dashes around them, a colon or a header block below prove them."""
    block = _block_after(lines, number)
    text = lines[number].text.strip(" *_|")
    if block is None and not (text.startswith(("--", "==", "__")) or text.endswith((":", "："))):
        return None
    if block is None:
        return Landmark("forwarded", number + 1)
    return Landmark("forwarded", block.end, block.author, block.subject)


def _original(lines: Sequence[Line], number: int) -> Landmark:
    block = _block_after(lines, number)
    if block is not None:
        return Landmark("original", block.end, block.author, block.subject)
    following = next_words(lines, number + 1)
    introduced = None if following is None else attribution(lines, following)
    return Landmark("original", number + 1 if introduced is None else introduced.end)


def _block(lines: Sequence[Line], number: int, *, marked: bool) -> Landmark | None:
    """Consecutive lines such as `De :`, `Envoyé :`, `À :`, `Objet :`, whatever their order and language."""
    found: dict[Label, str] = {}
    depth = lines[number].depth
    end = position = number
    last: Label | None = None
    while position < min(number + _BLOCK_LINES, len(lines)):
        line = lines[position]
        labelled = None if line.depth != depth else label_of(line.text)
        if labelled is not None:
            last, value = labelled
            if last in found and last != "copy":
                break
            found[last] = value.strip()
            end = position + 1
        elif is_blank(line):
            if not _labels_go_on(lines, position + 1, depth):
                break
        elif last is None or not (
            _continues(found[last], line.text, last)
            or (len(line.text) < _WRAPPED and _labels_go_on(lines, position + 1, depth))
        ):
            break
        else:
            if _LABELLED.match(line.text[:500]) is None:
                found[last] = f"{found[last]} {line.text.strip()}"
            end = position + 1
        position += 1
    return Landmark("block", end, found.get("sender", ""), found.get("subject", "")) if _proves(found, marked) else None


def _proves(found: Mapping[Label, str], marked: bool) -> bool:  # noqa: FBT001 (one of two facts about one block)
    """A letter may begin `De : … Objet : …` too; only a mail program gives addresses or the minute it was sent."""
    kinds = found.keys() & {"sender", "sent", "to", "subject"}
    if not kinds & {"sender", "sent"} or len(kinds) < (2 if marked else 3):
        return False
    if marked:
        return True
    if "@" in f"{found.get('sender', '')}{found.get('to', '')}":
        return True
    sender = found.get("sender", "")
    # `De : 10:30 à 12:00` is no name.
    return bool(sender) and not _SENT_AT.search(sender) and _SENT_AT.search(found.get("sent", "")) is not None


def label_of(text: str) -> tuple[Label, str] | None:
    """The kind of header line this is, and its value."""
    match = _LABELLED.match(text[:500])
    if match is None:
        return None
    name = match[1].strip()
    kind = next((kind for kind, pattern in _LABELS if pattern.fullmatch(name)), None)
    return None if kind is None else (kind, match[2])


def _labels_go_on(lines: Sequence[Line], number: int, depth: int) -> bool:
    """HTML blocks leave an empty line between two header lines; the body does not begin with a label."""
    if number >= len(lines) or lines[number].depth != depth:
        return False
    following = label_of(lines[number].text)
    return following is not None and following[0] in {"sender", "sent", "to", "subject", "copy"}


def _continues(value: str, text: str, label: Label) -> bool:
    """A long recipient list goes on; so does a field whose value stands on its own line."""
    if not value:
        return len(text) < 300
    if label in {"to", "copy"} and "@" in text and len(text) < _LONG_LIST:
        return True
    if label in {"to", "copy", "sender"}:
        return value.rstrip().endswith((",", ";", "<")) or text.strip().startswith("<") or _is_address(text)
    return text[:1] in " \t" and len(text.strip()) < _WRAPPED and label == "subject"


def _is_address(text: str) -> bool:
    return ADDRESS.match(text.strip()) is not None


def _attribution(lines: Sequence[Line], number: int) -> Landmark | None:
    found = attribution(lines, number)
    return None if found is None else Landmark("attribution", found.end, found.author)


_NOTES_TO: Final = re.compile(r"^\s*(?:a|à|pour|to|an|para|aan|do)\s*$", re.IGNORECASE)
_NOTES_SUBJECT: Final = re.compile(
    r"^\s*(?:objet|subject|betreff|asunto|assunto|oggetto|onderwerp|temat)\s*$", re.IGNORECASE
)


def _notes_block(lines: Sequence[Line], number: int) -> Landmark | None:
    """Lotus Notes: the author, the date, then labels on lines of their own."""
    if number + 2 >= len(lines) or not (TIME.search(lines[number + 1].text) and DATE.search(lines[number + 1].text)):
        return None
    if len(lines[number].text) > 120 or len(lines[number + 1].text) > 60:
        return None
    window = lines[number + 2 : number + 14]
    to = next((index for index, line in enumerate(window) if _NOTES_TO.match(line.text)), None)
    subject = next((index for index, line in enumerate(window) if _NOTES_SUBJECT.match(line.text)), None)
    if to is None or subject is None or to > 3 or subject < to:
        return None
    value = window[subject + 1].text if subject + 1 < len(window) else ""
    return Landmark("block", min(number + 2 + subject + 2, len(lines)), lines[number].text.strip(), value)


def plain_author(author: str) -> str:
    """`Jeanne [mailto:j@example.org]` in the form that address parsers know."""
    return _MAILTO.sub(r"<\1>", author)
