"""Servers that many tests share: started once per test process, only when a test asks for one."""

import itertools
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.servers.dovecot import Dovecot, dovecot
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


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One server for all tests of a process; each test logs in as a user of its own."""
    with dovecot(tuple(f"user{number}" for number in range(400))) as server:
        yield server


@dataclass(frozen=True)
class Post:
    """One user's empty mailbox on the shared server."""

    server: Dovecot
    user: str

    def client(self) -> AbstractContextManager[IMAPClient]:
        return self.server.client(self.user)

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        self.server.deliver(*mails, user=self.user, folder=folder)

    def contents(self) -> dict[str, list[tuple[bytes, frozenset[str]]]]:
        return self.server.contents(self.user)


@pytest.fixture
def post(dovecot_server: Dovecot) -> Post:
    return Post(dovecot_server, f"user{next(_NUMBERS)}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The master crash test's own count, in every run that holds it."""
    passed = [
        r for r in terminalreporter.stats.get("passed", ()) if "test_killed_anywhere" in r.nodeid and r.when == "call"
    ]
    if passed:
        points = {report.nodeid.rpartition("[")[2].rpartition("-")[0].rpartition("-")[0] for report in passed}
        pairs = {tuple(report.nodeid.rstrip("]").split("-")[-2:]) for report in passed}
        stores, brokers = ({pair[at] for pair in pairs} for at in (0, 1))
        terminalreporter.write_line(
            f"killed and resumed: {len(points)} crash points × {len(stores)} stores × {len(brokers)} brokers, "
            f"{len(passed)} runs ended like the uninterrupted one"
        )
