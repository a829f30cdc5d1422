"""What staff read first of a mail, and what they may do next."""

import pytest

from mailbot.model import Check, Document
from mailbot.rules import default_taxonomy
from mailbot.understanding.actions import next_actions
from mailbot.understanding.summary import summarise, telling

TAXONOMY = default_taxonomy()


@pytest.mark.parametrize(
    ("text", "told", "left_out"),
    [
        (
            (
                "Bonjour Madame,\nJ'espère que vous allez bien. J'ai 84 ans et mon mari est parti. Le robinet de la"
                " cuisine fuit depuis lundi et l'évier est bouché.\nCordialement, Odette Lammens"
            ),
            "Le robinet de la cuisine fuit depuis lundi",
            "84 ans",
        ),
        (
            (
                "Monsieur, vivant depuis peu seule, j'ai tout à apprendre. Quel jour prenez-vous le loyer à la banque ?"
                " Que Dieu vous bénisse."
            ),
            "Quel jour prenez-vous le loyer",
            "bénisse",
        ),
        (
            (
                "Hello, my name is Ada and I moved in last year with my two children. Could you send me the receipts of"
                " March? Kind regards, Ada"
            ),
            "Could you send me the receipts",
            "Kind regards",
        ),
        (
            "Добрый день, меня зовут Ирина, живу здесь пять лет. На кухне не работает розетка, пришлите электрика.",
            "не работает розетка",
            "Добрый день",
        ),
        ("您好，我住在三楼。厨房的水管漏水了，请派人来修。谢谢", "厨房的水管漏水了", "您好"),
        ("Le fuyard est au bât. C, appt. 12, esc. 2. Pouvez-vous venir ?", "Pouvez-vous venir", "\n"),
    ],
)
def test_the_request_is_shown_not_the_life_story(text: str, told: str, left_out: str) -> None:
    said = telling(text)

    assert told in said
    assert left_out not in said


def test_a_dictated_mail_without_a_stop_is_cut_where_it_asks() -> None:
    text = (
        "bonjour c'est madame Guéguen mon arrière-petite-fille tient la machine moi je parle alors il fait un temps"
        " à ne pas mettre un canard dehors et les jonquilles sortent bon la chose c'est que la banque a fermé au bourg"
        " et alors les 371 euros du mois comment je fais pour vous les donner moi j'avais l'habitude du guichet"
    )

    said = telling(text)

    assert "comment je fais pour vous les donner" in said
    assert "jonquilles" not in said
    assert len(said) <= 230


def test_what_a_conclusion_rests_on_is_preferred() -> None:
    text = "Le hall est sombre le soir en hiver. Le digicode du parking est tombé en rade hier."

    assert telling(text, [(38, 60)]).startswith("Le digicode")


def test_nothing_but_politeness_is_not_quoted() -> None:
    assert not telling("Bonjour,\n\nCordialement")
    assert not telling("")


def test_three_lines_in_french_say_where_and_what_is_attached() -> None:
    text = "Necesito la visita de un técnico, el grifo gotea."
    entities: dict[str, str | tuple[str, ...]] = {
        "address": "12 rue des Lilas",
        "building": "C",
        "floor": "RDC",
        "door": "4",
        "city": "Lille",
    }
    entities |= {"phones": ("+33639981234",), "tenant_ref": "00458712"}
    lines = summarise(
        "repair.plumbing",
        ("service.complaint",),
        TAXONOMY,
        "grifo",
        text,
        documents=(Document("damage_photo"), Document("insurance_certificate"), Document(None)),
        entities=entities,
        untranslated="es",
    ).split("\n")

    assert lines == [
        "Plomberie + Réclamation / relance – grifo",
        "(en espagnol) « Necesito la visita de un técnico, el grifo gotea. »",
        (
            "12 rue des Lilas, bât. C, RDC, porte 4, Lille · réf. 00458712 · tél. 06 39 98 12 34"
            " · pièces jointes : photo, attestation d'assurance"
        ),
    ]


def certificate(*checks: Check, **facts: str) -> Document:
    return Document("insurance_certificate", "fr", facts, checks)


@pytest.mark.parametrize(
    ("document", "action"),
    [
        (
            certificate(Check("valid_today", True, ""), valid_to="2026-12-31"),
            "Enregistrer l'attestation d'assurance (valable jusqu'au 31/12/2026)",
        ),
        (
            certificate(
                Check("valid_today", False, "expirée depuis le 31/12/2025"),
                Check("starts_in_time", True, ""),
                valid_to="2025-12-31",
            ),
            "Demander une attestation d'assurance à jour (expirée le 31/12/2025)",
        ),
        (
            certificate(
                Check("valid_today", False, "ne commence que le 01/03/2026"),
                Check("starts_in_time", True, ""),
                valid_to="2027-02-28",
            ),
            "Enregistrer l'attestation d'assurance (valable jusqu'au 28/02/2027)",
        ),
        (
            certificate(Check("valid_today", False, "ne commence que"), Check("starts_in_time", False, "")),
            "Demander une attestation d'assurance qui commence à temps",
        ),
        (
            certificate(Check("insured_matches_sender", False, "")),
            "Vérifier que l'assuré est titulaire ou cotitulaire du bail",
        ),
        (
            certificate(Check("address_matches_tenant", False, "")),
            "Vérifier à quel logement l'attestation se rapporte",
        ),
    ],
)
def test_a_certificate_is_kept_or_asked_for_again(document: Document, action: str) -> None:
    assert next_actions("lease.insurance", (), "normal", (document,), {}) == (action,)


def test_a_danger_is_called_first_and_the_unknown_are_asked_where_they_live() -> None:
    phones = {"phones": ("+33639981234",)}

    assert next_actions("repair.gas_safety", ("repair.heating",), "critical", (), phones) == (
        "Appeler tout de suite au +33639981234 : danger signalé",
        "Faire sécuriser sur place",
        "Créer une demande d'intervention pour la sécurité",
        "Créer ou compléter la demande d'intervention",
        "Demander l'adresse ou la référence locataire",
    )
    assert "Demander" not in " ".join(next_actions("repair.lift", (), "high", (), {"building": "C", "door": "4"}))


def test_papers_say_what_to_do_with_them() -> None:
    bill = Document("invoice", "fr", {"due_date": "2026-04-10"})
    act = Document("bailiff_letter", "fr", {"deadline": "2026-03-20"})

    assert "Transmettre la facture au service comptable (échéance 10/04/2026)" in next_actions(
        "partner.supplier", (), "normal", (bill,), {}
    )
    assert "Transmettre l'acte au service juridique (échéance 20/03/2026)" in next_actions(
        "partner.institution", (), "high", (act,), {}
    )


def test_nothing_is_to_do_about_thanks_and_nobody_answers_spam() -> None:
    assert next_actions("other.thanks", (), "low", (), {}) == ("Rien à faire : classer",)
    assert next_actions("other.spam", (), "low", (), {}, "en") == ("Ne pas répondre ni ouvrir de lien",)
