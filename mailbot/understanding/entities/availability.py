"""When someone can come or call: the words used, from the first word of time to the last.

A run of words of time, of any of the languages, is an availability when the words around it say that somebody is in,
can come or may be called then; a report of what happened or was announced is none.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from mailbot.understanding.entities.calendar_names import MONTHS
from mailbot.understanding.entities.said import Said
from mailbot.understanding.entities.time_words import DAYS, JOINS, NUMBERS, OPENING, PARTS, words

_CLOCK: Final = re.compile(r"(?:[01]?\d|2[0-4]) ?(?:heures?|h|:|am|pm)(?: ?[0-5]\d)?(?:am|pm)?|'?(?:den|dan|ten|tan)")
_ELIDED: Final = re.compile(r"(?:l'|d'|jusqu'|qu'|n'|saat )")
_TOKEN: Final = re.compile(
    r"[^\W\d_]+(?:['-][^\W\d_]+)*'?|\d{1,2}(?: ?(?:heures?|h|:)(?![a-z])(?: ?\d\d)?(?!\d))?|[,/&-]|\S"
)
_CHINESE: Final = re.compile(
    r"(?:(?:本周|这周|下周)(?=每|上|下|早|晚|周)|(?:每|逢)?(?:周|星期|礼拜)[一二三四五六日天](?:[、到至和,，]?(?:周|星期|礼拜)?[一二三四五六日天])*|每天|工作日|周末|其他日子|平时|上午|下午|早上|晚上|中午|整天|全天|[一二三四五六七八九十\d]{1,2}点(?:半)?(?:以后|之后|以前|之前|后|前)?|[，,、或和到至]){1,12}"
)
_STRONG: Final = re.compile(
    r"(?:\b(?:suis|serai|reste|sera|est|sommes|serons|suis pas)(?: (?:toujours|souvent|generalement|plutot|dispo\w*|joignable|present\w*|libre|et|que|qu'))* ?(?:la\b|libres?|dispo\w*|presente?s?|chez (?:moi|nous)|joignables?|en teletravail|a la maison|present)|\b(?:je|on) (?:reste|garde la maison)|"
    r"\bdispos?\b|disponib\w*|joignables?|\blibres?\b|chez (?:moi|nous),?|(?:\br?appelez|telephonez)(?:[ -](?:moi|nous))?|(?:m'appeler|m'appelez|me rappeler|me rappelez|me joindre|nous joindre)(?: au [\d .-]+)?|mettez[ -]moi|"
    r"mieux(?: serait| c'est)?|teletravail|preference|prefere(?:rais|nce)?|m'arrange(?:rait|ait)?|me convien\w+|\bje peux|je pourrai\w*|j'ouvre|donc ?[:,]? ?(?=$|plutot)|entree libre|"
    r"available|at home|\bhome\b|i'm in|works for me|call(?: me)?|only another date|puedo(?: estar)?|podemos ir|estoy|estaremos|estou|in casa|acasa|dimineata|data viitoare|дома|вдома|w domu|moge|evdey\w*|gelirim|musait\w*|nejem|nhar akhor|dostepn\w+|disponibil\w*|mejor|melhor|meglio|mai bine|prefer\w*|najlepiej|лучше|краще|uygun\w*|можна|можно|reschedul\w+|suits?|works|me viene bien|jestem|буду|أفضل|احسن|ممكن|最好|改到|"
    r"أجيلكم|موجود|فاضي|البيت|بالبيت|পরিদর্শন|দিন দেন|在家|来量尺寸的话|请再约一次)"
)
_WEAK: Final = re.compile(
    r"(?:(?:peut|peux|pouvez|pourrait|pourriez|pouvait|puisse|qu'il|qu'elle)(?: \w+){0,2} (?:(?:re)?pass\w*|ven\w+|vienne|appeler|envoyer|etre)|\bpeut-(?:il|elle|on) (?:re)?\w+|\bil peut|(?:re)?passez|\bvenez|qu'il vienne|"
    r"decaler (?:le passage|la visite|le rendez-vous|le rdv|a)|(?:autre|nouveau) (?:jour|passage|rendez-vous|rdv|date|creneau|horaire)|\bcreneaux?|possible|retenir|mettre tout ensemble|podria ser|pode ser|preferencia|перенести|дату|\bcome\b|envoyer quelqu'un|presente?s?)"
)
_FOLLOWED: Final = re.compile(
    r"^[ ,]*(?:(?:c'est|ce serait|ca serait) (?:le )?(?:mieux|bon|bien|parfait|possible|mon jour)|(?:ca )?(?:me|nous) (?:va|convien\w+|arrange\w*)|(?:ca )?m'(?:arrange\w*|irait)|si possible|si on peut|(?:par contre |moi )?(?:je suis|on est|nous sommes|je serai|je reste) (?:la\b|libre|dispo\w*|chez|toujours)|"
    r"au lieu|oui\b|ok\b|evdey\w*|gelirim|works|suits|is (?:fine|good|best)|me viene bien|estoy|sunt acasa|mi va bene|jestem|буду|я дома|我都在|在家|都在|都可以|হলে ভালো|ে হলে ভালো|فاضية|فاضي|موجود)"
)
_ASKED: Final = re.compile(r"^ ?\?")
_ELSEWHERE: Final = re.compile(
    r"pas (?:possible|la\b|dispo\w*|chez)|decaler|reporter|repousser|autre (?:jour|date|creneau|rendez|rdv)|absente?|pourrai pas|peux pas|m'arrange pas|ne peux|another|otro dia|nao da|no puedo|impossible|je travaille|proposez|prochain|otra (?:fecha|hora)|no estar|nu pot|nie moge|не смогу|не зможу|не могу|не можу|改|约|不在|لا أستطيع|ما بقدر|ma najemch|gelemem|yokum|can't|cannot|won't be|reschedul|non posso|non sono|non ci|remarca|remarcar"
)
_VETO: Final = re.compile(
    r"(?:\bpas (?:\w+ )?(?:la\b|dispo\w*|chez|venir|possible|presente?|libre)(?! que)|\bne (?:serai|suis|peux|sera) pas(?! la que)|plus la peine|inutile|annule\w*|hospitalise\w*|\bok\b|d'accord|c'est note|confirm\w+|\bequipe\b|nacelle|materiel|bon de commande|bureau|agence|gardien|standard|"
    r"\b(?:devait|devaient|doit|doivent|devez|avait|etait|etais|etaient|m'appelez|on m'a|expirant|session|audience|seance|d'ici|hier|passait|venu\w*|attendu|tribunal|bloque|parvenir|rappellerait|presentee?|presentera|enverrez|disposition|disposez|depuis|pendant|au plus tard|reveille|sonne|dormir|verser|appele|pompiers)\b)"
)
_BARE: Final = frozenset(
    "jour|un jour|le jour|jours|le temps|temps|du temps|en temps|de temps|en semaine|en journee|la semaine|semaine|une semaine|cette semaine|jamais|dia|zi|ce soir|ce matin|soir|matin|ce jour|demain matin|demain soir|journee|la journee|du matin|du soir|un autre jour|une autre semaine|d'une semaine|dans la semaine|week|ce week|15 jours|quinze jours|dix jours|deux jours|les jours|week-end|ce week-end".split(
        "|"
    )
)
_PHONE_NEXT: Final = re.compile(r"\W{0,3}(?:au|sur le|to|al|на|pod)?\W{0,3}(?:\+?\d\d[ .-]?){2}")
_SHORTEST: Final = 4
_MOST_RUNS: Final = 60


def availability(said: Said) -> str | None:
    """The words as written; None when nobody offers a time."""
    best, chosen = 0.0, None
    for number, (start, end) in enumerate(_runs(said)):
        if number >= _MOST_RUNS:
            break
        weight = _offered(said, start, end)
        if weight > best:
            best, chosen = weight, said.text[start:end]
    return chosen


def _offered(said: Said, start: int, end: int) -> float:
    """How surely somebody offers to be there then: 0 not at all."""
    clause = re.split(r"[.\n!?;(]", said.folded[max(0, start - 80) : start])[-1]
    before, after = clause[-48:], said.folded[end : end + 40]
    strong = _last(_STRONG, before)
    weak = _last(_WEAK, before)
    led = max(strong, weak)
    if _FOLLOWED.match(after):
        weight = 2.0
    elif led >= 0 and len(before) - led <= _NEAR:
        weight = 2.0 if strong >= 0 and len(before) - strong <= _NEAR else 1.2
    elif said.folded.startswith(("tout sauf", "n'importe quand"), start) or (
        _ELSEWHERE.search(said.folded) and _by_itself(clause.strip(), said.folded[start:end], after)
    ):
        weight = 1.0
    else:
        return 0.0
    vetoed = any(match.end() > led - 30 for match in _VETO.finditer(before))
    said_words = said.folded[start:end]
    return 0.0 if vetoed else weight + 0.3 * bool(re.search(r"\d|tous|toute|any|sauf|\bou\b", said_words))


def _by_itself(before: str, words_of_time: str, after: str) -> bool:
    """As in "Mardi avant 11h ?", "Any weekday after 4 pm." where somebody cannot come at the time that was set."""
    asked = _ASKED.match(after) is not None and len(before) < _FEW
    return asked or (
        _ALONE.match(after) is not None and len(before) < _HARDLY and _OFFER.search(words_of_time) is not None
    )


_FEW: Final = 12
_HARDLY: Final = 4
"""Characters before words of time that are a sentence of their own."""
_ALONE: Final = re.compile(r" ?(?:[.!\n]|\Z)")
_OFFER: Final = re.compile(r"\d|tous|tout|\bany|every|matin|aprem|soir|midi|\bou ")
_NEAR: Final = 26
"""Characters between what offers and the words of time."""


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match ends, or -1."""
    return max((match.end() for match in pattern.finditer(text)), default=-1)


