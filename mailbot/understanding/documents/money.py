"""Facts of papers about money: invoices, quotes, receipts, energy bills, bank details."""

import re
from typing import Final

from mailbot.understanding.documents.labels import labelled
from mailbot.understanding.documents.names import company, person
from mailbot.understanding.documents.page import Page, fold
from mailbot.understanding.documents.values import (
    first_day,
    iban_in,
    identifier,
    last_amount,
    month_in,
    siret_in,
    span_in,
)

_TOTAL: Final = (
    *("total ttc", "montant ttc", "net a payer", "total a payer", "montant a payer", "reste a payer", "total tvac"),
    *(
        "total toutes taxes comprises",
        "montant total ttc",
        "total general",
        "montant total",
        "somme a payer",
        "a payer",
    ),
    *("montant de la facture", "total facture", "montant du devis", "total due", "ttc", "total"),
)
_PAID: Final = (
    *(
        "total quittance",
        "total paye",
        "montant quittance",
        "somme totale de",
        "la somme de",
        "total regle",
        "total recu",
    ),
    *(
        "montant paye",
        "montant regle",
        "montant total",
        "total general",
        "net a payer",
        "total a payer",
        "montant recu",
    ),
    *(
        "total du mois",
        "total de la quittance",
        "total charges comprises",
        "loyer charges comprises",
        "total loyer",
        "total",
    ),
)
_DUE: Final = (
    *("date d'echeance", "echeance le", "echeance", "date limite de paiement", "a regler avant le", "a payer avant le"),
    *("payable avant le", "payable le", "a regler le", "date limite", "reglement avant le", "date de reglement"),
    *(
        "valable jusqu'au",
        "a payer pour le",
        "sera preleve le",
        "prelevement le",
        "paiement avant le",
        "au plus tard le",
        "due date",
    ),
)
_PERIODS: Final = (
    *(
        "periode de location",
        "periode de facturation",
        "periode de consommation",
        "periode de paie",
        "periode concernee",
    ),
    *(
        "periode du",
        "periode",
        "loyer du mois de",
        "mois de",
        "pour le mois de",
        "terme",
        "echeance du",
        "quittance de loyer",
    ),
    *("quittance", "loyer de", "loyer", "paie du", "au titre de", "consommation du", "facture du", "bulletin de paie"),
)


def bill(page: Page, kind: str) -> dict[str, str | None]:
    word = "devis" if kind == "quote" else "facture"
    numbers = (
        *(
            f"{word} n°",
            f"numero de {word}",
            f"n° de {word}",
            f"{word} numero",
            f"n° {word}",
            f"{word} no",
            f"ref {word}",
        ),
        *(f"reference {word}", f"reference de la {word}", f"reference du {word}", f"{word} ref", f"{word} nr", word),
        *(
            ("quotation no", "estimation n°")
            if kind == "quote"
            else ("invoice no", "invoice number", "note d'honoraires n°")
        ),
        *("reference", "numero", "n°"),
    )
    value = labelled(page, numbers, lambda text: identifier(text, 3))
    return {
        "invoice_no": value.upper() if value else None,
        "siret": labelled(page, ("siret", "n° siret", "siren"), lambda text: siret_in(text[:40]))
        or siret_in(page.text),
        "amount_total": total(page, _TOTAL),
        "due_date": labelled(page, _DUE, lambda text: first_day(text, 25)),
        "iban": iban_in(page.text),
    }


def receipt(page: Page) -> dict[str, str | None]:
    return {"period": month(page), "amount_total": total(page, _PAID)}


def energy(page: Page) -> dict[str, str | None]:
    numbers = (
        *("numero de contrat", "n° de contrat", "contrat n°", "reference contrat", "n° contrat", "contrat numero"),
        *("reference du contrat", "compte de contrat", "votre contrat", "n° de compte", "compte client", "contrat"),
    )
    number = labelled(page, numbers, identifier)
    totals = ("total ttc", "montant ttc", "total a payer", "montant a payer", "net a payer", "montant total", *_TOTAL)
    return {
        "contract_no": number.upper() if number else None,
        "period": month(page) or span(page),
        "amount_total": total(page, totals),
    }


def bank(page: Page) -> dict[str, str | None]:
    labels = (
        *(
            "titulaire du compte",
            "titulaire",
            "intitule du compte",
            "nom du titulaire",
            "account holder",
            "nom et prenom",
        ),
        *("beneficiaire", "au nom de", "compte de", "nom"),
    )

    def holder(text: str) -> str | None:
        return person(text) or _firm(text)

    return {"iban": iban_in(page.text), "holder": labelled(page, labels, holder)}


def _firm(text: str) -> str | None:
    name = company(re.split(r" {2}|\t", text.strip(" :.-"))[0])
    return (
        name if name and re.match(r"(?:SARL|SAS|SASU|EURL|SCI|SA|EI|SNC|Association|Entreprise|Ets)\b", name) else None
    )


def total(page: Page, labels: tuple[str, ...]) -> str | None:
    def amount(text: str) -> str | None:
        return None if re.match(r"\W*(?:ht|hors taxes?|tva)\b", fold(text)) else last_amount(text[:90])

    return labelled(page, labels, amount)


def month(page: Page) -> str | None:
    value = labelled(page, _PERIODS, lambda text: month_in(text, 25))
    if value is not None:
        return value
    months = {found for line in page.lines[:12] if (found := month_in(page.text[line.start : line.end], 60))}
    return months.pop() if len(months) == 1 else None


def span(page: Page) -> str | None:
    """A period as "2026-01-01/2026-02-28", as ISO 8601 writes an interval, when the period is longer than a month."""

    def both(text: str) -> str | None:
        two = span_in(text[:80])
        return f"{two[0].isoformat()}/{two[1].isoformat()}" if two and (two[1] - two[0]).days < 800 else None

    return labelled(page, (*_PERIODS, "du"), both)
