"""The danger net: words for danger that no model can lower, with what takes them back again.

A phrase counts unless it is denied, past, hypothetical or repaired within its own sentence.
"""

import re
import unicodedata
from dataclasses import dataclass

from mailbot.model import UrgencyLevel


@dataclass(frozen=True, slots=True)
class Danger:
    level: UrgencyLevel
    why: str
    span: tuple[int, int]


# (what staff read, pattern).  Patterns meet small letters without accents, of the same length as the original.
_CRITICAL: tuple[tuple[str, str], ...] = (
    (
        "odeur de gaz",
        r"(?:odeurs?|senteur|fuite) de gaz|\bsen(?:t|s|tons|tez|tent|tais|tait|taient|tir|ti|tie)\b[^.!?\n]{0,25}\bgaz\b|gaz qui fuit|oeufs? pourris?",
    ),
    (
        "gas",
        r"smell(?:s|ing)?(?: of| like)? gas|gas (?:leak|smell)|gasgeruch|olor a gas|huele a gas|cheir[oa] a gas|odore di gas|gaz kokusu|miros de gaz",
    ),
    (
        "gas",
        r"zapach gazu|запах газа|пахнет газом|запах газу|пахне газом|رائحة (?:ال)?غاز|煤气味|燃气味|ri7a? d(?:yal)? (?:l)?gaz|গ্যাসের গন্ধ",
    ),
    (
        "feu ou fumée",
        r"(?:y a|depart d'|debut d'|c'est)(?: ?(?:un |l'))?incendie|incendie (?:en cours|se declare|s'est declare)|fumee\b[^.!?\n]{0,25}\b(?:sort|s'echappe|sous (?:la|une) porte)|(?:ca|il y a le|prend|pris|en) feu\b|ca brule|en flammes|fumee (?:noire|epaisse)|de la fumee (?:sort|qui sort)|fire!|\bon fire\b",
    ),
    ("fire", r"\bes brennt\b|hay (?:un )?fuego|incendio|yangin|\bpozar\b|пожар|пожежа|حريق|着火|incendiu|আগুন"),
    (
        "monoxyde de carbone",
        r"monoxyde|\bd[ea]tecteur (?:de )?co\b[^.!?\n]{0,30}sonn|carbon monoxide|monoxido de carbono|угарн\w+ газ|чадн\w+ газ",
    ),
    (
        "risque électrique",
        r"etincelles?|electrocut|pris(?:e)? (?:le|du) jus|decharge electrique|court[- ]circuit|(?:prise|tableau|compteur|disjoncteur)[^.!?\n]{0,40}(?:brul|fume|fond|grille|gresill)",
    ),
    (
        "risque électrique",
        r"(?:odeur|sent)[^.!?\n]{0,30}(?:brule|cable|plastique brul)|(?:eau|fuite|coule)[^.!?\n]{0,40}(?:dans|sur|par|le long)[^.!?\n]{0,15}(?:prise|lampe|luminaire|plafonnier|lustre|tableau elec|spot|douille)",
    ),
    (
        "sparks",
        r"spark(?:s|ing)\b|electric shock|burning smell|chispas|faiscas|scintill[ea]|kivilcim|искр(?:ит|ы)|іскрить",
    ),
    (
        "eau que rien n'arrête",
        r"inond(?:ation|e|ee|es)\b|(?:l'?eau|ca) (?:coule|jaillit|pisse|gicle|deborde) (?:partout|a flots?|de partout|sans arret)|n'?arrive pas a (?:fermer|arreter|couper) l'?(?:eau|arrivee)|canalisation (?:a )?(?:explose|eclate)|impossible (?:d'?arreter|de couper) l'?eau|degat des eaux en cours",
    ),
    (
        "flood",
        r"flood(?:ed|ing)|water (?:is )?pouring|burst pipe|wasserrohrbruch|inundaci[oo]n|inundacao|allagament|su bast[iı]|затоп|потоп|zalan[ae]|\bzalewa\b|فيضان|水管爆裂",
    ),
    (
        "personne bloquée dans l'ascenseur",
        r"(?:bloque|coince|enferme|prisonni)[^.!?\n]{0,30}(?:dans|ds) (?:l'?|cet |un )?asc|asc[ea]n[cs]eur[^.!?\n]{0,60}(?:avec quelqu'?un|quelqu'?un (?:dedans|est|a l'interieur)|personne (?:dedans|bloquee|coincee|enfermee))|(?:stuck|trapped) in the (?:lift|elevator)|atrapad[oa]s? en el ascensor|asansorde (?:mahsur|kald)",
    ),
    (
        "porte ouverte après effraction",
        r"(?:cambriol|effraction|fracture|defonc)[^.!?\n]{0,120}(?:ferme plus|ne ferme pas|ouverte|plus de (?:porte|serrure))|porte[^.!?\n]{0,30}(?:defoncee|fracturee|forcee)",
    ),
    (
        "chute possible",
        r"(?:morceaux?|bouts?|pierres?|tuiles?|briques?|beton|plaques?|crepi)[^.!?\n]{0,40}(?:tomb|chut|detach|decroch)|(?:garde[- ]corps|rambarde|balcon|balustrade|facade|plafond)[^.!?\n]{0,60}(?:menace|tient plus|s'?effondr|ecroul|tombe|descell|arrache|bouge dans le vide)",
    ),
    (
        "violence",
        r"\b(?:il|elle|on|mari|voisin|compagnon|ex|pere|fils) (?:me|nous|la|le) (?:frappe|bat|tape dessus|etrangle)\b|\bme (?:frappe|bat)\b|menac\w*[^.!?\n]{0,40}(?:couteau|arme|machette|pistolet|mort|tuer)|coups? de (?:feu|couteau)|\bagress(?:e|ee|ion)\b[^.!?\n]{0,40}(?:maintenant|en ce moment|a l'instant)|(?:er|she|he) (?:is )?(?:beating|hitting) (?:me|us)",
    ),
    (
        "détresse",
        r"(?:envie d'?en finir|me suicider|vais me (?:tuer|foutre en l'air|jeter)|mettre fin a mes jours|plus envie de vivre|kill myself|suicid(?:ar|arme)|intihar|покончить с собой)",
    ),
)
_HIGH: tuple[tuple[str, str], ...] = (
    (
        "menaces",
        r"menac(?:e|es|er|ee|ees|ent|ait)\b|j'?ai peur (?:de|pour)|threaten|me amenaz|tehdit|угрож|погрож|يهدد",
    ),
    ("amiante", r"amiante|asbest|plomb dans"),
    (
        "enfermé dehors",
        r"enfermee? dehors|(?:peux|pouvons|arrive) (?:pas|plus)(?: a)? rentrer chez|a la porte de chez|locked out|clef? (?:cassee|casse) dans la serrure",
    ),
    ("frelons et allergie", r"(?:frelons?|guepes?)[^\n]{0,120}allerg|allerg[^\n]{0,120}(?:frelons?|guepes?)"),
    (
        "délai légal court",
        r"(?:sous|dans(?: les| un delai de)?) (?:8|huit|3|trois|5|cinq|48|24)[ -]?(?:jours|h\b|heures)|commandement de payer|expuls(?:ion|e|ee)|concours de la force publique|assignation",
    ),
    (
        "seules toilettes bouchées",
        r"(?:seule?s?|unique|qu'?un(?:e)? seule?)[^.!?\n]{0,25}(?:toilettes?|wc|w\.c)|(?:toilettes?|wc)[^.!?\n]{0,60}(?:bouche|inutilisable|deborde|refoule|remonte)",
    ),
)
_TAKEN_BACK = re.compile(
    r"\b(?:repare|reparee|resolu|regle|reglee|remarche|refonctionne|c'?est bon|plus (?:de|d')(?:\s\w+){0,2}\s?(?:fuite|odeur|probleme|gaz|fumee)|fausse alerte|"
    r"(?:pas|aucune?|jamais) (?:eu )?(?:d'|de )?(?:odeur|fuite|incendie|danger|feu|fumee|etincelle|inondation)|l'?an(?:nee)? (?:dernier|derniere|passee?)|"
    r"si (?:jamais|un jour|il y a(?:vait)?)|au cas ou|en cas d[e']|exercice|prevention|consignes?|assurance|attestation|constat|sinistre (?:du|de)|dossier|"
    r"no longer|not any ?more|was fixed|repaired|false alarm|in case of|what if|ya (?:esta|no)|foi (?:reparad|resolvid)|risolto|naprawion|remont[ée]e? apres)\b"
)
_COLD = re.compile(
    r"(?:pas|plus|sans|aucun|manque|panne|coupure|arret|en panne|h\.?s)\b[^.!?\n]{0,40}(?:chauff|radiateur|eau chaude|chaudiere)|(?:chauff\w*|radiateurs?|chaudiere|eau chaude)[^.!?\n]{0,60}"
    r"(?:panne|marche(?:nt)? p|ne fonctionn|froids?|glac|coupe|arret|h\.?s|plus)|no (?:heating|hot water)|heating (?:is )?(?:off|broken|not)|sin calefaccion|sem aquecimento|"
    r"(?:keine|ohne) heizung|kalorifer\w*[^.!?\n]{0,30}(?:yanmiyor|calismiyor|soguk)|fara (?:caldura|apa calda)|nu avem (?:caldura|apa calda)|sin agua caliente|sem agua quente|sicak su (?:yok|akmiyor)|нет горячей воды|немає гарячої води|لا (?:يوجد |توجد )?ماء ساخن|没有热水|brak (?:cieplej wody|ogrzewania)|senza (?:acqua calda|riscaldamento)|батаре\w*[^.!?\n]{0,20}холодн|нет отоплени|немає опаленн|(?:المدفأة|التدفئة|السخان) لا|لا (?:يوجد )?تدفئة|"
    r"暖气[^。]{0,8}不热|nie dziala ogrzewanie|non funziona il riscaldamento|chauffage (?:ma)?ma?khdamch"
)
_LIGHTS = re.compile(
    r"(?:plus|pas|sans|coupure|aucune?)[^.!?\n]{0,15}(?:d'|de |l'|du )?(?:electricite|courant|lumiere dans (?:tout|l'appart))|no (?:power|electricity)|sin luz|se fue la luz|sem luz|elektrik (?:yok|kesik)|нет света|немає світла|لا (?:يوجد |توجد )?كهرباء"
)
_FRAIL = re.compile(
    r"\b(?:bebe|nourrisson|nouveau[- ]ne|enceinte|handicap\w*|fauteuil roulant|invalid\w*|(?:8|9)\d ans|agee?s?|malade|hospitali\w*|oxygene|dialyse|respirat\w*|asthm\w*|enfants? (?:en bas age|malades?)|"
    r"baby|pregnant|disabled|wheelchair|elderly|ill\b|embarazada|bebek|hamile|ребен|ребён|младен|дитин|رضيع|حامل|أطفال|婴儿|孩子|dziecko|copil\w*|bambin\w*)"
)
_LIFT_DOWN = re.compile(
    r"asc[ea]n[cs]eur[^.!?\n]{0,60}(?:panne|bloque|arret|marche p|fonctionne p|h\.?s)|(?:lift|elevator)[^.!?\n]{0,40}(?:broken|out of|not work)|asansor[^.!?\n]{0,20}bozuk"
)
_COLD_MONTHS = {10, 11, 12, 1, 2, 3, 4}


