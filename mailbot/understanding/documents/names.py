"""Names of people and companies as documents print them."""

import re
from typing import Final

from mailbot.understanding.documents.page import fold

_CIVIL: Final = re.compile(
    r"^[\s:.,\-]*(?:(?:m|mr|mme|mlle|monsieur|madame|mademoiselle|mrs|ms)\b\.?(?:\s*(?:et|ou|/|&|,)\s*)?){1,2}[\s:]*",
)
_TOKEN: Final = re.compile(r"[^\W\d_][\w'\-]*\.?")
_PARTICLES: Final = frozenset(
    [
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "l",
        "el",
        "al",
        "ben",
        "bin",
        "bint",
        "da",
        "dos",
        "van",
        "von",
        "et",
        "ou",
        "ep",
        "abd",
        "ould",
    ]
)
_NOT_NAMES: Final = frozenset(
    [
        "contrat",
        "adresse",
        "date",
        "numero",
        "logement",
        "assure",
        "assuree",
        "assures",
        "souscripteur",
        "titulaire",
        "nom",
        "prenom",
        "prenoms",
        "iban",
        "bic",
        "code",
        "client",
        "reference",
        "garantie",
        "garanties",
        "est",
        "qualite",
        "locataire",
        "proprietaire",
        "habitation",
        "attestation",
        "bénéficiaire",
        "police",
        "societaire",
        "rue",
        "avenue",
        "boulevard",
        "place",
        "residence",
        "appartement",
        "batiment",
        "tel",
        "telephone",
        "email",
        "mail",
        "le",
        "pour",
        "valable",
        "compte",
        "du",
        "banque",
        "domiciliation",
        "agence",
        "rib",
        "cle",
        "employeur",
        "salarie",
        "emploi",
        "siret",
        "periode",
        "demeurant",
        "situe",
        "certifie",
        "atteste",
        "assurance",
        "assurances",
        "mutuelle",
        "occupant",
        "beneficie",
        "immeuble",
        "etage",
        "effet",
        "nee",
        "ne",
        "et",
        "ou",
        "de",
        "la",
        "monsieur",
        "madame",
    ]
)
_STOP: Final = frozenset(
    [
        "nee",
        "ne",
        "epouse",
        "ep",
        "demeurant",
        "domicilie",
        "domiciliee",
        "est",
        "a",
        "qui",
        "dont",
        "titulaire",
        "locataire",
        "au",
        "en",
        "beneficie",
        "possede",
    ]
)


def person(text: str) -> str | None:
    """The name at the beginning, as printed, without Mme or M.; at least two words unless a title stands before."""
    plain = fold(text)
    civil = _CIVIL.match(plain)
    place = civil.end() if civil else len(plain) - len(plain.lstrip(" :.,-"))
    words: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text, place):
        between = text[words[-1][1] if words else place : match.start()]
        word = plain[match.start() : match.end()].rstrip(".")
        if (words and not re.fullmatch(r" |, |'|-", between)) or (not words and between.strip()):
            break
        if word in _STOP or (word in _NOT_NAMES and word not in _PARTICLES):
            break
        if not match[0][0].isupper() and word not in _PARTICLES:
            break
        if re.fullmatch(r", ", between) and words:
            break
        words.append(match.span())
        if len(words) == 6:
            break
    while words and plain[slice(*words[-1])] in _PARTICLES:
        words.pop()
    real = [span for span in words if plain[slice(*span)].rstrip(".") not in _PARTICLES]
    if not real or (len(real) < 2 and not civil):
        return None
    if all(end - start <= 2 for start, end in real):
        return None
    return re.sub(r"\s+", " ", text[words[0][0] : words[-1][1]]).strip(" .-")


_COMPANY_END: Final = re.compile(
    r"\s*(?:,|;|\s-\s| {2}|\(|\b(?:societe anonyme|au capital|rcs|siret|siren|entreprise regie|atteste|certifie|dont le siege|n°|tel\b))"
)


def company(text: str) -> str | None:
    """A company's name at the beginning, as printed, up to its legal form or a comma."""
    start = len(text) - len(text.lstrip(" :.,-|"))
    plain = fold(text[start:])
    end = _COMPANY_END.search(plain)
    name = text[start:][: end.start() if end else len(plain)].strip(" .:,-|")
    letters = sum(char.isalpha() for char in name)
    if letters < 3 or len(name) > 60 or len(name.split()) > 8 or letters < 0.6 * len(name.replace(" ", "")):
        return None
    return name if name[0].isupper() or name[0].isdigit() else None