class _Token(NamedTuple):
    start: int
    end: int
    word: str
    kind: str
    """Time, clock, number, month, open or join."""


def _runs(said: Said) -> Iterator[tuple[int, int]]:
    """Stretches of words of time, without the joining words at their ends."""
    for match in _CHINESE.finditer(said.text):
        stripped = match[0].strip("，,、或和到至")
        if len(stripped) >= 3:
            start = match.start() + match[0].index(stripped)
            yield start, start + len(stripped)
    run: list[_Token] = []
    for match in _TOKEN.finditer(said.folded):
        kind = _kind(match[0])
        if run and (
            kind is None or "\n" in said.folded[run[-1].end : match.start()] or match.start() > run[-1].end + 1
        ):
            yield from _trimmed(said, run)
            run = []
        if kind is not None:
            run.append(_Token(match.start(), match.end(), match[0], kind))
    yield from _trimmed(said, run)


def _kind(word: str) -> str | None:
    bare = _ELIDED.sub("", word) or word
    if {word, bare} & DAYS or {word, bare} & PARTS:
        return "time"
    if _CLOCK.fullmatch(word):
        return "clock"
    if word.isascii() and word.isdigit():
        return "number" if int(word) <= _LAST_DAY else None
    if word in MONTHS:
        return "month"
    if word in NUMBERS:
        return "number"
    if {word, bare, word.rstrip("'")} & OPENING:
        return "open"
    return "join" if word in JOINS else None


