"""Machines are told from people: by header first, and by words only when several signs agree."""

import json
from pathlib import Path

import pytest

from mailbot.model import Account, ReadingRequest
from mailbot.reading import read_message

REQUEST = ReadingRequest(Account("accueil", ("contact@toit-et-vallee.example",), "mx.toit-et-vallee.example"))
SAMPLES = json.loads((Path(__file__).parent / "automatic_by_words.json").read_text(encoding="utf-8"))
PERSON = "From: Paul Martin <paul@example.org>\nTo: contact@toit-et-vallee.example\n"


def judged(header: str, body: str = "Bonjour", subject: str = "essai") -> str | None:
    raw = f"{header}Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    return read_message(raw.encode(), REQUEST).reading.automatic


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("Auto-Submitted: auto-replied", "auto-reply"),
        ("Auto-Submitted: auto-replied (vacation)", "auto-reply"),
        ("Auto-Submitted: auto-generated", "notification"),
        ("Auto-Submitted: auto-notified; owner-email=x", "notification"),
        ("Auto-Submitted: no", None),
        ("X-Autoreply: yes", "auto-reply"),
        ("X-Autorespond: x", "auto-reply"),
        ("Precedence: auto_reply", "auto-reply"),
        ("X-POST-MessageClass: 9; Autoresponder", "auto-reply"),
        ("X-Mailer: vacation 1.2", "auto-reply"),
        ("X-FC-MachineGenerated: true", "auto-reply"),
        ("X-MS-Exchange-Message-Is-Ndr:", "bounce"),
        ("X-Cron-Env: <SHELL=/bin/sh>", "notification"),
        ("Precedence: bulk", "notification"),
        ("Precedence: junk", "list"),
        ("Precedence: first-class", None),
        ("List-Id: <lettre.example.org>", "list"),
        ("List-Unsubscribe: <https://x.example/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", "list"),
        ("X-Failed-Recipients: a@example.org", "bounce"),
        ("Return-Path: <>", "notification"),
        ("Return-Path: <>\nIn-Reply-To: <1@toit-et-vallee.example>", "auto-reply"),
        ("Return-Path: <paul@example.org>", None),
        # Exchange writes this into people's mails too.
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", None),
        ("X-Mailbot-Key: 0123456789abcdef0123456789abcdef", None),
    ],
)
def test_a_header_says_what_kind_of_machine(field: str, kind: str | None) -> None:
    assert judged(f"{PERSON}{field}\n") == kind


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("MAILER-DAEMON@mx.example.net", "bounce"),
        ("no-reply@assurance.example", "notification"),
        ("ne-pas-repondre@caf.example", "notification"),
        ("noreply+abc@forum.example", "notification"),
        ("notifications.noreply@x.example", "notification"),
        ("listserv@univ.example", "list"),
        ("contact@toit-et-vallee.example", "own"),
        ("Contact@Toit-et-Vallee.example", "own"),
        ("norbert.reply@example.org", None),
        ("postmaster@example.org", None),
        ("robotti.anna@example.org", None),
        ("automne@example.org", None),
    ],
)
def test_a_senders_address_says_what_kind_of_machine(address: str, kind: str | None) -> None:
    assert judged(f"From: <{address}>\n") == kind


@pytest.mark.parametrize(
    ("report", "part", "kind"),
    [
        (
            "delivery-status",
            "message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: failed\nStatus: 5.1.1",
            "bounce",
        ),
        ("delivery-status", "message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: delayed", "bounce"),
        ("delivery-status", "message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: delivered", "receipt"),
        ("disposition-notification", "message/disposition-notification\n\nDisposition: displayed", "receipt"),
        ("feedback-report", "message/feedback-report\n\nFeedback-Type: abuse", "notification"),
    ],
)
def test_a_report_is_what_it_reports(report: str, part: str, kind: str) -> None:
    raw = (
        f"From: <paul@example.org>\nSubject: x\nContent-Type: multipart/report; report-type={report}; boundary=B\n\n"
        f"--B\nContent-Type: text/plain\n\nwords\n--B\nContent-Type: {part}\n--B--\n"
    )

    assert read_message(raw.encode(), REQUEST).reading.automatic == kind


