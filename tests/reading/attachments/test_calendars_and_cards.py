import pytest

from tests.reading.attachments.opening import only

INVITATION = """BEGIN:VCALENDAR\r
VERSION:2.0\r
METHOD:{method}\r
BEGIN:VTIMEZONE\r
TZID:Europe/Paris\r
BEGIN:STANDARD\r
DTSTART:19701025T030000\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
SUMMARY:Visite de la chaudière\\, 2e passa\r
 ge\r
DTSTART;TZID=Europe/Paris:20260214T093000\r
DTEND:20260214T093000Z\r
LOCATION:12 rue des Lilas\\; bât. B\r
ORGANIZER;CN="Durand, Paul":MAILTO:paul@example.org\r
ATTENDEE;PARTSTAT=ACCEPTED;CN=Anne:mailto:anne@example.org\r
DESCRIPTION:Merci d'être présent.\\nLe technicien\r
BEGIN:VALARM\r
DESCRIPTION:rappel\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.mark.parametrize(
    ("method", "said"),
    [("REQUEST", "an invitation"), ("CANCEL", "called off"), ("REPLY", "an answer to an invitation")],
)
def test_an_invitation_is_read_and_nothing_is_accepted(method: str, said: str) -> None:
    part = only(INVITATION.format(method=method).encode(), "text/calendar")

    assert part.text.split("\n") == [
        f"Method: {method} ({said})",
        "Event: Visite de la chaudière, 2e passage",
        "Start: 2026-02-14 09:30 (Europe/Paris)",
        "End: 2026-02-14 09:30 (UTC)",
        "Place: 12 rue des Lilas; bât. B",
        "Organiser: Durand, Paul <paul@example.org>",
        "Guests: Anne <anne@example.org> (accepted)",
        "Merci d'être présent.",
        "Le technicien",
    ]
    assert part.media_type == "text/calendar"
    assert not part.incomplete
    assert part.defects == ()


def test_a_whole_day_and_an_event_that_never_ends() -> None:
    content = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Etat des lieux\nDTSTART;VALUE=DATE:20260301"

    assert only(content).text == "Event: Etat des lieux\nStart: 2026-03-01"


def test_a_task_is_called_so() -> None:
    content = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:Relancer le syndic\r\nDUE:20260401\r\nEND:VTODO\r\nEND:VCALENDAR"
    )

    assert only(content).text == "Task: Relancer le syndic\nDue: 2026-04-01"


def test_a_fold_may_cut_a_character() -> None:
    line = "SUMMARY:Dégât des eaux".encode()
    at = line.index("é".encode()) + 1
    content = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + line[:at] + b"\r\n " + line[at:] + b"\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )

    assert only(content).text == "Event: Dégât des eaux"


def test_vcalendar_1_in_quoted_printable() -> None:
    content = b"BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nSUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:R=E9union de=\r\n copropri=E9t=E9\r\nEND:VEVENT\r\nEND:VCALENDAR"

    assert only(content).text == "Event: Réunion de copropriété"


def test_ten_thousand_events_are_bounded() -> None:
    content = b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n" * 10_000
    part = only(content)

    assert part.text.count("Event: x") == 100
    assert part.incomplete


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            (
                "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Fontaine;Claire;;Mme;\r\nFN:Claire Fontaine\r\nTEL;TYPE=CELL,VOICE:+33 6 39 98 00 01\r\nitem1.EMAIL;TYPE=INTERNET:claire@example.org\r\n"
                "ADR;TYPE=HOME:;;12 rue des Lilas;Grenoble;;38000;France\r\nORG:Toit;Gestion\r\nPHOTO;ENCODING=b:AAAA\r\n BBBB\r\nEND:VCARD\r\n"
            ),
            (
                "Name: Claire Fontaine\nPhone (cell, voice): +33 6 39 98 00 01\nMail: claire@example.org\n"
                "Address (home): 12 rue des Lilas, Grenoble, 38000, France\nOrganisation: Toit, Gestion"
            ),
        ),
        (
            'BEGIN:VCARD\nVERSION:4.0\nFN:Zoé\nTEL;VALUE=uri;TYPE="cell,home":tel:+33-6-39-98-00-02\nNOTE:a\\nb\nEND:VCARD',
            "Name: Zoé\nPhone (cell, home): +33-6-39-98-00-02\nNote: a\nb",
        ),
        (
            "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Lef=C3=A8vre;Ren=\n=C3=A9\nTEL;CELL:0639980003\nEND:VCARD",
            "Name: René Lefèvre\nPhone (cell): 0639980003",
        ),
    ],
)
def test_cards_of_three_versions(content: str, expected: str) -> None:
    part = only(content.encode(), "text/x-vcard")

    assert part.media_type == "text/vcard"
    assert part.text == expected


def test_a_card_without_a_declared_charset_may_be_latin_1() -> None:
    assert only("BEGIN:VCARD\nFN:Hélène\nEND:VCARD".encode("latin-1")).text == "Name: Hélène"
