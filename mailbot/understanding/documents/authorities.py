"""Facts of papers of the state and of the courts: tax notices, CAF letters, bailiffs' letters."""

import re
from typing import Final

from mailbot.understanding.documents.labels import labelled
from mailbot.understanding.documents.numbers import identifier, whole_euros
from mailbot.understanding.documents.page import Page, found, seen
from mailbot.understanding.documents.values import digits, first_day

_FISCAL: Final = re.compile(r"(?<![0-9a-z])(?:[0-9ol][ .]?){12}[0-9ol](?![0-9ol])")
_YEAR: Final = re.compile(r"(?<![0-9a-z/.])2o[0-9ol]{2}(?![0-9a-z/.])")
_CAF: Final = re.compile(
    r"^[^0-9\n]{0,25}?(?<![0-9a-z.,/])((?:[0-9ol] ?){6}[0-9ol])(?:[ -]?([a-z])(?![a-z]))?(?![0-9a-z])"
)
_TITLES: Final = (
    *("avis d'impot", "avis d'imposition", "avis de situation declarative", "avis de non imposition", "taxe fonciere"),
    *("avis de taxes foncieres", "impot sur les revenus", "taxe d'habitation", "avis"),
)


def tax(page: Page) -> dict[str, str | None]:
    return {
        "fiscal_ref": labelled(page, ("numero fiscal", "n° fiscal", "identifiant fiscal", "fiscal", "spi"), _fiscal),
        "reference_income": labelled(page, ("revenu fiscal de reference", "rfr"), whole_euros),
        "year": _year(page),
    }


def _fiscal(text: str) -> str | None:
    match = _FISCAL.search(seen(text[:70]))
    return digits(match[0]) if match else None


def _year(page: Page) -> str | None:
    """The first year in the title: "AVIS D'IMPÔT 2025 sur les revenus de 2024" is of 2025."""
    for title in _TITLES:
        for match in found(page, title):
            line = page.lines[page.line_at(match.start())]
            if line.words > 14:
                continue
            year = _YEAR.search(page.shape, match.end(), line.end) or _YEAR.search(page.shape, line.start, line.end)
            if year is None and page.line_at(match.start()) + 1 < len(page.lines):
                following = page.lines[page.line_at(match.start()) + 1]
                year = _YEAR.search(page.shape, following.start, following.end) if following.words <= 8 else None
            if year is not None:
                return digits(year[0])
    return None


def caf(page: Page) -> dict[str, str | None]:
    labels = (
        *(
            "numero d'allocataire",
            "n° allocataire",
            "numero allocataire",
            "n° d'allocataire",
            "allocataire n°",
            "matricule",
        ),
        *(
            "n° caf",
            "numero caf",
            "allocataire",
            "vos references",
            "dossier n°",
            "n° dossier",
            "numero de dossier",
            "dossier",
        ),
    )
    return {"caf_no": labelled(page, labels, _caf)}


def _caf(text: str) -> str | None:
    match = _CAF.match(seen(text[:40]))
    if match is None or sum(char.isdigit() for char in text[match.start(1) : match.end(1)]) < 4:
        return None
    letter = text[match.start(2) : match.end(2)].upper() if match[2] else ""
    return digits(match[1]) + letter


_REFERENCES: Final = (
    *("numero de dossier", "n° de dossier", "reference dossier", "reference du dossier", "ref dossier", "dossier n°"),
    *(
        "nos references",
        "n° dossier",
        "nos ref",
        "n/ref",
        "n/reference",
        "notre reference",
        "ref etude",
        "reference etude",
    ),
    *("reference a rappeler", "references a rappeler", "a rappeler", "n° rg", "rg n°", "numero rg", "rg", "references"),
    *(
        "reference",
        "ref",
        "dossier",
        "acte n°",
        "n° d'acte",
        "n° repertoire general",
        "affaire n°",
        "n° parquet",
        "minute n°",
    ),
    *("n°",),
)
_DEADLINES: Final = (
    *("au plus tard le", "avant le", "date limite", "delai expirant le", "expire le", "dernier delai", "d'ici le"),
    *("d'ici au", "jusqu'au", "a l'audience du", "a l'audience qui se tiendra le", "audience du", "audience le"),
    *(
        "audience qui se tiendra le",
        "audience fixee au",
        "audience fixee le",
        "audience",
        "convoque le",
        "convoquee le",
    ),
    *(
        "comparaitre le",
        "comparaitre",
        "quitter les lieux le",
        "parvenir pour le",
        "regler pour le",
        "paiement pour le",
    ),
    *(
        "pour le",
        "dans le delai",
        "echeance",
        "delai",
        "devant le tribunal",
        "saisie le",
        "vente le",
        "expulsion le",
        "a compter du",
    ),
)


def bailiff(page: Page) -> dict[str, str | None]:
    value = labelled(page, _REFERENCES, identifier)
    return {
        "reference": value.upper() if value else None,
        "deadline": labelled(page, _DEADLINES, lambda text: first_day(text, 40)),
    }
