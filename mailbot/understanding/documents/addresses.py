"""Postal addresses on a page, and which of them is the insured home: a certificate names the insurer's, too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mailbot.understanding.documents.page import Page, cells, fold, mended, seen
from mailbot.understanding.documents.values import digits

_KINDS: Final = (
    *(
        "rue",
        "avenue",
        "av",
        "boulevard",
        "bd",
        "bld",
        "bvd",
        "place",
        "pl",
        "allee",
        "allees",
        "all",
        "impasse",
        "imp",
    ),
    *("chemin", "ch", "che", "route", "rte", "quai", "cours", "crs", "square", "sq", "residence", "passage", "cite"),
    *("sentier", "sente", "villa", "esplanade", "faubourg", "fbg", "fg", "hameau", "lotissement", "mail", "promenade"),
    *(
        "traverse",
        "venelle",
        "clos",
        "voie",
        "rond-point",
        "ruelle",
        "montee",
        "cour",
        "parvis",
        "domaine",
        "porte",
        "parc",
    ),
    *(
        "grande rue",
        "grand rue",
        "grand'rue",
        "grand place",
        "grand-place",
        "lieu-dit",
        "chaussee",
        "rampe",
        "quartier",
    ),
)
_KIND: Final = "|".join(sorted((re.escape(seen(kind)) for kind in _KINDS), key=len, reverse=True))
_D: Final = "[0-9ol|]"
_STREET: Final = re.compile(
    rf"(?<![\w.,/])(?<!\d[ ])({_D}{{1,4}}(?:\s?(?:-|/)\s?[0-9]{{1,3}}|\s?(?:bls|ter|quater|[a-d])\b)?)\s?,?\s{{0,2}}({_KIND})(?:\.\s?|\s+|(?=\n))[^\n,;|()]{{2,60}}"
)
_STREET_END: Final = re.compile(
    r" {2,}|\s-\s|,|\s[0-9OolI]{5}\b|\s(?:appt?|apt|appartement|bat|batiment|bt|etage|porte|lot|logement|esc|escalier|residence|resid|chambre|a compter|du \d|est|pour"
    r"|au \d|et (?:est|qui)|sont|qui|contrat|en qualite|dans|comme|n°|a (?=[A-Z])|depuis|assuree?|garantie?|figure|ainsi|tel)\b|\.\s|\.$|\t|:|\s[–—]\s|\sa(?= ?$|\s[0-9OolI]{5}\b)"
)
_CITY: Final = re.compile(
    rf"(?<![\w/])(?:F-?)?({_D.replace('ol|', 'OolI|')}{{5}})\s{{1,3}}((?:[lL]['’]\s?)?[A-ZÀ-Ý][\w'|\-]*(?:[ \-](?:(?:sur|sous|les|lès|lez|la|le|de|du|des|en|et|aux|SUR|SOUS|LES|LA|LE|DE|DU|EN|AUX|[dDlL]'|d|l)[ \-])*"
    r"(?!EST\b|SONT\b|POUR\b|TEL\b|FRANCE\b|CEDEX\b|TELEPHONE\b|QUI\b|Tel\b|T[ée]l\b|Contrat\b|Votre\b|Le\b|Cedex\b)[A-ZÀ-Ý][\w'|\-]*){0,5})"
)
_HOME: Final = re.compile(
    r"risques?\b|logement|habitation|sise?\b|situee?\b|bien\b|assuree?\b|domicile|occupe|residence|lieu|appartement|maison|local|locataire|demeurant|risk|insured"
)
_LABELLED: Final = re.compile(
    r"(?:(?:adresse|lieu|situation)\w* (?:du |de l'|de la )?(?:risque|logement|bien|habitation|lieu|local|assure)|logement (?:assure|garanti|situe|sis)|bien (?:assure|situe)|risque (?:assure|situe)"
    r"|adresse (?:assuree|garantie|concernee)|(?:habitation|maison|appartement|residence(?: principale)?|locaux?)[^\n]{0,20} (?:sise?|situee?s?|du|au)|risk address|occupe(?:nt)? (?:au|le)|\bsise?\b|locaux situes)"
)
_OTHERS: Final = re.compile(
    r"siege|capital|\brcs\b|agence|cabinet|courti|conseiller|\btsa\b|\bcs \d|\bbp\b|\bcedex\b|\btel\b|telephone|intermediaire|orias|agents?\b|gestion|service|bailleur|proprietaire|\bchez\b|correspondance|postale|siren|assureur"
)


_SAME_COLUMN: Final = 4


@dataclass(frozen=True, slots=True)
class Postal:
    line: int
    start: int
    end: int
    street: str
    postcode: str | None = None
    city: str | None = None

    @property
    def printed(self) -> str:
        """Number and street, postcode and city."""
        return f"{self.street}, {self.postcode} {self.city}" if self.postcode else self.street


def postal_addresses(page: Page) -> Iterator[Postal]:
    shape = seen(page.text)
    for match in _STREET.finditer(shape):
        if not any(char.isdigit() for char in page.text[match.start(1) : match.end(1)]):
            continue
        at = page.line_at(match.start())
        end = _STREET_END.search(page.plain, match.end(2) + 1, match.end())
        stop = end.start() if end else match.end()
        street = _clean(page.text[match.start() : stop])
        if len(street.split()) < 3:
            continue
        postcode, city = _city(page, at, match.start(), stop)
        yield Postal(at, match.start(), stop, street, postcode, city)


def _clean(text: str) -> str:
    """Without the comma behind the number; what OCR mixed up is put right."""
    value = mended(re.sub(r"\s+", " ", text.replace(",", " ")).strip(" .,-"))
    return re.sub(r"^[OolI|0-9]+", lambda number: str(int(digits(seen(number[0].replace("|", "l"))) or 0)), value)


def _city(page: Page, at: int, start: int, stop: int) -> tuple[str | None, str | None]:
    """Behind the street, or under it in its column, past the lines for stairs and doors."""
    rest = page.text[stop : page.lines[at].end]
    if (place := _place(rest[:90])) is not None:
        return place
    column = start - page.lines[at].start
    for line in page.lines[at + 1 : at + 6]:
        text = page.text[line.start : line.end]
        under = cells(text)
        where, near = min(under, key=lambda cell: abs(cell[0] - column), default=(0, ""))
        own = len(under) > 1 and abs(where - column) < _SAME_COLUMN
        if (place := _place(near) or (None if own else _place(text))) is not None:
            return place
        if _STREET.search(seen(text)):
            break
    return None, None


def _place(text: str) -> tuple[str, str] | None:
    for match in _CITY.finditer(text):
        if sum(char.isdigit() for char in match[1]) >= 2:
            code = digits(seen(match[1].replace("|", "l")))
            return code, mended(match[2]).strip(" -'")
    return None


def home(page: Page, insured: str | None) -> str | None:
    """The address that the certificate covers."""
    every = list(postal_addresses(page))
    if not every:
        return None
    names = re.findall(r"[a-z]{3,}", fold(insured or ""))
    scores = [_weight(page, one, names) + 1.5 * sum(_alike(one, other) for other in every) for one in every]
    best, chosen = max(zip(scores, every, strict=True), key=lambda entry: entry[0])
    if best <= -1.5:
        return None
    if chosen.postcode is None:
        same = [other for other in every if _alike(chosen, other) and other.postcode]
        chosen = same[0] if same else chosen
    return chosen.printed


def _alike(one: Postal, other: Postal) -> bool:
    return fold(one.street)[:8] == fold(other.street)[:8]


def _weight(page: Page, one: Postal, names: list[str]) -> float:
    line = page.lines[one.line]
    before = page.plain[line.start : one.start]
    own = re.split(r" {3,}|\t", before)[-1]
    above = "\n".join(_column(page, number, one.start - line.start) for number in range(max(0, one.line - 3), one.line))
    near = f"{above[-110:]}\n{own}"
    weight = 0.0
    tail = fold(" ".join(near.split()))
    if found := list(_LABELLED.finditer(tail)):
        weight += 6 if len(tail) - found[-1].end() < 70 else 3
    elif _HOME.search(own[-60:] or tail[-40:]):
        weight += 2
    if any(name in above or name in own for name in names):
        weight += 3
    others = _OTHERS.search(own) or _OTHERS.search(fold(page.text[one.end : one.end + 60].split("\n\n")[0]))
    if others and not _LABELLED.search(tail[-60:]):
        weight -= 5
    elif _OTHERS.search(above) and not found:
        weight -= 3
    if one.line < 4 and not found:
        weight -= 0.5
    return weight


def _column(page: Page, number: int, column: int) -> str:
    """What stands on a line above or near the column."""
    line = page.lines[number]
    near = min(cells(page.plain[line.start : line.end]), key=lambda cell: abs(cell[0] - column), default=(0, ""))
    return near[1]
