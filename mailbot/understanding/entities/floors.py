"""The floor that is meant: the writer's own before any other, never a neighbour's or one that is wished for."""

import re
import unicodedata
from typing import Final

from mailbot.understanding.entities.said import Said, fold

GROUND: Final = "RDC"
_ORDINALS: Final = {
    "fr": "premier|premiere;deuxieme|second|2nd;troisieme;quatrieme;cinquieme;sixieme;septieme;huitieme;neuvieme;dixieme;onzieme;douzieme;treizieme;quatorzieme;quinzieme",
    "en": "first;second;third;fourth;fifth;sixth;seventh;eighth;ninth;tenth;eleventh;twelfth",
    "es": "primer|primero;segundo;tercer|tercero;cuarto;quinto;sexto;septimo;octavo;noveno;decimo",
    "pt": "primeiro;segundo;terceiro;quarto;quinto;sexto;setimo;oitavo;nono;decimo",
    "it": "primo;secondo;terzo;quarto;quinto;sesto;settimo;ottavo;nono;decimo",
    "ro": "unu|intai|intâi;doi;trei;patru;cinci;sase;sapte;opt;noua;zece",
    "tr": "birinci;ikinci;ucuncu;dorduncu;besinci;altinci;yedinci;sekizinci;dokuzuncu;onuncu",
    "ru": "перв;втор;трет;четв[её]рт;пят;шест;седьм;восьм;девят;десят",
    "uk": "перш;друг;трет;четверт;п'ят;шост;сьом;восьм;дев'ят;десят",
    "pl": "pierwsz;drugi;trzeci;czwart;piat;szost;siodm;osm;dziewiat;dziesiat",
    "ar": "الأول|الاول|اللول|لول;الثاني|التاني|الثاني;الثالث|التالت|التالث;الرابع;الخامس;السادس|السات;السابع;الثامن|التامن;التاسع;العاشر",
    "zh": "一;二;三;四;五;六;七;八;九;十",
    "bn": "এক|প্রথম;দুই|দোতলা|দ্বিতীয়;তিন|তৃতীয়;চার|চতুর্থ;পাঁচ|পঞ্চম;ছয়|ষষ্ঠ;সাত|সপ্তম;আট|অষ্টম;নয়|নবম;দশ|দশম",
}


def _numbers(language: str) -> dict[str, str]:
    return {
        fold(word): str(number)
        for number, words in enumerate(_ORDINALS[language].split(";"), 1)
        for word in words.split("|")
    }


def _group(language: str) -> str:
    return "|".join(
        sorted((re.escape(word).replace(r"\[её\]", "[её]") for word in _numbers(language)), key=len, reverse=True)
    )


