"""Who insures: named by label, by what it attests, by its letterhead, its legal line or the signature."""

import re
from collections.abc import Iterator
from typing import Final

from mailbot.understanding.documents.labels import every, is_label
from mailbot.understanding.documents.names import all_names, company
from mailbot.understanding.documents.page import Page, cells, fold, mended, seen

_LABELS: Final = (
    *("nom de l'assureur", "assureur", "societe d'assurance", "compagnie d'assurance", "compagnie", "insurer"),
    *("assure aupres de", "assuree aupres de", "assures aupres de", "societe d'assurances", "mutuelle d'assurance"),
    *("aupres de la compagnie", "aupres de la societe", "garanti par", "garantie par", "votre assureur"),
)
_BEHALF: Final = (
    *(
        "agissant pour le compte de",
        "pour le compte de",
        "au nom et pour le compte de",
        "mandataire de",
        "mandataire du",
        "agent general de",
        "agent general d'",
        "agent general",
    ),
    *("representant de", "representant la", "agissant au nom de", "dument mandate par", "garanties par"),
    *("aupres de notre mutuelle", "aupres de notre compagnie", "soussignes", "soussignee", "soussigne", "cachet"),
)
_ATTESTS: Final = re.compile(
    r"(?:^|[.;:]\s|\n\s*|\bque )(?:nous,? |je |soussignee?s?,? ?|la (?:societe|compagnie)(?: d'assurances?)? )*([^\n.;:]{3,55}?)(?:,[^\n;:]{0,90}?,?)?[ \n]{1,2}"
    r"(?:(?:vous |par la presente |ci-apres )?(?:atteste|certifie|declare|confirme|attestons|certifions|garantit|assure) (?:que|qu'|avoir|par|garantir|assurer|sur|\n)|certify)"
)
_TRADE: Final = re.compile(
    r"\b(?:assur(?:ances?|eur|ea?|'\w+)?|mutuelles?|prevoyance|maif|macif|maaf|gmf|axa|allianz|groupama|matmut|generali|mma|pacifica|sogessur|thelem|gan|aviva"
    r"|smacl|mae|acm|areas|suravenir|lemonade|luko|acheel|abeille|cardif|covea|insurance|protect(?:ion)?|garanties?|seguros|assicurazioni)\b|assur\b|assur'"
)
_NO_NAME: Final = re.compile(
    r"attestation|attestatlon|certificat|^assureurs?$|compagnies? d|societes? d'assurance|^(?:mon|votre|notre|cette|cet|ce|l'|le|la presente|nous|je|il|elle|on|vous|qui|document|objet|page|contrat|risque|ref"
    r"|references?|monsieur|madame|maitre|m\.|mme|suite|date|fait|a qui de droit|pour servir|valable|annee|adresse)\b(?! \w+ assur)|responsabilite|\bassuree?s?$|assurance (?:habitation|multirisque|locat)"
    r"|habitation|multirisque|code des assurances|entreprise regie|regie par|constat|sinistre|numero|garanties?\b|quittance|locatif|locataire|bailleur|formule|police|\d{4,}|\bn°|service|agence|cabinet"
    r"|courtier|conseiller|interlocuteur|siege|telephone|\btel\b|\bpour\b.*\bassur|@|www|\.fr\b|edition|particuliers|client|degats|eaux|declaration|rapport|facture|devis|avis|100 ?%|mandataire|directeur|^dommages"
)
_LEGAL: Final = re.compile(
    r"(?:^|\n)[ \t]*([^\n,;:]{3,45}?)(?:,| -|\s{2,}| est une)? ?(?:sa\b|s\.a|societe (?:d'assurance|anonyme|mutuelle)|mutuelle (?:d'assurance|soumise)|entreprise (?:d'assurance|regie)|au capital|assurance mutuelle|siege social|immatricul)"
)
_SIGNED: Final = re.compile(
    r"(?:^|\n)[ \t]*(?:pour|p/|p\.|cachet(?: de)?|signe)\s*:?\s+(?:la |le |l')?([^\n,;:]{3,45})"
)
_CUT: Final = re.compile(r" {2,}|\t|\||\s[-–—/]\s|,|;| \(|\n|:|·|•")
_TAIL: Final = re.compile(
    r"\s+(?:par|sous|pour|depuis|au titre|dont|qui|en|selon|contrat|police|regi|societe|sa|atteste|certifie|est|le contrat|dossier|agence|siege|que|a effet|declare|document)\b.*$"
)
_ARTICLE: Final = re.compile(r"^(?:(?:[Ll]a|LA|[Ll]e|LE|[Ll]es|LES) |[Ll]')(?=[A-ZÀ-Ý])")
_LEAD: Final = re.compile(
    r"(?:(?:de |par )?(?:la |notre )?(?:societe|compagnie) (?:d'assurances? )?|la mutuelle (?=la )|(?:du|de la|des|de) |d'(?=[a-z])|\ba )(?=\S)"
)
_SIGNER: Final = re.compile(r"\b(?:agent|direct(?:eur|rice)|gerante?|president|mandataire|conseill|charge[e]? d)")
_HEAD_LINES: Final = 9
_LEAST: Final = 1.2


