"""Dates that the words fix, in the year that is nearest to the mail's own day."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from mailbot.understanding.entities.calendar_names import MONTHS, WEEKDAYS
from mailbot.understanding.entities.numerals import DAY_WORDS
from mailbot.understanding.entities.said import Said


def _either(names: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_DIGITS = r"(?:3[01]|[12]\d|0?[1-9])"
_SPELLED = _either(DAY_WORDS)
_DAY = rf"(?<![\w.,/])(?:{_DIGITS}(?:er|st|nd|rd|th|º|°|[ -]?го|[ -]?е|\.)?|{_SPELLED})"
_MORE = r"(?:, ?(?:le |the |el |pe |il |a |и )?|[ ]?-[ ]?| (?:et|au|ou|a|y|al|and|to|or|e|o|i|und|и|по|до|та|ve|ile|si|sau|do|lub|w|و|أو|থেকে|ও) ?(?:le |the |el |pe |il |a |au )?)"
_OF = r"(?: ?(?:de |of |di |d'|ta3 |dyal )| ?)"
_YEAR = r"(?:,? ?(?:de |of |del |do )?((?:19|20)\d\d)(?!\d))?"
_MONTH = _either(MONTHS)
_WRITTEN = re.compile(
    rf"({_DAY}(?:{_MORE}{_DIGITS}(?:er|st|nd|rd|th|º|\.)?){{0,5}}){_OF}({_MONTH})\.?(?![a-zа-я]){_YEAR}"
)
_WITH_YEAR = re.compile(
    rf"(?<![\w.,/])({_DIGITS})(?:er|st|nd|rd|th)?{_OF}({_MONTH}),? (?:de |del )?((?:19|20)\d\d)(?!\d)"
)
_ENGLISH = re.compile(
    rf"\b(january|february|march|april|may|june|july|august|september|october|november|december) (?:the )?({_DIGITS})(?:st|nd|rd|th)?(?![\w:%€])(?:,? ((?:19|20)\d\d)(?!\d))?"
)
_CHINESE = re.compile(
    r"(?:((?:19|20)\d\d) ?年 ?)?(1[0-2]|0?[1-9]) ?月 ?(3[01]|[12]\d|0?[1-9]) ?(?:日|号|號)?(?:(?:到|至|-|和|、) ?(3[01]|[12]\d|0?[1-9]) ?(?:日|号|號))?"
)
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d/.,+-])(?<!\d )(\d{1,2})(?:([/.-])| ([/.]) )(\d{1,2})(?:(?:\2|\3) ?((?:19|20)\d\d|\d\d))?(?![\d/]|[.,-]\d| ?(?:%|€|eur|m2|m²|kwh|h\b|d[ei]r|°))"
)
_WEEKDAY = re.compile(
    rf"(?<![a-z])({_either(WEEKDAYS)})(?:, (?=le |the |el ))? ?(?:le |the |el |dia |pe |il |\()?({_DIGITS})(?:er|st|nd|rd|th)?(?![\w:/]|[.,]\d| ?(?:h\b|heures|euros?|€|%|:|minut|pm\b|am\b|часов|годин|degres|bailleurs|personnes|fois|mois|jours))"
)
_LAST_WEEKDAY = re.compile(rf"(?<![a-z])({_either(WEEKDAYS)})[, .]{{1,3}}(?:le |the |el |dia |pe |il )?$")
_BARE = re.compile(
    rf"(?<![a-z'])(jusqu'au|(?:passer|reporter|reporte|avancer|decaler) au|(?:lettres?|courriers?|mails?|avis|messages?|visite|rdv|rendez-vous|passage|appel|relance|mise en demeure|intervention|virement|facture|audience|reunion|nuit|convocation|bagarre|vol|incident|orage|tempete|date|a partir) du|avant le|d'ici le|le|the|el|il|dia|до|ziua de|в|с|к|на|от|з|від|pana pe|pe|od|do|entro il|dal|dell?) ({_DIGITS}|1er)(?:st|nd|rd|th|-?го|-?е|-?ого|-?ta|-?tego)?(?: числа)?(?= ?[,.;:!?)\n»\"]| (?:de ce mois|a|au|et|ou|on|je|il|elle|nous|vous|ils|ca|c'|j'|pour|mais|par|avec|sans|chez|dans|vers|apres|avant|le|la|les|un|une|and|or|at|by|with|from|he|she|i|we|you|the|do|it|my|our|they|y|no|se|ya|por|para|que|qui|quand|puis|rien|toujours|inclus|dernier|prochain|matin|midi|soir|ce|cette|mon|ma|votre|dit|porte)\b|\Z)"
)
_NO_DAY_BEFORE = re.compile(
    r"(?:entre|etage|numero|n°|no|porte|appart\w*|logement|batiment|bat|tous|toutes|chaque|palier|devant|dans|derriere|sous|avec|chez|contre|au dessus|pour|bus|ligne|tram|bloque|c'est|between|on monte|floor|bouton|sur|entre (?:le|la) \S+ et|tombe|cai|puxam|always paid on|sait que|d'ou sort)(?: \w{1,3})?,? $"
)
_NO_DAY_AFTER = re.compile(r" (?:de|du) chaque|,\d|\) c'est| (?:et|au) (?:le )?\d{1,2}e")
_PAST = re.compile(
    r"\b(?:depuis|since|desde|mail|courriers?|lettres?|avis|appelee?|appele[rz]?|recu|envoyee?|payee?|passee?|faite?|signalee?|venue?|etait|avai[ts]|j'ai|a ete|partie?|morte?|decedee?|prelev\w+|date|nuit|bagarre)\b"
)
_AHEAD = re.compile(
    r"\b(?:avant|d'ici|jusqu'au|before|until|by|prochain|a partir|des le|antes|sera|serai|aura|vais|viendra|passera|expire|reporter|moitie|iraient|rendez-vous|rdv|possible)\b"
)
_BORN = re.compile(r"\b(?:ne|nee|nes|naissance|born|nacid[oa]|nascid[oa]|nato|nata|urodzon[ya]|dogum)\b[^.\n]{0,12}$")
_WROTE = re.compile(
    r"\b(?:depuis|since|desde|lettres?|courriers?|mails?|signale\w*|recommandees?|dernier)\b[^.\n]{0,20}$"
)
_CALLED = re.compile(r"\b(?:appel\w*|apel\w*|fait|composer?) (?:le )?$")
_LISTED = re.compile(r"[,; ]*(?:et |ou |puis |and |y )?")
_FLOORED = re.compile(r"^ ?(?:etage|etg)\b")
_WINDOW = 45
Years = dict[tuple[int, int], str]
"""Month and day to the year that some line of the mail puts behind them."""
_SOON = 30
_EMERGENCY_CALLS = frozenset({15, 17, 18})


def dates(said: Said) -> Iterator[str]:
    """ISO, in the order they stand in; only what gives a day (and a month, or what stands for it)."""
    placed: dict[int, date] = {}
    for position, when in _written(said):
        placed.setdefault(position, when)
    fixed = sorted(placed.items())
    for position, when in _bare(said, fixed):
        placed.setdefault(position, when)
    for _, when in sorted(placed.items()):
        if when != said.on:
            yield when.isoformat()


def _written(said: Said) -> Iterator[tuple[int, date]]:
    folded, on = said.folded, said.on
    years = {(MONTHS[match[2]], int(match[1])): match[3] for match in _WITH_YEAR.finditer(folded)}
    for match in _ISO.finditer(folded):
        yield from _at(match.start(), int(match[1]), int(match[2]), int(match[3]))
    for match in _CHINESE.finditer(folded) if "月" in folded else ():
        for group in (3, 4):
            if match[group]:
                yield from _dated(said, years, match.start(group), match[1], int(match[2]), int(match[group]))
    for match in _NUMERIC.finditer(folded):
        day, month, year = int(match[1]), int(match[4]), match[5]
        mark = match[2] or match[3]
        if (
            mark == "/"
            or (year and len(year) == len("2026"))
            or (mark == "." and year)
            or _dotted_day(folded, match, mark)
        ):
            full = (
                f"{'19' if int(year) > on.year % 100 + 20 else '20'}{year}" if year and len(year) == len("26") else year
            )
            yield from _dated(said, years, match.start(), full, month, day)
    for match in _WRITTEN.finditer(folded):
        month = MONTHS[match[2]]
        for token in re.finditer(rf"{_DIGITS}|{_SPELLED}", match[1]):
            day = int(token[0]) if token[0].isdigit() else DAY_WORDS[token[0]]
            yield from _dated(said, years, match.start() + token.start(), match[3], month, day)
    for match in _ENGLISH.finditer(folded):
        yield from _dated(said, years, match.start(2), match[3], MONTHS[match[1]], int(match[2]))
    for match in _WEEKDAY.finditer(folded):
        when = _weekday(on, WEEKDAYS[match[1]], int(match[2]))
        if when is not None and not _FLOORED.match(folded[match.end() : match.end() + 8]):
            yield match.start(2), when


def _dotted_day(folded: str, match: re.Match[str], mark: str) -> bool:
    """As in "до 15.03"; "11.85" is a price and "3-5" a score."""
    before = folded[max(0, match.start() - 12) : match.start()]
    return (
        mark == "."
        and len(match[4]) == len("03")
        and re.search(
            r"(?:\b(?:le|du|au|el|il|dal|dia|pe|din|do|od|dn|na|до|от|с|з|від|на|dnia|tarih\w*|de|în|in) |^|\n)$",
            before,
        )
        is not None
    )


def _dated(
    said: Said, years: Years, position: int, year: str | None, month: int, day: int
) -> Iterator[tuple[int, date]]:
    year = year or years.get((month, day))
    if year is not None:
        yield from _at(position, int(year), month, day)
        return
    before = said.folded[max(0, position - 30) : position]
    choices = [when for near in (-1, 0, 1) for _, when in _at(position, said.on.year + near, month, day)]
    if named := _LAST_WEEKDAY.search(before):
        choices = [when for when in choices if when.weekday() == WEEKDAYS[named[1]]] or choices
    if _BORN.search(before):
        choices = [when for when in choices if when <= said.on]
    if choices:
        nearest = min(choices, key=lambda when: abs((when - said.on).days))
        past = [when for when in choices if when <= said.on]
        if past and (nearest - said.on).days > _SOON and _WROTE.search(before):
            nearest = past[-1]
        yield position, nearest


def _at(position: int, year: int, month: int, day: int) -> Iterator[tuple[int, date]]:
    try:
        when = date(year, month, day)
    except ValueError:
        return
    yield position, when


def _weekday(on: date, weekday: int, day: int) -> date | None:
    """The day meant by "samedi 14": the nearest such one."""
    near = (on + timedelta(days=shift) for shift in sorted(range(-120, 121), key=abs))
    return next((when for when in near if when.day == day and when.weekday() == weekday), None)


def _bare(said: Said, fixed: list[tuple[int, date]]) -> Iterator[tuple[int, date]]:
    """In "Le 16 février … Le 27": the month named before holds on; else the month that the tense asks for."""
    taken = {position for position, _ in fixed}
    last: tuple[int, date] | None = None
    for match in _BARE.finditer(said.folded):
        start, end = match.span()
        before = said.folded[max(0, start - _WINDOW) : start]
        if match.start(2) in taken or _NO_DAY_BEFORE.search(before) or _NO_DAY_AFTER.match(said.folded[end : end + 20]):
            continue
        day = int(match[2].removesuffix("er"))
        named = [when for position, when in fixed if position < start]
        after = said.folded[end : end + _WINDOW]
        if day in _EMERGENCY_CALLS and _CALLED.search(before):
            continue
        if last is not None and _LISTED.fullmatch(said.folded[last[0] : start]):
            when = _next(last[1], day)
        elif last is not None and start - last[0] < _WINDOW:
            when = _same(last[1], day)
        elif named:
            when = (
                _next(named[-1], day)
                if day < named[-1].day and start - fixed[-1][0] < _WINDOW
                else _same(named[-1], day)
            )
        else:
            when = _by_tense(said.on, day, f"{before}{match[1]} ", after)
        if when is not None:
            last = (end, when)
            yield match.start(2), when


def _same(anchor: date, day: int) -> date | None:
    return next((when for _, when in _at(0, anchor.year, anchor.month, day)), None)


def _next(anchor: date, day: int) -> date | None:
    """The first such day from `anchor` on."""
    ahead = (anchor + timedelta(days=shift) for shift in range(62))
    return next((when for when in ahead if when.day == day), None)


def _by_tense(on: date, day: int, before: str, after: str) -> date | None:
    """None when neither the past nor the future is spoken of."""
    if _BORN.search(before):
        after = before = "depuis "
    past = max((match.end() for match in _PAST.finditer(before)), default=-1)
    ahead = max((match.end() for match in _AHEAD.finditer(before)), default=-1)
    if past < 0 and ahead < 0:
        past = 0 if _PAST.search(after[:20]) else -1
        ahead = 0 if past < 0 and _AHEAD.search(after[:30]) else -1
    if past < 0 and ahead < 0:
        return None
    sign = 1 if ahead > past else -1
    days = (on + timedelta(days=sign * shift) for shift in range(1, 62))
    return next((when for when in days if when.day == day), None)