_WORDS: Final = {word: number for language in _ORDINALS for word, number in _numbers(language).items()}
_NTH = r"\d{1,2} ?(?:e|er|eme|em|ieme|ème|me|nd|nde|ere)(?![a-z0-9'])"
_N_FR = rf"({_NTH}|{_group('fr')})"
_NOT_A_FLOOR = (
    r"(?! ?(?:mois|passage|relance|bebe|courrier|appel|rappel|rang|jours?|fois|message|mail|demande|envoi|loyer|arr|arrondissement|trimestre|semestre|coloc|lettre|"
    r"novembre|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|decembre|annee|enfant|semaine|rdv|rendez|regard|coup|tour|lieu|plan|degre|avis|temps|abord|etudiant|"
    r"secours|prix|essai|impaye|visite|dossier|technicien|lundi|mardi|mercredi|jeudi|vendredi|janv|sept|oct|nov|dec|bouton|siecle|paragraphe|point|alinea|refus|"
    r"fev|juil|ascenseur|et dernier (?:rappel|avis|avertissement)|soir|matin|degats?|gosse|mi-temps|boulot|travail|rejet|virement|fille|fils|etat|de (?:la|chaque) (?:liste|mois)|venu|qui))"
)
_EXPLICIT = re.compile(
    rf"(?<![\w])(?<!\d\.){_N_FR},? (?:et dernier )?(?:etages?|etg|eta|etaj|et\.)(?![a-z])|\betage ?(?:n° ?|numero )?:? ?(\d{{1,2}})(?![\d\w])"
)
_AT = re.compile(
    rf"\b(?:au|du) {_N_FR}(?![a-z0-9]){_NOT_A_FLOOR}(?= ?(?:[,.;:)!?\n(/|-]|\Z|(?:et dernier|droite|gauche|face|porte|bat|sans|avec|depuis|on|je|j'|il|elle|nous|ils|elles|et|a|est|ont|dans|sur|chez|pour|rue|avenue|mais|ou|cote|ce|cette|ca|c'|sous|voila|notre|mon|ma|mes|la|le|les|l'|un|une|pend|ne|n'|avait|alors|parce|pendant|tout|toujours|esc|de|des|ascenseur|au|y|quand|que|si|mari|comme|en|son|sa|ses|vient|appart\w*|svp|merci|d')(?![a-z])|\d))"
)
_LONE = re.compile(
    rf"(?:(?:^|[,(\n/.|;:] ?)|\d )({_NTH}|(?<=, )(?:{_group('fr')})(?=[,.\n)]|\Z| porte| droite| gauche)|(?:{_group('fr')})(?= porte \d| droite| gauche))(?= ?(?:[,;.)\n/:|]|\Z|droite|gauche|face|porte|bat|esc|sans asc|cote|bt\b|et dernier))",
    re.MULTILINE,
)
_TRAILING = re.compile(
    rf"(?<=[a-z]{{4}} )({_NTH})(?=[,.\n)]|\Z)|(?<=\d )({_group('fr')})(?=[,.\n)]|\Z)|(?<![\w-])({_group('fr')})(?= (?:porte \d|droite|gauche))"
)
_IN_SPANISH = re.compile(
    rf"\b(?:en el|no) ({_group('es')}|{_group('pt')}|{_group('fr')})(?<!uarto)(?=[,.;:]|\Z| e tem| y tiene)"
)
_GROUND_FR = re.compile(
    r"\b(?:rez[ -]?(?:de|d)?[ -]?(?:chauss\w*|choss\w*)|rez[ -]de[ -]jardin|r\.?d\.?c\.?(?![a-z])|au rez(?![a-z -]))"
)
_ABROAD = re.compile(
    r"floor|story|storey|piso|piano|andar|planta|etaj|r/c|res.do.chao|terreo|parter|\bet\.|kat|pietr|ground|\betage|[\u0370-\u1fff\u2e80-\uffff]|\b(?:en el|no|del|do|da|al|o|f|fi|3and|ta3) "
)
"""One of these words or letters stands in every pattern of another language."""
_FOREIGN: Final = (
    re.compile(rf"(?<![\w])(?:(\d{{1,2}}) ?(?:st|nd|rd|th)?|({_group('en')}))[ -](?:floor|story|storey)\b"),
    re.compile(r"\bfloor (?:no\.? ?|number )?(\d{1,2})(?!\d)()"),
    re.compile(
        rf"(?<!\w)(?:(\d{{1,2}}) ?(?:\.?[ºoª°]|er|to)?|({_group('es')}|{_group('pt')})) (?:piso|andar|planta)\b"
    ),
    re.compile(r"(?:\bpiso|\bplanta) (\d{1,2})(?!\d)()"),
    re.compile(
        rf"\b(?:del|do|da|al) ()({_group('es')}|{_group('pt')}|{_group('fr')})(?<!uarto)(?=[,.;:]|\Z| e tem| y tiene)"
    ),
    re.compile(rf"(?:في|بين|عند) ()({_group('ar')})(?!\w| و)"),
    re.compile(r"(?<![\w-])(\d{1,2}) ?etage(?!s|\w)()"),
    re.compile(r"\b(?:no|o|do) (\d{1,2}) ?\.?º()(?! ?(?:dia|de|d\b))"),
    re.compile(rf"(?<!\w)(?:(\d{{1,2}}) ?[°º^]?|({_group('it')})) piano\b"),
    re.compile(r"\bpiano (\d{1,2})(?!\d)()"),
    re.compile(rf"\betaj(?:ul|ului)? ?(?:al )?(?:(\d{{1,2}})|({_group('ro')})(?:lea)?)(?!\w)"),
    re.compile(rf"(?<!\w)(?:(\d{{1,2}})\.?|({_group('tr')})) kat(?:t?a|taki|tayiz|tayim|tan|imiz|in|ta)?(?![a-z])"),
    re.compile(rf"()(?<!\w)({_group('tr')}) kat\w{{0,6}}"),
    re.compile(
        rf"(?<!\w)(?:(\d{{1,2}})(?:-?\w{{1,3}})?|({_group('ru')}|{_group('uk')})\w{{1,5}}) (?:этаж|поверх|поверс)\w{{0,3}}"
    ),
    re.compile(r"(?:этаж|поверх|етаж) (\d{1,2})(?!\d)()"),
    re.compile(r"(?<!\w)(\d{1,2}) ?p\.(?=,? m\.)()"),
    re.compile(rf"()(?<!\w)({_group('uk')})\w{{1,5}} етаж\w{{0,3}}"),
    re.compile(rf"\betage ()({_group('ar')}|lewel|tani|talet|rabe3|khames)(?!\w)"),
    re.compile(rf"(?<!\w)(?:(\d{{1,2}})(?:\.|-\w{{1,3}})?|({_group('pl')})\w{{0,4}}) pietr\w{{1,3}}"),
    re.compile(r"\bet\. ?(\d{1,2})(?!\d)()"),
    re.compile(r"\bpietro (\d{1,2})(?!\d)()"),
    re.compile(
        rf"(?:طابق|الطابق|دور|الدور|طابك|اتاج|إيتاج|ايطاج|الإيطاج|لإيطاج) (?:ال)?(?:(\d{{1,2}})|({_group('ar')}))"
    ),
    re.compile(r"\b(?:f|fi|3and|ta3) (\d{1,2}) ?(?:eme|e|etages?)(?![a-z])()"),
    re.compile(r"\betage (\d{1,2})(?!\d)()"),
    re.compile(rf"(?:(\d{{1,2}})|({_group('zh')})) ?(?:楼|层|樓|層)(?!道|梯|下|上|的?管理|主|盘|房|长|顶)"),
    re.compile(
        unicodedata.normalize("NFC", rf"(?:(\d{{1,2}})|({_group('bn')})) ?(?:তম |য় |র্থ |ম |ষ্ঠ )?(?:তলা|তালা|ফ্লোর)")
    ),
)
_FOREIGN_GROUND = re.compile(
    fold(
        r"\bground floor\b|\bplanta baja\b|\bpiso bajo\b|\br/c\b|\bres[ -]do[ -]chao\b|\bandar terreo\b|\bpiano terra\b|\bpianterreno\b|\bla parter\b|\bparterul\b|\bparter\b(?!e)|\bna parterze\b|\bgiris kat\w*|\bzemin kat\w*|الطابق الأرضي|الأرضي|الدور الأرضي|перв(?!.)"
    )
    + r"|一楼大厅(?!.)|নিচতলা|নীচতলা|নিচের তলা|цокольн\w+ этаж"
)
_MINE = re.compile(
    r"(?:\bj'?habit\w+|\bje suis|\bj'?suis|\bchui|\bon est|\bnous sommes|\bje loge|\bje vis|\bon vit|\bon habit\w+|\bchez moi|\bhabite|\bhabitons|\bloge|\bvit|\bmoi|\blocataire|\bmon (?:appart\w*|logement)|\bc'est|\bdans l'appartement|i am|i live|we live|we are|vivo|vivimos|moro|moramos|mora|живу|живем|живём|живемо|mieszkam\w*|oturuyor\w*|abito|abitiamo|locuie\w*|stau|أسكن|ساكن\w*|نسكن|住|থাকি)\b[^.\n!?]{0,28}$"
)
_OTHERS = re.compile(
    r"(?:voisin\w*|vosin|petite?s?|nouveau|balcons?|cao|perro|en suis|loggia|placard a compteurs|molosse|dame|monsieur|madame|mamie|papi|gens|ceux|celui|celle|type|mec|gars|chien|famille|locataires?|resident|jeunes?|etudiants?|enfants?|appart\w* (?:vide )?|sauf|jusqu'?a?u?|vecino|vecina|vizinh\w+|neighbou?r|guy|man|lady|komsu\w*|сосед\w*|сусід\w*|vicin\w|vecin\w*|sasiad\w*|degats? des eaux|arrive(?:nt)?|bruit|musique) (?:qui \w+ |d'|de la |de |del |do |du |on the |from the |from |of the |с |на |з |dal |al |de la |z )?(?:au |du |le )?$"
)
_PART_OF_HOUSE = re.compile(
    r"(?:palier|coursive|couloir|vantail|vitre|volets?|portes?|gaine|placard\w*|radiateurs?|ascenseur|garde-corps|rambarde|fenetres?|etage|appart\w*|logement|t\d|f\d|studio|colocs?|caisson|carreau|extincteur|humains|locataire|madame \w+|monsieur \w+|bonjour c'est \w+|filles|la|celle|moi|nous|signe[^\n]{0,20}|c'est \w+|coloc\w*|famille \w+|^|\n) (?:du )?$"
)
_WISHED = re.compile(
    r"(?:\bun|\ben|\bvers un|\bdescendre au|\bobtenir|\bou rdc|\bau moins|\bbghit chi|\bveux|\bcherche|\bplanta|\buna) $"
)
_REACHED = re.compile(
    r"(?:\b(?:du|del|de) (?:rez\S*|\d{1,2}\S*|premier|portal|sous-sol|hall) (?:jusqu')?(?:au )?|jusqu'(?:au )?|\bentre (?:le |la )?\S+ et (?:le |la )?)$"
)
_REACHES = re.compile(
    r"^ ?(?:إلى|حتى) |^ ?(?:au|jusqu'au|and|et le|y el|to the) (?:\d|rez|premier|deuxieme|troisieme|quatrieme|cinquieme|sixieme|septieme|dernier|fourth|fifth)"
)
_BOTH_SIDES = 70


