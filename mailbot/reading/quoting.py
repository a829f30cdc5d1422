"""What this person wrote now, what they quote, how they sign (H47: an old answer is not a new one).

Containers of HTML and `>` marks come first, as the depth of each line; then the words that mail programs put between.
Losing a writer's own words is far worse than leaving quoted ones in: without a mail program's trace nothing is cut off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from mailbot.model import Because, Texts
from mailbot.reading.attributions import WROTE, author_of, introduces
from mailbot.reading.landmarks import Landmark, is_forward, is_reply, landmark, plain_author
from mailbot.reading.lines import Line, is_blank, joined, marked, next_words
from mailbot.reading.signatures import part_signature

_WORD: Final = re.compile(r"\w")
_FORWARDS: Final = 4
"""Forwards of forwards that are opened."""
_POINTS: Final = 12
_POINT_LENGTH: Final = 120
_LEAD: Final = 12
"""Lines at the head of a quote in which a forward announces itself."""


@dataclass(frozen=True, slots=True)
class Parted:
    """The three texts; `authors`: of the mails that were passed on, the outermost first."""

    texts: Texts
    authors: tuple[str, ...] = ()
    why: tuple[Because, ...] = ()


def part(
    lines: Sequence[Line], subject: str = "", *, ours: frozenset[str] = frozenset(), forwards: int = _FORWARDS
) -> Parted:
    """Every line of the body is in exactly one of the three texts.

    `ours` are domains whose mails a stranger may send back to us: that is history, whatever the subject says.
    """
    mine: list[Line] = []
    quoted: list[Line] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        found = landmark(lines, number) if forwards else None
        if found is not None and _is_told(found, lines, number, subject):
            found = None
        if found is not None and not quoted and _is_passed_on(found, mine, subject, line, ours):
            return _forward(mine, quoted, lines, number, found, forwards)
        if line.depth:
            if not quoted and _is_own_list(lines, number, mine, subject):
                mine.append(replace(line, text=f"> {line.text}"))
                number += 1
                continue
            if not quoted and (inner := _announced(lines, number, subject, mine, ours)) is not None:
                at, mark = inner
                return _forward(mine, [*quoted, *lines[number:at]], lines, at, mark, forwards)
            quoted.append(line)
            number += 1
        elif found is None:
            mine.append(line)
            number += 1
        else:
            quoted += lines[number : found.end]
            number = found.end
            if not _quotes_by_depth(lines, number):
                quoted += lines[number:]
                break
    if not is_reply(subject) and _is_all_quoted(mine, lines):
        least = min(line.depth for line in lines if _WORD.search(line.text))
        return part([replace(line, depth=max(0, line.depth - least)) for line in lines], subject, forwards=forwards)
    said, signed = part_signature(mine)
    because = (Because("fresh", "words after a quoted history or a signature are not new"),) if quoted or signed else ()
    return Parted(Texts(joined(said), marked(quoted), joined(signed)), why=because)


def _is_passed_on(found: Landmark, mine: Sequence[Line], subject: str, line: Line, ours: frozenset[str]) -> bool:
    """A header block under a forward's subject, or with nothing above it, is the mail itself, not its history."""
    if line.depth or (_is_from(found.author, ours) and _says_something(mine)):
        return False
    match found.kind:
        case "forwarded":
            return True
        case "block" | "original":
            return is_forward(subject) or (
                not is_reply(subject) and not _says_something(mine) and found.kind == "block"
            )
        case "attribution":
            return False


def _is_from(author: str, domains: frozenset[str]) -> bool:
    written = author.casefold().rstrip("])> \t")
    return any(written.endswith((f"@{domain}", f".{domain}")) for domain in domains)


def _is_told(found: Landmark, lines: Sequence[Line], number: int, subject: str) -> bool:
    """Somebody tells what somebody wrote: a mail that answers nothing, no quoted lines below, and no address, verb or
    colon, of which mail programs leave out none there.
    """
    if found.kind != "attribution" or not subject or is_reply(subject) or is_forward(subject):
        return False
    text = " ".join(line.text.strip() for line in lines[number : found.end])
    complete = found.author and WROTE.search(text) and text.rstrip(" *_").endswith((":", "："))
    return not complete and not _quotes_by_depth(lines, found.end)


