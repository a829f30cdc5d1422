"""Facts of an insurance certificate, and of a water damage report, which names an insurer too."""

import re
from datetime import date
from typing import Final

from mailbot.understanding.documents.labels import labelled
from mailbot.understanding.documents.names import company, person
from mailbot.understanding.documents.page import Page, fold
from mailbot.understanding.documents.values import first_day, identifier, span_in

_CONTRACT: Final = (
    *("numero de contrat", "contrat numero", "contrat n°", "n° de contrat", "n° contrat", "contrat no", "police n°"),
    *("numero de police", "n° de police", "police numero", "reference du contrat", "reference contrat", "contrat ref"),
    *("n° societaire", "numero de societaire", "societaire n°", "contrat habitation", "police", "contrat"),
)
_INSURED: Final = (
    *(
        "nom de l'assure",
        "assure(e)",
        "assures",
        "assure",
        "souscripteur",
        "nom du souscripteur",
        "titulaire du contrat",
    ),
    *("nom et prenom", "atteste que", "certifie que", "attestons que", "certifions que", "au nom de", "delivree a"),
    *("societaire", "titulaire", "assuree", "beneficiaire", "nom", "garantit", "insured"),
)
_FROM: Final = (
    *("date d'effet", "prise d'effet", "effet du contrat", "effet le", "a effet du", "a compter du", "a partir du"),
    *("valable du", "valable a compter du", "debut de validite", "debut de garantie", "debut", "depuis le", "effet"),
    *("date de debut", "en vigueur depuis le", "valid from"),
)
_UNTIL: Final = (
    *(
        "jusqu'au",
        "fin de validite",
        "date de fin",
        "expire le",
        "date d'expiration",
        "prochaine echeance",
        "valable au",
    ),
    *(
        "fin de garantie",
        "date d'echeance",
        "echeance le",
        "echeance annuelle",
        "echeance",
        "fin",
        "valid until",
        "expiration",
    ),
)
_PERIOD: Final = (
    *("periode de validite", "periode de garantie", "periode d'assurance", "valable du", "periode du", "validite"),
    *("valable pour la periode", "pour la periode", "periode", "garanti du", "garantie du", "du"),
)
_INSURER: Final = ("nom de l'assureur", "assureur", "compagnie d'assurance", "compagnie", "assure aupres de", "insurer")
_SAYS: Final = re.compile(
    r"(?:nous,? |je |la |le |l')?(?:soussignee?s?,? ?)?(?:la (?:societe|compagnie)(?: d'assurances?)? )?([^\n,;:]{3,50}?)(?:,[^\n;:]{0,80},?)? (?:atteste|certifie|declare|attestons|certifions)\b"
)
_OF_TRADE: Final = re.compile(
    r"\b(?:assur\w*|mutuel\w*|prevoyance|maif|macif|maaf|gmf|axa|allianz|groupama|matmut|generali|mma|pacifica|sogessur|thelem|gan|aviva|smacl|mae|acm|areas|suravenir|lemonade|luko|acheel|abeille|cardif|covea|insurance)\b"
)
_NO_INSURER: Final = re.compile(
    r"attestation|certificat|assureur|compagnie d|societe d'assurance|^assur\w*$|contrat|risque|responsabilite|assuree?s?\b(?!nc)|habitation\b.*\bassur|assurance (?:habitation|multirisque|locat)|code des assurances|entreprise regie|votre|constat|sinistre|numero|garantie|quittance|\bde l'assur"
)
_STREET: Final = re.compile(
    r"(?<![\d.,])(\d{1,4}(?: ?(?:bis|ter|quater|[a-d])\b)?),? {0,2}(rue|avenue|av\.?|boulevard|bd\.?|bld|place|pl\.?|allee|impasse|chemin|ch\.|route|rte|quai|cours|square|residence|passage|cite|sentier|villa|esplanade|faubourg|fg|hameau|lotissement|mail|promenade|traverse|venelle|clos|voie|rond-point|ruelle|montee|cour)\s+[^\n,;|()]{2,60}"
)
_STREET_END: Final = re.compile(
    r" {2}|\s-\s|\s\d{5}\b|\s(?:appt?|appartement|bat|batiment|bt|etage|porte|lot|logement|esc|escalier|a compter|du \d|est |pour |au \d|et |sont |qui |contrat)\b|\.\s|\.$|\t|:"
)
_NOT_HIS: Final = re.compile(
    r"siege|capital|rcs|agence|regie par|courtier|bailleur|proprietaire|assureur|tel\b|service client"
)
_PLACE: Final = (
    *(
        "adresse du risque",
        "adresse du logement",
        "adresse du bien",
        "lieu du risque",
        "situation du risque",
        "situe au",
    ),
    *(
        "risque situe",
        "logement situe",
        "adresse assuree",
        "bien assure",
        "habitation situee",
        "situe",
        "adresse",
        "demeurant",
    ),
    *("logement assure", "domicilie", "occupant le logement", "domicile"),
)


