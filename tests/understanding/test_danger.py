import time

import pytest

from mailbot.understanding.danger import find, fold, hits, sightings

CRITICAL = [
    "Il y a une forte odeur de gaz au rez-de-chaussée",
    "J'ai senti le gaz en ouvrant le placard",
    "CA SENT LE GAZ DANS L ESCALIER",
    "bjr sa sen le gaz ds la cuisine",
    "une odeur d'œuf pourri près de la gazinière",
    "Depuis qu'on allume la chaudière ma femme et les enfants ont vomi et mal à la tête",
    "le détecteur de CO sonne et on a tous mal au crâne",
    "une fumée noire sort de la gaine du palier",
    "La prise fait des étincelles",
    "ma fille prend des décharges quand elle touche le lave-linge",
    "l'eau coule partout, la vanne est cassée",
    "L'eau coule de partout et je n'arrive pas à fermer l'arrivée",
    "le plafond de la chambre fait un ventre et va tomber",
    "Ma fille est coincée dans l'ascenseur",
    "Le garde-corps du balcon ne tient plus",
    "je veux en finir avec la vie",
    "si vous m'expulsez je vais sauter par la fenêtre",
    "I want to kill myself",
    "не хочу жить",
    "mon voisin de 84 ans ne répond plus depuis trois jours",
    "There is a smell of gas in the hall",
    "sparks are coming out of the socket",
    "we are stuck in the lift between 3 and 4",
    "huele a gas en la escalera",
    "sale humo del enchufe",
    "cheira a gás na cozinha",
    "c'è odore di gas nelle scale",
    "miroase a gaz pe scară",
    "czuć gaz na klatce, śmierdzi",
    "в подъезде пахнет газом",
    "у під'їзді пахне газом",
    "merdivende gaz kokusu var",
    "هناك رائحة غاز في العمارة",
    "ri7t lgaz f drouj",
    "楼道里有煤气味",
    "সিঁড়িতে গ্যাসের গন্ধ",
    "Im Treppenhaus riecht es nach Gas",
]
NOTHING = [
    "Si jamais il y a une odeur de gaz, qui appeler ?",
    "L'odeur de gaz, c'est réparé, merci",
    "Ça sentait le gaz hier. Fausse alerte, c'est bon maintenant.",
    "Il n'y a pas d'odeur de gaz",
    "Mon attestation d'assurance incendie est jointe",
    "L'exercice incendie de jeudi, consignes jointes",
    "Le gardien est quelqu'un d'urgent",
    "ce loyer me coûte un bras",
    "on était morts de rire à la fête des voisins",
    "Bonjour, ma quittance s'il vous plaît",
    "The gas smell was a false alarm, it is fixed",
    "",
]


@pytest.mark.parametrize("text", CRITICAL)
def test_a_danger_is_critical_in_every_language(text: str) -> None:
    found = find(text, month=6)

    assert found is not None
    assert found.level == "critical"
    assert text[slice(*found.span)].strip()


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_over_denied_supposed_or_on_paper_is_none(text: str) -> None:
    assert find(text, month=1) is None


@pytest.mark.parametrize(
    "text",
    [
        "Plus de chauffage depuis trois jours",
        "Nu avem apă caldă de ieri",
        "les toilettes sont bouchées et on n'en a qu'une seule",
        "je suis enfermée dehors, clé cassée",
        "ascenseur en panne, je suis en fauteuil",
        "un nid de frelons, je suis allergique",
        "carreau cassé au rez-de-chaussée",
    ],
)
def test_what_cannot_wait_is_high(text: str) -> None:
    found = find(text, month=1)

    assert found is not None
    assert found.level == "high"


def test_no_heating_in_july_is_no_emergency() -> None:
    assert find("Plus de chauffage depuis hier", month=7) is None
    assert find("Plus de chauffage depuis hier, j'ai un bébé", month=7) is not None


def test_words_of_two_languages_make_no_danger() -> None:
    """ "su" is water in Turkish; beside a French burst it is nothing."""
    assert find("su fuga gicle sel", month=1) is None


def test_folding_keeps_every_character_at_its_place() -> None:
    text = "Œufs POURRIS à l'étage ﬁn ß Ça İ"

    assert len(fold(text)) == len(text)


def test_a_weak_hit_is_told_but_not_found() -> None:
    text = "un bout de la gouttière bouge"

    assert find(text, month=6) is None
    assert any(not danger.sure for danger in hits(sightings(text), 6))


@pytest.mark.parametrize(
    "text",
    [
        "odeur de gaz " * 16_000,
        "gaz. " * 40_000,
        "si jamais " * 20_000,
        "水漏气" * 60_000,
        "a" * 200_000,
        "eau partout vanne plafond ventre " * 6_000,
    ],
)
def test_the_time_is_bounded(text: str) -> None:
    started = time.process_time()
    find(text, month=1)

    assert time.process_time() - started < 3
