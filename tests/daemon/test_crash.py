"""The master test: killed at every point, resumed, the end is the same; run again, nothing changes."""

import itertools
import os
import signal
import time
from pathlib import Path

import pytest

from mailbot.daemon.crash import POINTS
from tests.conftest import Post
from tests.daemon.mails import THREE, state
from tests.servers.dovecot import Dovecot
from tests.servers.mailbot import installation
from tests.servers.postgresql import PostgreSql
from tests.servers.redis import Redis
from tests.servers.webhook import downstream

_ONLY_WITHOUT_MOVE = {"move: copied, source not yet deleted", "move: source deleted, not yet expunged"}
_USERS = itertools.count(200)
_DATABASES = itertools.count()

# What an uninterrupted run leaves: worked out once, then every other run is held against it.
_EXPECTED: dict[str, object] = {}


def expected(server: Dovecot, folder: Path) -> object:
    if "state" not in _EXPECTED:
        user = f"user{next(_USERS)}"
        server.deliver(*THREE, user=user)
        url = f"sqlite:///{folder}/expected.db"
        with (
            downstream() as erp,
            installation(
                folder / "expected", port=server.port, user=user, database_url=url, webhook_url=erp.url
            ) as made,
        ):
            made.start()
            made.wait(len(THREE))
            made.stop()
            _EXPECTED["state"] = state(server.contents(user), erp)
    return _EXPECTED["state"]


@pytest.mark.crash
@pytest.mark.timeout(180)
@pytest.mark.parametrize("broker", ["embedded", "redis"])
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
@pytest.mark.parametrize("number", range(1, len(POINTS) + 1), ids=lambda n: POINTS[n - 1].replace(" ", "-"))
def test_killed_anywhere_the_end_is_the_same(
    number: int, store: str, broker: str, request: pytest.FixtureRequest, dovecot_server: Dovecot, tmp_path: Path
) -> None:
    wanted = expected(dovecot_server, tmp_path)
    point = POINTS[number - 1]
    server: Dovecot = request.getfixturevalue("old_dovecot") if point in _ONLY_WITHOUT_MOVE else dovecot_server
    post = Post(server, f"user{next(_USERS)}")
    post.deliver(*THREE)
    url = f"sqlite:///{tmp_path}/ledger.db"
    if store == "postgresql":
        database: PostgreSql = request.getfixturevalue("postgresql_server")
        url = database.create(f"crash_{os.getpid()}_{next(_DATABASES)}")
    broker_url = None
    if broker == "redis":
        redis: Redis = request.getfixturevalue("redis_instance")
        redis.flush()
        broker_url = redis.url()
    fired = tmp_path / "passed.fired"
    with (
        downstream() as erp,
        installation(
            tmp_path, port=server.port, user=post.user, database_url=url, broker_url=broker_url, webhook_url=erp.url
        ) as made,
    ):
        made.start(MAILBOT_CRASH_AT=str(number), MAILBOT_CRASH_LOG=str(tmp_path / "passed"))
        made.until(fired.exists)
        made.stop(signal.SIGKILL)
        made.start()
        made.wait(len(THREE))

        assert state(post.contents(), erp) == wanted
        time.sleep(1)
        made.stop()
        made.start()
        made.until(lambda: made.log.read_text().count('"started"') >= 3 or broker == "embedded")
        time.sleep(1)
        made.stop()
        assert state(post.contents(), erp) == wanted
        assert erp.forged == 0


def test_the_points_are_numbered_once_each() -> None:
    assert len(set(POINTS)) == len(POINTS)
