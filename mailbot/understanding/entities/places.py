"""Address (number and street), postcode and city."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mailbot.understanding.entities.communes import COMMUNES
from mailbot.understanding.entities.numerals import DAY_WORDS
from mailbot.understanding.entities.said import Said, fold

_TYPES: Final = {
    "rue": "rue", "r.": "rue", "avenue": "avenue", "av.": "avenue", "av": "avenue", "ave": "avenue", "boulevard": "boulevard", "bd": "boulevard", "bd.": "boulevard",
    "bld": "boulevard", "blvd": "boulevard", "boul": "boulevard", "place": "place", "pl.": "place", "pl": "place", "allee": "allée", "allees": "allées", "all.": "allée", "all": "allée", "impasse": "impasse",
    "imp.": "impasse", "chemin": "chemin", "ch.": "chemin", "che": "chemin", "chem.": "chemin", "cours": "cours", "quai": "quai", "square": "square", "sq.": "square",
    "route": "route", "rte": "route", "passage": "passage", "cite": "cité", "faubourg": "faubourg", "fg": "faubourg", "fbg": "faubourg", "mail": "mail", "promenade": "promenade",
    "sentier": "sentier", "sente": "sente", "villa": "villa", "esplanade": "esplanade", "rond-point": "rond-point", "lotissement": "lotissement", "lot.": "lotissement", "hameau": "hameau",
    "voie": "voie", "venelle": "venelle", "coron": "coron", "straed": "straed", "traverse": "traverse", "montee": "montée", "ruelle": "ruelle", "parvis": "parvis", "clos": "clos",
    "residence": "résidence", "resid.": "résidence", "cour": "cour", "porte": "porte", "galerie": "galerie", "rampe": "rampe", "descente": "descente", "levee": "levée", "chaussee": "chaussée",
    "lieu-dit": "lieu-dit", "domaine": "domaine", "ravine": "ravine", "lotissements": "lotissement", "enclos": "enclos", "carrefour": "carrefour", "terrasse": "terrasse", "cote": "côte", "pont": "pont",
}  # fmt: skip
_WEAK: Final = frozenset(
    "porte cour mail cours pont cote terrasse galerie residence voie passage rampe descente montee route chemin villa domaine clos traverse".split()
)
_TYPE = "|".join(re.escape(word) for word in sorted(_TYPES, key=len, reverse=True))
_NUMBER_WORD = "|".join(re.escape(word) for word in sorted(DAY_WORDS, key=len, reverse=True))
_START = re.compile(
    rf"(?<![\w.,/+])(?:(\d{{1,4}})(?: ?(bis|ter|quater|[a-d])(?![a-z']))?((?: ?[-/] ?| et )\d{{1,4}})?|({_NUMBER_WORD}))(?: ?,)? {{0,2}}(?:au |de la |du )?({_TYPE})(?= )"
)
_BEHIND = re.compile(rf"(?<!\w)({_TYPE}) ((?:[a-z']{{2,20}}[ -]){{0,4}}[a-z]{{3,20}}),? (\d{{1,4}})(?= ?[,.\n])")
_PROPER = re.compile(r" (?:(?:de|du|des|la|les?|l['’]|d['’]) ?){0,3}[A-ZÀ-Ý]")
_AVENUE_LIKE = re.compile(r" (?:d[eu]s? |[A-ZÀ-Ý])")
_PARTICLES: Final = frozenset("de du des la le les l' d' et a au aux en sur sous ar an er".split())
_TITLES: Final = frozenset(
    "saint sainte st ste gal gen mal cdt col pdt general marechal docteur dr president commandant colonel capitaine abbe amiral professeur pere frere soeur vieux vieille grand grande petit petite haut haute bas basse beau belle bon bonne "
    "jean pierre paul jules victor louis henri marie emile georges rene charles jacques albert edouard leon francois andre claude anne jeanne simone rosa lucie marcel roger maurice michel gustave alexandre antoine eugene "
    "robert ernest gabriel joseph philippe olympe aime edmond gaston pauline colette ambroise martin nelson martyrs anatole raymond ferdinand guy hector honore joliot moulin-a frederic salvador camille benoit denis romain arthur alfred blaise champs notre dame quatre trois cinq".split()
)
_STOPS: Final = frozenset(
    "a au aux et je j' il elle nous on dans pour depuis est bat batiment appt apt appart appartement escalier esc etage porte svp merci bonjour la le les qui que mon ma mes c' ca c ici chez sans ya y ils vous tu rdc rez "
    "premier deuxieme troisieme quatrieme cinquieme sixieme hier demain ce cette ben kapi door puerta porta bab tel and is the my i we planta piso kat etaj ap scara подъезд quand mais ou car entree hall logement lgt urgent sont ont avec sur pas non bonsoir en plus toujours encore vers cher chere madame monsieur m mme".split()
)
_WORD = re.compile(r"[^\W\d_](?:[\w]|[-'’.](?=\w))*|\d{1,4}(?= )|[dl]['’]", re.UNICODE)
_CAPITAL = r"[A-ZÀ-ÖØ-ÝŒ][\wÀ-ÿ'’œ]*"
_LINK = r"(?:-(?:[\wÀ-ÿ'’œ]+)|[ -](?:sur|sous|lès|les|le|la|en|de|du|des|aux?|d['’])[ -](?:l['’])?[A-ZÀ-Ý][\wÀ-ÿœ]+)"
_CITY = rf"((?:(?:Le|La|Les|Saint|Sainte|St|Ste|Mont|Pont|Villeneuve|Fort|Bourg|Aix|Grand|Petit|Vieux)[ -])?{_CAPITAL}(?:{_LINK}){{0,5}}(?: (?:Cedex|CEDEX))?)"
_POSTAL = re.compile(
    rf"(?<![\d.,/+-])(?<!\d )((?:0[1-9]|[1-8]\d|9[0-8])\d{{3}})(?! ?(?:€|euros?|EUR|km|kWh|\d|m[²23]|W\b))(?=[ ,)\n.;]|$)[ ,\-]{{0,3}}(?:à )?(?:{_CITY})?"
)
_AFTER = re.compile(
    rf"^(?:(?: ?,| ?\(| ?-|:)? ?(?:à|a|A|À|in|en|em|à) |(?:,| -| –| \() ?|[ ])(?:la ville de )?{_CITY}(?![\w])"
)
_DWELLS = re.compile(
    rf"(?:habit\w+|log[eé]\w*|vi[ts]|vivons|r[ée]sidence \w+|r[ée]sidence des \w+|[ée]tage|chauss[ée]e|logement|appartement|maison|F\d|locataires?|voisins|bâtiment \w+|tour \w+|porte \d+|cité|c'est (?:M\.|Mme|madame|monsieur) \w+|Moi|studio|pavillon|chez vous|immeuble),? (?:ici |est |se trouve |aussi )?(?:[àa]|À) {_CITY}(?![\w])"
)
_HEAD = re.compile(
    rf"\A(?:[^\n]{{0,80}}\n)?(?:Bonjour,? |Bonsoir,? )?{_CITY}, (?=(?:\d{{1,4}}(?:e|er|ème| rue| avenue| bis)|au |premier|deuxi|troisi|rez|rdc|bât|étage|quartier|résidence))"
)
_SIGNED = re.compile(
    rf"(?:Mme|M\.|Mlle|Melle|Mr|Madame|Monsieur|[A-Z]\.) (?:[A-ZÀ-Ý]\. )?{_CAPITAL}(?:[- ]{_CAPITAL})?(?:, | à | - )({_CAPITAL}(?:{_LINK}){{0,4}})(?=[.)\n]|$| ?\.)"
)
_BRACKETED = re.compile(
    rf"\((?:[^()\n]{{0,12}}(?:étage|etage|rdc|RDC|chaussée|\de|\dème|rue|cité|quartier)[^()\n]{{0,20}}), ?{_CITY}\)"
)
_ANYWHERE = re.compile(rf"(?<![\w'’-])(?:[àÀ]|[Ff]ait à|Ville de|commune de) {_CITY}(?![\w])")
_ELSEWHERE = re.compile(
    r"(?:(?:elle|il|qui|Nous|ils|elles) (?:est|habite|vit|vivait|sont)|retraite|coiffeuse|[ée]tudiante?s?|ancien\w*|instituteur|institutrice|mari[ée]e?s?|drame|vendange|rest[ée]e?|fois|chantier|arm[ée]e|foyer|parents|vivait|centre|petite maison|prison|concert|match|chez ma \w+|chez mon \w+|chez sa \w+|chez son \w+|eu|reprend\w*|sociologie|collège|lyc[ée]e|école|nuits|monsieur|affect[ée]\w*|appartement|priv[ée]|travail\w*|boss\w*|[ée]tudi\w*|parti\w*|pars|part|partir|mut[ée]\w*|h[ôo]pital|hospitalis\w+|envoy\w+|train|n[ée]e?s?|vais|va|aller|all[ée]e?|vont|EHPAD|T\d|F\d|emploi|CDI|stage|fac|universit\w+|march[ée]|vivre|d[ée]m[ée]nag\w+|fils|fille|m[èe]re|sœur|fr[èe]re|amie?|cousine?|enterr\w*|vacances|revenu\w*|poste|rendez-vous|mission|relog\w+|mutation|adress\w+|appel\w*|[ée]cri\w*|dit|dis|demand\w+|parl\w+|pass\w*|merci|pr[êe]t\w*|don\w+|confi\w+|r[ée]pon\w+|face|grâce|quant|jusqu['’]|rapport|d[ûu]|copie|tribunal|gare|aéroport|dormir|retourn\w+|rentr\w+) (?:\w+ ){0,1}$"
)
_NO_CITY = re.compile(
    r"^(?:APPT|APT|BAT|BÂT|BATIMENT|PORTE|ETAGE|ESC|ESCALIER|LOGEMENT|VOUS|Bonjour|Bonsoir|Hello|Hi|Hey|Coucou|L|Madame|Monsieur|Mme|Mr|M|Je|J|Il|Elle|On|Nous|Le|La|Les|Un|Une|Depuis|Merci|Cordialement|Bien|Pour|Et|Mais|Tel|Tél|Bât\w*|Bat\w*|Escalier|Esc|Appt?|Appartement|Porte|Étage|Etage|RDC|Rez|Urgent|URGENT|Police|Polícia|Pouvez|Noël|Noel|Pâques|Janvier|"
    r"Février|Mars|Avril|Mai|Juin|Juillet|Août|Septembre|Octobre|Novembre|Décembre|Toussaint|Mon|Ma|Mes|Ce|Cette|Ces|C|Ça|Les|Vous|Votre|Suite|Objet|Re|Réf|Ref|Hier|Aujourd|Demain|Premier|Deuxième|Troisième|Facture|Devis|TTC|HT|EUR|IBAN|FR\d*|BP|Cher|Chère|Dans|Au|Aux|À|A|"
    r"Tour|Résidence|Locataire|Dossier|Sans|Avec|Si|Oui|Non|Quand|Que|Qui|Où|Comment|Ici|Moi|Mlle|Dona|Sœur|EDF|DGI|CDI|CDD|VMC|GRDF|ENEDIS|SIRET|Visite|Inutile|Intervention|Chez|Prestataire\w*|CAF|EHPAD|The|My|I|We|In|It|This|No|Is|Hay|Es|En|El|Los|Buenas|Hola|Ben|Bu|Olá|O|Os|As|Um|Uma|Nu|Am|La|Ascenseur|EDL|Flat|Door|Apt|Apartment|Dal|Il|Nel|Na|W|Od|Sr|Sra|Dr|Salut|Slt|Bjr|Attention|Danger|Gaz|Fuite|Panne|Eau|Chauffage|Péril|Expulsion)\b",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Street:
    address: str
    end: int
    """Where it ends in the mail's words."""


