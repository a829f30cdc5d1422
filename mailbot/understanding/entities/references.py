"""Numbers by which a landlord finds a file: tenant, lease, and the national application number."""

import re
from dataclasses import dataclass

import re2

from mailbot.understanding.entities.said import Said

_SHAPE = r"((?:[A-Z]{1,3}[-/ ]?)?\d{1,9}(?:[-/](?:\d{1,9}|[A-Z]{1,2})){0,3})"
_TENANT = (
    rf"(?i)\b(?:r[ée]f(?:[ée]rences?)?\.?|dossier|num[ée]ro|n[°ºo]|n°) ?(?:de |du |: ?)?(?:mon |ma )?(?:locataire|client|locatif|compte)s? ?(?:n[°ºo]\.?|num[ée]ro|:|est|c'est){{0,2}} ?{_SHAPE}\b",
    rf"(?i)(?:^|[^\pL])(?:locataire|locat[aá]ri[oa]|inquilin[oa]|tenant|compte locataire|compte client)(?: ref(?:erence)?\.?| no\.?| n[°ºo]\.?|:|,){{0,2}} {_SHAPE}\b",
    rf"(?i)(?:^|[\s(,.])(?:r[ée]f\.?|r[ée]f[ée]rence|ref|compte) ?:? ?(?:n[°ºo] ?)?{_SHAPE}\b",
    rf"(?i)\b(?:my number(?: with you)?|mi n[úu]mero|(?:o )?meu n[úu]mero|la mienne|r[ée]f[ée]rence [àa] moi)(?: is|'s| es| [ée]| est| c'est| o|:){{0,3}} {_SHAPE}\b",
    rf"(?i)(?:رقمي|الحريف عندكم|رقم المستأجر|мой номер|номер (?:договора|жильца|клиента)|л/с|мій номер|mój numer|nr najemcy|numer najemcy|num[ăa]rul meu|il mio numero|codice inquilino|matricola|numaram|kiracı no|kiracı numaram|我的编号|租户编号|编号|আমার নম্বর|ভাড়াটিয়া নম্বর)[ :是是e]{{0,4}}(?:jest |este |[èе—-] )?{_SHAPE}\b",
    r"(?i)\bdossier (?:n[°ºo] ?)?(0\d{6,8})\b",
    r"(?i)(?:номер\w*|№|numer\w*|nr\.?|num[ăa]r\w*|numero|número|编号|号码?|নম্বর|রেফারেন্স|ref\w*\.?|referin\w+|dosar\w*|dossier|cod\w*|n°|n\.)(?: ?(?:мой|мій|meu|mio|mój|jest|este|è|е|—|-|:|是|为|：|আমার|locatar\w*|жильца|клиента|клієнта|мешканця|najemcy|lokatora|inquilino|client)){0,3} ?((?:[A-Z]{1,3}[-/]?)?\d{6,9}|(?:[A-Z]{1,3}-)?\d{2,6}-\d{2,6}(?:-\d{1,4})?)(?:[^\w-]|$)",
    r"(?:^|[^\w\-/+.])(00\d{6})(?:[^\w\-/]|$)",
    r"(?:^|[^\w\-/+.])([A-Z]{1,3}-\d{2}-\d{4}|[A-Z]{1,3}-\d{5,7}|[A-Z]-\d{4}(?:-[A-Z]{2})?|[A-Z]{1,2}-\d{4}-\d{1,2}|\d{2,3}-\d{5}|\d{3}-\d{4}|\d{4}-\d{4}|\d{2,4}[-/][A-Z]{2}(?:-\d{2,3})?|\d{2}-\d{4}-[A-Z]|\d{2}-[A-Z]-\d{3}|\d{3,4}-\d{3}|\d{3}-\d{2}-\d{2})(?:[^\w\-/]|$)",
)
_LEASE = (
    rf"(?i)(?:^|[^\pL])(?:bail|contrat de location|contrat|lease|contrato|contratto|contract\w*|umow\w*|договор\w*|договір|sözleşme\w*|kontrat\w*|合同|租约|চুক্তি\w*|عقد|العقد|najm\w*)(?: n[°ºo]\.?| num[ée]ro| no\.?| nr\.?| r[ée]f\.?| №| numaras[ıi]| n\.| numer| număr\w*| номер|号|编号| নম্বর| رقم| de închiriere| di locazione| najmu| аренды| оренди| найму| :|:|：){{0,3}} {_SHAPE}\b",
)
_ABROAD = r"(?:^|[^\w\-/+.])([A-Z]{1,3}-\d{3,7}|\d{2,4}-\d{3,5}(?:-\d{2,4})?|\d{6,8})(?:[^\w\-/]|$)"
"""Bare in a mail whose letters are not French: who writes so copies the number from a letter."""
_NOT_FRENCH = re.compile(
    "[\u0103\u0105\u0107\u0119\u0142\u0144\u015b\u017a\u017c\u0219\u021b\u0370-\u1fff\u2e80-\uffee]"
)
_FEWEST_DIGITS = 4
_NOT_OURS = re.compile(
    r"(?:facture|devis|invoice|quote|sinistre|factura|fatura|fattura|claim|commande|intervention|fournisseur|ticket|bordereau|loi|decret|article|assureur|assurance|contrat|bail|reclamation|arrete|plainte|saisine|etude|demande d'intervention|bon|constat|proces-verbal|commandement|rapport|police)[^\n]{0,25}$"
)
_NAMED = re.compile(r"locataire|inquilin|locatar|tenant|najemc|kiraci")
"""The number says itself whose it is, whatever stands before."""
_FOREIGN_PREFIX = re.compile(r"(?:DI|FA|REF|OS|BT|DEV|INC|SAV|CMD|FC|FACT|BC|RDV|TICKET)[-/ ]?\d", re.IGNORECASE)
"""Requests, invoices, orders and tickets are numbered, too."""
_LEADING_WORD = re.compile(r"^(?:du|de|le|la|au|et|est|ne|en|of|no) ", re.IGNORECASE)
_APPLICATION = re.compile(r"(?<!\w)\d(?:[ .]?\d){9,12}(?:[ .]?\d|[ .]?[A-Za-z](?=[ .]?\d)|[A-Z]){5,8}(?!\w)")
_APPLICATION_LENGTH = 18
_APPLICATION_DIGITS = 14


