"""One clock for all hosts: the database's."""

from sqlalchemy import Connection, text

_NOW = {
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400.0"),
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())"),
}


def database_time(connection: Connection) -> float:
    """Seconds since 1970 by the database's clock."""
    return float(connection.execute(_NOW[connection.dialect.name]).scalar_one())
