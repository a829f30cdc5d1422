"""Tell how somebody signs from what they say.  In doubt it is said: a request must never end in the signature."""

import re
from collections.abc import Sequence
from typing import Final

from mailbot.reading.lines import Line, is_blank, joined
from mailbot.reading.phrases import CLOSINGS, DISCLAIMER_WORDS, DISCLAIMERS, NOTICES, PHRASES

_DELIMITER: Final = re.compile(r"^(?:--|__)[ \xa0]?$")
_SENT_FROM: Final = re.compile(
    "^[\\s*_>\\-–]*(?:"
    + "|".join(pattern for phrases in PHRASES.values() for pattern in phrases.sent_from)
    + ")[\\s.*_!<>]*$",
    re.IGNORECASE,
)
_BRAND: Final = (
    r"iphone|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|oppo|nokia|pixel|outlook|yahoo|proton"
    r"|thunderbird|hotmail|gmail|aquamail|k-9|spark|webmail|courrier pour windows|mail (?:pour|for) windows"
    r"|\bgmx\b|web\.de"
)
_BRANDED: Final = re.compile(_BRAND, re.IGNORECASE)
_DEVICE: Final = re.compile(
    _BRAND
    + r"|\bmon \w|\bmy \w|\bmein|\bmi \w|\bmeu|\bmijn|\bmoj|\bmio|\bмо[её]|\bмог|айф|андроид|我的|هاتفي|ايفون|آيفون"
    r"|\bsfr|orange|la ?poste|bouygues"
    r"|\bfree\b",
    re.IGNORECASE,
)
_ANY_DEVICE: Final = re.compile(
    r"mobile?\b|smartphone|t[ée]l[ée]phone|tablett?e?|handy|telefon|t[ée]l[ée]f|cellulare|celular|m[óo]vi?l|telefoon|телефон"
    r"|почт|пошт|app\b|appareil|device|هاتف|جوال|e?-?mail|mail\.\w|手机|携帯",
    re.IGNORECASE,
)
_DISCLAIMER: Final = re.compile(rf"^[\s*_>•\-–\"«]*(?:{'|'.join(DISCLAIMERS)})", re.IGNORECASE)
_NOTICE: Final = re.compile(rf"^[\s*_>•\-–\"«]*(?:{'|'.join(NOTICES)})", re.IGNORECASE)
_CLOSING: Final = re.compile(rf"^[\s*_]*(?:{'|'.join(CLOSINGS)})[\s,.;!*_]*$", re.IGNORECASE)
_LIST_FOOTER: Final = re.compile(r"^_{20,}$")
_WEB: Final = re.compile(r"\b(?:https?://|www\.)\S+|\b\w[\w.-]{1,60}\.(?:fr|com|org|net|eu|de|be|ch)\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{2,100}")
_PHONE: Final = re.compile(
    r"(?:\+|00)\d[\d\s.()-]{7,}|\b0\d(?:[\s.-]?\d{2}){4}\b"
    r"|\b(?:t[ée]l|phone|fax|mob|portable|ligne directe|standard|handy)\b",
    re.IGNORECASE,
)
_HOME: Final = re.compile(
    r"\b(?:app(?:artemen|t|ar)?t?|logement|b[âa]t(?:iment)?|[ée]tage|porte|r[ée]sidence|escalier|lot|locataire|apartment|flat"
    r"|floor|tenant|wohnung|stock|mieter|piso|puerta|inquilin[oa]|andar|interno|scala|appartement|woning|mieszkani\w+|etaj"
    r"|daire|кв|квартира|شقة)\b\.?",
    re.IGNORECASE,
)
"""What tenants name below their name: where they live."""
_OWN_WORDS: Final = re.compile(
    r"\b(?:je|j['’]\w|mes|mon|moi|my|ich|mein\w{0,2}|minhas?|meus?|mijn|mój|moj[aeąi]\w{0,2}|я|мне|мои\w?|мої\w?|benim)\b",
    re.IGNORECASE,
)
"""Small print speaks of senders and recipients, never of me."""
_NAME: Final = re.compile(r"^\s*[-–—][^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,3}\s*$")
"""`-Jeanne Dupont`; with a blank after the dash it is the last item of a list."""
_WORD: Final = re.compile(r"\w+")
_LINK: Final = re.compile(r"<?https?://\S+")
_PROSE_WORDS: Final = 25
_SENTENCE_WORDS: Final = 6
_LINE_WORDS: Final = 10
_BRANDED_LINE_WORDS: Final = 14
"""Words of the longest line in which a program names itself, and of one that names a brand."""
_BLOCK_LINES: Final = 14
_SMALL_PRINT_LINES: Final = 10
_FOOT_LINES: Final = 40
"""Lines with words at the end of a mail among which a signature may begin."""