@pytest.mark.parametrize(
    ("subject", "body", "kind"),
    [
        ("Réponse automatique : votre demande", "Je suis en congés.", "auto-reply"),
        ("Automatic reply: Heating", "Thank you for your mail.", "auto-reply"),
        ("Automatische Antwort: Aufzug", "Ich bin nicht da.", "auto-reply"),
        ("Respuesta automática: luz", "No estoy.", "auto-reply"),
        ("Resposta automática: porta", "Ausente.", "auto-reply"),
        ("Risposta automatica: porta", "Assente.", "auto-reply"),
        ("Automatisch antwoord: lift", "Afwezig.", "auto-reply"),
        ("Odpowiedź automatyczna: winda", "Nie ma mnie.", "auto-reply"),
        ("Răspuns automat: lift", "Plecat.", "auto-reply"),
        ("Otomatik yanıt: asansör", "Yokum.", "auto-reply"),
        ("Автоматический ответ: лифт", "Меня нет.", "auto-reply"),
        ("Автоматична відповідь: ліфт", "Мене немає.", "auto-reply"),
        ("رد تلقائي: المصعد", "غائب", "auto-reply"),
        (
            "Re: Travaux",
            "Bonjour,\nJe suis absent jusqu'au 15 mars. En cas d'urgence, contactez ma collègue au 01 99 00 12 34.",
            "auto-reply",
        ),
        ("Absence", "Je suis en congés du 3 au 10. Je répondrai à votre message dès mon retour.", "auto-reply"),
        ("Re: x", "I am out of the office until Monday. For urgent matters please contact the desk.", "auto-reply"),
        (
            "Re: x",
            "Ich bin bis zum 15.3. nicht im Büro. In dringenden Fällen hilft Frau Lind.",
            "auto-reply",
        ),
        ("Re: x", "Estaré fuera de la oficina. Estoy de vacaciones; en caso de urgencia llame al 12.", "auto-reply"),
        ("Re: x", "Sono assente fino al 15. In caso di urgenza contattare l'ufficio.", "auto-reply"),
        ("Re: x", "Меня не будет в офисе до 15 марта. По срочным вопросам обращайтесь к Ольге.", "auto-reply"),
        ("Re: x", "أنا في إجازة حتى 15 مارس. في الحالات العاجلة يرجى الاتصال بالمكتب.", "auto-reply"),
        ("Accusé", "Ceci est un message automatique, votre demande a bien été enregistrée.", "auto-reply"),
        (
            "Relevé",
            "Ceci est un message automatique. Votre facture d'eau de mars est dans votre espace client.",
            "notification",
        ),
        ("Undelivered Mail Returned to Sender", "The following address failed: user unknown, 550 5.1.1", "bounce"),
        ("Non remis : Votre dossier", "Votre message n'a pas pu être remis à paul@example.org", "bounce"),
        ("Unzustellbar: Dossier", "Ihre Nachricht konnte nicht zugestellt werden", "bounce"),
        ("Lu : Votre courrier", "Votre message a été lu le lundi 12 janvier 2026", "receipt"),
        ("Read: Your letter", "Your message was read on Monday", "receipt"),
    ],
)
def test_machines_without_a_header_are_known_by_their_words(subject: str, body: str, kind: str) -> None:
    assert judged(PERSON, body, subject) == kind


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Absence du gardien", "Le gardien est absent depuis lundi, qui sort les poubelles ?"),
        ("Absence du 12 au 20 mars", "Je serai absente du 12 au 20 mars, le plombier peut-il venir avant ?"),
        ("Absence", "Je serai absent du 3 au 10. Ma voisine a les clés si le technicien doit passer."),
        (
            "mes vacances",
            "Je suis en vacances jusqu'au 15, ma voisine me dit que ça fuit chez moi. Merci d'envoyer quelqu'un.",
        ),
        ("Réponse automatique incompréhensible", "J'ai reçu une réponse automatique et personne ne me rappelle."),
        ("RE: Réponse automatique : votre demande", "Merci mais vous ne répondez pas à ma question."),
        (
            "message automatique reçu",
            "Vous m'envoyez un message automatique à chaque fois, je voudrais parler à quelqu'un.",
        ),
        ("Mail non reçu", "Mon mail n'est pas arrivé ? J'attends votre réponse."),
        ("TR: Undelivered Mail Returned to Sender", "Bonjour, pourquoi je reçois ceci ?"),
        ("Échec", "La remise des clés est un échec, personne n'est venu."),
        ("Lu et approuvé", "Vous trouverez le bail signé."),
        ("Accusé de réception", "Pouvez-vous m'envoyer un accusé de réception de mon préavis ?"),
        ("Out of hot water", "We have been without hot water since Monday, please contact me."),
        ("urgent", "I am away from home until Sunday but my neighbour says water is coming through. Please call her!"),
        ("nouvelle adresse", "Merci de ne pas répondre à cette adresse, j'ai changé de mail : paul2@example.org"),
        ("Auto volée", "On a volé ma voiture au parking."),
        (
            "Délai",
            "Mon mari est en arrêt, je suis absente la journée, vous pouvez contacter ma fille au 06 39 98 11 22 ?",
        ),
    ],
)
def test_people_who_write_about_such_things_are_people(subject: str, body: str) -> None:
    assert judged(PERSON, body, subject) is None