def floor(said: Said) -> str | None:
    """A number, or RDC for the ground floor; of several the writer's own, then the one said most plainly, then the first."""
    best: tuple[int, int, str] | None = None
    for weight, match, value in _named(said.folded):
        before, after = (
            said.folded[max(0, match.start() - _BOTH_SIDES) : match.start()],
            said.folded[match.end() : match.end() + 24],
        )
        own = _MINE.search(before) is not None
        of_it = match[0].startswith("du ") or before.endswith((" du ", "'du "))
        if not own and of_it and not _PART_OF_HOUSE.search(before):
            continue
        if not own and (weight < 0 or _OTHERS.search(before) or (value == GROUND and _WISHED.search(before))):
            continue
        if _REACHES.match(after) or _REACHED.search(before):
            continue
        rank = (weight + 4 * own, -match.start(), value)
        if best is None or rank[:2] > best[:2]:
            best = rank
    return best[2] if best else None


_PLAIN: Final = re.compile(
    r"(?:je suis|j'suis|on est|nous sommes|j'habite|on habite|habitons) au (\d{1,2})(?= ?(?:[.,;!?)\n]|\Z))"
    rf"|\bbat(?:iment|\.)? ?[a-z]\d?,? ?({_NTH})(?= ?(?:[,.;)\n]|\Z|porte|etage|droite|gauche|face|et porte))"
    rf"|(?<!\w)({_NTH}) (?=(?:dr|dte|gche|gch|g|fce)(?:[ .,;)\n]|\Z))"
)
"""Without the word "étage": "on est au 5", "bat D 2e porte 6"."""


