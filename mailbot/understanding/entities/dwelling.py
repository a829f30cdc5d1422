"""Building, stair and door."""

import re
from typing import Final

from mailbot.understanding.entities.said import Said

_CODE = r"([A-ZА-Я]\d{0,2}|[1-9]\d{0,2}[A-Z]?)(?![\w'’])(?! ?(?:rue|place|avenue|all[ée]e|boulevard|impasse|min\b|logements|ans|%|€|m²|étages?|appartements|\d))"
_NAME = r"((?:(?:Les|Le|La|L'|les|le|la|l') ?)?[A-ZÀ-Ý][\wÀ-ÿ'-]{2,20}(?: [A-ZÀ-Ý][\wÀ-ÿ'-]{2,20})?)"
_KIND = r"(?:[Bb][âa]timents?|BATIMENT|BÂTIMENT|[Bb][âa]t\.?|B[AÂ]T\.?|[Ii]mmeuble|[Bb]loc|BLOC|[Bb]locul|[Bb]loco|[Bb]loque|[Bb]lock|[Bb]uilding|[Pp]r[ée]dio|[Ee]dificio|[Ee]dif[íi]cio|[Pp]alazzina|[Pp]alazzo|[Ss]cal[oa]ne|[Кк]орпус|[Бб]удинок|[Бб]удинку|[Бб]лок\w{0,2}|[Бб]лоці|[Кк]орпус\w{1,2}|[Зз]дани\w|[Бб]удинк\w{1,2}|[Bb]udynek|[Bb]udynku|[Cc]lădire\w?|[Ii]mobilul|[Bb]lok|[Bb]loku|بيان|بناية|ببناية|عمارة|العمارة|بلوك|المبنى|বিল্ডিং|ভবন|ব্লক)"
_BUILDINGS: Final = (
    re.compile(rf"(?<![\w-]){_KIND}(?: n[°o])? ?{_CODE}"),
    re.compile(
        rf"(?<!\w)(?:[Bb][âa]timent|[Bb][âa]t\.?|[Tt]our|[Ii]mmeuble|[Rr][ée]sidence|[Rr]es\.|[Ee]ntr[ée]e) {_NAME}"
    ),
    re.compile(
        r"(?<![A-Za-z0-9'])([A-Z]\d?|\d{1,2}) ?(?:[Bb]lok|BLOK|[Bb]loğun|[Bb]lokta\w*|[Bb]inası\w*|[Bb]loktayım|ব্লক|বিল্ডিং|ভবন|(?<=[A-Z])楼|号楼|栋|座|号楼|幢|楼栋)"
    ),
    re.compile(
        r"(?<!\w)(?:bat|bât|bloc|batiment|bâtiment)(?:\. ?| )([bcdfgh]\d?|a(?= ?(?:[,.;\n]|$|porte|esc|appt?|\d)))(?![\w'’])",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\w)(Les [A-ZÀ-Ý][\wÀ-ÿ-]{2,20})(?![\w])", re.MULTILINE),
    re.compile(
        r"(?<!\w)(?:RESIDENCE|RÉSIDENCE|BATIMENT|BÂTIMENT|TOUR|[Rr][ée]sidence|[Bb][âa]timent) (les [a-zà-ÿ]{4,20}s|LES [A-ZÀ-Ý]{4,20}S)(?![\w'’-])"
    ),
    re.compile(
        r"(?<!\w)(?:[ée]tage|RDC|ascenseur|tour|appartement \d+|hall) (?:des|aux) ([A-ZÀ-Ý][\wÀ-ÿ-]{2,20}s)(?![\w'’])"
    ),
)
_NO_NAME = re.compile(
    r"^(?:Bonjour|Madame|Monsieur|Rue|Avenue|Merci|Depuis|Pour|Je|Il|Elle|Nous|Les? (?:Voisins?|Locataires?|Gens)|Mme|Messieurs|Est|Cordialement|Pas|Vous|Suite|Eiffel)\b",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r"^Les (?:gens|voisins?|locataires?|enfants|radiateurs|travaux|jours?|charges|murs?|fenetres|deux|trois|autres|papiers|clefs?|cles|portes?)\b",
    re.IGNORECASE,
)
_STAIRS: Final = (
    re.compile(
        r"(?<!\w)(?:escalier|esc|staircase|stairwell|stair|escalera|escada|entrada|scara|scala|klatka|klatce|klatki|подъезд|подъезде|подъезда|під'їзд|під'їзді|під'їзду|драбина|сходи|السلم|السلّم|الدرج|للدروج|الدروج|دروج|المدخل|drouj|droj|merdiven|সিঁড়ি|楼梯|单元)(?: no| nr| n°| numero| رقم| номер|:|\.)? ?([a-zабв]|[1-9]\d?)(?![\w']| \d\d|[.,]\d|[.,]\d| ?(?:marches|h\b|etages?|fois|jours|ans|€))"
    ),
    re.compile(
        r"(?<![a-z0-9.,])(\d{1,2}|[a-z]|premier|deuxieme|birinci|ikinci|ucuncu|dorduncu)(?:\.|-?[а-я]{1,2}|eme|e|°)? ?(?:merdiven\w*|подъезд\w*|під'їзд\w*|单元|号?楼梯|সিঁড়ি)"
    ),
)
_ORDINAL: Final = {"premier": "1", "birinci": "1", "deuxieme": "2", "ikinci": "2", "ucuncu": "3", "dorduncu": "4"}
_ONE_LETTER = frozenset("b")
_DOORS: Final = (
    re.compile(
        r"(?<![\w-])(?:porte|appartement|appart|appt|apt|apart|apartment|apartamento|appartamento|apto|usa|lok|spod|apartament|apartamentul|apartamentu|ap|lgt|logement|studio|chambre|flat|door|unit|puerta|porta|interno|int|daire|kapi|mieszkani\w{1,3}|drzwi\w{0,3}|lokal\w{0,2}|pod numerem|квартир[аыеуіою]{1,2}|кв|двер[иіь]|дверь номер|باب|الباب|لباب|الشقة|شقة|bab(?: dari)?|দরজা|ফ্ল্যাট|রুম|门|公寓)(?: নম্বর| নং| номер| n°| no| nr| numero| number| рقم| رقم| №|:|\.)? ?([a-z]?-?\d{1,4}[a-z]?)(?![\w%€]|[.,]\d| ?(?:etages?|m2|m²|pieces?|euros?|personnes?|fois|jours?|mois|ans|semaines|kat\b|h\b|piso|et \d|eme|heures|am\b|pm\b))"
    ),
    re.compile(
        r"(?<![a-z0-9.,])(\d{1,4}) ?(?:numara\w*|no'?lu daire|号门|室|号房|نمبر| ?নম্বর (?:ফ্ল্যাট|দরজা|রুম)| ?নং ফ্ল্যাট|号公寓)"
    ),
    re.compile(r"\b(?:no|do|ao) ([1-9]\d{1,2})(?= (?:moram|mora|moro|esta|ta) |[,.;!])"),
)


