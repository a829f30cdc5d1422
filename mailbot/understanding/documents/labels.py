"""Values beside their labels: to the right, below, a column away, or listed after a block of labels."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from mailbot.understanding.documents.page import Page, cells, fold, found

Parse = Callable[[str], str | None]
_MOST_PLACES: Final = 12
_BELOW: Final = 3
_MOST_BLOCK: Final = 12
_LABEL_WORDS: Final = 7
_LABEL: Final = re.compile(
    r"(?:(?:la|le|les|l'|votre|vos|nos|vs|nom|prenom|et|prenoms?|du|de|des|d'|numero|number|n ?[°ºo*]?\.?|no\.?|ref\w*\.?|date|reference|references"
    r"|montant|adresse|nom et prenom|lieu|situation|periode|total|type|qualite|nature|code|cle|risk|account|period|policy|valid)[ '])*"
    r"(?:date|echeance|numero|reference|ref\.?|contrats?|police|nom|prenoms?|assuree?s?|assure\(e\)s?|souscripteur|preneur d'assurance|titulaires?"
    r"|montant|periode|heures?|horaires?|creneau|client|societaire|iban|bic|siret|effet|prise d'effet|debut|fin|adresse|insured|risque|logement|bien"
    r"|net a payer|net paye|total|valable|assureur|compagnie|employeur|salariee?|emploi|agent|matricule|paiement|facture|devis|dossier"
    r"|sinistre|intervention|commande|bon|technicien|intervenant|locataire|bailleur|domiciliation|compte|banque|guichet|rib"
    r"|allocataire|numero fiscal|avis|survenance|validite|usage|formule|surface|objet|motif|demandeur|defendeur|requerant|holder"
    r"|garanties?|agence|acte|equipement|batiment|etage|term?e|conseiller|echeance principale|jusqu'au|identifiant)"
    r"(?: (?:assure|risque|logement|contrat|police|facture|compte|dossier|sinistre|client|fiscal|garantie|validite|effet|paiement|paie|location"
    r"|intervention|commande|principale|annuelle|n ?[°ºo*]|du|de|des|d'|l'|la|le|a|au|par|et|dossier|risque|bien|concernee?|survenance|assurance"
    r"|souscripteur|assuree?s?|titulaire|declarant|avis|d'effet|d'intervention|de l'assure|de naissance)){0,5} ?(?:\((?:e|s|es|le|e\)\(s)\))?[\s:.°?]*"
)
_EMPTY: Final = re.compile(
    r"^[\s:.,°º#\-=_/()*|>~]*(?:\((?:e|s|es|le)\)|n°|eur|€|en euros?)?[\s:.,\-)|~]*$", re.IGNORECASE
)
_LEAD: Final = " :.,\t|)-=>_~*"


def labelled(page: Page, labels: tuple[str, ...], parse: Parse, unless: re.Pattern[str] | None = None) -> str | None:
    """The first value that parses beside one of the labels; labels that come first are trusted first.

    `unless`: what makes it another label when it follows, as "hors taxes" behind "total".
    """
    return next(every(page, labels, parse, unless), None)


def every(page: Page, labels: tuple[str, ...], parse: Parse, unless: re.Pattern[str] | None = None) -> Iterator[str]:
    for label in labels:
        for number, match in enumerate(found(page, label)):
            if number >= _MOST_PLACES:
                break
            if unless is not None and unless.match(page.plain, match.end()):
                continue
            value = _beside(page, match.start(), match.end(), parse)
            if value is not None:
                yield value


def is_label(text: str) -> bool:
    """The text is a label and nothing else, so it is nobody's value."""
    plain = fold(text).strip()
    return len(plain.split()) <= _LABEL_WORDS and _LABEL.fullmatch(plain) is not None


def _beside(page: Page, start: int, end: int, parse: Parse) -> str | None:
    rest = page.rest(end)
    own = cells(rest)
    if not own or _EMPTY.match(own[0][1]):
        following = own[1:2] if own else []
        if following and not is_label(following[0][1]) and (value := parse(following[0][1])) is not None:
            return value
    else:
        value = parse(rest.lstrip(_LEAD))
        if value is None and len(own) > 1 and len(own[0][1]) < 40 and not is_label(own[1][1]):
            value = parse(own[1][1])
        if value is not None:
            return value
        if len(own[0][1]) > 40:
            return _across(page, end, parse)
    return _below(page, start, parse)


def _across(page: Page, end: int, parse: Parse) -> str | None:
    """A sentence may break its line between the label's words and the value."""
    words = page.rest(end).strip()
    if len(words) > 60 or re.search(r"[.;]$", words):
        return None
    at = page.line_at(end)
    if at + 1 >= len(page.lines):
        return None
    return parse(f"{words.lstrip(_LEAD)} {page.line(at + 1).strip()}")


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
            text = under[index][1]
        else:
            text = min(under, key=lambda cell: abs(cell[0] - mine[index][0]) if mine else cell[0], default=(0, ""))[1]
        if is_label(text) and len(mine) > 1:
            return None
        value = parse(text)
        if value is not None:
            return value
        if len(mine) == 1 and line.words > 8:
            return None
    return None


def _bare(page: Page, at: int) -> bool:
    """Nothing but a label stands on the line."""
    text = page.line(at).strip()
    return (text.endswith(":") and len(text.split()) <= _LABEL_WORDS) or is_label(text)


def _listed(page: Page, at: int, parse: Parse) -> str | None:
    """A column of labels read before its column of values: the n-th value belongs to the n-th label."""
    first = at
    while first and at - first < _MOST_BLOCK and _bare(page, first - 1):
        first -= 1
    last = at
    while last + 1 < len(page.lines) and last - at < _MOST_BLOCK and _bare(page, last + 1):
        last += 1
    # A value of two lines, or a title taken for a label, moves the others by one.
    for place in (last + 1 + at - first, last + 2 + at - first, last + at - first):
        if last < place < len(page.lines) and (value := parse(page.line(place))) is not None:
            return value
    return None
