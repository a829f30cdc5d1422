"""The tenant directory as a query on the landlord's own database; asked at most every few minutes."""

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from mailbot.directory.index import COLUMNS, Index, tenant_of
from mailbot.errors import MailbotError, Misconfigured, Permanent, Transient
from mailbot.ports import Tenant

_SECONDS: Final = 300.0
_POSTGRESQL: Final[dict[str, object]] = {
    "connect_timeout": 5,
    # Seconds a query may take, and nothing may be written whatever it says, not even in a transaction of its own.
    "options": "-c statement_timeout=20s -c default_transaction_read_only=on",
}
_MOST_TENANTS: Final = 500_000


class DatabaseDirectory:
    """`url` gives the database's URL when it is needed; `sql` is one SELECT with the columns of a directory."""

    def __init__(self, url: Callable[[], str], sql: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._sql = sql
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._index = Index(())

    def check(self) -> None:
        """Raises Misconfigured when the query cannot be run or has other columns."""
        try:
            with self._lock:
                self._load()
        except Misconfigured:
            raise
        except MailbotError as error:
            raise Misconfigured(str(error)) from error

    def find(self, email: str, references: tuple[str, ...], name: str) -> Tenant | None:
        """See `TenantDirectory`."""
        with self._lock:
            if self._read_at is None or self._clock() - self._read_at > _SECONDS:
                self._load()
            return self._index.find(email, references, name)

    def _load(self) -> None:
        engine = self._engine()
        try:
            # Never committed: what the query would change is undone, where the database lets it change anything.
            with engine.connect() as connection:
                result = connection.execute(text(self._sql))
                columns = {column.casefold() for column in result.keys()}  # noqa: SIM118 - a result is no mapping
                missing = [column for column in ("name", "email", "address") if column not in columns]
                if missing:
                    raise Permanent(
                        f"directory: the query gives no column `{missing[0]}`; select {', '.join(COLUMNS)} (use AS)"
                    )
                rows = result.fetchmany(_MOST_TENANTS)
                found = [{key.casefold(): value for key, value in row._mapping.items()} for row in rows]  # noqa: SLF001 - its public name
        except SQLAlchemyError as error:
            # The driver's own words may quote a row or the password.
            raise Transient(
                f"directory: the database did not answer the query ({type(error).__name__}); "
                "check `sql:`, the secret of `database:` and that the database runs"
            ) from None
        finally:
            engine.dispose()
        try:
            self._index = Index([tenant_of(row) for row in found])
        except ValueError:
            raise Permanent("directory: `lease_start` is not a date in some row; select it as a date") from None
        self._read_at = self._clock()

    def _engine(self) -> Engine:
        try:
            url = make_url(self._url())
            if url.get_backend_name() == "sqlite":
                # Opened as a file that exists and is only read; the usual way would make an empty one.
                place = f"file:{quote(url.database or '')}?mode=ro"
                return create_engine("sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(place, uri=True))
            waits = _POSTGRESQL if url.get_backend_name() == "postgresql" else {}
            engine = create_engine(url, poolclass=NullPool, connect_args=waits)
        except (ArgumentError, NoSuchModuleError, ImportError):
            raise Permanent(
                "directory: the secret of `database:` is not a database URL; "
                "write sqlite:////path/tenants.db or postgresql+psycopg://user@host/database"
            ) from None
        if url.get_backend_name() == "postgresql":
            return engine.execution_options(postgresql_readonly=True)
        return engine
