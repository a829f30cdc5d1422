"""Facts of papers about work: payslips, reports of interventions, appointments."""

import re
from typing import Final

from mailbot.understanding.documents.labels import labelled
from mailbot.understanding.documents.money import month
from mailbot.understanding.documents.names import company
from mailbot.understanding.documents.page import Page, fold
from mailbot.understanding.documents.values import days_in, first_day, first_time, identifier, last_amount

_NET: Final = (
    *(
        "net paye",
        "net a payer au salarie",
        "net verse",
        "net a payer apres impot",
        "net a payer",
        "salaire net",
        "montant net",
        "net",
    ),
)
_DAY: Final = (
    *(
        "date d'intervention",
        "date de l'intervention",
        "intervention du",
        "intervention le",
        "date de visite",
        "visite du",
    ),
    *("realise le", "effectue le", "date de passage", "date des travaux", "date", "le", "du"),
)
_MEETING: Final = (
    *("rendez vous", "date du rendez vous", "passera le", "passage le", "passage prevu", "prevu le", "date", "le"),
    *("convoque le", "presentera le", "aura lieu le", "interviendra le", "fixe au", "jour"),
)
_LEGAL: Final = re.compile(
    r"\b(?:sarl|sas|sasu|eurl|sa|association|societe|ets|entreprise|groupe|mairie|commune de|hopital)\b"
)


def payslip(page: Page) -> dict[str, str | None]:
    return {"employer": _employer(page), "period": month(page), "net": _net(page)}


def _net(page: Page) -> str | None:
    def amount(text: str) -> str | None:
        return None if re.match(r"\W*(?:imposable|social|fiscal|avant)", fold(text)) else last_amount(text[:70])

    return labelled(page, _NET, amount)


def _employer(page: Page) -> str | None:
    labels = ("raison sociale", "nom de l'employeur", "employeur", "entreprise", "societe", "etablissement", "employer")

    def name(text: str) -> str | None:
        found = company(re.split(r" {2}|\t", text.strip(" :.-|"))[0])
        plain = fold(found or "")
        return (
            found
            if found and not re.search(r"salarie|patronal|cotisation|periode|bulletin|^part\b|^nom\b|convention", plain)
            else None
        )

    value = labelled(page, labels, name)
    if value is not None:
        return value
    for number in range(min(4, len(page.lines))):
        for cell in re.split(r" {2,}|\t", page.line(number)):
            if _LEGAL.search(fold(cell)) and not re.search(r"bulletin|paie|convention|employeur", fold(cell)):
                return company(cell.strip())
    return None


def report(page: Page) -> dict[str, str | None]:
    titles = (
        "bon d'intervention",
        "rapport d'intervention",
        "compte rendu d'intervention",
        "fiche d'intervention",
        "bon de travaux",
    )
    labels = (
        *(
            "bon de commande n°",
            "n° de bon de commande",
            "numero de commande",
            "n° de commande",
            "commande n°",
            "ordre de service n°",
        ),
        *(
            "numero d'ordre",
            "n° d'ordre",
            "ordre n°",
            "n° de bon",
            "bon n°",
            "numero de bon",
            "n° bon",
            "bon de commande",
        ),
        *(f"{title} n°" for title in titles),
        *(
            "n° d'intervention",
            "numero d'intervention",
            "intervention n°",
            "ordre de service",
            "bon de travail",
            *titles,
        ),
        *("rapport n°", "reference", "ref", "commande", "n°"),
    )
    value = labelled(page, labels, lambda text: identifier(text, 3))
    return {
        "order_no": value.upper() if value else None,
        "date": labelled(page, _DAY, lambda text: first_day(text, 16)) or _only_day(page),
    }


def appointment(page: Page) -> dict[str, str | None]:
    day = labelled(page, _MEETING, lambda text: first_day(text, 30))
    return {"date": day or _only_day(page), "time": _time(page)}


def _only_day(page: Page) -> str | None:
    days = {day for _, _, day in days_in(page.text)}
    return days.pop().isoformat() if len(days) == 1 else None


def _time(page: Page) -> str | None:
    days = days_in(page.text)
    for _, end, _ in days:
        if (value := first_time(page.text[end : end + 60], 40)) is not None:
            return value
    return labelled(
        page, ("heure", "horaire", "creneau", "entre", "a partir de", "vers", "a"), lambda text: first_time(text, 14)
    )
