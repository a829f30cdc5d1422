"""What kind of paper a text is: scored signs, heaviest where a title stands, lightest inside sentences."""

import re
from typing import Final

from mailbot.model import Part, TextSource
from mailbot.understanding.documents.contents import AGAINST, CONTENTS, NEEDS
from mailbot.understanding.documents.numbers import amounts_in, iban_in
from mailbot.understanding.documents.page import Page, fold, found, mended
from mailbot.understanding.documents.signs import SIGNS

ENOUGH: Final = 2.5
_TOP_LINES: Final = 9
_TOP_CHARACTERS: Final = 90
_TITLE_WORDS: Final = 9
_MOST_SUPPORT: Final = 6.0
_MOST_MENTIONS: Final = 20
_MOST_READ: Final = 12_000
"""A paper says within its first pages what it is."""
_LIKE_A_LETTER: Final = 1.5
_LETTER_WORDS: Final = 12
_PICTURE_WORDS: Final = 4
_MACHINE_ID: Final = re.compile(r"(?:idfra|p<[a-z]{3}|tsfra|i<[a-z]{3}|id[a-z]{3})[a-z<]*<{2,}|<{5,}")
_SALUTATION: Final = re.compile(
    r"(?m)^\W*(?:chere?s? |dear |estimad|stimat|gentile|bonjour|bonsoir|hello|madame|monsieur|messieurs|salam|sayin"
    r"|salut|a l'attention|buenos|buenas|senor|caro|prezado|exmo|spett|egregi|stimat|prezad|szanown|sehr geehrte|уважаем|шановн|السلام|السيد|سيدي|您好|尊敬)"
)
_OWN_VOICE: Final = re.compile(
    r"\b(?:je (?:vous|suis|me|ne|n'|voudrais|souhaite|viens|tiens|demande|soussignee? .{0,60}(?:vous|demande))|j'(?:ai|habite|espere|aimerais|etais)"
    r"|mon (?:appartement|logement|loyer|voisin|mari|fils|bail|assurance|dossier)|ma (?:fille|femme|salle|cuisine|chambre|chaudiere|quittance|voisine|demande)|mes (?:enfants|voisins|quittances|loyers)"
    r"|i am|i have|my (?:flat|apartment|rent|neighbou?r)|mi piso|tengo|estoy|minha|estou|necesito|les escribo|quisiera|mi (?:casa|hija|hijo|marido|mujer)"
    r"|preciso|escrevo|gostaria|o meu|meu (?:apartamento|filho|marido)|vorrei|ho bisogno|scrivo|mio (?:figlio|marito)|mia (?:casa|figlia)|va scriu|locuiesc|as dori|apartamentul meu|pisze|mieszkam|prosze|moje|moj|yaziyorum|evim(?:de)?|istiyorum"
    r"|i (?:live|would|write|need|can't|cannot)|je (?:peux|paye|dors|n'ai)|nous (?:avons|sommes) (?:du|de l'eau|tres|au)|ma (?:mere|voiture)|mon (?:pere|fils|enfant|chauffage|plafond))\b"
)
_CLOSING: Final = re.compile(
    r"\b(?:cordialement|salutations|respectueusement|sinceres|bien a vous|merci d'avance|yours|regards|saludos|cumprimentos|gracias|obrigad\w|grazie|multumesc|dziekuje|tesekkur\w*|saygilar\w*|salutations|remercie)\b"
)
_FOREIGN: Final = re.compile(r"[\u0400-\u06ff\u0980-\u09ff\u0b80-\u0bff\u4e00-\u9fff]")
_SUBJECT: Final = re.compile(r"\W*(?:objet|sujet|subject|re|pj|p\.j|piece jointe|pieces jointes)\b")
"""A letter's subject line names what it is about, which is seldom what it is."""
_TAIL: Final = re.compile(r"^[\s:°º.#\-]*(?:n\b|no\b|numero|ref|du\b|de\b|pour\b|[0-9]|$)")


