"""The tenant directory on a real PostgreSQL: it is read, and nothing in it can be changed."""

from collections.abc import Iterator
from datetime import date
from itertools import count

import psycopg
import pytest

from mailbot.directory import DatabaseDirectory
from mailbot.errors import MailbotError, Misconfigured
from mailbot.ports import Tenant
from tests.servers.postgresql import PostgreSql

SQL = """
SELECT p.first_name || ' ' || p.last_name AS name, p.mail AS "Email", l.street || ', ' || l.city AS address,
       l.number AS lease, l.starts::date AS lease_start
FROM people p JOIN leases l ON l.person = p.id WHERE l.ends IS NULL AND p.last_name NOT LIKE 'old%'
"""
CLAIRE = Tenant("Claire Fontaine", "claire@example.org", "12 rue des Lilas, Lille", "B-0071", date(2026, 3, 1))
_NUMBERS = count()


@pytest.fixture
def url(postgresql_server: PostgreSql) -> str:
    url = postgresql_server.create(f"tenants{next(_NUMBERS)}")
    with _connection(url) as connection:
        connection.execute("CREATE TABLE people (id serial PRIMARY KEY, first_name text, last_name text, mail text)")
        connection.execute(
            "CREATE TABLE leases (person int, number text, street text, city text, starts timestamp, ends date)"
        )
        connection.execute(
            "INSERT INTO people (first_name, last_name, mail) VALUES ('Claire', 'Fontaine', 'claire@example.org')"
        )
        connection.execute(
            "INSERT INTO leases VALUES (1, 'B-0071', '12 rue des Lilas', 'Lille', '2026-03-01 00:00', NULL)"
        )
    return url


def _connection(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


def _people(url: str) -> list[tuple[object, ...]]:
    with _connection(url) as connection:
        return connection.execute("SELECT id, first_name, last_name, mail FROM people ORDER BY id").fetchall()


def test_a_tenant_is_found_by_address_lease_and_name(url: str) -> None:
    directory = DatabaseDirectory(lambda: url, SQL)
    directory.check()

    assert directory.find("CLAIRE@example.org", (), "") == CLAIRE
    assert directory.find("new@example.org", ("b0071",), "") == CLAIRE
    assert directory.find("new@example.org", (), "Fontaine Claire") == CLAIRE
    assert directory.find("new@example.org", (), "Paul Petit") is None


COLUMNS = "first_name AS name, mail AS email, last_name AS address"


@pytest.mark.parametrize(
    "sql",
    [
        f"DELETE FROM people RETURNING {COLUMNS}",
        f"UPDATE people SET mail = 'x' RETURNING {COLUMNS}",
        f"WITH gone AS (DELETE FROM people RETURNING *) SELECT {COLUMNS} FROM gone",
        f"SELECT {COLUMNS}, nextval('people_id_seq') FROM people",
        f"COMMIT; DELETE FROM people RETURNING {COLUMNS}",
        "DROP TABLE people",
    ],
)
def test_what_would_write_is_refused_and_changes_nothing(url: str, sql: str) -> None:
    before = _people(url)

    with pytest.raises(Misconfigured) as refused:
        DatabaseDirectory(lambda: url, sql).check()

    assert _people(url) == before
    with _connection(url) as connection:
        assert connection.execute("SELECT last_value FROM people_id_seq").fetchone() == (1,)
    assert "claire" not in str(refused.value)


def test_a_reader_without_rights_to_write_is_enough(url: str) -> None:
    with _connection(url) as connection:
        connection.execute("DROP ROLE IF EXISTS reads_only")
        connection.execute("CREATE ROLE reads_only LOGIN")
        connection.execute("GRANT SELECT ON people, leases TO reads_only")

    reader = url.replace("mailbot@", "reads_only@")

    assert DatabaseDirectory(lambda: reader, SQL).find("claire@example.org", (), "") == CLAIRE
    with _connection(url) as connection:
        connection.execute("DROP OWNED BY reads_only")
        connection.execute("DROP ROLE reads_only")


def test_it_is_asked_anew_only_after_some_minutes(url: str) -> None:
    clock: Iterator[float] = iter([0.0, 10.0, 1_000.0, 1_000.0])
    directory = DatabaseDirectory(lambda: url, SQL, lambda: next(clock))
    assert directory.find("claire@example.org", (), "") is not None
    with _connection(url) as connection:
        connection.execute("UPDATE people SET mail = 'fontaine@example.org'")

    assert directory.find("fontaine@example.org", (), "") is None
    assert directory.find("fontaine@example.org", (), "") is not None


def test_a_database_that_is_away_says_so_without_its_secret(url: str) -> None:
    away = url.replace("mailbot@127.0.0.1", "mailbot:hunter2@127.0.0.1").rsplit("/", 1)[0] + "/nowhere"

    with pytest.raises(MailbotError) as refused:
        DatabaseDirectory(lambda: away, SQL).find("claire@example.org", (), "")

    assert "did not answer" in str(refused.value)
    assert "hunter2" not in str(refused.value)