def _trimmed(said: Said, run: list[_Token]) -> Iterator[tuple[int, int]]:
    said_words = [token.word for token in run]
    first, last = 0, len(run)
    while first < last and _drops_first(run[first], said_words[first + 1 : first + 2]):
        first += 1
    while first < last:
        token = run[last - 1]
        phone = token.kind == "number" and _PHONE_NEXT.match(said.folded, token.start) is not None
        counted = token.kind == "number" and last - first > 1 and said_words[last - 2] == ","
        closes = token.kind in {"join", "open"} and token.word not in _CLOSING
        if not (phone or counted or closes) or " ".join(said_words[last - 2 : last]) in _WHOLE:
            break
        last -= 1
    kept = run[first:last]
    if not kept:
        return
    start, end = kept[0].start, kept[-1].end
    text = said.folded[start:end]
    timed = any(token.kind in {"time", "clock"} for token in kept) or _ANY_TIME.search(text)
    led = any(
        token.kind == "number" and _LED_NUMBER.search(said.folded[max(0, token.start - 18) : token.start])
        for token in kept
    )
    if (timed or led) and len(text) >= _SHORTEST and text not in _BARE:
        yield start, end


def _drops_first(token: _Token, following: list[str]) -> bool:
    """A word that joins, or opens nothing; "si possible le matin" and "à partir de 17h" keep theirs."""
    after = following[0] if following else ""
    if (token.word == "si" and after == "possible") or (
        token.word in {"a", "de"} and after in {"partir", "la", "toute", "todo"}
    ):
        return False
    return (token.kind == "join" and token.word not in _EXCEPTING) or token.word in _NO_OPENING


_LAST_DAY: Final = 31
_EXCEPTING: Final = words("sauf pas jamais hors except menos excepto exceto tranne кроме крім oprocz")
_NO_OPENING: Final = words(
    "a i o e si de et la do of possible uniquement seulement quand men ora in on w dans ce ten den autre pour une"
)
_CLOSING: Final = words("seulement uniquement sonra heures heure hours only pm am lkol পর আগে")
_WHOLE: Final = ("n'importe quand", "toute heure")
_ANY_TIME: Final = re.compile(r"n'importe (?:quand|quelle heure)|toute heure")
_LED_NUMBER: Final = re.compile(
    r"(?:apres|avant|partir de|vers|after|before|despues de las|depois das|das|dopo le|dalle|dupa|de la|ora|после|до|після|после|po|przed|sonra|saat|b3d|بعد الساعة|الساعة)\W*(?:le |la |ora )?$"
)