def place(said: Said) -> dict[str, str]:
    """`address`, `postcode` and `city`, as far as they are said."""
    found: dict[str, str] = {}
    streets = list(_streets(said))
    street = streets[0] if streets else None
    if street is not None:
        found["address"] = street.address
    postal = _postal(said, street)
    if postal is not None:
        found["postcode"] = postal[1]
        if postal[2] and not _NO_CITY.match(postal[2]):
            found["city"] = postal[2]
    if "city" not in found and (city := _city(said, streets)):
        found["city"] = city
    return found


def _postal(said: Said, street: _Street | None) -> re.Match[str] | None:
    """A number of five digits is a postcode when a city follows, or an address or a bracket stands before."""
    for match in _POSTAL.finditer(said.text):
        near = street is not None and 0 <= match.start() - street.end <= 40  # one line of an address
        bracket = said.text[max(0, match.start() - 1) : match.start()] == "("
        named = match[2] is not None and not _NO_CITY.match(match[2])
        if near or bracket or named:
            return match
    return None


def _city(said: Said, streets: list[_Street]) -> str | None:
    for street in streets:
        after = said.text[street.end : street.end + 60]
        after = re.sub(
            r"^(?:,? ?(?:\d{1,2} ?(?:e|er|[èe]me)(?: étage)?|[Bb][âa]t(?:iment|\.)? ?\w{1,10}|[Pp]orte \d+|[Aa]ppt?\.? \d+|premier étage|deuxième étage|RDC|rez-de-chaussée)){1,3}",
            "",
            after,
        )
        if (match := _AFTER.match(after)) and not _NO_CITY.match(match[1]):
            return match[1]
    for pattern in (_DWELLS, _HEAD, _BRACKETED, _SIGNED, _ANYWHERE):
        for match in pattern.finditer(said.text):
            away = pattern is _ANYWHERE and _ELSEWHERE.search(said.text[max(0, match.start() - 30) : match.start()])
            if not _NO_CITY.match(match[1]) and not away:
                return match[1]
    return _commune(said, streets)


