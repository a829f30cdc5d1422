import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from mailbot.errors import Fenced, Misconfigured, Transient
from mailbot.ledger import Ledger, open_ledger
from mailbot.ledger.tables import metadata
from mailbot.ledger.values import Decided, Sweep
from mailbot.ports import Effect, EffectWrite, Mark, NewMail

LIMIT = 35_000_000


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    ledger = open_ledger(database_url)
    yield ledger
    ledger.close()


def new_mail(uid: int, *, when: datetime | None = None, size: int = 1000, message_id: str | None = "") -> NewMail:
    message_id = f"<{uid}@example.org>" if message_id == "" else message_id
    return NewMail(uid, size, when or datetime.now(UTC) + timedelta(seconds=5), message_id, heavy=uid % 2 == 0)


def sweep(*mails: NewMail, uidvalidity: int = 7) -> Sweep:
    return Sweep("accueil", "INBOX", uidvalidity, max((mail.uid for mail in mails), default=0) + 1, mails)


def start(ledger: Ledger, *mails: NewMail, include: bool = True) -> int:
    fence = ledger.intake.lease("accueil", "poller", 60)
    assert fence is not None
    ledger.intake.start(sweep(*mails), fence, include_existing=include, size_limit=LIMIT)
    return fence


def decided(fingerprint: str = "sha256:aa", *effects: Effect) -> Decided:
    return Decided(
        fingerprint, "<1@example.org>", "{}", b"draft", effects, "rent.receipt", 0.9, "normal", "r", "v", "s", "t"
    )


DRAFT = Effect("draft", "Drafts", "key", "planned")
MOVE = Effect("move", "Quittances", "key", "planned")


def test_what_was_there_before_go_live_is_known_and_left_alone(ledger: Ledger) -> None:
    start(ledger, new_mail(1), new_mail(2), include=False)

    assert ledger.intake.known_uids("accueil", "INBOX", 7) == {1, 2}
    assert ledger.cases.due(10, 0) == ()


def test_a_position_registered_twice_is_one_case(ledger: Ledger) -> None:
    fence = start(ledger)
    first = ledger.intake.register(sweep(new_mail(1), new_mail(2)), fence, size_limit=LIMIT)
    again = ledger.intake.register(sweep(new_mail(1), new_mail(2)), fence, size_limit=LIMIT)

    assert [ring.queue for ring in first] == ["light", "heavy"]
    assert again == ()


def test_an_old_mail_moved_into_the_inbox_is_no_news(ledger: Ledger) -> None:
    fence = start(ledger, include=False)
    old = new_mail(1, when=datetime(2020, 1, 1, tzinfo=UTC))

    assert ledger.intake.register(sweep(old), fence, size_limit=LIMIT) == ()


def test_a_mail_over_the_size_limit_is_visible_and_not_rung_for(ledger: Ledger) -> None:
    fence = start(ledger)

    assert ledger.intake.register(sweep(new_mail(1, size=LIMIT + 1)), fence, size_limit=LIMIT) == ()
    assert [stuck.state for stuck in ledger.overview.stuck()] == ["oversize"]


def test_a_second_poller_waits_until_the_first_lets_go(ledger: Ledger) -> None:
    assert ledger.intake.lease("accueil", "one", 60) == 1
    assert ledger.intake.lease("accueil", "two", 60) is None
    ledger.intake.release("accueil", "one")
    assert ledger.intake.lease("accueil", "two", 60) == 2


def test_nobody_waits_for_the_lease_of_a_dead_poller(ledger: Ledger) -> None:
    ledger.intake.lease("accueil", "dead", 600)

    assert ledger.intake.lease("accueil", "two", 60, lambda owner: owner != "dead") is None
    assert ledger.intake.lease("accueil", "two", 60, lambda owner: owner == "dead") == 2