def _named(folded: str) -> list[tuple[int, re.Match[str], str]]:
    found = [(3, match, _number(match[1] or match[2])) for match in _EXPLICIT.finditer(folded)]
    found += [(2, match, _number(match[1] or match[2] or match[3])) for match in _PLAIN.finditer(folded)]
    found += [(2, match, _number(match[1])) for match in _AT.finditer(folded)]
    found += [
        (2, match, _number(match[1]))
        for match in _LONE.finditer(folded)
        if match[1].strip() != "1er" or folded[match.end() : match.end() + 1] in ".,)"
    ]
    found += [(2, match, _number(match[1] or match[2] or match[3])) for match in _TRAILING.finditer(folded)]
    found += [(-1, match, _number(match[1])) for match in _IN_SPANISH.finditer(folded)]
    found += [(2, match, GROUND) for match in _GROUND_FR.finditer(folded)]
    if not _ABROAD.search(folded):
        return [entry for entry in found if entry[2]]
    for pattern in _FOREIGN:
        found += [
            (2, match, _number(match[1] or match[2])) for match in pattern.finditer(folded) if match[1] or match[2]
        ]
    found += [(2, match, GROUND) for match in _FOREIGN_GROUND.finditer(folded)]
    return [entry for entry in found if entry[2]]


def _number(word: str) -> str:
    digits = re.match(r"\d{1,2}", word)
    return str(int(digits[0])) if digits else _WORDS.get(word, "")
