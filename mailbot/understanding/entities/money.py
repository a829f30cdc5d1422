"""Amounts in euros and IBANs."""

import re
from collections.abc import Iterator

from mailbot.understanding.entities.said import Said

_WHOLE = r"(?:\d{1,3}(?:[ .,']\d{3}){1,3}(?!\d)|\d{1,7})"
_EURO = r"(?:€|euros?(?![a-z])|eur(?![a-z])|evro(?![a-z])|avro(?![a-z])|ouros?(?![a-z])|(?<=[2-9]\d)e(?= ?(?:par |/|pour |en |chaque |mais |ttc|[.,!?)\n]|\Z))|(?<=\d\d\d)e(?![\w'-])|欧元?|евро|євро|ইউরো|يورو|أورو|اورو|ايرو|ع?ورو)"
_EURO_LOOSE = r"(?:€|euro|eur\b|欧|евро|євро|ইউরো|يورو|أورو|اورو)"
_WITH_SIGN = re.compile(
    rf"(?<![\d.,/-])({_WHOLE})(?:[.,](\d{{1,2}}))?(?!\d) ?{_EURO}(?: ?(?:et )?(\d{{2}})(?![\d\w%/.,]))?"
)
_LED = re.compile(rf"(?:(?<!\d)€|\beur\b) ?({_WHOLE})(?:[.,](\d{{2}}))?(?![\d.,]*\d)")
_GLUED = re.compile(
    rf"(?<![\d.,/-])(\d{{1,5}}(?:[.,]\d{{1,2}})?) ?(?:a|et|ou|-|o|y|e|and|i|или|и) (?:a )?{_WHOLE}(?:[.,]\d{{1,2}})? ?{_EURO_LOOSE}"
)
_TAXED = re.compile(rf"(?<![\d.,/-])({_WHOLE})(?:[.,](\d{{2}}))? ?(?:ht|ttc|h\.t\.|t\.t\.c\.)(?![a-z])")
_CENTS = re.compile(
    r"(?<![\d.,/:+-])(?<!\d )(\d{1,3}(?:[ .]\d{3}){1,2}|\d{1,6})[,.](\d{2})(?![\d.,/]*\d)(?! ?(?:%|°|, ?mon metre|m2|m²|m3|m³|kwh|kw|km|cm|mm|m\b|kg|g\b|l\b|h\b|x\b|fois|bar|mbar|pour ?cent|ppm|db|metr|litr|м|кв))"
)
_MONTHLY = re.compile(
    rf"(?<![\d.,/-])(?<!\d )({_WHOLE})(?:[.,](\d{{2}}))?(?: (?:de plus|en plus|now))? ?(?:(?:par|chaque|/|a|al|por|every|per|each|am|pro|la|pe) ?(?:mois?|month|mes|mese|luna)(?![a-z])|tous les mois|k(?:oul|ol|el) ch?har|f chhar|balles\b|de cote\b|au mois\b|de loyer\b|de caution\b|de charges\b|d'apl\b|en fiecare luna|на месяц|в месяц|на місяць|щомісяця|miesiecznie|كل شهر|في الشهر)"
)
_SPENT = re.compile(
    rf"(?:\b(?:loyer|somme|montant|dette|solde|caution|amount|total|rent|quittance|reste|deuda|alquiler|valor|chirie|kira|kaucj\w|czynsz|affitto)(?: (?:de|a|d'|est|est de|passe a|of|is))? (?:paye )?|\b(?:dois|doit|payer|paye|verser|verse|virer|vire|rembourser|pay|paid|owe|pagar|debo|devo|zaplac\w+|платить|плачу|оплатил\w?|заплатил\w?|ayda|aylik|每月|ежемесячно|মাসে) )({_WHOLE})(?:[.,](\d{{2}}))?(?![\d:/]|[.,]\d|\w| ?(?:mois|fois|jours?|ans|%|m2|m²|h\b|heures?|semaines?|g\b|kg|litres?|cm|metres?|locataires|foi\b|et quelques|personnes?|months?|days?|rue|logements?|kwh|janv|fevr|mars|avril|mai|juin|juill|aout|sept|oct|nov|dec|gün|ay\b))"
)
_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}(?:[ .-]{0,2}[a-z0-9]){11,30}")
_FRENCH_LENGTH = 27


def amounts(said: Said) -> Iterator[str]:
    """Whole numbers need their euro; two decimals are money unless something else is measured."""
    found: dict[int, str] = {}
    for pattern in (_WITH_SIGN, _TAXED, _LED, _CENTS, _MONTHLY, _SPENT):
        for match in pattern.finditer(said.folded):
            if match.start(1) in found or _measured(said.folded, match):
                continue
            cents = match[2] or (match[3] if pattern is _WITH_SIGN and match[2] is None else None) or "00"
            found[match.start(1)] = f"{int(re.sub(r'[^0-9]', '', match[1]))}.{cents.ljust(2, '0')}"
    for match in _GLUED.finditer(said.folded):
        whole, _, cents = match[1].replace(",", ".").partition(".")
        found.setdefault(match.start(1), f"{int(whole)}.{cents.ljust(2, '0')}")
    for _, amount in sorted(found.items()):
        if amount != "0.00":
            yield amount


def _measured(folded: str, match: re.Match[str]) -> bool:
    """A version, a time or a day, not a price."""
    before = folded[max(0, match.start() - 14) : match.start()]
    return re.search(r"(?:art(?:icle|\.)?|version|\bv|§) ?$", before) is not None


def ibans(said: Said) -> Iterator[str]:
    for match in _IBAN.finditer(said.folded):
        compact = re.sub(r"[ .-]", "", match[0]).upper()
        # A word behind it may have been taken along: shorten until the check digits agree (ISO 7064).
        for length in range(len(compact), 14, -1):
            if is_iban(compact[:length]):
                yield compact[:length]
                break


def is_iban(compact: str) -> bool:
    """ISO 13616: the check digits agree; the French ones have 27 characters."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact):
        return False
    if compact.startswith("FR") and len(compact) != _FRENCH_LENGTH:
        return False
    return checks_out(compact)


def checks_out(compact: str) -> bool:
    """ISO 13616: the letters and digits, their head moved to their end, leave 1 when divided by 97."""
    turned = compact[4:] + compact[:4]
    return turned.isalnum() and turned.isascii() and int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