@dataclass(frozen=True, slots=True)
class References:
    """google-re2 patterns, tried in order; the first group is the reference, or the whole match without one."""

    tenant_ref: tuple[str, ...] = _TENANT
    lease_ref: tuple[str, ...] = _LEASE

    @classmethod
    def chosen(cls, tenant_ref: tuple[str, ...] | None, lease_ref: tuple[str, ...] | None) -> "References":
        """What an admin wrote, and the packaged patterns for what they left out."""
        return cls(tenant_ref or _TENANT, lease_ref or _LEASE)


DEFAULT_REFERENCES = References()


def first_reference(said: Said, patterns: tuple[str, ...]) -> str | None:
    """The first match that is neither a supplier's own number nor a part of something longer."""
    for pattern in patterns:
        for match in re2.finditer(pattern, said.text):
            value = str(match[1] if match.re.groups else match[0]).strip()
            if pattern in (*_TENANT, *_LEASE):
                value = _LEADING_WORD.sub("", value)
            start = match.start()
            named = _NAMED.search(said.folded[start : match.end()]) is not None
            ours = pattern not in (*_TENANT, *_LEASE, _ABROAD) or not (
                (not named and _NOT_OURS.search(said.folded[max(0, start - 40) : start]))
                or _FOREIGN_PREFIX.match(value)
                or _too_plain(value)
            )
            if value and ours:
                return value
    if patterns == _TENANT and _NOT_FRENCH.search(said.text):
        return first_reference(said, (_ABROAD,))
    return None


def _too_plain(value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    year = re.fullmatch(r"(?:19|20)\d\d(?:[-/](?:19|20)?\d\d)?|\d{1,2}[-/]\d{1,2}[-/](?:19|20)?\d\d", value) is not None
    return len(digits) < _FEWEST_DIGITS or year or len(digits) >= _APPLICATION_LENGTH - 1


def application_no(said: Said) -> str | None:
    """18 characters, mostly digits, perhaps in groups."""
    for match in _APPLICATION.finditer(said.text):
        compact = re.sub(r"[ .]", "", match[0]).upper()
        if len(compact) == _APPLICATION_LENGTH and sum(map(str.isdigit, compact)) >= _APPLICATION_DIGITS:
            return compact
    return None