def _commune(said: Said, streets: list[_Street]) -> str | None:
    """A known commune's name; in small letters only right behind a street."""
    for street in streets:
        behind = re.match(
            r"[ ,\n-]{1,3}((?:\d{5} )?)([a-z'-]+(?:[ -][a-z'-]+){0,3})", said.folded[street.end : street.end + 60]
        )
        if behind is not None:
            words = behind[2].split(" ")
            for count in range(len(words), 0, -1):
                name = " ".join(words[:count])
                if name.replace("-", " ") in COMMUNES:
                    start = street.end + behind.start(2)
                    return _as_named(said.text[start : start + len(name)])
    for match in _PROPER_NAME.finditer(said.text):
        words = match[0].replace("-", " ").split(" ")
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            if fold(name).removesuffix("'").replace("-", " ") in COMMUNES:
                before = said.text[max(0, match.start() - 30) : match.start()]
                if not (_ELSEWHERE.search(before) or _NAMED_AFTER.search(before)):
                    return match[0][: len(name)]
                break
    return None


def _as_named(text: str) -> str:
    return (
        text
        if text != text.lower()
        else "-".join(part if part in _PARTICLES else part[:1].upper() + part[1:] for part in text.split("-"))
    )


_PROPER_NAME: Final = re.compile(
    r"(?<![\w'’-])(?:(?<=[dDlL]['’])|)(?:(?:Le|La|Les|L['’]) )?[A-ZÀ-ÖØ-Ý][\wÀ-ÿœ]+(?:[- ](?:(?:sur|sous|lès|les|la|le|en|de|du|des|aux?|et|d['’])[- ])?[\wÀ-ÿœ'’]+){0,4}|(?<=[dDlL]['’])[A-ZÀ-Ý][\wÀ-ÿœ-]+"
)
_NAMED_AFTER: Final = re.compile(
    r"(?:(?:rue|avenue|boulevard|place|all[ée]e|square|impasse|quai|cours|route|gare|porte|tour|r[ée]sidence|[ée]quipe|stade|match|Mme|M\.|Madame|Monsieur|pont|m[ée]tro|chemin|universit[ée]|tribunal|pr[ée]fecture|Jean|Marie|Pierre) (?:de |d['’]|du |des |la )*)$",
    re.IGNORECASE,
)


