"""When somebody comes, or is expected: the day and the time or slot of an appointment notice."""

import re
from datetime import date, timedelta
from typing import Final

from mailbot.understanding.documents.labels import labelled
from mailbot.understanding.documents.page import Page
from mailbot.understanding.documents.values import days_in, first_day, times_in, undated_in

_LED: Final = re.compile(
    r"(?:rendez-? ?vous|\brdv|passer(?:a|ont|ons)|passage|prevue?s?|se presentera|presenter|convoque\w*|aura lieu|auront lieu|interviend\w+|intervention|fixee?|se rendra"
    r"|programmee?|reporte\w*|visite|expertise|etat des lieux|present|realis\w+|jour|date|creneau|se deroulera|seront|sera effectue\w*|proposons|attend\w+|recevra|recevoir|appointment)"
)
_PAST: Final = re.compile(
    r"(?:avons? passe|sommes? passes?|est passe\w*|ce jour|s'est presente|etiez absent|recue?|date[dr]? du|courrier du|en date|sinistre du|demande du|suite a|conge|fait a|edite|emis|signale le"
    r"|avant le|au plus tard|jusqu'au|confirm\w+ avant|annul\w+ avant|n° ?\d+ du|[a-z]+, le)[^\n]{0,30}$"
)
_NEW: Final = re.compile(r"nouveau|nouvelle|reporte|prochain|propos")
_OPEN: Final = re.compile(
    r"(?:lundi|lun\.?) (?:au|a) (?:vendredi|samedi|ven)|horaires? d'ouverture|ouvert|accueil|standard|joignable|tel\b|telephone|appel"
)
_WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_LABELS: Final = (
    "date du rendez vous",
    "date de passage",
    "date de visite",
    "date d'intervention",
    "date prevue",
    "date",
)
_TIMES: Final = ("heure", "horaires", "horaire", "creneau", "plage horaire", "entre", "a partir de", "vers", "a", "de")
_NEAR: Final = 90


def appointment(page: Page, today: date) -> dict[str, str | None]:
    """A day without a year is the next such day after the letter's own date, or after `today`."""
    place, day = _day(page, today)
    return {"date": day, "time": _time(page, place)}


def _day(page: Page, today: date) -> tuple[int, str | None]:
    dated = [(start, day) for start, _, day in days_in(page.text)]
    written = min((day for _, day in dated), default=today)
    for start, month, day in undated_in(page.text):
        if (whole := _next(month, day, written, page.plain[max(0, start - 12) : start])) is not None:
            dated.append((start, whole))
    dated.sort()
    if not dated:
        return -1, None
    weights = [_weight(page, start, day, written) for start, day in dated]
    best = max(range(len(dated)), key=lambda number: (weights[number], -number))
    if weights[best] <= 0:
        if (value := labelled(page, _LABELS, lambda text: first_day(text, 20))) is not None:
            return next((start for start, day in dated if day.isoformat() == value), -1), value
        if len({day for _, day in dated}) > 1:
            return -1, None
    return dated[best][0], dated[best][1].isoformat()


def _weight(page: Page, start: int, day: date, written: date) -> float:
    before = page.plain[max(0, start - _NEAR) : start].replace("\n", " ")
    after = page.plain[start : start + 60]
    weight = 2.0 * bool(_LED.search(before)) + 1.5 * bool(re.search(r"\b\d{1,2} ?(?:h|:)", after))
    weight += 1.0 * bool(re.search(rf"(?:{'|'.join(_WEEKDAYS)})\W*(?:le )?$", before)) + 0.8 * (day > written)
    weight += 1.0 * bool(_NEW.search(before[-50:]))
    return weight - 3.0 * bool(_PAST.search(before))


def _next(month: int, day: int, after: date, before: str) -> date | None:
    """On the named weekday if there is one, within the year that follows."""
    named = next((number for number, name in enumerate(_WEEKDAYS) if name in before), None)
    for year in (after.year, after.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= after - timedelta(days=1) and (named is None or found.weekday() == named):
            return found
    return None


def _time(page: Page, place: int) -> str | None:
    times = [
        (start, value)
        for start, _, value in times_in(page.text)
        if not _OPEN.search(page.plain[page.plain.rfind("\n", 0, start) + 1 : start])
    ]
    if place >= 0:
        behind = [(start, value) for start, value in times if place < start < place + 160]
        if behind:
            return behind[0][1]
    value = labelled(
        page, _TIMES, lambda text: next((found for start, _, found in times_in(text[:40]) if start < 14), None)
    )
    if value is not None:
        return value
    return times[0][1] if len(times) == 1 else None
