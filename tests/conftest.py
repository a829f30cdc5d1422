"""Servers that many tests share: started once per test process, only when a test asks for one."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.postgresql import PostgreSql, postgresql

# Several test processes and their OCR children share two cores; without this tesseract takes 4 to 9 times as long.
os.environ["OMP_THREAD_LIMIT"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSql]:
    with postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    server: PostgreSql = request.getfixturevalue("postgresql_server")
    return server.create(f"test_{os.getpid()}_{next(_NUMBERS)}")