def find(text: str, month: int) -> Danger | None:
    """The gravest danger that the words say, with where they say it.  `text` is the subject, a line end, the body."""
    folded = fold(text)
    for level, table in (("critical", _CRITICAL), ("high", _HIGH)):
        for why, pattern in table:
            for match in re.finditer(pattern, folded):
                if not _TAKEN_BACK.search(_sentence(folded, match.start(), match.end())):
                    return Danger("critical" if level == "critical" else "high", why, match.span())
    return _comfort(folded, month)


def fold(text: str) -> str:
    """Small letters without accents, every character still at its place."""
    out = []
    for char in text:
        base = unicodedata.normalize("NFKD", char)[0] if char.isalpha() and not _keeps_marks(char) else char
        small = base.lower()
        out.append(small if len(small) == 1 else base)
    return "".join(out).replace("’", "'")


def _keeps_marks(char: str) -> bool:
    # й and ї are letters of their own, as are those of scripts that write vowels as marks.
    return char in "йЙїЇёЁ" or "LATIN" not in unicodedata.name(char, "LATIN")


def _comfort(folded: str, month: int) -> Danger | None:
    frail = _FRAIL.search(folded)
    checks = (
        (_COLD, "sans chauffage ni eau chaude en saison froide", month in _COLD_MONTHS or frail is not None),
        (_LIGHTS, "sans électricité", True),
        (_LIFT_DOWN, "ascenseur arrêté avec une personne fragile", frail is not None),
    )
    for pattern, why, counts in checks:
        for match in pattern.finditer(folded):
            if counts and not _TAKEN_BACK.search(_sentence(folded, match.start(), match.end())):
                return Danger("high", why, match.span())
    return None


def _sentence(text: str, start: int, end: int) -> str:
    before = max(text.rfind(mark, 0, start) for mark in ".!?\n") + 1
    ends = [at for mark in ".!?\n" if (at := text.find(mark, end)) >= 0]
    return text[max(before, start - 200) : min([*ends, end + 200, len(text)])]