def _is_all_quoted(mine: Sequence[Line], lines: Sequence[Line]) -> bool:
    """Everything stands in a container for quotes, and nothing in it says whose words they are."""
    words = [number for number, line in enumerate(lines) if _WORD.search(line.text)]
    return (
        bool(words)
        and not any(_WORD.search(line.text) for line in mine)
        and all(lines[number].depth for number in words)
        and not any(landmark(lines, number) for number in words[:_LEAD])
    )


def _is_own_list(lines: Sequence[Line], number: int, mine: Sequence[Line], subject: str) -> bool:
    """Points that somebody marks with `>` below words that announce them, or a line that a sign of comparison begins,
    in a mail that answers nothing.
    """
    if lines[number].depth != 1 or is_reply(subject) or is_forward(subject):
        return False
    above = next((line for line in reversed(mine) if not is_blank(line)), None)
    if above is None:
        return False
    flows = mine[-1] is above and (number + 1 == len(lines) or lines[number + 1].depth == 0)
    if not (flows or above.text.rstrip().endswith((":", "：")) or above.text.startswith("> ")):
        return False
    last = next((at for at in range(number, len(lines)) if lines[at].depth != 1), len(lines))
    points = lines[number:last]
    below = next_words(lines, last)
    return (
        below is not None
        and lines[below].depth == 0
        and len(points) <= _POINTS
        and all(0 < len(point.text) < _POINT_LENGTH for point in points)
        and not any(landmark(lines, at) for at in range(number, last))
    )


def _says_something(lines: Sequence[Line]) -> bool:
    said, _ = part_signature(lines)
    return any(_WORD.search(line.text) for line in said)


def _announced(
    lines: Sequence[Line], number: int, subject: str, mine: Sequence[Line], ours: frozenset[str]
) -> tuple[int, Landmark] | None:
    """A forward inside the container in which mail programs put what they quote."""
    seen = 0
    for at in range(number, len(lines)):
        line = lines[at]
        if is_blank(line):
            continue
        seen += 1
        if seen > _LEAD or line.depth != lines[number].depth:
            return None
        found = landmark(lines, at)
        if found is None:
            continue
        if found.kind == "attribution":
            return None
        return (at, found) if _is_passed_on(found, mine, subject, replace(line, depth=0), ours) else None
    return None


def _quotes_by_depth(lines: Sequence[Line], number: int) -> bool:
    """The mail quoted below says line by line what belongs to it; then answers may stand between."""
    following = next((line for line in lines[number:] if not is_blank(line)), None)
    return following is not None and following.depth > 0


def _forward(
    mine: Sequence[Line], before: Sequence[Line], lines: Sequence[Line], number: int, found: Landmark, forwards: int
) -> Parted:
    """The forwarded mail is the content; the note above it stays in front of it."""
    body = list(lines[found.end :])
    header = [*before, *lines[number : found.end]]
    if found.kind == "forwarded" and not found.author:
        body, header, found = _header_below(body, header, found)
    least = min((line.depth for line in body if not is_blank(line)), default=0)
    inner = part(
        [replace(line, depth=max(0, line.depth - least)) for line in body], found.subject, forwards=forwards - 1
    )
    note, signed = part_signature(mine)
    fresh = "\n\n".join(text for text in (joined(note), inner.texts.fresh) if text)
    signature = "\n\n".join(text for text in (joined(signed), inner.texts.signature) if text)
    history = "\n\n".join(text for text in (marked(header), inner.texts.quoted) if text)
    authors = (plain_author(found.author), *inner.authors) if found.author else inner.authors
    return Parted(Texts(fresh, history, signature), authors, (Because("forward", "a forwarded mail is the content"),))


def _header_below(body: list[Line], header: list[Line], found: Landmark) -> tuple[list[Line], list[Line], Landmark]:
    """A header block that stands deeper than the line which announces it, as Apple's programs write it."""
    for number, line in enumerate(body[:_LEAD]):
        if is_blank(line):
            continue
        block = landmark([replace(inner, depth=0) for inner in body[:40]], number)
        if block is not None and block.kind in {"block", "attribution"}:
            return body[block.end :], [*header, *body[: block.end]], replace(block, kind="forwarded")
        if introduces(line.text):
            below = body[: number + 1]
            return body[number + 1 :], [*header, *below], replace(found, author=author_of(line.text))
        break
    return body, header, found
