"""What must be named near what for a mail to tell danger."""

from dataclasses import dataclass, field
from typing import Final

from mailbot.model import UrgencyLevel


@dataclass(frozen=True, slots=True)
class Rule:
    """`groups`: of each, one concept (parted by "|") is named within `within` words of the first group's."""

    why: str
    """What staff read."""
    level: UrgencyLevel
    groups: tuple[str, ...]
    within: int
    sure: bool = True
    """False: counts only where the learned level is not strongly against it."""
    deniable: bool = True
    """False: a "no" before the word does not take it back ("ne ferme plus")."""
    season: bool = False
    """Counts in the cold season, or with somebody frail in the house."""
    unless: str = field(default="past|hypo|paper|joke")
    """Concepts that take it back when the same sentence names them; that it is fixed may stand in the next."""


def _of(why: str, level: UrgencyLevel, *rules: tuple[str, int] | tuple[str, int, str]) -> tuple[Rule, ...]:
    """Rules as lines: concepts, distance, and marks: ? not sure, ! not deniable, * cold season."""
    found = []
    for line in rules:
        marks = line[2] if len(line) == 3 else ""
        groups = tuple(line[0].split())
        found.append(
            Rule(why, level, groups, line[1], sure="?" not in marks, deniable="!" not in marks, season="*" in marks)
        )
    return tuple(found)


CRITICAL: Final = (
    *_of(
        "odeur de gaz",
        "critical",
        ("smell gas", 6),
        ("gas hiss", 8),
        ("gas_smell", 0),
        ("rotten smell", 6),
        ("rotten burner|gas|hiss|queasy", 25),
        ("burner hiss smell", 20),
        ("hiss smell queasy", 30),
    ),
    *_of(
        "monoxyde de carbone",
        "critical",
        ("co beep|queasy|burner", 12),
        ("burner queasy", 25),
        ("beep queasy", 30),
        ("beep burner|red", 10, "?"),
    ),
    *_of(
        "feu ou fumée",
        "critical",
        ("fire_now", 0, "?"),
        ("fire_now smoke|flame|burn|cough|stairs|now|child", 15),
        ("smoke socket|hot|plastic|shaft|stairs", 8),
        ("fire smoke|flame|stairs|burn", 10),
        ("flame smoke|burn", 10),
        ("smoke burn|cough", 12, "?"),
    ),
    *_of(
        "risque électrique",
        "critical",
        ("spark socket|wetpart|bare", 10),
        ("shock wetpart|socket", 14),
        ("burn socket", 8, "?"),
        ("plastic burn", 4),
        ("hot socket smell|spark|burn", 10),
        ("bare shock|inside_reach|spark", 14),
        ("bare child|water", 14, "?"),
        ("water socket inside", 6, "?"),
        ("water gush socket", 8),
        ("bare socket", 12, "?"),
    ),
    *_of(
        "eau que rien n'arrête",
        "critical",
        ("water gush unstop|rising", 25),
        ("water rising unstop|socket", 20),
        ("gush rising", 10, "?"),
        ("water unstop", 12, "?"),
        ("ceiling bulge", 8),
        ("water gush", 6, "?"),
    ),
    *_of(
        "personne bloquée dans l'ascenseur",
        "critical",
        ("lift trapped", 6),
        ("lift stuck", 8, "?"),
        ("lift between", 15, "?"),
        ("lift between trapped|stuck", 15),
        ("between trapped|bell", 20),
        ("stuck bell", 20),
        ("lift shaft below|child|door", 12),
        ("lift shaft", 10, "?"),
    ),
    *_of(
        "porte ouverte après effraction",
        "critical",
        ("forced noclose door", 25, "!?"),
        ("forced noclose alone|child|now", 25, "!"),
        ("forced door alone", 20, "?"),
    ),
    *_of(
        "chute possible",
        "critical",
        ("rail loose", 5, "!"),
        ("struct loose", 6, "?!"),
        ("struct loose below", 10, "!"),
        ("struct loose below", 20, "!?"),
        ("struct fell below", 12, "!?"),
        ("struct fell", 4, "?"),
    ),
    *_of(
        "violence",
        "critical",
        ("weapon kill|hit now|door|child", 12),
        ("weapon kill|hit", 10, "?"),
        ("weapon now", 15, "?"),
        ("weapon door|child", 15, "?"),
        ("hit now", 10, "?"),
        ("hit child|kill", 8, "?"),
        ("kill now", 10, "?"),
    ),
    *_of(
        "détresse",
        "critical",
        ("suicide", 0, "!"),
        ("despair means", 12, "!?"),
    ),
    *_of(
        "personne qui ne répond plus",
        "critical",
        ("silent neighbour days", 30, "!"),
        ("lying neighbour|child", 8, "?!"),
        ("child alone unstop|lying|water|fire", 15, "?"),
    ),
)

HIGH: Final = (
    *_of("sans chauffage ni eau chaude en saison froide", "high", ("cold", 0, "*!")),
    *_of("sans électricité", "high", ("dark", 0, "?!"), ("dark frail|child|days", 30, "!")),
    *_of("seules toilettes bouchées", "high", ("toilet blocked", 10, "!?"), ("toilet blocked only", 30, "!")),
    *_of("enfermé dehors", "high", ("lockedout", 0, "!")),
    *_of("ascenseur arrêté avec une personne fragile", "high", ("lift down frail", 45, "!")),
    *_of("frelons et allergie", "high", ("sting allergy", 40), ("sting frail|child", 20, "?")),
    *_of("menaces", "high", ("threat", 0, "?"), ("threat weapon|kill|hit", 15)),
    *_of("amiante", "high", ("asbestos", 0, "?")),
    *_of("délai légal court", "high", ("law date", 12, "?")),
    *_of("données personnelles", "high", ("privacy date|law", 15, "?")),
    *_of("vitre manquante", "high", ("pane ground", 25, "!")),
)
