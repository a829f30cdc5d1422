"""What the mail names: phones, IBANs, dates, amounts, addresses, references.  Only what its words really say."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import phonenumbers

Entities = dict[str, str | tuple[str, ...]]

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z]{2,24}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b")
_AMOUNT = re.compile(
    r"(?<![\d,.])(\d{1,3}(?:[ \u00a0.\u202f]\d{3})+|\d{1,7})(?:[,.](\d{1,2}))?\s?(?:€|euros?\b|eur\b)(?:\s?(\d{2})\b(?!\s?€))?",
    re.IGNORECASE,
)
_APPLICATION_SHAPE = re.compile(r"^(?=(?:.*\d){14})[0-9A-Z]{18}$")
_TENANT = re.compile(
    r"(?:r[ée]f(?:[ée]rence)?(?:\s+(?:locataire|client|dossier))?|n[°ºo]\s*(?:de\s+)?(?:locataire|client)|num[ée]ro\s+(?:de\s+)?(?:locataire|client)|locataire\s+n[°ºo]?|tenant\s+(?:ref(?:erence)?|no\.?))\s*[:.°n]*\s*([A-Z]{0,3}[-/ ]?\d[\d.\-/]{4,14}\d)",
    re.IGNORECASE,
)
_LEASE = re.compile(
    r"(?:bail|contrat(?:\s+de\s+location)?|lease)\s*(?:n[°ºo]|num[ée]ro|no\.?|r[ée]f\.?)\s*[:.]?\s*([A-Z]{0,3}[-/]?\d[\d\-/]{3,14}\d)",
    re.IGNORECASE,
)
_STREET = (
    r"(?:rue|avenue|av\.?|boulevard|bd\.?|bld|place|pl\.|all[ée]es?|impasse|chemin|ch\.|cours|quai|square|route|passage|r[ée]sidence|cit[ée]|"
    r"faubourg|fg|mail|promenade|sentier|villa|esplanade|rond[- ]point|lotissement|hameau|voie)"
)
_ADDRESS = re.compile(
    rf"\b(\d{{1,4}}(?:\s?(?:bis|ter|quater|[A-D]))?(?:\s?[-/]\s?\d{{1,4}})?)[ ,]{{1,3}}({_STREET}\s+(?:(?:de|du|des|la|le|les|l'|d'|l’|d’|à|au|aux|et|sur|en|saint|sainte|général|docteur|président|maréchal)\s*)*"
    r"[^\W\d_][\w'’-]{1,30}(?:[ -](?:de |du |des |la |le |les |d'|l')?[A-ZÉÈÀÂÎÔÛÇ][\w'’-]{1,30}){0,4})",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"[ ,]+(?:a|à|au|et|je|j|il|elle|nous|on|dans|pour|depuis|est|bat\w*|b[âa]timent|appt?\w*|appartement|escalier|esc|etage|[ée]tage|porte|svp|merci|bonjour|la|le|les|qui|que|mon|ma|mes|c|ça|ca)\b.*$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b((?:0[1-9]|[1-8]\d|9[0-8])\d{3})[ ,]+([A-ZÉÈÀÂÎÔÛÇ][\w'’-]*(?:[ -](?:[A-ZÉÈÀÂÎÔÛÇ][\w'’-]*|sur|sous|les|le|la|en|de|du|des|lès)){0,5})"
)
_BUILDING = re.compile(
    r"\b(?:b[âa]timent|b[âa]t\.?|immeuble|tour|bloc)\s+([A-Z]\d{0,2}|\d{1,3}[A-Z]?|[A-ZÉ][\wé'-]{2,20})\b(?!\s+(?:est|a|et)\b)"
)
_BUILDING_LOOSE = re.compile(r"\b(?:b[âa]timent|b[âa]t\.?|bloc)\s+([a-z]\d{0,2}|\d{1,3}[a-z]?)\b", re.IGNORECASE)
_STAIR = re.compile(
    r"\b(?:escalier|esc\.?|cage(?:\s+d'escalier)?|entr[ée]e)\s+(?:n[°o]\s*)?([A-Z]|\d{1,2})\b", re.IGNORECASE
)
_FLOOR = re.compile(
    r"\b(\d{1,2})\s?(?:[eè]me|ème|eme|[eè]r|er|e|è|i[eè]me)\s*(?:[ée]tages?|[ée]t\.?)\b|\b[ée]tage\s*(?:n[°o]\s*)?(\d{1,2})\b",
    re.IGNORECASE,
)
_FLOOR_WORDS = {
    "premier": "1",
    "deuxième": "2",
    "second": "2",
    "troisième": "3",
    "quatrième": "4",
    "cinquième": "5",
    "sixième": "6",
    "septième": "7",
    "huitième": "8",
    "neuvième": "9",
    "dixième": "10",
}
_FLOOR_WORD = re.compile(rf"\b({'|'.join(_FLOOR_WORDS)})\s+[ée]tage\b", re.IGNORECASE)
_GROUND = re.compile(r"\b(?:rez[- ]de[- ]chauss[ée]e|r\.?d\.?c\.?)\b", re.IGNORECASE)
_DOOR = re.compile(
    r"\b(?:porte|appartement|appart\.?|appt?\.?|logement)\s*(?:n[°ºo]\s*|num[ée]ro\s*)?(\d{1,4}[A-Z]?|[A-Z]\d{1,4})\b",
    re.IGNORECASE,
)
_MONTHS = {
    **{
        name: at
        for at, name in enumerate(
            (
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ),
            1,
        )
    },
    "fevrier": 2,
    "aout": 8,
    "decembre": 12,
    "janv": 1,
    "févr": 2,
    "fevr": 2,
    "juil": 7,
    "sept": 9,
    "oct": 10,
    "nov": 11,
    "déc": 12,
    "dec": 12,
}
_DAYS = {name: at for at, name in enumerate(("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"))}
_NUMERIC = re.compile(r"(?<![\d/.])(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?(?![\d/]|\.\d)")
_ISO = re.compile(r"\b(20\d{2})-(\d{2})-(\d{2})\b")
_WRITTEN = re.compile(rf"\b(\d{{1,2}}|1er)\s+({'|'.join(_MONTHS)})\.?(?:\s+(20\d{{2}}))?\b", re.IGNORECASE)
_DAY_NUMBER = re.compile(
    rf"\b({'|'.join(_DAYS)})\s+(?:le\s+)?(\d{{1,2}})\b(?!\s*(?:h|heures|:|/|{'|'.join(_MONTHS)}))", re.IGNORECASE
)
_RELATIVE = re.compile(r"\b(apr[èe]s[- ]demain|avant[- ]hier|aujourd['’]?hui|demain|hier)\b", re.IGNORECASE)
_SHIFTS = {"apres": 2, "avant": -2, "aujourd": 0, "demain": 1, "hier": -1}
_AVAILABLE = re.compile(
    r"(?:(?:je\s+(?:suis|serai)|nous\s+sommes|on\s+est)\s+(?:disponibles?|l[àa]|pr[ée]sente?s?|chez\s+(?:moi|nous)|libres?)|disponible|dispo|disponibilit[ée]s?\s*:?|joignable|pass(?:er|ez)\s+(?=apr|avant|le|l'|entre|tous|du|lun|mar|mer|jeu|ven|sam))"
    r"\s*((?:(?:[àa]\s+partir|apr[èe]s|avant|entre|tous?\s+les|toute|le|les|du|de|l'|en|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|matins?|soirs?|midi|week|d[èe]s)\b)[^.!?;\n]{2,70})",
    re.IGNORECASE,
)
_MOST = 20


def extract(subject: str, text: str, on: date) -> Entities:
    """Keys and forms of docs/decision.md; an absent key means nothing was found.  `on` is the mail's own date."""
    said = f"{subject}\n{text}"
    found: Entities = {}
    _put(found, "phones", _phones(said))
    _put(found, "emails", (match[0].casefold() for match in _EMAIL.finditer(said)))
    _put(found, "ibans", _ibans(said))
    _put(found, "dates", _dates(said, on))
    _put(found, "amounts", _amounts(said))
    application = next((m for m in re.findall(r"\b[0-9A-Z]{18}\b", said.upper()) if _APPLICATION_SHAPE.match(m)), None)
    for name, value in (
        ("application_no", application),
        ("tenant_ref", _group(_TENANT, said)),
        ("lease_ref", _group(_LEASE, said)),
        ("stair", _group(_STAIR, said)),
        ("door", _group(_DOOR, said)),
        ("building", _group(_BUILDING, said) or _group(_BUILDING_LOOSE, said)),
        ("floor", _floor(said)),
        ("availability", _group(_AVAILABLE, text)),
    ):
        if value:
            found[name] = value.strip().upper() if name in {"stair", "building"} and len(value) <= 3 else value.strip()
    if address := _ADDRESS.search(said):
        street = _STOP.sub("", address[2])
        found["address"] = f"{address[1].strip()} {street}".strip(" ,")
    if place := _PLACE.search(said):
        found["postcode"], found["city"] = place[1], place[2].strip(" ,")
    return found


