"""What an attachment is, the facts it states, and whether an insurance certificate holds."""

import re
import unicodedata
from datetime import date

from mailbot.model import Check, Document, Part, Reading
from mailbot.understanding.danger import fold
from mailbot.understanding.entities import extract, is_iban

# Kind -> (words that speak for it, weight).  Small letters without accents; OCR noise loses accents first.
_SIGNS: dict[str, tuple[tuple[str, float], ...]] = {
    "insurance_certificate": (
        (r"attestation d.?assurance", 3),
        (r"multirisques? habitation|assurance habitation|\bmrh\b", 2),
        (r"risques? locatifs?", 2),
        (r"assure[e]?\b|soussigne", 0.5),
        (r"garanti", 0.5),
        (r"contrat n", 0.5),
    ),
    "tax_notice": (
        (r"avis d.?impo(?:t|sition)|avis de situation declarative|impot sur les revenus", 3),
        (r"revenu fiscal de reference", 3),
        (r"numero fiscal|finances publiques", 1),
    ),
    "rent_receipt": ((r"quittance de loyer|quittance", 3), (r"loyer", 0.5), (r"recu (?:de|la somme)", 1)),
    "invoice": (
        (r"\bfacture\b", 3),
        (r"total ttc|net a payer|montant ttc", 1.5),
        (r"\bsiret\b|\btva\b", 0.7),
        (r"echeance|date d.?emission", 0.5),
    ),
    "quote": ((r"\bdevis\b", 3), (r"bon pour accord|validite de l.?offre", 2), (r"total ttc|total ht", 0.7)),
    "caf_letter": (
        (r"allocations? familiales|\bcaf\b", 2.5),
        (r"numero (?:d.?)?allocataire|aide personnalisee au logement|\bapl\b", 1.5),
    ),
    "bank_details": ((r"releve d.?identite bancaire|\brib\b", 3), (r"\biban\b", 1.5), (r"\bbic\b|domiciliation", 1)),
    "id_document": (
        (r"carte nationale d.?identite|passeport|titre de sejour|permis de conduire", 3),
        (r"republique francaise", 0.5),
        (r"nationalite|date de naissance", 0.7),
    ),
    "payslip": (
        (r"bulletin de (?:paie|salaire)|fiche de paie", 3),
        (r"net (?:a payer|imposable)|cotisations|employeur", 1),
    ),
    "bailiff_letter": (
        (r"commissaires? de justice|huissiers? de justice", 3),
        (r"commandement de payer|signification|assignation|tribunal judiciaire|saisie", 1.5),
    ),
    "work_report": (
        (r"rapport d.?intervention|bon d.?intervention|compte[- ]rendu d.?intervention|fiche d.?intervention", 3),
        (r"technicien|travaux effectues", 0.7),
    ),
    "appointment_notice": (
        (r"avis de passage|convocation|rendez[- ]vous", 2),
        (r"notre technicien passera|veuillez etre present", 1.5),
    ),
    "water_damage_report": ((r"constat (?:amiable )?(?:de )?degats? des eaux|constat amiable", 3), (r"sinistre", 1)),
    "energy_bill": (
        (r"facture d.?(?:electricite|energie|eau)|facture de gaz|electricite|kwh", 2),
        (r"consommation|index|point de livraison|\bpdl\b", 1.5),
    ),
}
_ENOUGH = 2.5
_LETTER_WORDS = 25
_DATE = r"(\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2,4}|\d{1,2}(?:er)? (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre) \d{4})"
_PERIOD = re.compile(
    rf"(?:du|valable du|periode du|a compter du|depuis le)\s*:?\s*{_DATE}\s*(?:au|a|jusqu.?au|-)\s*{_DATE}"
)
_FROM = re.compile(rf"(?:date d.?effet|a compter du|a partir du|prise? d.?effet(?: le)?|debut)\s*:?\s*(?:le )?{_DATE}")
_UNTIL = re.compile(
    rf"(?:jusqu.?au|expire le|echeance(?: le)?|fin de validite|valable au|date de fin|prochaine echeance)\s*:?\s*(?:le )?{_DATE}"
)
_CONTRACT = re.compile(
    r"(?:contrat|police|societaire)\s*(?:n[°ºo.]*|numero|:)+\s*:?\s*([a-z0-9](?:[a-z0-9./-]|(?<=[0-9]) (?=[0-9])){3,24})"
)
_INSURED = re.compile(
    r"(?:assuree?s?|souscripteur|titulaire|nom(?: de l.?assure)?|atteste que|certifie que|au nom de)\s*:?\s*((?:m\.|mme|monsieur|madame|mr|mlle)?\s*[a-z][a-z' -]{3,40})"
)
_INSURER = re.compile(
    r"\b((?:assurances?|mutuelle|mutuelles|compagnie)\s+[a-z][a-z' -]{2,30}|[a-z][a-z'-]{2,20}\s+(?:assurances?|mutuelle|assur))\b"
)
_INVOICE_NO = re.compile(r"(?:facture|devis)\s*(?:n[°ºo.]*|numero|:|#)+\s*:?\s*([a-z0-9][a-z0-9/_-]{2,24})")
_SIRET = re.compile(r"siret\s*:?\s*(\d{3} ?\d{3} ?\d{3} ?\d{5})")
_TOTAL = re.compile(
    r"(?:total ttc|net a payer|montant ttc|total a payer|montant total|a payer)[^\d\n]{0,30}(\d[\d  .]*,\d{2}|\d+\.\d{2})"
)
_DUE = re.compile(rf"(?:echeance|date limite|a regler avant|payable (?:le|avant))[^\d\n]{{0,30}}{_DATE}")
_REFERENCE_INCOME = re.compile(r"revenu fiscal de reference[^\d\n]{0,40}(\d[\d  .]{2,12})")
_FISCAL = re.compile(r"numero fiscal[^\d\n]{0,40}(\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{3})")
_YEAR = re.compile(r"(?:impot|avis)[^\n]{0,40}\b(20\d{2})\b")
_CAF_NO = re.compile(r"allocataire\s*:?\s*(?:n[°ºo.]*)?\s*(\d{6,8}[a-z]?)")
_HOLDER = re.compile(r"titulaire(?: du compte)?\s*:?\s*([a-z][a-z' .-]{3,40})")
_ORDER = re.compile(
    r"(?:bon|ordre|commande|intervention)\s*(?:de (?:commande|travaux) )?n[°ºo.]*\s*:?\s*([a-z0-9-]{3,20})"
)
_MONTHS = (
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
)