def test_a_tenants_association_writes_through_its_list() -> None:
    header = (
        "From: Paul Martin <paul@example.org>\nTo: amicale@lists.example\nPrecedence: list\n"
        "List-Id: Amicale des locataires <amicale.lists.example>\nList-Post: <mailto:amicale@lists.example>\n"
        "List-Unsubscribe: <mailto:amicale-leave@lists.example>\n"
    )
    raw = f"{header}Subject: [amicale] ascenseur\n\nL'ascenseur est en panne depuis lundi.\n"

    reading = read_message(raw.encode(), REQUEST).reading

    assert (reading.automatic, "mailing-list" in reading.marks) == (None, True)


def test_a_discussion_that_is_also_addressed_to_us_is_a_persons_mail() -> None:
    header = f"{PERSON}Cc: club@lists.example\nList-Id: <club.lists.example>\nList-Post: <mailto:club@lists.example>\n"
    assert judged(header) is None


def test_a_newsletter_that_is_addressed_to_us_is_a_list() -> None:
    header = f"{PERSON}List-Id: <lettre.example>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nFeedback-ID: 1:2\n"
    assert judged(header) == "list"


def test_a_web_form_that_writes_in_our_name_is_a_persons_mail() -> None:
    header = (
        "From: Site <contact@toit-et-vallee.example>\nReply-To: Zoe Roux <zoe@example.org>\n"
        "To: contact@toit-et-vallee.example\n"
    )
    raw = f"{header}Subject: formulaire\n\nMa porte ne ferme plus.\n"

    reading = read_message(raw.encode(), REQUEST).reading

    assert reading.automatic is None
    assert reading.original_sender is not None
    assert (reading.original_sender.address, "web-form" in reading.marks) == ("zoe@example.org", True)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample['kind']}: {sample['subject'][:30]}")
def test_words_alone_tell_machines_from_people(sample: dict[str, str]) -> None:
    assert judged(f"From: {sample['from']}\n", sample["body"], sample["subject"]) == sample["kind"]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("fuite", "Il y a une fuite de gaz dans l'immeuble et l'agence est fermée. En cas d'urgence, qui appeler ?"),
        ("Maintenance ascenseur", "Ascenseur en panne, deux personnes bloquées. La demande a été enregistrée hier."),
        ("chauffage", "We have no heating and the office is closed. Please call 0199001234."),
        ("Dégât des eaux", "Je suis en vacances, l'eau coule du plafond. Je vous répondrai par mail."),
        ("Rappel : fuite d'eau", "La demande n°1234 a été enregistrée mais l'eau coule encore."),
        ("Encore", "E-mail automatique, encore. J'en ai assez : ma fuite n'est pas réparée"),
        (
            "Delivery problem with my parcel",
            "Mon colis n'a pas été remis, la boîte aux lettres est pleine, bâtiment 450",
        ),
    ],
)
def test_whoever_names_a_trouble_is_read(subject: str, text: str) -> None:
    assert judged("From: Paul Martin <paul@example.org>\n", text, subject) is None