def _streets(said: Said) -> Iterator[_Street]:
    for match in _START.finditer(said.folded):
        kind = match[5]
        if kind == "all" and not _AVENUE_LIKE.match(said.text, match.end(5)):
            continue  # "12 all you need"
        first = match[1] or str(DAY_WORDS[match[4]])
        street = _name(said, match.end(), shouted=said.text[match.start(5) : match.end(5)].isupper())
        if street is None or ((kind in _WEAK or match[4]) and not _PROPER.match(said.text[match.end(5) :])):
            continue
        second = re.sub(r" ", "", match[3] or "").replace("et", " et ")
        number = f"{first}{f' {match[2]}' if match[2] and len(match[2]) > 1 else (match[2] or '').upper()}{second}"
        yield _Street(f"{number} {_TYPES[kind]} {street[0]}", street[1])
    for match in _BEHIND.finditer(said.folded):
        street = _name(said, match.end(1), shouted=True)
        if street is not None:
            yield _Street(f"{match[3]} {_TYPES[match[1]]} {street[0]}", match.end())


def _name(said: Said, start: int, *, shouted: bool) -> tuple[str, int] | None:
    """The street's name behind its kind and where it ends."""
    line = said.text[start : start + 90].split("\n", 1)[0]
    taken: list[str] = []
    end, whole, particle = 0, 0, ""
    capitals = False
    for word in _WORD.finditer(line):
        gap = line[end : word.start()]
        if gap.strip(" ") or len(gap) > 2:  # a comma or more ends it
            break
        small = said.folded[start + word.start() : start + word.end()]
        if small in _PARTICLES and (not whole or _goes_on(line, word.end(), shouted=shouted)):
            if whole and small in {"a", "au", "aux", "et", "en", "sur"} and not (shouted or small in {"et", "aux"}):
                break
            particle = small
        elif whole and (
            small in _STOPS or not _continues(taken, word[0], particle, capitals=capitals, shouted=shouted, count=whole)
        ):
            break
        elif not whole and small in _STOPS and small not in _TITLES:
            return None
        else:
            whole += 1
            capitals = capitals or word[0][:1].isupper()
        taken.append(word[0])
        end = word.end()
    while taken and taken[-1].casefold().rstrip("’'") in {
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "et",
        "a",
        "à",
        "au",
        "aux",
        "en",
        "sur",
    }:
        end -= len(taken.pop()) + 1
    if not whole or not taken:
        return None
    return _neat(taken), start + end