def understand_part(part: Part, reading: Reading, today: date, language: str | None) -> Document:
    """Never raises; a picture without words is a damage photo, an unknown text is "other"."""
    if part.decorative:
        return Document(None)
    if not part.text.strip():
        return Document("damage_photo" if part.media_type.startswith("image/") and not part.defects else "other")
    text = fold(part.text)
    kind = _kind(text, part)
    facts = _facts(kind, text, part.text)
    checks = _certificate_checks(facts, reading, today) if kind == "insurance_certificate" else ()
    return Document(kind, language, facts, checks)


def _kind(text: str, part: Part) -> str:
    scores = {
        kind: sum(weight for pattern, weight in signs if re.search(pattern, text)) for kind, signs in _SIGNS.items()
    }
    kind, score = max(scores.items(), key=lambda entry: entry[1])
    if score >= _ENOUGH:
        return kind
    if (
        part.text_source == "ocr"
        and len(text.split()) >= _LETTER_WORDS
        and re.search(r"\b(?:madame|monsieur|bonjour|dear)\b", text)
    ):
        return "handwritten_style_letter"
    return "other"


def _facts(kind: str, text: str, original: str) -> dict[str, str]:
    wanted: dict[str, str | None] = {}
    match kind:
        case "insurance_certificate":
            period = _PERIOD.search(text)
            wanted = {
                "insurer": _title(_first(_INSURER, re.sub(r"assurances? habitation", "", text))),
                "contract_no": _upper(_first(_CONTRACT, text)),
                "insured": _title(_first(_INSURED, text)),
                "address": str(extract("", original, date(2000, 1, 1)).get("address", "")) or None,
                "valid_from": _iso(period[1] if period else _first(_FROM, text)),
                "valid_to": _iso(period[2] if period else _first(_UNTIL, text)),
            }
        case "invoice" | "quote" | "energy_bill":
            wanted = {
                "invoice_no": _upper(_first(_INVOICE_NO, text)),
                "siret": _digits(_first(_SIRET, text)),
                "amount_total": _amount(_first(_TOTAL, text)),
                "due_date": _iso(_first(_DUE, text)),
                "iban": _iban(original),
            }
        case "tax_notice":
            wanted = {
                "fiscal_ref": _digits(_first(_FISCAL, text)),
                "reference_income": _digits(_first(_REFERENCE_INCOME, text)),
                "year": _first(_YEAR, text),
            }
        case "caf_letter":
            wanted = {"caf_no": _upper(_first(_CAF_NO, text))}
        case "bank_details":
            wanted = {"iban": _iban(original), "holder": _title(_first(_HOLDER, text))}
        case "work_report":
            wanted = {"order_no": _upper(_first(_ORDER, text))}
        case "rent_receipt":
            wanted = {"amount_total": _amount(_first(_TOTAL, text))}
    return {name: value for name, value in wanted.items() if value}


