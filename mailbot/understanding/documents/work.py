"""Facts of papers about work: payslips and reports of interventions."""

import re
from typing import Final

from mailbot.understanding.documents.labels import every, is_label, labelled
from mailbot.understanding.documents.money import month
from mailbot.understanding.documents.names import all_names, company, person
from mailbot.understanding.documents.numbers import identifier, last_amount
from mailbot.understanding.documents.page import Page, cells, fold, mended
from mailbot.understanding.documents.values import days_in, first_day

_NET: Final = (
    *("net paye", "net a payer au salarie", "net verse", "net a payer apres impot", "net a verser", "net percu"),
    *(
        "net a payer en euros",
        "net a payer",
        "salaire net verse",
        "total net verse",
        "salaire net a payer",
        "salaire net paye",
    ),
    *(
        "montant net paye",
        "montant net verse",
        "montant vire",
        "virement de",
        "virement",
        "somme versee",
        "salaire net",
        "net",
    ),
)
_NOT_NET: Final = re.compile(r"\W*(?:imposable|social|fiscal|avant|horaire|a payer avant)")
_DAY: Final = (
    *("date d'intervention", "date de l'intervention", "intervention du", "intervention le", "date de visite"),
    *(
        "visite du",
        "visite le",
        "date de realisation",
        "realise le",
        "effectue le",
        "acheve le",
        "acheves le",
        "termine le",
        "termines le",
        "execute le",
        "date de passage",
    ),
    *("passage du", "passage le", "date des travaux", "travaux du", "sur place le", "intervenu le", "intervenus le"),
    *("termine le", "termines le", "acheve le", "acheves le", "acheve ce jour", "date d'execution", "date", "le", "du"),
)
_LEGAL: Final = re.compile(
    r"\b(?:sarl|sas|sasu|eurl|sa|sci|snc|scop|ei|association|societe|ste|ets|etablissements?|entreprise|groupe|mairie|commune de|ville de|hopital|centre|clinique"
    r"|boulangerie|boucherie|garage|transports?|restaurant|hotel|pharmacie|interim|nettoyage|batiment|supermarche|services?|cabinet|maison|departement|region"
    r"|lycee|college|universite|ehpad|creche|logistique|proprete|securite|distribution|industries?|agence)\b"
)
_NO_EMPLOYER: Final = re.compile(
    r"salarie|patronal|cotisation|periode|bulletin|^part\b|^noms?\b|convention|fiche de pa|paie\b|paye\b|page|matricule|urssaf|siret|\bape\b|\bnaf\b|mois|emploi"
    r"|qualification|date|paiement|virement|\brue\b|avenue|\d{5}|\btel\b|direction|ressources|service paie|confidentiel|a conserver|montant|\bhoraire|titre de travail|cesu|pajemploi"
    r"|^(?:sarl|sas|sasu|sa|eurl|snc)(?: au\b|$)|mission|brut|^\d{1,4}(?: ?bis| ?ter)?,? (?:quai|place|bd|boulevard|av|allee|impasse|chemin|route|cours)\b|exemplaire|entree|anciennete|classification|coefficient|securite sociale|duplicata|edite"
)


def payslip(page: Page) -> dict[str, str | None]:
    return {"employer": _employer(page), "period": month(page), "net": _net(page)}


def _net(page: Page) -> str | None:
    return labelled(page, _NET, lambda text: last_amount(text[:90].split("\n")[0]), _NOT_NET)


def _employer(page: Page) -> str | None:
    labels = (
        *("nom de l'employeur", "raison sociale", "employeur", "nom ou raison sociale", "entreprise utilisatrice"),
        *("entreprise", "societe", "etablissement", "employer", "organisme employeur", "particulier employeur"),
    )
    value = next(every(page, labels, _employer_name), None)
    return value or _letterhead(page)


def _employer_name(text: str) -> str | None:
    head = re.split(r" {2,}|\t|\||,| - ", text.strip(" :.-|"), maxsplit=1)[0]
    plain = fold(head)
    if not head or _NO_EMPLOYER.search(plain) or is_label(head) or re.match(r"(?:de|du|et|la|le|a|aupres)\b", plain):
        return None
    civil = re.match(r"(?:m|mr|mme|mlle|monsieur|madame)\b", plain)
    return person(head) if civil else company(mended(head))


def _letterhead(page: Page) -> str | None:
    """The first that looks like a firm's name; one with a trade or a legal form before one without."""
    found: list[tuple[float, str]] = []
    for number in range(min(9, len(page.lines))):
        for place, (_, cell) in enumerate(cells(page.line(number))):
            text = re.split(r"\s[-–—]\s|,|\(", cell, maxsplit=1)[0]
            if number and re.match(r"\W*(?:m|mr|mme|mlle|monsieur|madame)\b", fold(cell)):
                continue
            name = _employer_name(text)
            if name is None or name.endswith(":") or ":" in name or re.search(r"\d{3}", name):
                continue
            firm = 2.5 if _LEGAL.search(fold(name)) else -0.8 if all_names(name) else 0.0
            found.append((2.0 - 0.25 * number - 0.5 * bool(place) + firm, name))
    best = max(found, default=(0.0, ""))
    return best[1] if best[0] >= 1 else None


_TITLES: Final = (
    *("bon d'intervention", "rapport d'intervention", "compte rendu d'intervention", "fiche d'intervention"),
    *("bon de travaux", "bon de travail", "attestation d'intervention", "rapport de visite", "bon de depannage"),
)
_ORDERED: Final = (
    *(
        "bon de commande n°",
        "n° de bon de commande",
        "numero de commande",
        "n° de commande",
        "commande n°",
        "n° commande",
    ),
    *("votre commande", "ordre de service n°", "ordre de service", "numero d'ordre", "n° d'ordre", "n° os", "os n°"),
    *("ordre n°", "n° de bon", "bon n°", "numero de bon", "n° bon", "n° ordre", "bon de commande", "cde n°", "n° cde"),
    *(
        "bdc n°",
        "n° bdc",
        "ref commande",
        "reference commande",
        "votre reference",
        "v/ref",
        "vos ref",
        "commande",
        "bon",
    ),
)
_NUMBERED: Final = (
    *(f"{title} n°" for title in _TITLES),
    *("n° d'intervention", "numero d'intervention", "n° intervention", "intervention n°", "mission n°"),
    *("demande d'intervention n°", "di n°", "n° di", "dossier n°", "affaire n°", "bt n°", *_TITLES),
    *("rapport n°", "fiche n°", "reference", "ref", "n°", "numero"),
)
_CODED: Final = re.compile(r"(?<![\w-])(?:OS|ODS|OT|BT|BC|BDC|DI|CDE|CMD)(?:[ ]?n°)?[ .\-/]{0,2}(?=[A-Z0-9/\-]*\d{2})")
"""The order's number with its usual letters: "l'OS 118-2026"."""


def report(page: Page) -> dict[str, str | None]:
    """Whose order was carried out comes before the firm's own number of its report."""
    coded = (identifier(page.text[match.start() : match.end() + 30], 3) for match in _CODED.finditer(page.text))
    value = (
        labelled(page, _ORDERED, _number)
        or next((code for code in coded if code is not None), None)
        or labelled(page, _NUMBERED, _number)
    )
    return {
        "order_no": value.upper() if value else None,
        "date": labelled(page, _DAY, lambda text: first_day(text, 16)) or only_day(page),
    }


def _number(text: str) -> str | None:
    return identifier(text, 3)


def only_day(page: Page) -> str | None:
    days = {day for _, _, day in days_in(page.text)}
    return days.pop().isoformat() if len(days) == 1 else None