def _goes_on(line: str, at: int, *, shouted: bool) -> bool:
    rest = line[at : at + 30].lstrip(" ")
    first = re.match(r"(?:(?:la|le|les|l['’]) ?)?(\w)", rest)
    return first is not None and first[1].isupper() and not shouted


def _continues(taken: list[str], word: str, particle: str, *, capitals: bool, shouted: bool, count: int) -> bool:
    last = taken[-1].casefold()
    plain = last.translate(str.maketrans("éèêàâîïôç", "eeeaaiioc"))
    if plain in _TITLES or last in _PARTICLES or last.endswith(("'", "’")):
        return True
    if shouted or not capitals or not word[:1].isupper() or len(word) == 1:
        return False
    if "-" in last:
        return False
    if particle in {"des", "aux"}:
        return last.endswith(("s", "x")) and word.casefold().endswith(("s", "x"))
    return not particle and count < 2  # first name and name


def _neat(words: list[str]) -> str:
    plain = all(word == word.lower() for word in words) or all(word == word.upper() for word in words)
    neat = ""
    for word in words:
        small = word.casefold().replace("’", "'")
        bare = small.rstrip("'")
        written = (
            (small if bare in _PARTICLES or small in _PARTICLES else _capital(small))
            if plain
            else word.replace("’", "'")
        )
        joined = (
            ""
            if not neat or neat.endswith("'")
            else "-"
            if plain and neat.rsplit(" ", 1)[-1] in {"Saint", "Sainte"}
            else " "
        )
        neat += joined + written
    return neat


def _capital(word: str) -> str:
    return "-".join(
        "'".join(
            bit if bit in {"d", "l"} and len(part.split("'")) > 1 else bit[:1].upper() + bit[1:]
            for bit in part.split("'")
        )
        if part not in _PARTICLES
        else part
        for part in word.split("-")
    )