def _certificate_checks(facts: dict[str, str], reading: Reading, today: date) -> tuple[Check, ...]:
    start, end = _date(facts.get("valid_from")), _date(facts.get("valid_to"))
    if end is None:
        valid = Check("valid_today", None, "no end date could be read")
    else:
        valid = Check(
            "valid_today", end >= today and (start is None or start <= today), f"valid until {end.isoformat()}"
        )
    begins = Check(
        "starts_in_time",
        None if start is None else start <= today,
        "no start date could be read" if start is None else f"valid from {start.isoformat()}",
    )
    sender = reading.original_sender or reading.sender
    insured = facts.get("insured")
    if sender is None or not sender.name or not insured:
        same = Check("insured_matches_sender", None, "nothing to compare with")
    else:
        shared = _names(insured) & _names(sender.name)
        same = Check(
            "insured_matches_sender", bool(shared), "the names agree" if shared else "another name than the sender's"
        )
    return (valid, begins, same, Check("address_matches_tenant", None, "no tenant directory"))


def _names(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]{3,}", fold(text)) if word not in {"madame", "monsieur", "mme", "mlle"}}


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[1].strip() if match else None


def _title(text: str | None) -> str | None:
    return None if text is None else unicodedata.normalize("NFC", " ".join(word.capitalize() for word in text.split()))


def _upper(text: str | None) -> str | None:
    return None if text is None else text.upper()


def _digits(text: str | None) -> str | None:
    return None if text is None else re.sub(r"\D", "", text)


def _amount(text: str | None) -> str | None:
    if text is None:
        return None
    whole, _, cents = text.replace(",", ".").rpartition(".")
    return f"{re.sub(r'[^0-9]', '', whole)}.{cents}"


def _iban(text: str) -> str | None:
    found = extract("", text, date(2000, 1, 1)).get("ibans", ())
    return next((iban for iban in found if is_iban(iban)), None)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _iso(text: str | None) -> str | None:
    if text is None:
        return None
    pieces = re.split(r"[/.\- ]+", text.replace("er ", " "))
    if len(pieces) != 3:
        return None
    day, month, year = pieces
    number = _MONTHS.index(month) + 1 if month in _MONTHS else month
    try:
        full = int(year) + (2000 if len(year) == 2 else 0)
        return date(full, int(number), int(day)).isoformat()
    except ValueError:
        return None
