"""Facts of an insurance certificate, and of a water damage report, which names an insurer too."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from mailbot.understanding.documents.addresses import home
from mailbot.understanding.documents.insurers import insurer
from mailbot.understanding.documents.labels import every, labelled
from mailbot.understanding.documents.names import all_names, person
from mailbot.understanding.documents.numbers import identifier
from mailbot.understanding.documents.page import Page, cells, fold
from mailbot.understanding.documents.values import days_in, first_day, span_in

_CONTRACT: Final = (
    *("numero de contrat", "numero du contrat", "contrat numero", "contrat n°", "n° de contrat", "n° contrat"),
    *("police n°", "numero de police", "n° de police", "police numero", "n° police", "n° du contrat", "contrat no"),
    *(
        "reference du contrat",
        "reference contrat",
        "references du contrat",
        "contrat ref",
        "ref contrat",
        "policy number",
    ),
    *("contrat d'assurance n°", "sous le numero", "sous le n°", "contrat habitation n°", "policy no", "votre contrat"),
    *(
        "police",
        "contrat habitation",
        "contrat",
        "policy",
        "references a rappeler",
        "vos references",
        "portant le numero",
        "portant le n°",
        "reference",
        "n°",
    ),
    *("numero", "societaire n°", "n° societaire", "numero de societaire"),
)
_INSURED: Final = (
    *("nom de l'assure", "nom et prenom de l'assure", "preneur d'assurance", "assure principal", "nom du souscripteur"),
    *("assure(e)", "assure(e)(s)", "assures", "assure", "assuree", "souscripteur", "souscriptrice", "nom assure"),
    *(
        "titulaire du contrat",
        "etudiante assuree",
        "etudiant assure",
        "insured",
        "policyholder",
        "adherent",
        "souscrit par",
    ),
    *(
        "nom et prenom",
        "atteste que",
        "certifie que",
        "attestons que",
        "certifions que",
        "atteste assurer",
        "atteste garantir",
    ),
    *(
        "certifions assurer",
        "attestons assurer",
        "certifie assurer",
        "certifie garantir",
        "confirmons que",
        "declarons que",
    ),
    *(
        "au nom de",
        "delivree a",
        "garantit",
        "garantissons",
        "assurons",
        "assurer",
        "couvre",
        "beneficiaire",
        "societaire",
    ),
    *("titulaire", "nom"),
)
_FROM: Final = (
    *("date d'effet", "prise d'effet", "pris effet le", "prend effet le", "effet du contrat", "effet le", "a effet du"),
    *(
        "a compter du",
        "a partir du",
        "valable a compter du",
        "debut de validite",
        "debut de garantie",
        "garantie acquise depuis",
    ),
    *(
        "debut",
        "depuis le",
        "date de debut",
        "en vigueur depuis",
        "souscrit le",
        "valid from",
        "effet",
        "depuis",
        "from",
    ),
)
_UNTIL: Final = (
    *(
        "jusqu'au",
        "fin de validite",
        "date de fin",
        "expire le",
        "expirant le",
        "date d'expiration",
        "prochaine echeance",
    ),
    *("valable au", "fin de garantie", "date d'echeance", "a echeance le", "arrive a echeance le", "echeance le"),
    *("echeance annuelle", "valable jusqu'a", "prend fin le", "echeance principale", "echeance", "fin", "valid until"),
    *("expiration", "se termine le", "au plus tard le"),
)
_PERIOD: Final = (
    *("periode de validite", "periode de garantie", "periode d'assurance", "valable du", "periode du", "validite"),
    *(
        "valable pour la periode",
        "pour la periode",
        "periode",
        "garanti du",
        "garantie du",
        "period of insurance",
        "du",
    ),
)
_OTHER_NUMBER: Final = re.compile(
    r"(?:client|societaire|sinistre|siren|siret|orias|edition|rcs|tva|tel(?:ephone)?|appt?|porte|appartement|courtier|agent|page|article)[^\n]{0,12}$"
)
_OTHER_ROLE: Final = re.compile(
    r"(?:soussignee?|conseillere?|interlocut\w+|direct(?:eur|rice)|agents?(?: general)?|garant|courtier|represente par|gestionnaire|president|signe|mandataire|charge[e]? de|bailleur|proprietaire|chez|etude)[^\n]{0,25}$"
)
_CIVIL: Final = re.compile(
    r"(?<![\w'])(?:(?:m|mr|mme|mlle|monsieur|madame|mademoiselle)\b\.?\s|(?:bonjour|cher|chere) (?=[a-z]+ [a-z]))"
)
_SHORTEST, _LONGEST = 25, 1100


def certificate(page: Page) -> dict[str, str | None]:
    begins, ends = period(page)
    who = insured(page)
    return {
        "insurer": insurer(page, who),
        "contract_no": contract_no(page),
        "insured": who,
        "address": home(page, who),
        "valid_from": begins,
        "valid_to": ends,
    }


def water_damage(page: Page) -> dict[str, str | None]:
    claims = (
        *("numero de sinistre", "n° de sinistre", "n° sinistre", "sinistre n°", "reference sinistre", "ref sinistre"),
        *(
            "reference du sinistre",
            "references du sinistre",
            "dossier sinistre",
            "numero du sinistre",
            "n° du sinistre",
        ),
        *(
            "numero de dossier",
            "n° de dossier",
            "dossier n°",
            "n° dossier",
            "reference dossier",
            "numero de declaration",
        ),
        *("declaration n°", "constat n°", "sinistre", "reference", "dossier", "ref", "n°"),
    )
    dates = (
        *(
            "date du sinistre",
            "date de survenance",
            "date des degats",
            "date de l'evenement",
            "survenu le",
            "sinistre du",
        ),
        *(
            "date et heure du sinistre",
            "survenus le",
            "survenue le",
            "constate le",
            "date de constatation",
            "constates le",
        ),
        *("degat des eaux du", "date du degat", "degats du", "en date du", "eaux le", "date du constat", "date"),
        *("fait le", "le"),
    )
    return {
        "claim_no": labelled(page, claims, identifier),
        "insurer": insurer(page),
        "date": labelled(page, dates, lambda text: first_day(text, 20)),
    }


def contract_no(page: Page) -> str | None:
    def number(text: str) -> str | None:
        direct = identifier(text)
        if direct is not None:
            return direct
        if (worded := re.match(r"[\s:]*(?:[a-z]{4,14} ){1,2}(?=[A-Z0-9])", text)) and (
            value := identifier(text[worded.end() :])
        ):
            return value
        named = re.search(r"\bn ?[°o]\.? ?|\bnumero |\bref(?:erence)?\.? ", fold(text[:60]))
        return identifier(text[named.start() :]) if named else None

    for label in _CONTRACT:
        for value in every(page, (label,), number):
            place = page.text.find(value.split(" ")[0])
            line = page.text.rfind("\n", 0, max(place, 0)) + 1
            if len(label.split()) > 1 or not _OTHER_NUMBER.search(page.plain[line:place]):
                return value.upper()
    return None


def insured(page: Page) -> str | None:
    """By label, by what is attested, else whom the paper is addressed to."""
    named = labelled(page, _INSURED, _not_alone)
    if named is not None:
        return named
    for match in _CIVIL.finditer(page.plain):
        line = page.plain.rfind("\n", 0, match.start()) + 1
        if not _OTHER_ROLE.search(page.plain[line : match.start()]):
            begin = match.end() if match[0][0] in "bc" else match.start()
            name = person(page.text[begin : begin + 90])
            if name is not None and len(name.split()) > 1:
                return name
    return next(_over_streets(page), None)


def _not_alone(text: str) -> str | None:
    name = person(text)
    return name if name is not None and len(name.split()) > 1 else None


def _over_streets(page: Page) -> Iterator[str]:
    for number in range(min(14, len(page.lines) - 1)):
        under = page.plain[page.lines[number + 1].start : page.lines[number + 1].end]
        if re.search(r"\d{1,4}(?: ?bis| ?ter)?,? (?:rue|av|bd|bo|pl|al|imp|ch|route|quai|cours|sq|res)", under):
            yield from (name for _, cell in cells(page.line(number)) if all_names(cell) and (name := person(cell)))


def period(page: Page) -> tuple[str | None, str | None]:
    """From and to; a period written in one piece is trusted before two dates apart."""
    both: list[tuple[date, date]] = []

    def span(text: str) -> str | None:
        if (two := span_in(text[:130], 30)) is not None and _SHORTEST <= (two[1] - two[0]).days <= _LONGEST:
            both.append(two)
            return "found"
        return None

    if labelled(page, _PERIOD, span) is None:
        spans = (
            span_in(page.text[line.start : page.lines[min(number + 1, len(page.lines) - 1)].end], 30)
            for number, line in enumerate(page.lines)
        )
        both += [two for two in spans if two is not None and _SHORTEST <= (two[1] - two[0]).days <= _LONGEST]
    if both:
        return both[0][0].isoformat(), both[0][1].isoformat()
    begins = labelled(page, _FROM, lambda text: first_day(text, 30))
    ends = labelled(page, _UNTIL, lambda text: first_day(text, 30))
    if begins and ends and begins >= ends:
        later = [day.isoformat() for _, _, day in days_in(page.text) if day.isoformat() > begins]
        return (begins, max(later)) if later and ends == begins else (None, ends)
    return begins, ends
