"""Whatever a mail holds: an answer, in bounded time, and nothing that is not in its words."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.understanding.entities import extract
from mailbot.understanding.entities.said import said

ON = date(2026, 2, 10)
PIECES = st.sampled_from(
    "06 39 98 12 34|+33|FR76|le |du |au |3 |14 |mars |2026|/|.|,|-|€|1 240|,50|rue |des |Lilas |bât |B|esc|e |étage|porte |12|réf. |00458712|059022601458712345|"
    "59000 |Lille|@example.org|disponible |après |17h|\n|ł|İ|١٤|三楼|\u0000|\u202f|é|(".split("|")
)
HOSTILE = {
    "digits": "1" * 200_000,
    "spaced digits": "0 6 " * 50_000,
    "dots": "1.1,1/1-1 " * 20_000,
    "commas of days": "le 1, " * 33_000,
    "ands of days": "1 et " * 40_000,
    "streets": "12 rue de la " * 15_000,
    "number words": "zero six " * 22_000,
    "ibans": "FR76 3000 " * 20_000,
    "at signs": "a@a." * 50_000,
    "floors": "au 3e du 4e " * 16_000,
    "times": "le matin, le soir ou " * 9_500,
    "capitals": "à Aaa-Bbb sur Ccc " * 11_000,
    "spaces": " " * 200_000,
    "lines": "\n" * 200_000,
    "letters": "a" * 200_000,
    "references": "réf. " * 40_000,
}
ORDINARY = (
    "Bonjour, je suis Mme Fontaine, 12 bis rue des Lilas, bâtiment B, escalier 2, 3e étage, porte 31, 59000 Lille. Le 16 janvier un technicien est venu, "
    "puis le 27, et rien n'a changé : le radiateur est froid et je paie 612,40 € par mois. Appelez-moi au 06 39 98 12 34 après 17h. "
    + "Ma voisine dit que chez elle il fait bon, que son fils a tout réglé lui-même, et que l'hiver dernier déjà personne ne répondait au téléphone. "
    * 12
)[:2000]


@given(st.text(max_size=300), st.text(max_size=300), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_text_has_an_answer(subject: str, text: str, on: date) -> None:
    assert isinstance(extract(subject, text, on), dict)


@given(st.lists(PIECES, max_size=40))
def test_what_is_found_stands_there(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = extract("", text, ON)
    words = said("", text, ON)
    digits = "".join(letter for letter in words.text if letter.isdecimal())

    for key in ("tenant_ref", "building", "availability", "city", "postcode"):
        value = found.get(key, "")
        assert isinstance(value, str)
        assert value.casefold() in words.text.casefold()
    for number in (*found.get("phones", ()), *found.get("ibans", ())):
        assert number[4:].strip("+") in digits
    for day in found.get("dates", ()):
        assert date.fromisoformat(day) != ON
        assert str(date.fromisoformat(day).day) in digits


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_mails_take_less_than_a_second(name: str) -> None:
    started = time.process_time()
    extract("", HOSTILE[name], ON)

    assert time.process_time() - started < 1


def test_an_ordinary_mail_takes_milliseconds() -> None:
    extract("", ORDINARY, ON)
    spent = []
    for _ in range(5):
        started = time.process_time()
        extract("", ORDINARY, ON)
        spent.append(time.process_time() - started)

    assert min(spent) < 0.015  # measured 5.5 ms; the rest is for a busy machine