def insurer(page: Page, insured: str | None = None) -> str | None:
    """Each place a name is found at speaks for it; a name in the trade's words speaks louder."""
    weights: dict[str, float] = {}
    prints: dict[str, list[str]] = {}
    mine = set(re.findall(r"[a-z]{3,}", fold(insured or "")))
    for weight, text in _candidates(page):
        name = _name(text)
        if name is None or (mine and set(re.findall(r"[a-z]{3,}", fold(name))) <= mine):
            continue
        key = re.sub(r"[^a-z0-9]", "", re.sub(r"^(?:la|le|les|l') ?", "", seen(name)))
        trade = 2.5 if _TRADE.search(fold(name)) else -0.5 if all_names(name) and len(name.split()) == 2 else 0.0
        if key not in weights:
            weights[key] = trade
        weights[key] += weight
        prints.setdefault(key, []).append(name)
    if not weights:
        return None
    for key in weights:
        # "Hestia" in a sentence speaks for "Hestia Prévoyance" in the letterhead.
        weights[key] += sum(0.7 for other in weights if other != key and len(other) > 4 and (other in key))
    best = max(weights, key=lambda key: (weights[key], len(key)))
    if weights[best] < _LEAST:
        return None
    return _best_print(prints[best])


def _best_print(names: list[str]) -> str:
    """The clearest of several: accents and small letters are what OCR and capitals lose; the article of a sentence
    is no part of the name when the name also stands without it.
    """
    best = max(names, key=lambda name: (not name.isupper(), sum(not char.isascii() for char in name)))
    bare = [name for name in names if not _ARTICLE.match(name)]
    return _ARTICLE.sub("", best) if bare else best


def _candidates(page: Page) -> Iterator[tuple[float, str]]:
    def raw(text: str) -> str | None:
        head = _CUT.split(text.strip(" :.,-|"), maxsplit=1)[0]
        return head if len(head) >= 3 and not is_label(head) else None

    yield from ((5.0 - number, text) for number, text in enumerate(list(every(page, _LABELS, raw))[:2]))
    yield from (
        (0.4 if all_names(text) or _SIGNER.search(fold(text)) else 3.5, text)
        for text in list(every(page, _BEHALF, raw))[:4]
    )
    for match in _ATTESTS.finditer(page.plain):
        text = page.text[match.start(1) : match.end(1)]
        # "Je soussigné Alain Maurer, agent général": he signs for the insurer.
        signs = "je " in page.plain[match.start() : match.start(1)] and all_names(text)
        yield (0.5 if signs else 3.5), text
    yield from ((2.5, page.text[match.start(1) : match.end(1)]) for match in _LEGAL.finditer(page.plain))
    yield from ((2.0, page.text[match.start(1) : match.end(1)]) for match in _SIGNED.finditer(page.plain))
    for number in range(min(_HEAD_LINES, len(page.lines))):
        for place, (_, cell) in enumerate(cells(page.line(number))):
            for piece, text in enumerate(re.split(r"\s[-–—:]\s", cell)[:2]):
                yield 2.2 - 0.2 * number - 0.6 * bool(place) - 0.6 * piece, text
    for line in page.lines[_HEAD_LINES:]:
        text = page.text[line.start : line.end]
        if line.words <= 6 and _TRADE.search(fold(text)):
            yield from ((1.0, cell) for _, cell in cells(text))


def _name(text: str) -> str | None:
    head = _CUT.split(text.strip(" :.,-|*~"), maxsplit=1)[0]
    head = head[led.end() :] if (led := _LEAD.match(fold(head))) else head
    head = head[: match.start()] if (match := _TAIL.search(fold(head))) else head
    plain = fold(head)
    if not head or len(head.split()) > 6 or _NO_NAME.search(plain) or is_label(head):
        return None
    if not head[0].isupper() and not head[0].isdigit():
        return None
    return company(mended(head))