def part_signature(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """What is said, and what only signs; every line is in one of them, in order."""
    said, signed = _by_container(lines)
    said, found = _by_delimiter(said)
    signed = found + signed
    said, found = _small_print(said)
    signed = found + signed
    said, found = _business_card(said)
    return said, found + signed


def _by_container(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """People write into the box in which their mail program keeps their signature."""
    outside = [line for line in lines if not line.signed]
    inside = [line for line in lines if line.signed]
    if not inside or not _words(outside):
        return list(lines), []
    written = {number for paragraph in _paragraphs(inside) if _is_prose(paragraph) for number, _ in paragraph}
    kept = [line for number, line in enumerate(inside) if number in written]
    if not kept:
        return outside, inside
    return [*outside, Line(""), *kept], [line for number, line in enumerate(inside) if number not in written]


def _by_delimiter(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """RFC 3676 section 4.3; what reads like a sentence below it is still said."""
    number = _delimiter(lines)
    if number is None:
        return lines, []
    below = lines[number + 1 :]
    written = {at for paragraph in _paragraphs(below) if _is_prose(paragraph) for at, _ in paragraph}
    said = [line for at, line in enumerate(below) if at in written]
    card = [line for at, line in enumerate(below) if at not in written]
    if sum(not is_blank(line) for line in card if not _NOTICE.match(line.text)) > _BLOCK_LINES + _SMALL_PRINT_LINES:
        return lines, []
    return [*lines[:number], *([Line(""), *said] if said else [])], card


def _delimiter(lines: list[Line]) -> int | None:
    """The first one with its blank, else the only one: people draw lines of dashes between their paragraphs."""
    first_words = next((number for number, line in enumerate(lines) if _WORD.search(line.text)), len(lines))
    filled = [number for number, line in enumerate(lines) if not is_blank(line)]
    nearest = filled[-_FOOT_LINES] if len(filled) > _FOOT_LINES else 0
    found = [
        number
        for number in range(max(nearest, first_words + 1), len(lines))
        if _DELIMITER.match(lines[number].text)
        or (_LIST_FOOTER.match(lines[number].text) and _WEB.search(joined(lines[number + 1 :])))
    ]
    exact = next((number for number in found if lines[number].text.endswith((" ", "\xa0"))), None)
    return exact if exact is not None else found[-1] if len(found) == 1 else None


def _small_print(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Programs' own lines, wherever they stand, and disclaimers below the words."""
    first_words = next((number for number, line in enumerate(lines) if _WORD.search(line.text)), len(lines))
    signature: set[int] = set()
    at_the_end = True
    for paragraph in reversed(_paragraphs(lines)):
        text = " ".join(line.text.strip() for _, line in paragraph)[:2000]
        if _is_small_print(text) and paragraph[0][0] > first_words:
            signature |= {number for number, _ in paragraph}
            continue
        for number, line in reversed(paragraph):
            if _is_programs_line(line.text, at_the_end=at_the_end):
                signature.add(number)
            elif at_the_end and _NAME.match(line.text) and number > first_words:
                signature.add(number)
                at_the_end = False
            else:
                at_the_end = False
    kept = [line for number, line in enumerate(lines) if number not in signature]
    if signature and not _words(kept):
        # Nothing is left: what is not a program's own line was said.
        signature = {number for number in signature if _SENT_FROM.match(lines[number].text)}
        kept = [line for number, line in enumerate(lines) if number not in signature]
    return kept, [lines[number] for number in sorted(signature)]


def _is_programs_line(text: str, *, at_the_end: bool) -> bool:
    most = _BRANDED_LINE_WORDS if _BRANDED.search(text[:160]) else _LINE_WORDS
    if len(text) > 160 or len(_WORD.findall(_LINK.sub("", text))) > most or not _SENT_FROM.match(text):
        return False
    return bool(_DEVICE.search(text) or (at_the_end and _ANY_DEVICE.search(text)))


def _business_card(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Below a closing formula: a firm's block has a web or mail address besides its telephone; a tenant's name,
    flat and telephone are part of what they say.
    """
    for number in range(len(lines) - 1, -1, -1):
        if not _CLOSING.match(lines[number].text):
            continue
        below = [line for line in lines[number + 1 :] if not is_blank(line)]
        text = joined(below)
        if not below or len(below) > _BLOCK_LINES or not _words(lines[:number]):
            return lines, []
        if any(_is_prose(paragraph) for paragraph in _paragraphs(lines[number + 1 :])):
            return lines, []
        web, mail = _WEB.search(_ADDRESS.sub("", text)), _ADDRESS.search(text)
        if (web or (mail and not _HOME.search(text))) and _PHONE.search(text):
            return lines[: number + 1], lines[number + 1 :]
        return lines, []
    return lines, []


def _paragraphs(lines: Sequence[Line]) -> list[list[tuple[int, Line]]]:
    paragraphs: list[list[tuple[int, Line]]] = [[]]
    for number, line in enumerate(lines):
        if is_blank(line):
            paragraphs.append([])
        else:
            paragraphs[-1].append((number, line))
    return [paragraph for paragraph in paragraphs if paragraph]


def _is_small_print(text: str) -> bool:
    if _NOTICE.match(text):
        return True
    if _DISCLAIMER.match(text) is None or len(_WORD.findall(text)) < DISCLAIMER_WORDS:
        return False
    return _OWN_WORDS.search(text) is None


def _is_prose(paragraph: Sequence[tuple[int, Line]]) -> bool:
    """Words somebody wrote, not a name, an address or small print.  In doubt they are."""
    text = " ".join(line.text.strip() for _, line in paragraph)[:4000]
    if _is_small_print(text):
        return False
    bare = " ".join(word for word in text.split() if "://" not in word and "@" not in word)
    words = len(_WORD.findall(bare))
    if re.search(r"[?؟？]", bare) and words >= 4:
        return True
    if bare.endswith((".", "!", "…", "。")) and words >= _SENTENCE_WORDS * len(paragraph):
        return True
    return words >= _PROSE_WORDS and words >= 8 * len(paragraph)


def _words(lines: Sequence[Line]) -> bool:
    return any(_WORD.search(line.text) for line in lines)
