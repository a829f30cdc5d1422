"""Facts of papers about money: invoices, quotes, receipts, energy bills, bank details."""

import re
from typing import Final

from mailbot.understanding.documents.labels import labelled
from mailbot.understanding.documents.names import all_names, company, person
from mailbot.understanding.documents.numbers import amounts_in, iban_in, identifier, last_amount, siret_in
from mailbot.understanding.documents.page import Page, cells, fold
from mailbot.understanding.documents.values import first_day, month_in, quarter_in, span_in

_TOTAL: Final = (
    *("total ttc", "montant ttc", "net a payer", "total a payer", "montant a payer", "reste a payer", "total tvac"),
    *("total a regler", "net a regler", "montant a regler", "montant du", "total net", "net ttc", "prix ttc"),
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
    *("total regle", "montant du paiement", "somme recue", "somme totale"),
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
        "montant",
    ),
)
_DUE: Final = (
    *(
        "date d'echeance",
        "echeance le",
        "echeance",
        "a payer au plus tard le",
        "a regler au plus tard le",
        "date limite de paiement",
        "a regler avant le",
        "a payer avant le",
    ),
    *(
        "payable avant le",
        "payable le",
        "payable au plus tard le",
        "regler pour le",
        "paiement au",
        "paiement pour le",
        "soit le",
        "a regler le",
        "date limite",
        "reglement avant le",
        "date de reglement",
    ),
    *(
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
    *("consommation", "conso", "month of"),
    *("quittance", "loyer de", "loyer", "paie du", "au titre de", "consommation du", "facture du", "bulletin de paie"),
)


_CIVIL: Final = re.compile(r"(?<![\w'])(?:m|mr|mme|mlle|monsieur|madame)\b\.?\s")
_LEGAL_FORM: Final = re.compile(
    r"(?:sarl|sas|sasu|eurl|sci|sa|ei|snc|scop|association|entreprise|ets|societe|asso|syndicat)\b"
)


def bill(page: Page, kind: str) -> dict[str, str | None]:
    word = "devis" if kind == "quote" else "facture"
    numbers = (
        *(() if kind == "quote" else ("avoir n°", "avoir numero")),
        *(
            f"{word} gratuit n°",
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
        *(("proposition n°", "proposition commerciale", "offre n°", "estimation", "offre") if kind == "quote" else ()),
        *("reference", "ref", "numero", "n°"),
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
        *("reference du contrat", "compte de contrat", "votre contrat", "contrat d'abonnement", "contrat gaz n°"),
        *(
            "contrat gaz",
            "contrat electricite",
            "police d'abonnement",
            "police n°",
            "n° de police",
            "numero de police",
            "abonnement n°",
            "n° d'abonnement",
            "numero d'abonnement",
            "contrat",
        ),
        *("n° de compte", "compte client", "reference client", "n° client", "numero client"),
    )
    number = labelled(page, numbers, identifier)
    totals = ("total ttc", "montant ttc", "total a payer", "montant a payer", "net a payer", "montant total", *_TOTAL)
    return {
        "contract_no": number.upper() if number else None,
        "period": span(page) or month(page),
        "amount_total": total(page, totals),
    }


def bank(page: Page) -> dict[str, str | None]:
    labels = (
        *("titulaire(s) du compte", "titulaires du compte", "titulaire du compte", "titulaires", "titulaire"),
        *(
            "intitule du compte",
            "nom du titulaire",
            "account holder",
            "nom et prenom",
            "account owner",
            "nom du compte",
        ),
        *("beneficiaire", "compte ouvert au nom de", "au nom de", "compte de", "nom", "holder"),
    )

    def holder(text: str) -> str | None:
        return _firm(text) or person(re.split(r" {3,}|\t", text)[0])

    named = labelled(page, labels, holder)
    return {"iban": iban_in(page.text), "holder": named or _named_holder(page)}


def _firm(text: str) -> str | None:
    name = company(re.split(r" {2}|\t", text.strip(" :.-|"))[0])
    return name if name and _LEGAL_FORM.match(fold(name)) else None


def _named_holder(page: Page) -> str | None:
    """Whose name stands alone: with Mme or M. before, else over a street or the account's numbers."""
    alone = [cell for number in range(len(page.lines)) for _, cell in cells(page.line(number)) if all_names(cell)]
    titled = [cell for cell in alone if re.match(r"\W*(?:m|mr|mme|mlle|monsieur|madame)\b", fold(cell))]
    told = (page.text[match.start() : match.start() + 80] for match in _CIVIL.finditer(page.plain))
    return next((name for cell in (*titled, *alone, *told) if (name := person(cell)) is not None), None)


def total(page: Page, labels: tuple[str, ...]) -> str | None:
    def amount(text: str) -> str | None:
        return last_amount(text[:90].split("\n", maxsplit=1)[0])

    sure = tuple(label for label in labels if label not in _VAGUE)
    vague = tuple(label for label in labels if label in _VAGUE)
    return (
        labelled(page, sure, amount, _NOT_TOTAL)
        or _taxed(page)
        or labelled(page, vague, amount, _NOT_TOTAL)
        or _only_amount(page)
    )


_NOT_TOTAL: Final = re.compile(
    r"\W*(?:(?:general|net|facture) )?(?:h\.?t\b|hors taxes?|tva|des heures|kwh|cotisation|des retenues)"
)


def _only_amount(page: Page) -> str | None:
    """The one amount that a short paper names."""
    amounts = {amount for _, amount in amounts_in(page.text)}
    return amounts.pop() if len(amounts) == 1 else None


def _taxed(page: Page) -> str | None:
    """The words may stand behind the amount: "soit 940,50 € TTC"."""
    for match in re.finditer(r"[0-9ol][0-9ol .,]{1,12}(?:€|eur(?:os)?)? ?(?:ttc|toutes taxes)", page.shape):
        if (value := last_amount(f"{page.text[match.start() : match.end()].split('T')[0]}")) is not None:
            return value
    return None


_VAGUE: Final = frozenset({"ttc", "total", "montant"})


def month(page: Page) -> str | None:
    value = labelled(page, _PERIODS, lambda text: month_in(text, 25))
    if value is not None:
        return value
    months = {found for line in page.lines[:12] if (found := month_in(page.text[line.start : line.end], 60))}
    return months.pop() if len(months) == 1 else None


def span(page: Page) -> str | None:
    """A month as "2026-01"; a longer period as "2026-01-01/2026-02-28", as ISO 8601 writes an interval."""

    def both(text: str) -> str | None:
        two = span_in(text[:90], 20)
        if two is None or not 0 < (two[1] - two[0]).days < _TWO_YEARS:
            return None
        if (two[0].year, two[0].month) == (two[1].year, two[1].month):
            return f"{two[0].year}-{two[0].month:02}"
        return f"{two[0].isoformat()}/{two[1].isoformat()}"

    return labelled(page, (*_PERIODS, "du"), both) or next(
        (found for line in page.lines[:20] if (found := quarter_in(page.text[line.start : line.end]))), None
    )


_TWO_YEARS: Final = 800
