"""Names of people and companies as documents print them."""

import re
from typing import Final

from mailbot.understanding.documents.page import fold, mended, seen

_CIVIL: Final = re.compile(
    r"^[\s:.,\-|*]*(?:(?:m|mr|mme|mlle|monsieur|madame|mademoiselle|mrs|ms|veuve|vve|melle)\b\.?(?:\s*(?:et|ou|/|&|,)\s*)?\s*){1,4}[\s:]*",
)
_MOST_WORDS: Final = 6
_TOKEN: Final = re.compile(r"[^\W\d_][\w'\-]*\.?")
_PARTICLES: Final = frozenset(
    re.findall(
        r"\S+",
        r"de du des d la le l el al ben bin bint da dos van von et ou ep epouse epoux abd ould dit del di y ",
    )
)
_NOT_NAMES: Final = frozenset(
    re.findall(
        r"\S+",
        r"contrat adresse date numero logement assure assuree assures souscripteur titulaire nom prenom prenoms iban "
        r"bic code client reference garantie garanties est qualite locataire proprietaire habitation attestation "
        r"beneficiaire police societaire rue avenue boulevard place residence appartement batiment tel telephone email "
        r"mail le pour valable compte du banque domiciliation agence rib cle employeur salarie emploi siret periode "
        r"demeurant situe certifie atteste assurance assurances mutuelle occupant beneficie immeuble etage effet nee "
        r"ne et ou de la monsieur madame credit caisse releve identite bancaire domicilie resid bat appt centre "
        r"service bureau votre vos notre nos relation societe association sarl sas eurl bulletin facture devis avis "
        r"objet page document dossier cedex france tribunal office maitre commissaire siege cabinet horizon "
        r"particuliers postale securite sociale total impot republique francaise en sous par sur a au aux cher chere "
        r"direction groupe compagnie conditions signature cachet formule option interlocuteur conseiller conseillere "
        r"allee impasse chemin quai square cours route villa lieu situation risque bien prise validite garanti "
        r"certificat multirisque responsabilite civile locative les des vous nous ce cette il elle on qui assurons "
        r"assurer certifions attestons avoir bonjour ",
    )
)
_STOP: Final = frozenset(
    re.findall(
        r"\S+",
        r"nee ne demeurant domicilie domiciliee est a qui dont titulaire locataire au en beneficie possede veuf "
        r"garantie garanti assure assuree assures sous sont ci occupant represente agissant demeurent demeurants "
        r"habitant residant domicilies par pour et/ou beneficient ",
    )
)


_SEEN_NOT_NAMES: Final = frozenset(map(seen, _NOT_NAMES - _PARTICLES))


def person(text: str) -> str | None:
    """The name at the beginning, as printed, without Mme or M.; at least two words unless a title stands before."""
    plain = fold(text)
    civil = _CIVIL.match(plain)
    place = civil.end() if civil else len(plain) - len(plain.lstrip(" :.,-|*"))
    spans = _name_words(text, plain, place)
    while spans and plain[slice(*spans[-1])] in _PARTICLES:
        spans.pop()
    real = [span for span in spans if plain[slice(*span)].rstrip(".") not in _PARTICLES]
    if not real or (len(real) < 2 and not civil):
        return None
    if all(end - start <= 2 for start, end in real):
        return None
    return mended(re.sub(r"\s+", " ", text[spans[0][0] : spans[-1][1]]).strip(" .-"))


def _name_words(text: str, plain: str, place: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text, place):
        between = text[spans[-1][1] if spans else place : match.start()]
        word = plain[match.start() : match.end()].rstrip(".")
        if between.strip(" '-") or (
            spans and not (re.fullmatch(r" |'|-", between) or _ends_row(text, between, match, spans))
        ):
            break
        if word in _STOP or (seen(word) in _SEEN_NOT_NAMES and word not in _PARTICLES):
            break
        if not match[0][0].isupper() and word not in _PARTICLES and not re.match(r"[l1|][A-ZÀ-Ý]{2}", match[0]):
            break
        spans.append(match.span())
        if len(spans) == _MOST_WORDS:
            break
    return spans


def _ends_row(text: str, between: str, match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    """OCR widens gaps: two spaces still join a name of one word, or the last word of a row."""
    if between != "  ":
        return False
    return len(spans) == 1 or not text[match.end() :].partition("\n")[0].strip(" .,")


def all_names(text: str) -> bool:
    """A cell of capitalised words that may be a person's name and nothing else."""
    plain = fold(text.strip())
    words = plain.split()
    if not 2 <= len(words) <= _MOST_WORDS or any(word.strip(".,") in _NOT_NAMES - _PARTICLES for word in words):
        return False
    name = person(text)
    civil = _CIVIL.match(plain)
    return name is not None and len(name.split()) >= len(plain[civil.end() if civil else 0 :].split())


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
