from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Post
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.mailbot import Installation, installation
from tests.servers.redis import Redis, redis_server
from tests.servers.webhook import Downstream, downstream

NO_MOVE = "IMAP4rev1 LITERAL+ ENABLE IDLE UIDPLUS NAMESPACE SPECIAL-USE"
_USERS = tuple(f"user{number}" for number in range(400))


@pytest.fixture(scope="session")
def redis_instance() -> Iterator[Redis]:
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def old_dovecot() -> Iterator[Dovecot]:
    """A server without MOVE."""
    with dovecot(_USERS, capability=NO_MOVE) as server:
        yield server


@pytest.fixture
def erp() -> Iterator[Downstream]:
    with downstream() as server:
        yield server


@pytest.fixture
def embedded(post: Post, tmp_path: Path, erp: Downstream) -> Iterator[Installation]:
    """The embedded daemon on SQLite, not yet started."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    with installation(
        tmp_path,
        port=post.server.port,
        user=post.user,
        database_url=url,
        webhook_url=erp.url,
    ) as made:
        yield made
