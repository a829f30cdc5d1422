"""What a mail names, family by family, in the words people use."""

from datetime import date

import pytest

from mailbot.understanding.entities import References, extract, is_iban
from mailbot.understanding.entities.time_words import times_meant

ON = date(2026, 2, 10)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("tél 06 39 98 12 34", "phones", ("+33639981234",)),
        ("au 03.53.01.44.12 le matin", "phones", ("+33353014412",)),
        ("0639 98 77 45 merci", "phones", ("+33639987745",)),
        ("+33 6 39 98 00 11", "phones", ("+33639980011",)),
        ("+33 (0)6 39 98 00 11", "phones", ("+33639980011",)),
        ("zéro six trente-neuf quatre-vingt-dix-huit 12 34", "phones", ("+33639981234",)),
        ("٠٦ ٣٩ ٩٨ ١٢ ٣٤", "phones", ("+33639981234",)),
        ("écrire à Anne.Martin@Example.org", "emails", ("anne.martin@example.org",)),
        ("IBAN FR76 3000 6000 0112 3456 7890 189", "ibans", ("FR7630006000011234567890189",)),
        ("iban fr7630006000011234567890189 merci", "ibans", ("FR7630006000011234567890189",)),
        ("IBAN FR76 3000 6000 0112 3456 7890 188", "ibans", None),
        ("IBAN FR76 3000 6000 0112 3456 7890 189", "phones", None),
    ],
)
def test_numbers_to_call_and_to_pay_to(text: str, key: str, value: object) -> None:
    assert extract("", text, ON).get(key) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("le 14/03/2026", ("2026-03-14",)),
        ("le 3 mars", ("2026-03-03",)),
        ("le 1er avril", ("2026-04-01",)),
        ("samedi 14", ("2026-02-14",)),
        ("depuis le 15 décembre", ("2025-12-15",)),
        ("du 3 au 7 mars", ("2026-03-03", "2026-03-07")),
        ("le 2, le 4 et le 9 mars", ("2026-03-02", "2026-03-04", "2026-03-09")),
        ("né le 4 mai 1951", ("1951-05-04",)),
        ("Signalé le 16 janvier. Le 27, un monsieur est passé", ("2026-01-16", "2026-01-27")),
        ("payez avant le 15, merci", ("2026-02-15",)),
        ("on the 3rd of March", ("2026-03-03",)),
        ("March 3, 2026", ("2026-03-03",)),
        ("el 27 de febrero", ("2026-02-27",)),
        ("no dia 16 de novembro", ("2025-11-16",)),
        ("23 Kasım'da", ("2025-11-23",)),
        ("până pe 5 ianuarie", ("2026-01-05",)),
        ("до 8 марта", ("2026-03-08",)),
        ("з 8 березня", ("2026-03-08",)),
        ("il 12 maggio", ("2026-05-12",)),
        ("3月14日", ("2026-03-14",)),
        ("od 7 stycznia", ("2026-01-07",)),
        ("১৪ মার্চ", ("2026-03-14",)),
        ("يوم 20 آذار", ("2026-03-20",)),
        ("hier, demain, lundi prochain, la semaine du nettoyage", None),
        ("la dame du 12 et le monsieur du 3", None),
        ("j'ai appelé le 18, ils arrivent", None),
        ("prélevé le 5 de chaque mois", None),
        ("tél 06 39 98 12 34", None),
        ("le 31/02/2026", None),
        ("le 10 février", None),
    ],
)
def test_only_dates_that_the_words_fix(text: str, value: object) -> None:
    assert extract("", text, ON).get("dates") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("412,50 €", ("412.50",)),
        ("612€40", ("612.40",)),
        ("1 240 euros", ("1240.00",)),
        ("2,316.00 EUR", ("2316.00",)),
        ("12.840,75 €", ("12840.75",)),
        ("il gagne 80e par mois", ("80.00",)),
        ("la ligne de 538,17 prélevée", ("538.17",)),
        ("je peux verser 60 par mois", ("60.00",)),
        ("devis tableau 895 HT", ("895.00",)),
        ("540 أورو", ("540.00",)),
        ("3,26 % et 40,02 m² et 12,50 kWh", None),
        ("au 4e, porte 12", None),
        ("0 € de frais", None),
    ],
)
def test_amounts_are_money_and_nothing_else(text: str, value: object) -> None:
    assert extract("", text, ON).get("amounts") == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8 rue du Moulin, 59000 Lille", {"address": "8 rue du Moulin", "postcode": "59000", "city": "Lille"}),
        ("33 rue des ormeaux colombes porte 8", {"address": "33 rue des Ormeaux", "door": "8"}),
        ("15 rue du Lin Landerneau", {"address": "15 rue du Lin", "city": "Landerneau"}),
        ("2 rue des Lilas Blancs, porte 7", {"address": "2 rue des Lilas Blancs", "door": "7"}),
        ("8 bis rue du Moulin-à-Vent, 59800 Lille", {"address": "8 bis rue du Moulin-à-Vent", "city": "Lille"}),
        ("14-16 avenue Foch", {"address": "14-16 avenue Foch"}),
        ("RUE DES BATELIERS 11, BAT 2.", {"address": "11 rue des Bateliers", "building": "2"}),
        ("douze rue des Remparts à Montdidier", {"address": "12 rue des Remparts", "city": "Montdidier"}),
        ("3 place de l'Église à Bruay-la-Buissière (62700)", {"city": "Bruay-la-Buissière", "postcode": "62700"}),
        ("22 rue saint roch door 3", {"address": "22 rue Saint-Roch", "door": "3"}),
        ("1 passage pour rien, un mail alors", {"address": None}),
        ("bâtiment B, escalier C", {"building": "B", "stair": "C"}),
        ("la tour Artois est en panne", {"building": "Artois"}),
        ("merdiven 4, A blok", {"stair": "4", "building": "A"}),
        ("подъезд 2, квартира 31", {"stair": "2", "door": "31"}),
        ("l'escalier à réparer", {"stair": None}),
    ],
)
def test_where_it_is(text: str, found: dict[str, str | None]) -> None:
    entities = extract("", text, ON)

    assert {key: entities.get(key) for key in found} == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3ème étage", "3"),
        ("je suis au 3e", "3"),
        ("Escalier B, troisième.", "3"),
        ("au rez-de-chaussée", "RDC"),
        ("j'habite au rdc", "RDC"),
        ("la voisine du 5e crie, nous sommes au 2e", "2"),
        ("second floor", "2"),
        ("sexto piso", "6"),
        ("8º andar", "8"),
        ("beşinci katta", "5"),
        ("الطابق الثالث", "3"),
        ("на третьем этаже", "3"),
        ("trzecie piętro", "3"),
        ("3楼", "3"),
        ("৩ তলা", "3"),
        ("etajul 4", "4"),
        ("terzo piano", "3"),
        ("planta baja", "RDC"),
        ("le chien du 4e", None),
        ("du rez au 6e", None),
        ("la 3e relance au 2e mois", None),
        ("entre le premier et le sixième", None),
    ],
)
def test_the_floor_that_is_meant(text: str, value: str | None) -> None:
    assert extract("", text, ON).get("floor") == value


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("référence locataire : 00458712", "tenant_ref", "00458712"),
        ("locataire 11-90452", "tenant_ref", "11-90452"),
        ("réf. L-0077120", "tenant_ref", "L-0077120"),
        ("facture réf. 26-01178", "tenant_ref", None),
        ("la loi n° 89-462", "tenant_ref", None),
        ("bail L-2018-3340", "lease_ref", "L-2018-3340"),
        ("numéro unique 0590226014587G1234", "application_no", "0590226014587G1234"),
        ("numéro 059022601458712345", "application_no", "059022601458712345"),
        ("numéro 059022 601458 712345 et je", "application_no", "059022601458712345"),
        ("numéro 05902260145871234", "application_no", None),
        ("je suis disponible après 17h", "availability", "après 17h"),
        ("Je suis là tous les matins de 8h à 10h30.", "availability", "tous les matins de 8h à 10h30"),
        (
            "libre samedi matin ou tous les soirs après 18h30",
            "availability",
            "samedi matin ou tous les soirs après 18h30",
        ),
        ("le technicien devait passer mardi matin", "availability", None),
    ],
)
def test_references_and_hours(text: str, key: str, value: str | None) -> None:
    assert extract("", text, ON).get(key) == value


