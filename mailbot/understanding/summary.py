"""At most three lines for staff: what it is about, the sentence that asks, and what is needed to find the person.

Extracted and templated, no model needed; a translation into the staff's language is quoted instead of the original.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from mailbot.model import Document, Taxonomy
from mailbot.understanding.danger import fold

Said = Mapping[str, str | tuple[str, ...]]
"""Entities as in docs/decision.md."""

_LONG: Final = 230
_SHORTEST_PIECE: Final = 75
_LONGEST_PIECE: Final = 210
_MOST_READ: Final = 6000
_MOST_PIECES: Final = 80
_SUBJECT: Final = 80
_END: Final = re.compile(
    r"(?<!\bbat)(?<!\besc)(?<!\bappt)(?<!\bapt)(?<!\btel)(?<!\bref)(?<!\bmme)(?<!\bnum)(?<!\benv)(?<!\bbd)(?<!\bav)(?<!\bst)(?<!\bdr)(?<!\bm)(?<!\bn)(?<!\d)[.]+(?=\s|$)|(?<=\d)\.(?=\s+[^\d\s]|\s*$)|[!?…]+|[。！？؟।]|\n+"
)
_JOINT: Final = re.compile(
    r"(?:,|;|:| - | – )\s|\s(?=(?:et|mais|donc|alors|car|parce que|puis|ensuite|sinon|du coup|voila|bon|y|pero|e|ma|but|and|so|iar|dar|ale|bo|и|но|і|але)\s)"
)
_ASKS: Final = re.compile(
    r"\?|؟|？|\b(?:pouvez|pourriez|pourrait|pouvons|merci de|je (?:vous )?(?:voudrais|souhaite\w*|demande|prie|signale|confirme|declare|conteste|transmets|reclame|donne (?:mon )?conge|resilie)|j'(?:aimerais|ai besoin|attends|envoie)|nous (?:souhait\w+|demandons|voudrions|transmet\w+|signal\w+|sollicit\w+|vous pri\w+)"
    r"|il (?:me |nous )?fau(?:t|drait)|besoin|est[- ]ce qu|est ce qu|faut[- ]il|dois[- ]je|puis[- ]je|peut[- ]on|peut[- ]il|quand|comment (?:je|on|faire)|combien|ou en est|veuillez|priere|svp|stp|s'il vous plait|envoye[zr]|envoyez|rappele[zr]|venez|repondez|faites"
    r"|please|pls|could you|can you|would you|i need|i want|i would|we need|need (?:a|the|you)|send|por favor|pueden?|podrian?|necesit\w+|quiero|quisiera|quien|preciso|gostaria|podem|pode|queria|vorrei|potete|potrebbe|mi serve|chiedo|va rog|doresc|vreau|as dori|am nevoie|puteti|cand|lutfen|istiyorum|rica|gonder\w*|ne zaman"
    r"|prosze|potrzebuje|chcialb?y?m?|prosimy|bghi\w*|n7eb\w*|nheb\w*|7taj\w*|3afak|momkin|wach|chkoun)\b|пожалуйста|прошу|просим|нужн|можно|можете|хочу|когда|будь ласка|потрібн|можна|можете|хочемо|коли|أريد|اريد|بدي|ممكن|أحتاج|محتاج|الرجاء|أرجو|لو سمحت|متى|请|需要|能不能|可以|麻烦|什么时候|চাই|দরকার|দয়া|অনুগ্রহ|কবে|পাঠান"
)
_WRONG: Final = re.compile(
    r"\b(?:fuit\w*|fuites?|coule\w*|goutt\w*|inond\w*|debord\w*|bouche\w*|refoul\w*|panne|hs|cass\w+|brise\w*|bloque\w*|coince\w*|marche (?:plus|pas)|fonctionne (?:plus|pas)|ne (?:chauffe|s'allume|ferme|s'ouvre|ouvre|demarre)|plus d(?:e |')(?:eau|chauffage|courant|pression|electricite|lumiere)|(?:sans|pas de) (?:eau|chauffage|courant|electricite)"
    r"|froid\w*|gele\w*|moisi\w*|humid\w*|champignons?|cafards?|punaises?|rats?|souris|nuisibles|bruit\w*|tapage|menac\w*|agress\w*|odeur|sent le|gaz|fumee|feu|brul\w*|etincelle\w*|court[- ]circuit|saute|disjonct\w*|fissur\w*|tomb\w*|arrach\w*|vole\w*|cambriol\w*|serrure|impaye\w*|erreur|facture|rembours\w*|augment\w*|retard|dette"
    r"|leak\w*|broken|flood\w*|no (?:heat\w*|hot water|power)|stuck|mould|mold|smell\w*|smoke|noise|roto|rota|fuga|gotea\w*|averia\w*|atascad\w*|humedad|ruido|vazament\w*|avariad\w*|entupid\w*|perde|rotto|rotta|guast\w*|spars\w*|stricat\w*|curge|infiltrat\w*|bozuk|bozul\w*|akiyor|sizinti|kirik|zepsut\w*|cieknie|przecieka|nie dziala)\b"
    r"|протек|течет|течёт|сломал|не работает|нет (?:воды|света|отопления)|тече|зламал|не працю|немає|تسريب|تسرب|مكسور|خربان|عطل|مقطوع|漏|坏|爆|喷|救命|着火|冒烟|停电|没有热水|ভাঙা|নষ্ট|পানি পড়|লিক"
)
_POLITE: Final = re.compile(
    r"^\W*(?:bonjour|bonsoir|salut|hello|coucou|hi\b|dear|madame|monsieur|messieurs|mesdames|cher|chere|buenos|buenas|hola|estimad|bom dia|boa tarde|ola\b|caro|cara|gentil|egregi|spett|buongiorno|buonasera|buna ziua|stimat|dzien dobry|szanown|merhaba|sayin|здравствуйте|добрый день|уважаем|доброго дня|добрий|السلام|您好|你好|আসসালামু|salam)\b[^?]{0,45}$"
    r"|\b(?:cordialement|sinceres|salutations|bien a vous|respectueu\w+|merci d'avance|je vous remercie|en vous remerciant|bonne (?:journee|soiree|annee|fete|reception|continuation)|veuillez agreer|dans l'attente|j'espere que vous (?:allez|avez)|je me permets|excusez[- ]moi|desole\w*|kind regards|best regards|thank you|thanks|un saludo|saludos|gracias|obrigad\w|cumprimentos|grazie|saluti|multumesc|cu stima|dziekuje|z powazaniem|tesekkur\w*|saygilar\w*|с уважением|спасибо|з повагою|дякую|شكرا|谢谢)\b"
)
_STORY: Final = re.compile(
    r"\b(?:ans\b|mari|femme|epouse?|fils|fille|gendre|petits?[- ](?:fils|enfants)|mere|pere|retraite\w*|veuve?|ancien\w*|ne a|nee a|je m'appelle|je suis (?:locataire|la locataire|le locataire|une?|retraite)|c'est (?:m\.|mme|madame|monsieur)|autrefois|defunt\w*|marie\w*|temps qu'il fait|noel|vacances|habite (?:ici|depuis)|my name is|i am|me llamo|mi chiamo|ma numesc|nazywam sie|меня зовут|мене звати)\b"
)
_DOCUMENTS: Final = {
    "insurance_certificate": "attestation d'assurance",
    "tax_notice": "avis d'imposition",
    "rent_receipt": "quittance de loyer",
    "invoice": "facture",
    "quote": "devis",
    "caf_letter": "courrier de la CAF",
    "bank_details": "RIB",
    "id_document": "pièce d'identité",
    "payslip": "bulletin de paie",
    "bailiff_letter": "acte d'huissier ou de justice",
    "work_report": "rapport d'intervention",
    "damage_photo": "photo",
    "appointment_notice": "avis de rendez-vous",
    "water_damage_report": "constat de dégât des eaux",
    "energy_bill": "facture d'énergie ou d'eau",
    "handwritten_style_letter": "lettre",
    "other": "autre document",
}
_LANGUAGES: Final = {
    "en": "anglais",
    "es": "espagnol",
    "pt": "portugais",
    "it": "italien",
    "de": "allemand",
    "ro": "roumain",
    "tr": "turc",
    "ar": "arabe",
    "ary-Latn": "arabe dialectal en lettres latines",
    "ru": "russe",
    "uk": "ukrainien",
    "pl": "polonais",
    "zh": "chinois",
    "bn": "bengali",
}


def summarise(  # noqa: PLR0913 - what a mail is made of
    intent: str,
    also: Sequence[str],
    taxonomy: Taxonomy,
    subject: str,
    text: str,
    *,
    documents: tuple[Document, ...],
    entities: Said,
    spans: Sequence[tuple[int, int]] = (),
    untranslated: str | None = None,
) -> str:
    """`spans` of `text` are what the conclusions rest on; `untranslated`: the language when staff cannot be assumed
    to read the quoted words.
    """
    labels = {known.id: known.label for known in taxonomy.intents}
    topics = " + ".join(labels.get(one, one) for one in dict.fromkeys((intent, *also)))
    first = f"{topics} – {_shortened(' '.join(subject.split()), _SUBJECT)}" if subject.strip() else topics
    lines = [first]
    if said := telling(text, spans):
        tongue = f"(en {_LANGUAGES.get(untranslated, untranslated)}) " if untranslated else ""
        lines.append(f"{tongue}« {said} »")
    if facts := _facts(entities, documents):
        lines.append(facts)
    return "\n".join(lines)


def language_name(code: str) -> str:
    """In French; the code itself for a language that has no name here."""
    return _LANGUAGES.get(code, code)


def document_name(kind: str) -> str:
    return _DOCUMENTS.get(kind, kind)


def telling(text: str, spans: Sequence[tuple[int, int]] = ()) -> str:
    """The sentences that ask or say what is wrong, not the greeting or the life story; "" when there is none."""
    pieces = _pieces(text[:_MOST_READ])[:_MOST_PIECES]
    if not pieces:
        return ""
    weights = [_weight(text, start, end, spans) for start, end in pieces]
    best = max(range(len(pieces)), key=lambda at: (weights[at], -at))
    if weights[best] <= -1:
        return ""
    chosen = {best}
    length = pieces[best][1] - pieces[best][0]
    for at in sorted(range(len(pieces)), key=lambda at: (-weights[at], abs(at - best))):
        more = pieces[at][1] - pieces[at][0]
        close = abs(at - best) == 1 and weights[at] >= _BESIDE
        if at != best and (weights[at] >= _SECOND or close) and length + more + 5 <= _LONG:
            chosen.add(at)
            length += more + 5
    quoted = ""
    for at in sorted(chosen):
        gap = "" if not quoted else " " if at - 1 in chosen else " … "
        quoted += gap + " ".join(text[slice(*pieces[at])].split())
    return _shortened(quoted.strip(" ,;:-"), _LONG)


_FULL: Final = 8
"""Words of a sentence that says something by itself."""
_SPACELESS: Final = re.compile("[\u4e00-\u9fff]{8}")
_SECOND: Final = 1.6
_BESIDE: Final = 1.0
"""What stands right beside the best sentence belongs to it more easily."""


def _pieces(text: str) -> list[tuple[int, int]]:
    """Sentences; one that goes on and on is cut at its joints."""
    plain = fold(text)
    pieces: list[tuple[int, int]] = []
    start = 0
    for match in [*_END.finditer(plain), None]:
        end = match.end() if match is not None else len(text)
        pieces += _cut(text, plain, start, end)
        start = end
    return [(a, b) for a, b in pieces if re.search(r"\w", text[a:b])]


def _cut(text: str, plain: str, start: int, end: int) -> list[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    if end - start <= _LONGEST_PIECE:
        return [(start, end)] if start < end else []
    pieces = []
    last = start
    for match in _JOINT.finditer(plain, start, end):
        if match.end() - last >= _SHORTEST_PIECE:
            pieces.append((last, match.end()))
            last = match.end()
    pieces.append((last, end))
    return pieces


def _weight(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> float:
    plain = fold(text[start:end])
    asks, wrong = bool(_ASKS.search(plain)), bool(_WRONG.search(plain))
    weight = 1.6 * asks + 1.2 * wrong
    weight += max((1.2 * _share(start, end, span) for span in spans), default=0.0)
    weight += 0.3 * bool(re.search(r"\d", plain)) + 0.5 * (
        len(plain.split()) >= _FULL or _SPACELESS.search(plain) is not None
    )
    if _POLITE.search(plain):
        weight -= 2.5 if not (asks or wrong) or end - start < 60 else 0.6
    if _STORY.search(plain) and not (asks or wrong):
        weight -= 0.8
    if len(plain.split()) < 3:
        weight -= 0.9
    return weight


def _share(start: int, end: int, span: tuple[int, int]) -> float:
    """How much of the span lies in the piece."""
    return max(0, min(end, span[1]) - max(start, span[0])) / max(1, span[1] - span[0])


def _facts(entities: Said, documents: tuple[Document, ...]) -> str:
    """Who and where, and what is attached."""
    places = [_one(entities, "address")]
    for key, word in (("building", "bât."), ("stair", "esc."), ("floor", "étage"), ("door", "porte")):
        if value := _one(entities, key):
            ground = key == "floor" and value == "RDC"
            places.append("RDC" if ground else value if key == "building" and len(value) > 3 else f"{word} {value}")
    if "address" in entities or len([place for place in places if place]) > 1:
        places.append(_one(entities, "city"))
    found = [", ".join(place for place in places if place)]
    for key, word in (("tenant_ref", "réf."), ("lease_ref", "bail"), ("application_no", "demande")):
        if value := _one(entities, key):
            found.append(f"{word} {value}")
    if phones := entities.get("phones"):
        found.append(f"tél. {_spoken(phones[0])}")
    if value := _one(entities, "availability"):
        found.append(f"disponible : {_shortened(value, 50)}")
    kinds = [document_name(document.kind) for document in documents if document.kind]
    if kinds:
        found.append("pièces jointes : " + ", ".join(dict.fromkeys(kinds)))
    return _shortened(" · ".join(part for part in found if part), _LONG)


def _one(entities: Said, key: str) -> str:
    value = entities.get(key, "")
    return value if isinstance(value, str) else ""


def _spoken(phone: str) -> str:
    """+33612345678 as 06 12 34 56 78."""
    if re.fullmatch(r"\+33\d{9}", phone):
        return " ".join(re.findall(r"\d\d", f"0{phone[3:]}"))
    return phone


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut) + "…"