def kind_of(page: Page, part: Part) -> str:
    words = re.findall(r"[^\W\d_]{3,}", page.plain)
    if len(words) < _PICTURE_WORDS and part.media_type.startswith("image/") and not re.search(r"\d{6}", page.plain):
        return "damage_photo"
    letter = _letter(page)
    said = re.sub(r"\b([dljnsmtc]) (?=[aeiouyh])", r"\1'", fold(mended(page.text[:_MOST_READ])))
    scores = {kind: score(page, said, kind) for kind in SIGNS}
    if iban_in(page.text) is not None:
        # Without an amount it is no bill that asks to be paid to the account.
        scores["bank_details"] += 0.8 if any(amounts_in(page.text)) else 2.0
    if _MACHINE_ID.search(page.plain):
        scores["id_document"] += 4
    kind, best = max(scores.items(), key=lambda entry: (entry[1], entry[0] == "other"))
    scanned = part.text_source == "ocr" and letter >= _LIKE_A_LETTER and best < ENOUGH + letter / 2
    if scanned or (letter >= 3 and best < ENOUGH + letter):
        # A tenant's own words name many papers and are none of them.
        return _unknown(part.text_source, words, letter)
    return kind if best >= ENOUGH and kind != "other" else _unknown(part.text_source, words, letter)


def _unknown(source: TextSource, words: list[str], letter: float) -> str:
    scanned = source == "ocr" and len(words) >= _LETTER_WORDS
    return "handwritten_style_letter" if scanned and letter >= _LIKE_A_LETTER else "other"


def _letter(page: Page) -> float:
    """How much the text is a person's own letter: 0 not at all, 3 and more surely."""
    own = len(_OWN_VOICE.findall(page.plain))
    greeting = bool(_SALUTATION.search(page.plain))
    closing = bool(_CLOSING.search(page.plain))
    foreign = len(_FOREIGN.findall(page.plain)) > 60
    return min(own, 4) * 0.8 + greeting * 0.8 + closing * 0.7 + foreign * 0.8 if own or foreign else 1.0 * greeting


def score(page: Page, said: str, kind: str) -> float:
    """`said` is the page's text in small letters without accents, with OCR's digits in words put right."""
    needs = NEEDS.get(kind)
    if needs is not None and not needs.search(said):
        return 0.0
    signs = SIGNS[kind]
    title = max((_title(page, words) for words in signs.titles), default=0.0)
    support = sum(weight for words, weight in signs.support if next(found(page, words), None))
    support += sum(weight for pattern, weight in CONTENTS.get(kind, ()) if pattern.search(said))
    against = sum(weight for words, weight in signs.against if next(found(page, words), None))
    against += sum(weight for pattern, weight in AGAINST.get(kind, ()) if pattern.search(said))
    return title + min(support, _MOST_SUPPORT) - against


def _title(page: Page, words: str) -> float:
    """The best place where these words stand: a title at the top 4, a heading 3, capitals 2, a sentence 0.7."""
    best = 0.0
    length = len(words.split())
    for number, match in enumerate(found(page, words)):
        if number >= _MOST_MENTIONS:
            break
        at = page.line_at(match.start())
        line = page.lines[at]
        head, tail = page.shape[line.start : match.start()], page.plain[match.end() : max(line.end, match.end())]
        subject = _SUBJECT.match(page.plain, line.start) is not None
        opens = not subject and (not re.search(r"[a-z]{2,}", head) or "  " in head[-3:])
        short = line.words <= _TITLE_WORDS
        capitals = page.text[match.start() : match.end()].isupper() and match.end() - match.start() > 3
        spans = length * 2 >= len(re.findall(r"[a-z]{2,}", page.plain[line.start : line.end]))
        top = at < _TOP_LINES or match.start() < _TOP_CHARACTERS
        if opens and (spans or (capitals and _TAIL.match(tail)) or (short and _TAIL.match(tail))):
            place = 4.0 if top else 2.4
        elif short and not subject and (capitals or opens or spans):
            place = 3.0 if top else 1.8
        elif capitals and top:
            place = 2.6
        else:
            place = 0.7
        # Longer names are surer: "facture d'electricite" is more than "facture".
        best = max(best, place + 0.25 * (min(length, 4) - 1) * (place > 1))
    return best
