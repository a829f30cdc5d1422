"""Whether an insurance certificate holds: against the day of the mail, its sender and the tenant directory."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from mailbot.model import Check, Reading
from mailbot.ports import Tenant
from mailbot.understanding.documents.page import fold

_TITLES: Final = frozenset(
    [
        "m",
        "mr",
        "mme",
        "mlle",
        "monsieur",
        "madame",
        "mademoiselle",
        "mrs",
        "ms",
        "et",
        "ou",
        "nee",
        "ne",
        "epouse",
        "ep",
        "veuve",
        "vve",
        "de",
        "du",
        "la",
        "le",
        "des",
    ]
)
_STREETS: Final = {
    **dict.fromkeys(("av", "ave"), "avenue"),
    **dict.fromkeys(("bd", "bld", "blvd", "boul"), "boulevard"),
    "r": "rue",
    "pl": "place",
    "all": "allee",
    "imp": "impasse",
    "ch": "chemin",
    "che": "chemin",
    "rte": "route",
    "sq": "square",
    "res": "residence",
    "fg": "faubourg",
    "fbg": "faubourg",
    "st": "saint",
    "ste": "sainte",
    "gal": "general",
    "gen": "general",
    "mal": "marechal",
    "cdt": "commandant",
    "dr": "docteur",
    "pdt": "president",
    "pce": "place",
    "crs": "cours",
    "q": "quai",
    "pass": "passage",
    "prof": "professeur",
    "col": "colonel",
    "cap": "capitaine",
}
_SMALL: Final = frozenset(["de", "du", "des", "la", "le", "les", "l", "d", "et", "a", "au", "aux"])
_NUMBER: Final = re.compile(r"(\d{1,4})\s?(bis|ter|quater|[abcdq](?![a-z]))?(?![0-9])")
_SUFFIX: Final = {"b": "bis", "t": "ter", "q": "quater"}


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the tenant directory says of the sender."""

    otherwise: str
    """Why there is no tenant, when there is none."""
    tenant: Tenant | None = None


NO_DIRECTORY: Final = Lookup("pas de fichier des locataires configuré")


def certificate_checks(facts: Mapping[str, str], reading: Reading, today: date, lookup: Lookup) -> tuple[Check, ...]:
    """Each check says in French why, for the staff who look at it."""
    tenant = lookup.tenant
    start, end = _day(facts.get("valid_from")), _day(facts.get("valid_to"))
    return (
        _valid(start, end, today),
        _in_time(start, today, tenant.lease_start if tenant else None),
        _same_person(facts.get("insured"), reading, tenant),
        _same_address(facts.get("address"), lookup),
    )


def _valid(start: date | None, end: date | None, today: date) -> Check:
    if end is not None and end < today:
        return Check("valid_today", False, f"expirée depuis le {_french(end)}")
    if start is not None and start > today:
        return Check("valid_today", False, f"ne commence que le {_french(start)}")
    if end is None:
        since = f", effet depuis le {_french(start)}" if start is not None else ""
        return Check("valid_today", None, f"pas de date de fin lue{since}")
    return Check("valid_today", True, f"valable jusqu'au {_french(end)}")


def _in_time(start: date | None, today: date, lease: date | None) -> Check:
    name = "starts_in_time"
    if start is None:
        return Check(name, None, "pas de date de début lue")
    if lease is not None and lease > today:
        # The keys are not handed over yet: the cover must stand on that day.
        if start <= lease:
            return Check(name, True, f"valable dès le {_french(start)}, le bail commence le {_french(lease)}")
        why = f"ne commence que le {_french(start)}, après le début du bail ({_french(lease)})"
        return Check(name, False, why)
    if start <= today:
        return Check(name, True, f"valable depuis le {_french(start)}")
    return Check(name, False, f"ne commence que le {_french(start)}, le bail a déjà commencé ou son début est inconnu")


def _same_person(insured: str | None, reading: Reading, tenant: Tenant | None) -> Check:
    check = "insured_matches_sender"
    sender = reading.original_sender or reading.sender
    known = [name for name in (sender.name if sender else "", tenant.name if tenant else "") if _words(name)]
    if not insured:
        return Check(check, None, "pas de nom d'assuré lu")
    if not known:
        return Check(check, None, "pas de nom d'expéditeur à comparer")
    if any(same_name(insured, name) for name in known):
        return Check(check, True, "l'assuré porte le nom de l'expéditeur ou du locataire")
    if any({*_words(insured)} & {*_words(name)} for name in known):
        why = "même nom de famille, autre prénom : conjoint, parent ou cotitulaire à vérifier"
        return Check(check, False, why)
    return Check(check, False, "un autre nom que celui de l'expéditeur ou du locataire : cotitulaire à vérifier")


def _french(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _words(name: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", fold(name)) if word not in _TITLES]


def same_name(one: str, other: str) -> bool:
    """Order, accents, initials, a second surname or a partner beside do not matter; a family name must be shared."""
    mine, theirs = _words(one), _words(other)
    long_mine, long_theirs = {w for w in mine if len(w) > 1}, {w for w in theirs if len(w) > 1}
    shared = long_mine & long_theirs
    if len(shared) >= 2:
        return True
    if not shared:
        return False
    rest_mine = [w for w in mine if w not in shared]
    rest_theirs = [w for w in theirs if w not in shared]
    if not rest_mine or not rest_theirs:
        return True
    initials = {w[0] for w in rest_mine if len(w) == 1} & {w[0] for w in rest_theirs}
    initials |= {w[0] for w in rest_theirs if len(w) == 1} & {w[0] for w in rest_mine}
    return bool(initials)


def _same_address(address: str | None, lookup: Lookup) -> Check:
    name, tenant = "address_matches_tenant", lookup.tenant
    if tenant is None:
        return Check(name, None, lookup.otherwise)
    if not tenant.address:
        return Check(name, None, "le fichier des locataires n'a pas d'adresse pour l'expéditeur")
    if not address:
        return Check(name, None, "pas d'adresse lue")
    if same_address(address, tenant.address):
        return Check(name, True, "l'adresse est celle du fichier des locataires")
    number, suffix, street = _street(address)
    number_there, suffix_there, street_there = _street(tenant.address)
    if street and street == street_there:
        other = "ville" if (number, suffix) == (number_there, suffix_there) else "numéro"
        return Check(name, False, f"même rue, autre {other} que dans le fichier des locataires")
    return Check(name, False, "une autre adresse que celle du fichier des locataires : ancien logement ou autre bail")


def same_address(one: str, other: str) -> bool:
    """House number with its bis, and the street's words, whatever their abbreviations; the postcode when both have one."""
    if not _street(one)[0] or _street(one) != _street(other):
        return False
    codes = [re.search(r"\b\d{5}\b", text) for text in (one, other)]
    return None in codes or codes[0][0] == codes[1][0]  # type: ignore[index]


def _street(text: str) -> tuple[str, str, frozenset[str]]:
    plain = re.split(r"\b\d{5}\b", fold(text).replace("'", " ").replace("-", " ").replace("\n", ","))[0]
    match = _NUMBER.search(plain)
    if match is None:
        return "", "", frozenset()
    after = re.split(r",", plain[match.end() :].lstrip(" ,"))[0]
    words = [_STREETS.get(word, word) for word in re.findall(r"[a-z0-9]+", after)]
    suffix = match[2] or ""
    return match[1].lstrip("0"), _SUFFIX.get(suffix, suffix), frozenset(words) - _SMALL


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
