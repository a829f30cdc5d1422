"""Words of time in the languages of tenants: days, parts of the day, what opens and what joins them; what they mean."""

import re
from typing import Final

from mailbot.understanding.entities.calendar_names import WEEKDAYS
from mailbot.understanding.entities.said import fold


def words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


PARTS: Final = words(
    "matin matins matinee matinees midi minuit apres-midi apres-midis aprem apreme soir soirs soiree soirees journee journees semaine temps week-end"
    " week-ends weekend weekends weekday weekdays jour jours jamais morning mornings noon afternoon afternoons evening evenings anytime week"
    " manana mananas tarde tardes noche noches mediodia semana dia dias manha manhas mattina mattine pomeriggio pomeriggi "
    " giorno giorni settimana dimineata dimineti masa ziua zile zi saptamana oricand amiaza rano ranem poludniu poludnie wieczorem wieczor"
    " weekendy weekendow codziennie dzien sabah ogleden aksam ogle gun hafta sonu утром утро вечером вечер днем день обеда обед дня дни будни будням"
    " вранці ранку ввечері увечері вечора обіду щодня дні вихідні выходные nhar lyoum sbah 3chiya soboty wtorki środy piątki czwartki"
    " الصباح صباحا المساء مساء الظهر العصر يوم النهار نهار সকাল সকালে বিকাল বিকেল সন্ধ্যা দুপুর রাত দিন sâmbăta duminica вечерам утрам выходным вечера noites noite finde fines mattinata serata sabahlari aksamlari haftasonu wieczory wieczorami popoludniami poranki weekenduri noche madrugada"
)
DAYS: Final = frozenset(WEEKDAYS) | frozenset(f"{day}s" for day in WEEKDAYS if day.isascii() and not day.endswith("s"))
OPENING: Final = words(
    "le la les l' du de des en un une au aux a d' ce cette n'importe quel quelle quand tous toutes tout toute chaque dans autre autres"
    " apres avant entre jusqu'a jusqu'au jusque vers partir plutot seulement uniquement si possible pas hors"
    " any every each all after before from between until till the on in at only most of pm am o'clock oclock"
    " cualquier todos todas todo toda los las el despues antes desde hasta por partir das da do depois ate qualquer o os as ao aos"
    " il lo gli i dopo prima delle della dalle alle di del tutti tutto ogni solo tra fino al nel"
    " dupa inainte ora orele orice toata de pana la doar numai intre her saat sonra once butun sonralari hafta ici"
    " после до с в во по каждый любой любая только кроме весь целый після від у кожен лише тільки будь-який завжди po przed od do w kazdy tylko caly każdy cały"
    " ay kol lkol mn b3d 9bel men أي كل بعد قبل من الى إلى الساعة টার পর আগে প্রতিদিন যেকোনো"
    " heures heure hour hours horas hora ore ore' sei sette otto dalle l'apres"
)
JOINS: Final = words(
    "et ou sauf mais sinon alors voire or and except but not o y menos excepto salvo e ou exceto menos sau si mai putin haric veya ve и или кроме і й або крім oprocz"
    " lub i albo oppure tranne & / - , বা"
)
NUMBERS: Final = words(
    "sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt premier deux trois dernieres duas ultimas"
)
_MEANING: Final = {
    fold(word): meaning
    for meaning, words in {
        "morning": "matin matins matinée mañana mañanas manhã manhãs mattina mattine morning mornings dimineața dimineata rano ranem sabah утром утро вранці ранку sbah الصباح صباحا সকাল সকালে 早上 上午",
        "noon": "midi noon mediodía mezzogiorno amiază öğlen الظهر দুপুর 中午",
        "afternoon": "après-midi aprem afternoon afternoons tarde tardes pomeriggio pomeriggi popołudniu обеда обіду дня العصر বিকাল বিকেল 下午",
        "evening": "soir soirs soirée soirées evening evenings noche noches noite sera seara wieczorem akşam вечером вечер вечора ввечері увечері المساء مساء সন্ধ্যা 晚上",
        "always": "tous toutes tout toute chaque any every all n'importe anytime always cualquier todos todo qualquer tutti ogni oricând oricand toată toata her каждый любой будь-який щодня codziennie każdy cały أي كل 每 每天 整天 全天",
        "except": "sauf hors jamais except menos excepto exceto tranne putin haric hariç кроме крім oprócz",
        "after": "après apres partir dès after from después depois dopo dalle după dupa sonra после після po بعد পর 以后 之后",
        "before": "avant jusqu'à before until antes hasta até prima înainte inainte до przed قبل আগে 以前 之前",
        "weekend": "week-end week-ends weekend weekends weekendy вихідні выходные 周末",
        "week": "semaine semana settimana săptămână будни будням weekday weekdays 工作日",
    }.items()
    for word in words.split()
}
_SPELLED: Final = {
    fold(word): str(number)
    for number, word in enumerate(
        "sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt".split(), 7
    )
}


def times_meant(text: str) -> frozenset[str]:
    """Days, parts of the day, numbers, after and before, exceptions: what an availability says, in any wording.

    Words of a script without spaces stand for themselves.
    """
    meant: set[str] = set()
    for token in re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+", fold(text).replace("apres midi", "apres-midi")):
        bare = re.sub(r"^(?:l'|d'|qu'|jusqu')", "", token)
        day = next((WEEKDAYS[word] for word in (token, bare, bare.rstrip("s")) if word in WEEKDAYS), None)
        if day is not None:
            meant.add(f"day {day}")
        elif (token.isascii() and token.isdigit()) or bare in _SPELLED:
            meant.add(_SPELLED.get(bare, token).lstrip("0"))
        elif (known := _MEANING.get(token) or _MEANING.get(bare)) is not None:
            meant.add(known)
        elif not token.isascii():
            meant.add(token)
        elif token.startswith("jusqu"):
            meant.add("before")
    return frozenset(meant - {""})