def _put(found: Entities, name: str, values: Iterator[str]) -> None:
    several = tuple(dict.fromkeys(values))[:_MOST]
    if several:
        found[name] = several


def _group(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[1] if match else None


def _phones(text: str) -> Iterator[str]:
    for match in phonenumbers.PhoneNumberMatcher(text, "FR", leniency=phonenumbers.Leniency.POSSIBLE):
        number, digits = match.number, re.sub(r"\D", "", match.raw_string)
        # Amounts, dates and references look possible too: a French number has ten digits and begins with 0, or +.
        if match.raw_string.lstrip().startswith(("+", "00")) or re.fullmatch(r"0[1-9]\d{8}", digits):
            yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _ibans(text: str) -> Iterator[str]:
    for match in _IBAN.finditer(text.upper()):
        compact = match[0].replace(" ", "")
        # A word behind it may have been taken along: shorten until the check digits agree (ISO 7064).
        for length in range(len(compact), 14, -1):
            if is_iban(compact[:length]):
                yield compact[:length]
                break


def is_iban(compact: str) -> bool:
    """ISO 13616: the check digits agree; the French ones have 27 characters."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", compact) or (compact.startswith("FR") and len(compact) != 27):
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _amounts(text: str) -> Iterator[str]:
    for match in _AMOUNT.finditer(text):
        whole = re.sub(r"\D", "", match[1])
        cents = match[2] or match[3] or "00"
        yield f"{int(whole)}.{cents.ljust(2, '0')}"


def _dates(text: str, on: date) -> Iterator[str]:
    placed: list[tuple[int, date]] = []
    for match in _ISO.finditer(text):
        placed += _at(match.start(), int(match[1]), int(match[2]), int(match[3]))
    for match in _NUMERIC.finditer(text):
        year = match[3]
        if year is None and "/" not in match[0]:
            continue
        full = _near(on, int(match[2]), int(match[1])) if year is None else int(year) + (2000 if len(year) == 2 else 0)
        placed += _at(match.start(), full, int(match[2]), int(match[1]))
    for match in _WRITTEN.finditer(text):
        month, day = _MONTHS[match[2].casefold()], 1 if match[1].casefold() == "1er" else int(match[1])
        placed += _at(match.start(), int(match[3]) if match[3] else _near(on, month, day), month, day)
    for match in _DAY_NUMBER.finditer(text):
        placed += [(match.start(), when) for when in _weekday(on, _DAYS[match[1].casefold()], int(match[2]))]
    for match in _RELATIVE.finditer(text):
        word = match[1].casefold().replace("è", "e")
        shift = next(days for start, days in _SHIFTS.items() if word.startswith(start))
        placed.append((match.start(), on + timedelta(days=shift)))
    for _, when in sorted(placed):
        yield when.isoformat()


def _at(position: int, year: int, month: int, day: int) -> list[tuple[int, date]]:
    try:
        return [(position, date(year, month, day))] if 1900 <= year <= 2100 else []
    except ValueError:
        return []


def _near(on: date, month: int, day: int) -> int:
    """The year in which this day lies nearest to the mail's own date."""
    del day
    if month - on.month > 6:
        return on.year - 1
    return on.year + 1 if on.month - month > 6 else on.year


def _weekday(on: date, weekday: int, day: int) -> list[date]:
    """The day meant by "samedi 14": the nearest such one, looking forward first."""
    for shift in (*range(62), *range(-1, -32, -1)):
        when = on + timedelta(days=shift)
        if when.day == day and when.weekday() == weekday:
            return [when]
    return []


def _floor(text: str) -> str | None:
    if match := _FLOOR.search(text):
        return match[1] or match[2]
    if match := _FLOOR_WORD.search(text):
        return _FLOOR_WORDS[match[1].casefold()]
    return "RDC" if _GROUND.search(text) else None
