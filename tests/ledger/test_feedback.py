from collections.abc import Iterator
from importlib.resources import files

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, delete, inspect, text

from mailbot.errors import Fenced
from mailbot.ledger import Ledger, open_ledger
from mailbot.ledger.database import connect
from mailbot.ledger.tables import case, effect, slot
from mailbot.ledger.values import Moved
from mailbot.ports import Mark
from tests.ledger.filed import HEATING, RECORD, file, poll

LIFT = "repair.lift"


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    ledger = open_ledger(database_url)
    yield ledger
    ledger.close()


def seen(ledger: Ledger, number: int, uid: int, intent: str | None) -> Moved:
    (filed,) = ledger.feedback.filed("accueil", 1000, f"<{number}@example.org>")
    return Moved(filed, uid, intent, "message-id")


def note(ledger: Ledger, folder: str, *moves: Moved, uidnext: int = 20, uidvalidity: int = 7) -> int:
    return ledger.feedback.note("accueil", folder, Mark(uidvalidity, uidnext), moves, poll(ledger))


def test_a_mail_in_another_intents_folder_is_a_correction(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10", has_text=True)

    assert note(ledger, "Lift", seen(ledger, 1, 11, LIFT)) == 1
    (correction,) = ledger.feedback.corrections()
    assert (correction.said, correction.intent, correction.folder, correction.uid) == (HEATING, LIFT, "Lift", 11)
    assert (correction.language, correction.record) == ("tr", RECORD)
    assert ledger.feedback.counts() == (1, 1)
    assert ledger.overview.history(1)[-1][1] == "staff moved it to a folder of repair.lift"


def test_a_record_without_text_is_not_taken_for_one_with_text(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10")
    note(ledger, "Lift", seen(ledger, 1, 11, LIFT))

    assert [correction.record for correction in ledger.feedback.corrections()] == [None]


@pytest.mark.parametrize("result", ["Heat 10", ""])
def test_our_own_filing_is_nobodys_move(result: str, ledger: Ledger) -> None:
    file(ledger, 1, "Heat", result)

    assert note(ledger, "Heat", seen(ledger, 1, 10, HEATING)) == 0
    assert ledger.feedback.corrections() == ()


def test_seeing_the_same_again_changes_nothing(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10")
    note(ledger, "Lift", seen(ledger, 1, 11, LIFT))
    first = ledger.feedback.corrections()

    assert note(ledger, "Lift", seen(ledger, 1, 11, LIFT)) == 0
    assert ledger.feedback.corrections() == first


def test_of_several_moves_the_last_one_counts(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10")
    note(ledger, "Lift", seen(ledger, 1, 11, LIFT))
    note(ledger, "Rent", seen(ledger, 1, 4, "rent.receipt"))
    assert [correction.intent for correction in ledger.feedback.corrections()] == ["rent.receipt"]

    # Into a folder of several intents: what was said before is taken back, and nothing said instead.
    note(ledger, "Several", seen(ledger, 1, 9, None))
    assert ledger.feedback.corrections() == ()

    note(ledger, "Lift", seen(ledger, 1, 12, LIFT))
    note(ledger, "Heat", seen(ledger, 1, 30, HEATING))
    assert [(correction.intent, correction.said) for correction in ledger.feedback.corrections()] == [
        (HEATING, HEATING)
    ]
    assert ledger.feedback.counts() == (1, 0)


def test_a_copy_beside_our_own_filing_stays_the_word_of_staff(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10")
    note(ledger, "Lift", seen(ledger, 1, 11, LIFT))

    assert note(ledger, "Heat", seen(ledger, 1, 10, HEATING)) == 0
    assert [correction.intent for correction in ledger.feedback.corrections()] == [LIFT]


def test_a_renumbered_folder_moves_the_position_and_says_nothing_new(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10")
    note(ledger, "Lift", seen(ledger, 1, 11, LIFT))

    assert note(ledger, "Lift", seen(ledger, 1, 1, LIFT), uidvalidity=8) == 0
    (correction,) = ledger.feedback.corrections()
    assert (correction.uidvalidity, correction.uid) == (8, 1)


def test_what_staff_filed_before_we_did_is_their_word_too(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "staff moved or deleted the mail first", state="other")

    assert note(ledger, "Heat", seen(ledger, 1, 11, HEATING)) == 1


def test_only_finished_cases_of_that_size_and_id_are_taken(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10")

    assert ledger.feedback.filed("accueil", 1001, "<1@example.org>") == ()
    assert ledger.feedback.filed("accueil", 1000, "<2@example.org>") == ()
    assert ledger.feedback.filed("accueil", 1000, None) == ()
    assert ledger.feedback.filed("other", 1000, "<1@example.org>") == ()


def test_the_first_look_begins_where_filing_began(ledger: Ledger) -> None:
    file(ledger, 1, "Heat_A", "Heat_A 10")

    assert ledger.feedback.first_filed("accueil", "Heat_A", 7) == 10
    assert ledger.feedback.first_filed("accueil", "Heat_A", 8) is None
    assert ledger.feedback.first_filed("accueil", "HeatXA", 7) is None
    assert ledger.feedback.looked("accueil", "Heat_A") is None
    note(ledger, "Heat_A")
    assert ledger.feedback.looked("accueil", "Heat_A") == Mark(7, 20)


def test_a_poller_that_lost_its_lease_notes_nothing(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10")
    move, fence = seen(ledger, 1, 11, LIFT), poll(ledger)
    ledger.intake.release("accueil", "poller")
    ledger.intake.lease("accueil", "another", 60)

    with pytest.raises(Fenced):
        ledger.feedback.note("accueil", "Lift", Mark(7, 20), (move,), fence)
    assert ledger.feedback.corrections() == ()
    assert ledger.feedback.looked("accueil", "Lift") is None


def test_only_a_well_account_of_ones_own_is_looked_at(ledger: Ledger) -> None:
    assert ledger.feedback.turn("accueil", "poller") is None
    fence = poll(ledger)
    assert ledger.feedback.turn("accueil", "poller") == fence
    assert ledger.feedback.turn("accueil", "another") is None
    ledger.intake.failed("accueil", "the server refused the password")
    assert ledger.feedback.turn("accueil", "poller") is None


def test_feedback_goes_with_its_case(ledger: Ledger) -> None:
    file(ledger, 1, "Heat", "Heat 10")
    note(ledger, "Lift", seen(ledger, 1, 11, LIFT))
    with ledger.engine.begin() as connection:
        for table in (slot, effect):
            connection.execute(delete(table))
        connection.execute(delete(case))

    assert ledger.feedback.corrections() == ()
    assert ledger.feedback.counts() == (0, 0)


def upgrade_to(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(files("mailbot.ledger").joinpath("migrations")))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_a_ledger_of_the_first_revision_is_brought_up_with_all_it_holds(database_url: str) -> None:
    engine = connect(database_url)
    upgrade_to(engine, "0001")
    with engine.begin() as connection:
        assert "feedback" not in inspect(connection).get_table_names()
        connection.execute(
            text(
                'INSERT INTO "case" (account, state, queue, size, internaldate, created_at, message_id, intent) '
                "VALUES ('accueil', 'done', 'light', 1000, 1.0, 1.0, '<1@example.org>', 'repair.heating')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO effect (case_id, kind, target, position, key, state, result, mark_uidvalidity, "
                "mark_uidnext, updated_at) VALUES (1, 'move', 'Heat', 0, 'k', 'done', 'Heat 10', 7, 10, 1.0)"
            )
        )
        connection.execute(text('UPDATE "case" SET fingerprint = :print'), {"print": "sha256:1"})
    engine.dispose()
    ledger = open_ledger(database_url)

    assert note(ledger, "Lift", seen(ledger, 1, 11, LIFT)) == 1
    assert [correction.intent for correction in ledger.feedback.corrections()] == [LIFT]
    ledger.close()
