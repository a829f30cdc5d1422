"""A request must never end in the signature; what programs and firms put under a mail is not said."""

import pytest

from mailbot.model import Account, Reading, ReadingRequest
from mailbot.reading import read_message

REQUEST = ReadingRequest(Account("accueil", ("contact@toit-et-vallee.example",)))


def reading(body: str) -> Reading:
    raw = f"From: a@example.org\nSubject: essai\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    return read_message(raw.encode(), REQUEST).reading


@pytest.mark.parametrize(
    "body",
    [
        "Bonjour,\nil manque :\n- la porte\n- le volet",
        "Bonjour,\n\nCe message est à destination du gardien : la lampe du hall est cassée.",
        "Bonjour,\n\nAvertissement : je vais saisir la justice.",
        "Bonjour,\n\nInternet ne permet pas de prendre rendez-vous chez vous.",
        "Bonjour,\n\nSi vous avez reçu mon chèque par erreur, merci de me le rendre.",
        "Bonjour,\n\nEnvoyé par mail le 12 mars à votre collègue, sans réponse.",
        "Bonjour, la lampe est cassée.\n\nMerci\nMme Diallo\n14 rue des Tilleuls, appt 34\n06 39 98 12 34",
        "Bonjour, la lampe est cassée.\n\nCordialement\nMme Diallo\ndiallo@example.org",
        "Envoyez de mon côté quelqu'un vite",
        "Merci\n\nPS : la clé est chez la voisine.",
    ],
)
def test_what_a_person_says_stays_fresh(body: str) -> None:
    text = reading(body).text

    assert (text.fresh.split(), text.signature) == (body.split(), "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Bonjour.\n-- \nMa chaudière est en panne depuis hier soir.\n", "chaudière"),
        ("Bonjour.\n-- \nJeanne\n\nPouvez-vous me rappeler ?\n", "rappeler"),
        ("Bonjour\n--\nfuite au 3e étage\n--\nMerci", "fuite"),
        ("-- \nfuite au 3e étage", "fuite"),
        ("Envoyé de mon iPhone\n\nfuite au 3e étage", "fuite"),
    ],
)
def test_a_request_near_a_delimiter_stays_fresh(body: str, said: str) -> None:
    assert said in reading(body).text.fresh


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        ("Oui.\n-- \nJeanne Dupont\n12 rue de l'Exemple", "Jeanne Dupont\n12 rue de l'Exemple"),
        ("Oui.\n\n-Jeanne", "-Jeanne"),
        ("Oui.\n\nEnvoyé de mon iPhone", "Envoyé de mon iPhone"),
        ("Oui.\n\nEnvoyé depuis l'application Mail Orange", "Envoyé depuis l'application Mail Orange"),
        ("Oui.\n\nSent from Yahoo Mail on Android", "Sent from Yahoo Mail on Android"),
        (
            "Oui.\n\nPensez à l'environnement avant d'imprimer ce mail.",
            "Pensez à l'environnement avant d'imprimer ce mail.",
        ),
        ("Oui.\n\nSans virus.www.avast.example", "Sans virus.www.avast.example"),
        (
            "Oui.\n\nThis e-mail and any files with it are confidential and intended only for the named addressee.",
            "This e-mail and any files with it are confidential and intended only for the named addressee.",
        ),
        (
            "Oui.\n____________________\nhabitants mailing list\nhttps://lists.example/habitants",
            "habitants mailing list\nhttps://lists.example/habitants",
        ),
    ],
)
def test_what_stands_under_a_mail_is_a_signature(body: str, signature: str) -> None:
    text = reading(body).text

    assert (text.fresh, text.signature) == ("Oui.", signature)


def test_a_sealed_mail_is_incomplete() -> None:
    raw = (
        b"From: a@example.org\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nxxxx"
    )

    message = read_message(raw, REQUEST)

    assert message.reading.incomplete
    assert [part.filename for part in message.parts] == ["smime.p7m"]