def certificate(page: Page) -> dict[str, str | None]:
    begins, ends = period(page)
    return {
        "insurer": insurer(page),
        "contract_no": contract_no(page, _CONTRACT),
        "insured": labelled(page, _INSURED, person),
        "address": address(page),
        "valid_from": begins,
        "valid_to": ends,
    }


def water_damage(page: Page) -> dict[str, str | None]:
    claims = (
        *("numero de sinistre", "n° de sinistre", "n° sinistre", "sinistre n°", "reference sinistre", "ref sinistre"),
        *("reference du sinistre", "dossier sinistre", "numero de dossier", "n° de dossier", "dossier n°", "sinistre"),
    )
    dates = (
        *("date du sinistre", "date de survenance", "date des degats", "survenu le", "sinistre du", "date du constat"),
        *("constate le", "date de constatation", "fait le", "date", "le"),
    )
    return {
        "claim_no": labelled(page, claims, identifier),
        "insurer": insurer(page),
        "date": labelled(page, dates, lambda text: first_day(text, 20)),
    }


def contract_no(page: Page, labels: tuple[str, ...]) -> str | None:
    value = labelled(page, labels, identifier)
    return value.upper() if value else None


def period(page: Page) -> tuple[str | None, str | None]:
    """From and to; a period written in one piece is trusted before two dates apart."""
    both: list[tuple[date, date]] = []

    def span(text: str) -> str | None:
        if (two := span_in(text[:110], 24)) is not None and (two[1] - two[0]).days >= 25:
            both.append(two)
            return "found"
        return None

    if labelled(page, _PERIOD, span) is None:
        between = [two for line in page.lines if (two := span_in(page.text[line.start : line.end], 24)) is not None]
        both += [two for two in between if 25 <= (two[1] - two[0]).days <= 1100]
    if both:
        return both[0][0].isoformat(), both[0][1].isoformat()
    begins = labelled(page, _FROM, lambda text: first_day(text, 30))
    ends = labelled(page, _UNTIL, lambda text: first_day(text, 30))
    if begins and ends and begins >= ends:
        return None, ends
    return begins, ends


def insurer(page: Page) -> str | None:
    named = labelled(page, _INSURER, _trade_company)
    return named or _heading(page) or _attesting(page) or _mentioned(page)


def _trade_company(text: str) -> str | None:
    name = company(re.split(r" {2}|\t", text.strip(" :.-"))[0])
    plain = fold(name or "")
    return (
        name
        if name and not re.search(r"^(?:\d|(?:de|du|le|la|atteste|et|a|occupant)\b)|numero|adresse", plain)
        else None
    )


def _attesting(page: Page) -> str | None:
    for match in _SAYS.finditer(page.plain):
        name = company(page.text[match.start(1) : match.end(1)])
        if name and not re.match(r"(?:nous|je|il|elle|la presente|qui|m\.|mme|madame|monsieur|maitre)\b", fold(name)):
            return name
    return None


def _heading(page: Page) -> str | None:
    for number in range(min(8, len(page.lines))):
        line = page.line(number)
        for cell in re.split(r" {2,}|\t|\|| - ", line):
            plain = fold(cell)
            if len(cell.split()) <= 6 and _OF_TRADE.search(plain) and not _NO_INSURER.search(plain):
                return company(cell.strip())
    return None


def _mentioned(page: Page) -> str | None:
    pattern = re.compile(
        r"\b((?:[A-ZÀ-Ý][\w'&\-]+ ){1,3}(?:Assurances?|ASSURANCES?|Mutuelle|MUTUELLE|Assur|ASSUR)|(?:Assurances|ASSURANCES|Mutuelle|MUTUELLE)(?: (?:du|de|des|la|DU|DE|DES|LA))*(?: [A-ZÀ-Ý][\w'&\-]+){1,3})\b"
    )
    for match in pattern.finditer(page.text):
        if not _NO_INSURER.search(fold(match[1])):
            return match[1]
    return None


def address(page: Page) -> str | None:
    """Number and street of the insured home, as printed."""
    value = labelled(page, _PLACE, street)
    if value is not None:
        return value
    for line in page.lines:
        if not _NOT_HIS.search(page.plain[line.start : line.end]):
            match = street(page.text[line.start : line.end])
            if match is not None:
                return match
    return None


def street(text: str) -> str | None:
    plain = fold(text[:160])
    match = _STREET.search(plain)
    if match is None or match.start() > 60:
        return None
    end = _STREET_END.search(plain, match.end(2) + 1, match.end())
    value = text[match.start() : end.start() if end else match.end()].strip(" .,-")
    return re.sub(r"\s+", " ", value).replace(" ,", ",") if len(value.split()) >= 3 else None
