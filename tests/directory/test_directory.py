import sqlite3
from datetime import date
from pathlib import Path

import pytest

from mailbot.directory import DatabaseDirectory, SheetDirectory
from mailbot.errors import MailbotError, Misconfigured, Permanent, Transient
from mailbot.ports import Tenant

CSV = """name;email;address;lease;lease_start
Claire Fontaine;claire@example.org;12 rue des Lilas;B-0071;01/03/2026
Paul Petit;;3 allée du Parc;B-0072;2025-01-15
Paul Petit;;9 quai Nord;B-0073;
Inès Aubry;two@example.org;1 rue A;B-0074;
Marc Aubry;two@example.org;1 rue A;B-0075;
"""
NAMES = "the first line must name the columns name, email, address, lease, lease_start"
CLAIRE = Tenant("Claire Fontaine", "claire@example.org", "12 rue des Lilas", "B-0071", date(2026, 3, 1))
SQL = "SELECT name, mail AS email, street AS address, lease, lease_start FROM people"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "tenants.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "tenants é.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (name, mail, street, lease, lease_start)")
        row = ("Claire Fontaine", "claire@example.org", "12 rue des Lilas", "B-0071", "2026-03-01")
        connection.execute("INSERT INTO people VALUES (?, ?, ?, ?, ?)", row)
    connection.close()
    return path


@pytest.mark.parametrize(
    ("email", "references", "name", "lease"),
    [
        ("Claire@Example.org", (), "", "B-0071"),
        ("other@example.org", ("b 0072",), "", "B-0072"),
        ("other@example.org", (), "FONTAINE Claire", "B-0071"),
        ("other@example.org", (), "Paul Petit", None),
        ("other@example.org", (), "Fontaine", None),
        ("two@example.org", (), "", None),
        ("", (), "", None),
    ],
)
def test_by_address_then_lease_then_name(
    sheet: Path, email: str, references: tuple[str, ...], name: str, lease: str | None
) -> None:
    found = SheetDirectory(sheet).find(email, references, name)

    assert (found.lease if found else None) == lease


def test_a_changed_sheet_is_read_anew(sheet: Path) -> None:
    directory = SheetDirectory(sheet)
    assert directory.find("new@example.org", (), "") is None

    sheet.write_text(CSV + "Nour Said;new@example.org;4 rue B;B-1;\n", encoding="utf-8")

    assert directory.find("new@example.org", (), "") is not None


def test_a_sheet_as_french_spreadsheets_save_it(sheet: Path) -> None:
    sheet.write_bytes(CSV.replace("Claire", "Hélène").encode("cp1252"))

    found = SheetDirectory(sheet).find("claire@example.org", (), "")
    assert found is not None
    assert found.name == "Hélène Fontaine"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "",
            f"tenants.csv:1: no column `name`; {NAMES}",
        ),
        (
            "name,email\n",
            f"tenants.csv:1: no column `address`; {NAMES}",
        ),
        (
            "name,email,address\nSecret,s@example.org,1, rue A\n",
            "tenants.csv:2: 4 columns instead of 3; put values that hold ',' between double quotes",
        ),
        (
            "name,email,address,lease_start\nSecret,s@example.org,1 rue A,soon\n",
            "tenants.csv:2: `lease_start` is not a date; write it like 2026-02-28",
        ),
    ],
)
def test_a_broken_sheet_is_said_with_its_line_and_nothing_of_a_tenant(sheet: Path, text: str, problem: str) -> None:
    sheet.write_text(text, encoding="utf-8")

    with pytest.raises(Misconfigured) as caught:
        SheetDirectory(sheet).check()
    with pytest.raises(Transient) as later:
        SheetDirectory(sheet).find("s@example.org", (), "")

    assert caught.value.problems == (problem,)
    assert "ecret" not in str(later.value)


def test_a_missing_sheet_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="check `directory:`"):
        SheetDirectory(tmp_path / "none.csv").check()


def test_a_query_on_a_real_database(database: Path) -> None:
    directory = DatabaseDirectory(lambda: f"sqlite:///{database}", SQL)
    directory.check()

    assert directory.find("claire@example.org", (), "") == CLAIRE


def test_the_query_is_asked_again_after_a_while(database: Path) -> None:
    now = [0.0]
    directory = DatabaseDirectory(lambda: f"sqlite:///{database}", SQL, lambda: now[0])
    assert directory.find("claire@example.org", (), "") is not None
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM people")
    connection.close()

    assert directory.find("claire@example.org", (), "") is not None
    now[0] = 1000.0
    assert directory.find("claire@example.org", (), "") is None


def test_nothing_can_be_written(database: Path) -> None:
    before = database.read_bytes()
    with pytest.raises(MailbotError):
        DatabaseDirectory(lambda: f"sqlite:///{database}", "DELETE FROM people").find("a", (), "")

    assert database.read_bytes() == before


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="did not answer"):
        DatabaseDirectory(lambda: f"sqlite:///{tmp_path}/none.db", SQL).find("a", (), "")

    assert list(tmp_path.iterdir()) == []


def test_a_wrong_secret_is_said_without_the_secret(database: Path) -> None:
    with pytest.raises(Permanent, match="not a database URL") as caught:
        DatabaseDirectory(lambda: "hunter2", SQL).find("a", (), "")
    with pytest.raises(Misconfigured, match="no column `address`"):
        DatabaseDirectory(lambda: f"sqlite:///{database}", "SELECT name, mail AS email FROM people").check()

    assert "hunter2" not in str(caught.value)
