"""When someone can come or call: the words used, from the first word of time to the last."""

import re

from mailbot.understanding.entities.calendar_names import MONTHS, WEEKDAYS
from mailbot.understanding.entities.said import Said

_DAYS = "|".join(re.escape(day) + "s?" for day in sorted(WEEKDAYS, key=len, reverse=True))
_CLOCK = r"\d{1,2} ?(?:h|heures?|:|am|pm|uhr)(?: ?\d{2})?|\d{1,2}:\d{2}|\d{1,2} (?:heures?|hours?)|(?:midi|minuit|noon|mediodia)"
_HOUR = rf"(?:{_CLOCK}|(?:sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|dix-sept|dix-huit)(?: heures?)?)"
_BIT = (
    (
        r"(?:tous les (?:jours?|matins?|soirs?|apres-midis?)|tous les (?:_DAY_)|toute la (?:journee|matinee|semaine|soiree)|tout le temps|toute heure|a toute heure|n'importe quand|le matin|le soir|les matins|les soirs|"
        r"l'apres[- ]midi|l'aprem|la journee|en journee|la semaine|en semaine|en soiree|en matinee|week[- ]?ends?|matins?|soirs?|apres[- ]midis?|midi|journee|apres le diner|au matin|"
        r"(?:a partir de|a partir du|apres|avant|jusqu'a|jusqu'au|des|vers|entre|de|a|pas avant|pas apres|depuis) (?:le )?_HOUR_(?: (?:et|a|ou|-) _HOUR_)?|"
        r"(?:le |les |du |un |au |cualquier |tous les |ce |cette |the |el |los |any |every |on )?_DAY_(?: (?:prochain|\d{1,2}))?(?: (?:matin|soir|midi|apres[- ]midi|aprem))?|_HOUR_|"
        r"(?:le|du|au|des le|apres le|avant le) \d{1,2}(?: (?:_MONTH_))?|"
        r"weekdays?|weekends?|mornings?|evenings?|afternoons?|any ?time|all day|after|before|from|between|until|por la (?:tarde|manana|noche)|de la (?:tarde|manana)|cualquier dia|todos los dias|todo el dia|manhas?|tardes?|à tarde|todos os dias|o dia todo|depois das \d{1,2}h|a partir das \d{1,2}h|antes das \d{1,2}h|mattina|pomeriggio|sera|dopo le \d{1,2}|tutti i giorni|dimineata|dupa ora \d{1,2}|dupa \d{1,2}|"
        r"her gun|saat \d{1,2}(?:'?[a-z]{2,4})? sonra|после \d{1,2}(?::\d\d)?|до \d{1,2}(?::\d\d)|утром|вечером|днем|днём|каждый день|в будни|по будням|щодня|після \d{1,2}(?::\d\d)?|вранці|ввечері|po \d{1,2}(?::\d\d)?|codziennie|rano|wieczorem|po poludniu)"
    )
    .replace("_DAY_", f"(?:{_DAYS})")
    .replace("_HOUR_", _HOUR)
    .replace("_MONTH_", "|".join(re.escape(m) for m in MONTHS))
)
_JOIN = r"(?:, ?| )(?:(?:et|ou|sauf|mais|plutot|si uniquement|seulement|or|and|except|o|y|menos|excepto|ou|e|exceto|menos|haric|ve|veya|и|или|кроме|і|або|крім|oprocz|lub|sau|si|mais pas|pas) ?(?:le |les |the |el |os |o )?)?"
_RUN = re.compile(rf"(?<![\w-])(?:plutot |si possible )?{_BIT}(?:{_JOIN}{_BIT}){{0,8}}(?![\w-])")
_TRIGGER = re.compile(
    r"(?:je (?:suis|serai|reste)(?: toujours| souvent)? (?:la|libre|dispo\w*|present\w*|chez moi|joignable|disponible|en teletravail)|on (?:est|sera) (?:la|dispo\w*|libres?|chez nous)|nous (?:sommes|serons) (?:la|disponibles?|libres?|presents?|chez nous)|je reste|"
    r"dispos?|disponibles?|disponibilites?|joignables?|presente?s?|libres?|possible|r?appelez(?:-moi)?|m'appeler|me rappeler|me joindre|mettez-moi|donc :?|creneau,|etre la|mieux(?: serait)?|creneau|teletravail|"
    r"available|free|at home|come|call(?: me)?|puedo estar|disponible|estoy|estou|posso|in casa|disponibil\w*|acasa|дома|дома буду|вдома|dostepn\w+|w domu|evdey\w*|gelirim|musait\w*)[^.\n!?]{0,25}$"
)
_FOLLOWED = re.compile(
    r"^ ?(?:c'est mieux|ca me va|ca m'arrange|c'est possible|si possible|ce serait bien|si on peut|\?|je suis la|je suis libre|je suis dispo\w*|evdey\w*|gelirim|works|suits)"
)
_TOLD = re.compile(
    r"\b(?:devait|devaient|doit|doivent|devez|appele|avez|avait|etait|j'ai|expirant|session|audience|d'ici|hier|passait|venu|passe|attendu|tribunal|bloque|parvenir|rappellerait|proposez|cale)\b[^.\n!?]{0,40}$"
)
_OF_TIME = re.compile(
    rf"matin|soir|midi|aprem|journee|temps|heure|\d ?h|jours|semaine|{_DAYS}|pm|am|manana|tarde|manha|gun|saat|день|дні|дня|\d:\d"
)
_SHORTEST = 6


def availability(said: Said) -> str | None:
    for match in _RUN.finditer(said.folded):
        if len(match[0]) < _SHORTEST or re.fullmatch(r"(?:le |du |au )?\d{1,2}", match[0]):
            continue
        before = said.folded[max(0, match.start() - 70) : match.start()]
        if not _OF_TIME.search(match[0]) or _TOLD.search(before):
            continue
        if _TRIGGER.search(before) or _FOLLOWED.match(said.folded[match.end() : match.end() + 25]):
            return said.text[match.start() : match.end()].strip(" ,")
    return None