_FLOWERS: Final = (
    "Acacias Agaves Alizés Amandiers Anémones Arcades Aubépines Bleuets Bosquets Bouleaux Bruyères Camélias Capucines Cèdres Cerisiers Charmes Charmilles Châtaigniers Chênes Cigales"
    " Cigognes Clématites Colibris Coquelicots Cormorans Cyclamens Cyprès Dahlias Églantiers Érables Fauvettes Flamboyants Fougères Frênes Fuchsias Genêts Gentianes Géraniums Glaïeuls Glycines"
    " Goélands Hêtres Hirondelles Hortensias Iris Jasmins Jonquilles Lauriers Lavandes Lilas Lys Magnolias Marguerites Marronniers Mésanges Mimosas Mouettes Muguets Myosotis Narcisses Noisetiers"
    " Noyers Oliviers Ormes Orchidées Palmiers Palmistes Pâquerettes Pervenches Peupliers Pinsons Pins Pivoines Platanes Primevères Roitelets Romarins Roses Rossignols Saules Sapins Sorbiers Sycomores"
    " Tamaris Thuyas Tilleuls Tourterelles Troènes Tulipes Verveines Violettes"
).split()
"""What French residences are called after; in a mail in another language the bare name is one."""
_FLOWER: Final = "|".join(_FLOWERS)
_STREET_BEFORE: Final = re.compile(
    r"(?:\b(?:rue|avenue|av|boulevard|bd|place|allee|allees|square|impasse|quai|cours|route|chemin|sentier|passage|villa|mail|clos|ecole|college|rond-point|cours)\.? (?:des |les |aux )?)$"
)
_LATER_BUILDINGS: Final = (
    re.compile(rf"(?<![\w'’])(?:[Ll]es|[Aa]ux|[Dd]es) ((?:{_FLOWER}))(?![\w'’-])"),
    re.compile(rf"(?<![\w'’])((?:{_FLOWER}))(?![\w'’])"),
    re.compile(
        r"(?<!\w)(?:[Hh]all|[Cc]aves?|[Aa]scenseur|[Tt]oit|vide-ordures|[Cc]our|[Pp]arking|[Ii]nterphone) (?:du |d'|n° ?)?([A-H]\d?)(?![\w'’.])"
    ),
    re.compile(
        r"(?<!\w)(?:[Aa]scenseur|étage|\d{1,2}e|\d{1,2}ème|escalier \d|[Hh]all|gardien) (?:de|du|au|à) ((?:Mistral|Picasso|Ronsard|Lavoisier|Verlaine|Rimbaud|Molière|Matisse|Chopin|Mozart|Ravel|Debussy|Renoir|Cézanne|Monet|Pasteur|Zola|Voltaire|Rousseau|Balzac|Flaubert|Ronsard|Racine|Corneille|Concorde|Belvédère|Panorama|Bellevue|Azur|Ponant|Levant|Zéphyr))(?![\w'’-])"
    ),
)


