"""Opens the database: SQLite in WAL mode with full synchronisation, or PostgreSQL."""

import contextlib
import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from mailbot.errors import Misconfigured, Transient

# Any number will do, as long as nobody else in the same database uses it: it keeps two starting hosts from
# migrating at once.
_MIGRATION_LOCK = 7_024_524_245

_BUSY_SECONDS = 30


def connect(url: str) -> Engine:
    """An engine for `url`; nothing is opened yet.  Raises Misconfigured for a URL that cannot be used."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
            raise Misconfigured(
                f"MAILBOT_DATABASE_URL: '{parsed.get_backend_name()}' is not supported; "
                "write sqlite:////path/ledger.db or postgresql+psycopg://user@host/database"
            )
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS})
            event.listen(engine, "connect", _configure_sqlite)
            event.listen(engine, "begin", _begin_immediate)
            return engine
        return create_engine(parsed, pool_pre_ping=True, pool_size=4, connect_args={"connect_timeout": 10})
    except (ArgumentError, NoSuchModuleError) as error:
        raise Misconfigured(
            "MAILBOT_DATABASE_URL: not a database URL; write sqlite:////path/ledger.db or "
            "postgresql+psycopg://user@host/database"
        ) from error


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transaction handling would start them too late to be immediate.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    """Bring the tables to this version.  Raises Misconfigured when the database cannot be reached or written."""
    try:
        if engine.dialect.name == "sqlite" and engine.url.database:
            _private_file(Path(engine.url.database))
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
            config = Config()
            config.set_main_option("script_location", str(files("mailbot.ledger").joinpath("migrations")))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (OperationalError, OSError) as error:
        place = engine.url.render_as_string(hide_password=True)
        raise Misconfigured(
            f"MAILBOT_DATABASE_URL: {place} cannot be opened or written ({_first_line(error)}); "
            "check that it exists, that this user may write there and that the disk is not full"
        ) from error


def _private_file(path: Path) -> None:
    # Decisions hold personal data until their effects are made: nobody else may read the file.
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600, exist_ok=True)


def _first_line(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().split("\n", maxsplit=1)[0]


@contextlib.contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One durable transaction.  A database that is away, locked or full raises Transient."""
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        if isinstance(error, OperationalError) or error.connection_invalidated:
            raise Transient(f"the ledger's database does not answer: {_first_line(error)}") from error
        raise