def test_the_subject_counts_as_well() -> None:
    assert extract("bât. C, 4e étage", "rien d'autre", ON) == {"building": "C", "floor": "4"}


def test_an_admins_patterns_take_the_place_of_the_packaged_ones() -> None:
    own = References.chosen((r"LOC-\d{6}",), (r"contrat interne (\d+)",))
    found = extract("", "LOC-123456, contrat interne 77", ON, own)

    assert (found["tenant_ref"], found["lease_ref"]) == ("LOC-123456", "77")
    assert "tenant_ref" not in extract("", "locataire 11-90452", ON, own)


def test_iban_check_digits() -> None:
    assert is_iban("FR7630006000011234567890189")
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765431")
    assert not is_iban("FR76")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Je suis là tous les jours sauf jeudi.", "tous les jours sauf jeudi"),
        ("Possible après 17h30 ?", "après 17h30"),
        ("dispo mercredi apres-midi ou samedi matin", "mercredi apres-midi ou samedi matin"),
        ("Vous pouvez m'appeler le soir au 06 39 98 12 34", "le soir"),
        ("je serai chez moi du lundi au mercredi, merci", "du lundi au mercredi"),
        ("On peut venir n'importe quand sauf le jeudi", "n'importe quand sauf le jeudi"),
        ("Appelez-moi entre 13 h et 15 h.", "entre 13 h et 15 h"),
        ("Est-ce qu'il peut passer à partir de 16 heures", "à partir de 16 heures"),
        ("lundi 13 toute la journée je suis là", "lundi 13 toute la journée"),
        ("I'm at home any weekday after 4 pm", "any weekday after 4 pm"),
        ("Podemos ir cualquier día menos los miércoles", "cualquier día menos los miércoles"),
        ("pot sta acasa oricand dupa ora 14", "oricand dupa ora 14"),
        ("我星期三整天都在", "星期三整天"),
        ("Le technicien devait venir mardi matin, personne.", None),
        ("Je ne suis pas là le mardi.", None),
        ("Le bruit recommence tous les soirs après 22h.", None),
        ("Vous disposez de 72 heures.", None),
        ("D'accord pour jeudi 6, je serai là.", None),
    ],
)
def test_when_somebody_can_be_reached(text: str, value: str | None) -> None:
    assert extract("", text, ON).get("availability") == value


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("bail n° 2004/0771", "lease_ref", "2004/0771"),
        ("договор 88/1204-C", "lease_ref", "88/1204-C"),
        ("bail du 01/02/2020", "lease_ref", None),
        ("résiliation de mon bail (locataire 218-77034)", "tenant_ref", "218-77034"),
        ("mon dossier (0047-3312)", "tenant_ref", "0047-3312"),
        ("locataire 77-B-190", "tenant_ref", "77-B-190"),
        ("La demande d'intervention DI-558210 est close", "tenant_ref", None),
        ("hall B, vitre cassée", "building", "B"),
        ("la voisine, aux Goélands, sixième", "building", "Les Goélands"),
        ("imobil Acacias", "building", "Acacias"),
        ("12 rue des Lilas", "building", None),
        ("4e étage porte C", "door", "C"),
        ("Magnolias 52 号门", "door", "52"),
        ("bat D 2e porte 6", "floor", "2"),
        ("On est au 5. Je dors pas.", "floor", "5"),
        ("bat C 3e et porte 12", "floor", "3"),
        ("slt jsui o 3em eta bat A", "floor", "3"),
        ("esc B, 2e dr", "floor", "2"),
        ("8 all des tilleuls", "address", "8 allée des Tilleuls"),
        ("12 all you need", "address", None),
        ("12bis av. du gal leclerc 62000 Arras", "address", "12 bis avenue du Gal Leclerc"),
        ("12 RUE VICTOR HUGO APPT 34 LILLE", "city", "LILLE"),
        ("il reste 2 g de sel", "amounts", None),
        ("33 rue des ormeaux colombes porte 8", "city", "Colombes"),
        ("Cayenne, merci de traiter tout l'étage", "city", "Cayenne"),
        ("12 rue de Toulouse", "city", None),
    ],
)
def test_references_and_places_in_the_writer_s_manner(text: str, key: str, value: str | None) -> None:
    assert extract("", text, ON).get(key) == value


def test_the_same_times_in_other_words_mean_the_same() -> None:
    assert times_meant("le mercredi après 17h") == times_meant("Wednesdays after 17") == {"day 2", "after", "17"}
    assert times_meant("tous les jours sauf jeudi") == times_meant("her gün Perşembe hariç") | {"day 3"}
    assert times_meant("le matin") != times_meant("le soir")
    assert not times_meant("quand vous voulez")