def building(said: Said) -> str | None:
    """A letter, a number, or the name it goes by."""
    return _marked_building(said) or _known_building(said)


def _known_building(said: Said) -> str | None:
    for pattern in _LATER_BUILDINGS:
        for match in pattern.finditer(said.text):
            if _STREET_BEFORE.search(said.folded[max(0, match.start() - 20) : match.start(1)]):
                continue
            if pattern is _LATER_BUILDINGS[1] and match[1] in {"Iris", "Roses", "Lys"} and _FRENCH.search(said.folded):
                continue
            return (
                f"Les {match[1]}"
                if re.match(r"(?:les|aux|des) ", said.folded[match.start() : match.end()])
                else match[1]
            )
    return None


_FRENCH: Final = re.compile(r"\b(?:je|nous|vous|est|une|dans|pas|bonjour)\b")


def _marked_building(said: Said) -> str | None:
    for pattern in _BUILDINGS:
        for match in pattern.finditer(said.text):
            value = match[1].strip()
            named = len(value) > 3  # a code is at most as long as B12
            if named and (_NO_NAME.match(value) or _COMMON.match(value)):
                continue
            if " des " in match[0] or " aux " in match[0]:
                return f"Les {value}"
            return value if named else value.upper()
    return None


def stair(said: Said) -> str | None:
    for pattern in _STAIRS:
        for match in pattern.finditer(said.folded):
            value = match[1]
            written = said.text[match.start(1) : match.end(1)]
            if value.isalpha() and len(value) == 1 and not written.isupper() and value not in _ONE_LETTER:
                continue
            return _ORDINAL.get(value, value.upper())
    return None


_LETTERED: Final = re.compile(
    r"(?<!\w)(?:[Pp]orte|PORTE|[Aa]ppt?\.?|[Aa]ppartement|[Aa]ppart) ([A-HJ-Z]\d{0,3})(?![\w'’])"
)
_ABROAD_DOORS: Final = (
    re.compile(r"(?<![\d.,-])(\d{1,4})号(?!楼|线|码|晚|早|上午|下午|的?房租)"),
    re.compile(rf"(?:{_FLOWER})(?:楼| building)? (\d{{1,4}})(?![\d/.:-]| ?(?:楼|层))"),
    re.compile(r"\d ?(?:p|pietro)\.?,? m\. ?(\d{1,4})(?!\d)"),
    re.compile(r"(?<!\w)(?:m|mieszk|mieszkanie)\. ?(\d{1,4})(?=[,.\n]|\Z)"),
    re.compile(rf"(?<!\w)(?:{_FLOWER}),? (\d{{1,4}})(?= ?(?:[,.;\n]|\Z))"),
    re.compile(r"[Rr][ée]sidence [A-ZÀ-Ý][\wÀ-ÿ-]+ (\d{1,4})(?= ?(?:[,.;\n]|\Z))"),
    re.compile(r"(?<!\d)(\d{1,3})'?[dt][ea]ki (?:adam|kadın|komşu)"),
    re.compile(r"(?<!\d)(\d{1,4}) নম্বরে"),
)


def door(said: Said) -> str | None:
    for pattern in _DOORS:
        for match in pattern.finditer(said.folded):
            return match[1].upper()
    if (lettered := _LETTERED.search(said.text)) is not None:
        return lettered[1]
    for pattern in _ABROAD_DOORS:
        for match in pattern.finditer(said.text):
            if not _STREET_BEFORE.search(said.folded[max(0, match.start() - 20) : match.start()]):
                return match[1]
    return None