def test_a_poller_that_lost_its_lease_writes_nothing(ledger: Ledger) -> None:
    fence = start(ledger)
    ledger.intake.release("accueil", "poller")
    ledger.intake.lease("accueil", "two", 60)

    with pytest.raises(Fenced):
        ledger.intake.register(sweep(new_mail(1)), fence, size_limit=LIMIT)
    assert ledger.intake.known_uids("accueil", "INBOX", 7) == frozenset()


def test_only_one_of_many_workers_gets_a_claim(ledger: Ledger) -> None:
    start(ledger, new_mail(1))
    claims = []

    def take(owner: str) -> None:
        claims.append(ledger.cases.claim(1, "understand", owner, 60))

    threads = [threading.Thread(target=take, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([claim for claim in claims if claim is not None]) == 1


def test_an_attempt_is_counted_before_the_work_and_given_back_when_the_world_was_in_the_way(ledger: Ledger) -> None:
    start(ledger, new_mail(1))
    first = ledger.cases.claim(1, "understand", "w", 60)
    assert first is not None
    ledger.cases.postpone(first, 0, "server down", counts=False)
    second = ledger.cases.claim(1, "understand", "w", 60)
    assert second is not None
    ledger.cases.postpone(second, 0, "it broke", counts=True)
    third = ledger.cases.claim(1, "understand", "w", 60)

    assert third is not None
    assert (first.attempts, second.attempts, third.attempts) == (1, 1, 2)


def test_an_expired_lease_can_be_taken_and_the_sleeper_is_fenced_off(ledger: Ledger) -> None:
    start(ledger, new_mail(1))
    sleeper = ledger.cases.claim(1, "understand", "sleeper", 0.01)
    assert sleeper is not None
    time.sleep(0.05)
    other = ledger.cases.claim(1, "understand", "other", 60)
    assert other is not None

    with pytest.raises(Fenced):
        ledger.cases.store(sleeper, decided())
    assert ledger.cases.store(other, decided())


def test_effects_come_back_in_order_and_remember_their_mark(ledger: Ledger) -> None:
    start(ledger, new_mail(1))
    claim = ledger.cases.claim(1, "understand", "w", 60)
    assert claim is not None
    ledger.cases.store(claim, decided("sha256:aa", DRAFT, MOVE))
    claim = ledger.cases.claim(1, "act", "w", 60)
    assert claim is not None
    ledger.cases.write(claim, EffectWrite("draft", "Drafts", "intent", Mark(3, 9)))

    draft, move = ledger.cases.effects(claim)
    assert (draft.state, draft.tries, draft.mark) == ("intent", 1, Mark(3, 9))
    assert (move.state, move.tries, move.mark) == ("planned", 0, None)


def test_no_text_stays_when_nothing_is_owed(ledger: Ledger) -> None:
    start(ledger, new_mail(1))
    claim = ledger.cases.claim(1, "understand", "w", 60)
    assert claim is not None
    ledger.cases.store(claim, decided("sha256:aa", MOVE))
    claim = ledger.cases.claim(1, "act", "w", 60)
    assert claim is not None
    ledger.cases.finish(claim, EffectWrite("move", "Quittances", "done"), record=None)

    with ledger.engine.begin() as connection:
        row = connection.execute(text('SELECT record, draft, state FROM "case"')).one()
    assert tuple(row) == (None, None, "done")
    assert ledger.cases.claim(1, "act", "w", 60) is None


def test_the_same_bytes_in_a_new_position_are_the_same_case(ledger: Ledger) -> None:
    start(ledger, new_mail(1), new_mail(3))
    one = ledger.cases.claim(1, "understand", "w", 60)
    two = ledger.cases.claim(2, "understand", "w", 60)
    assert one is not None
    assert two is not None

    assert ledger.cases.store(one, decided("sha256:aa", MOVE))
    assert not ledger.cases.store(two, decided("sha256:aa", MOVE))
    acting = ledger.cases.claim(1, "act", "w", 60)
    assert acting is not None
    assert acting.ref.uid == 3
    assert ledger.cases.claim(2, "act", "w", 60) is None


def test_a_case_rings_again_only_when_it_was_quiet_and_its_time_has_come(ledger: Ledger) -> None:
    start(ledger, new_mail(1), new_mail(2))
    claim = ledger.cases.claim(2, "understand", "w", 60)
    assert claim is not None
    ledger.cases.postpone(claim, 3600, "server down", counts=False)

    assert ledger.cases.due(10, 3600) == ()
    assert [ring.case_id for ring in ledger.cases.due(10, 0)] == [1]


def test_a_reset_binds_known_mails_and_registers_the_others(ledger: Ledger) -> None:
    when = datetime.now(UTC).replace(microsecond=0)
    mails = [new_mail(uid, when=when) for uid in (1, 2, 3)]
    fence = start(ledger, *mails)
    moved = [new_mail(uid + 10, when=when, message_id=f"<{uid}@example.org>") for uid in (1, 2, 3)]
    epoch = ledger.intake.reset(sweep(*moved, new_mail(20), uidvalidity=8), fence, size_limit=LIMIT)

    assert (epoch.matched, epoch.unmatched, epoch.paused, len(epoch.rings)) == (3, 1, None, 1)
    claim = ledger.cases.claim(1, "understand", "w", 60)
    assert claim is not None
    assert (claim.ref.uidvalidity, claim.ref.uid) == (8, 11)


def test_a_storm_of_unknown_mails_pauses_the_account_until_an_admin_confirms(ledger: Ledger) -> None:
    fence = start(ledger, new_mail(1))
    strange = [new_mail(uid, message_id=f"<strange{uid}@example.org>") for uid in range(1, 61)]
    first = ledger.intake.reset(sweep(*strange, uidvalidity=8), fence, size_limit=LIMIT)

    assert first.paused is not None
    assert ledger.intake.paused("accueil") == first.paused
    assert ledger.intake.resume("accueil")
    assert len(ledger.intake.reset(sweep(*strange, uidvalidity=8), fence, size_limit=LIMIT).rings) == 60


def test_retry_brings_back_what_was_parked_and_nothing_else(ledger: Ledger) -> None:
    start(ledger, new_mail(1))
    claim = ledger.cases.claim(1, "understand", "w", 60)
    assert claim is not None
    assert ledger.cases.retry(1) is None
    ledger.cases.park(claim, "it broke three times")

    assert ledger.cases.retry(1) is not None
    again = ledger.cases.claim(1, "understand", "w", 60)
    assert again is not None
    assert again.attempts == 1


def test_the_migrations_make_exactly_the_tables_of_the_code(ledger: Ledger) -> None:
    with ledger.engine.begin() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        names = inspect(connection).get_table_names()

    assert differences == []
    assert set(metadata.tables) <= set(names)


def test_the_sqlite_file_is_for_its_owner_only(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/state/ledger.db")
    ledger.close()

    assert (tmp_path / "state" / "ledger.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "nonsense", "sqlite:////proc/no/ledger.db", "postgresql+psycopg://x@127.0.0.1:1/x"]
)
def test_a_database_that_cannot_be_used_is_one_clear_line(url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        open_ledger(url)

    assert caught.value.problems[0].startswith("MAILBOT_DATABASE_URL: ")
    assert "\n" not in caught.value.problems[0]


def test_a_full_disk_is_transient_and_loses_nothing(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    fence = start(ledger)
    with ledger.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    mails = [new_mail(uid, message_id=f"<{'x' * 400}{uid}@example.org>") for uid in range(1, 300)]
    with pytest.raises(Transient, match="full"):
        ledger.intake.register(sweep(*mails), fence, size_limit=LIMIT)

    assert ledger.intake.known_uids("accueil", "INBOX", 7) == frozenset()
    ledger.close()
