"""Values beside their labels: to the right, below, a column away, or listed after a block of labels."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from mailbot.understanding.documents.page import Page, cells, found

Parse = Callable[[str], str | None]
_MOST_PLACES: Final = 12
_BELOW: Final = 2
_MOST_BLOCK: Final = 12
_LABEL_WORDS: Final = 5
_LABEL: Final = re.compile(
    r"(?:date|echeance|numero|n[°o]|reference|ref\.?|contrat|police|nom|assure|souscripteur|titulaire|montant|periode|heure"
    r"|client|iban|bic|siret|effet|debut|fin|adresse|insured|(?:facture|devis|dossier|contrat|police|sinistre) n[°o]"
    r"|total|net a payer|prise d'effet|valable|assureur|employeur|salarie|emploi)\b[^0-9:]{0,30}|(?:facture|devis|dossier|contrat|police|sinistre|bon) n[°o.]{1,2}"
)
_EMPTY: Final = re.compile(r"^[\s:.°º#\-=_/()*|>]*(?:\((?:e|s|es|le)\)|n°|eur|€|en euros?)?[\s:.\-)]*$", re.IGNORECASE)


def labelled(page: Page, labels: tuple[str, ...], parse: Parse) -> str | None:
    """The first value that parses beside one of the labels; labels that come first are trusted first."""
    return next(every(page, labels, parse), None)


def every(page: Page, labels: tuple[str, ...], parse: Parse) -> Iterator[str]:
    for label in labels:
        for number, match in enumerate(found(page, label)):
            if number >= _MOST_PLACES:
                break
            value = _beside(page, match.start(), match.end(), parse)
            if value is not None:
                yield value


def _beside(page: Page, start: int, end: int, parse: Parse) -> str | None:
    rest = page.rest(end)
    own = cells(rest)
    if _EMPTY.match(own[0][1] if own else ""):
        # The label fills its cell: the next cell may hold the value, unless the whole row is labels.
        value = parse(" ".join(cell for _, cell in own[1:2])) if len(own) > 1 else None
        if value is None and not rest.strip(" :.\t|-"):
            value = None
    else:
        value = parse(rest.lstrip(" :.\t|)-=>_"))
        if value is None and len(own) > 1:
            value = parse(own[1][1])
    if value is not None:
        return value
    if own and not _EMPTY.match(own[0][1]) and len(own[0][1]) > 40:
        return None
    return _below(page, start, parse)


def _below(page: Page, start: int, parse: Parse) -> str | None:
    at = page.line_at(start)
    following = page.lines[at + 1 : at + 1 + _BELOW]
    if not following:
        return None
    if _bare(page, at) and (_bare(page, at + 1) or (at and _bare(page, at - 1))):
        return _listed(page, at, parse)
    row = page.line(at)
    column = start - page.lines[at].start
    mine = cells(row)
    index = max((number for number, (where, _) in enumerate(mine) if where <= column), default=0)
    for line in following:
        under = cells(page.text[line.start : line.end])
        if len(under) == len(mine):
            value = parse(under[index][1])
        else:
            nearest = min(under, key=lambda cell: abs(cell[0] - mine[index][0]) if mine else cell[0], default=(0, ""))
            value = parse(nearest[1])
        if value is not None:
            return value
        if len(mine) == 1 and line.words > 8:
            return None
    return None


def _bare(page: Page, at: int) -> bool:
    """Nothing but a label stands on the line."""
    line = page.lines[at]
    plain = page.plain[line.start : line.end].strip()
    return plain.endswith(":") or (line.words <= _LABEL_WORDS and _LABEL.fullmatch(plain) is not None)


def _listed(page: Page, at: int, parse: Parse) -> str | None:
    """A column of labels read before its column of values: the n-th value belongs to the n-th label."""
    first = at
    while first and at - first < _MOST_BLOCK and _bare(page, first - 1):
        first -= 1
    last = at
    while last + 1 < len(page.lines) and last - at < _MOST_BLOCK and _bare(page, last + 1):
        last += 1
    place = last + 1 + (at - first)
    return parse(page.line(place)) if place < len(page.lines) else None
