"""What somebody else puts into the broker (H54): only numbers of cases, as JSON, for tasks that exist."""

import json
import pickle
from pathlib import Path

import pytest
from celery.exceptions import NotRegistered
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads, prepare_accept_content

from mailbot.ledger import open_ledger
from workers import app

ACCEPTED = prepare_accept_content(app.conf.accept_content)  # type: ignore[no-untyped-call] # the library ships no types


class Evil:
    """Would run when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("a pickle was opened",))


@pytest.mark.parametrize(
    ("content", "kind", "encoding"),
    [
        (pickle.dumps(Evil()), "application/x-python-serialize", "binary"),
        (b"!!python/object/apply:os.system ['true']", "application/x-yaml", "utf-8"),
        (b"\x81\xa1a\x01", "application/x-msgpack", "binary"),
    ],
    ids=["pickle", "yaml", "msgpack"],
)
def test_nothing_but_json_is_opened(content: bytes, kind: str, encoding: str) -> None:
    with pytest.raises(ContentDisallowed):
        loads(content, kind, encoding, accept=ACCEPTED)  # type: ignore[no-untyped-call]


def test_json_is_opened() -> None:
    said = loads(json.dumps([[7], {}, {}]), "application/json", "utf-8", accept=ACCEPTED)  # type: ignore[no-untyped-call]

    assert said == [[7], {}, {}]


def test_a_task_that_does_not_exist_is_none() -> None:
    with pytest.raises(NotRegistered):
        app.tasks["os.system"]


def test_a_case_that_does_not_exist_can_be_claimed_by_nobody(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    try:
        assert ledger.cases.claim(2**40, "understand", "somebody", 60) is None
        assert ledger.cases.claim(-1, "act", "somebody", 60) is None
    finally:
        ledger.close()
