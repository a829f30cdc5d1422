"""Dates as programs of forty years wrote them."""

import pytest

from mailbot.reading.dates import parse_date


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("Mon, 12 Jan 2026 10:11:12 +0100", "2026-01-12T10:11:12+01:00"),
        ("12 Jan 26 10:11 CET", "2026-01-12T10:11:00+01:00"),
        ("Tue, 12 Jan 99 10:11:12 EST", "1999-01-12T10:11:12-05:00"),
        ("Monday, 12-Jan-26 10:11:12 GMT", "2026-01-12T10:11:12+00:00"),
        ("Mon Jan 12 10:11:12 2026", "2026-01-12T10:11:12+00:00"),
        ("Mon Jan  2 10:11:12 MET DST 2026", "2026-01-02T10:11:12+02:00"),
        ("Mon, 12 Jan 2026 10:11:12 GMT+0100 (CET)", "2026-01-12T10:11:12+01:00"),
        ("Mon, 12 Jan 2026 10.11.12 -0330", "2026-01-12T10:11:12-03:30"),
        ('"Mon, 12 Jan 2026 10:11:12 +01:00"', "2026-01-12T10:11:12+01:00"),
        ("2026-01-12T10:11:12.5Z", "2026-01-12T10:11:12+00:00"),
        ("2026-01-12 10:11:12 +0100", "2026-01-12T10:11:12+01:00"),
        ("Jan 12, 2026 10:11:12 PM", "2026-01-12T22:11:12+00:00"),
        ("Mon, 12 Jan 126 23:59:60 +0000", "2026-01-13T00:00:00+00:00"),
        ("lun., 12 janv. 2026 10:11:12 +0100", "2026-01-12T10:11:12+01:00"),
        ("jeu, 12 juin 2026 10:11:12 +0200", "2026-06-12T10:11:12+02:00"),
        ("Do, 12 Mrz 2026 10:11:12 +0100", "2026-03-12T10:11:12+01:00"),
        ("lun, 12 de ene de 2026 10:11:12 +0100", "2026-01-12T10:11:12+01:00"),
        ("Пн, 12 янв 2026 10:11:12 +0300", "2026-01-12T10:11:12+03:00"),
        ("Mon, 12 Jan 2026 10:11:12 +9999", "2026-01-12T10:11:12+00:00"),
    ],
)
def test_a_date_is_understood(written: str, when: str) -> None:
    read = parse_date(written.encode())

    assert read is not None
    assert read.isoformat() == when


@pytest.mark.parametrize("written", ["", "hier", "99 Jan 2026 10:11:12 +0100", "12 Jan 1850 10:11:12", "12 Foo 2026"])
def test_what_is_no_date_is_none(written: str) -> None:
    assert parse_date(written.encode()) is None
