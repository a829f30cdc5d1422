"""What staff did with the mails that were filed, and how far their folders were looked through."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, insert, select, update

from mailbot.errors import Fenced
from mailbot.ledger.clock import database_time
from mailbot.ledger.database import transaction
from mailbot.ledger.tables import account, audit, case, effect, feedback, lookout
from mailbot.ledger.values import Correction, Filed, Moved
from mailbot.ports import Mark

_MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Feedback:
    engine: Engine

    def turn(self, name: str, owner: str) -> int | None:
        """The fence of the account's lease when `owner` holds it and the account is well; else None.

        An account that fails or is paused is not logged into a second time: that could lock it.
        """
        with transaction(self.engine) as connection:
            now = database_time(connection)
            fence: int | None = connection.execute(
                select(account.c.fence).where(
                    account.c.name == name,
                    account.c.lease_owner == owner,
                    account.c.lease_until > now,
                    account.c.paused.is_(None),
                    account.c.failures == 0,
                    account.c.last_success.is_not(None),
                )
            ).scalar_one_or_none()
            return fence

    def looked(self, name: str, folder: str) -> Mark | None:
        """How far the folder was looked through; None when it never was."""
        with transaction(self.engine) as connection:
            row = connection.execute(
                select(lookout).where(lookout.c.account == name, lookout.c.name == folder)
            ).one_or_none()
            return None if row is None else Mark(row.uidvalidity, row.uidnext)

    def first_filed(self, name: str, folder: str, uidvalidity: int) -> int | None:
        """The folder's UIDNEXT before the first mail was filed there in this epoch; None when none was."""
        with transaction(self.engine) as connection:
            first: int | None = connection.execute(
                select(func.min(effect.c.mark_uidnext))
                .select_from(effect.join(case, case.c.id == effect.c.case_id))
                .where(
                    case.c.account == name,
                    effect.c.kind == "move",
                    effect.c.state == "done",
                    effect.c.mark_uidvalidity == uidvalidity,
                    effect.c.result.startswith(f"{folder} ", autoescape=True),
                )
            ).scalar_one()
            return first

    def filed(self, name: str, size: int, message_id: str | None) -> tuple[Filed, ...]:
        """The finished cases that a message of this size (bytes) and Message-ID may be."""
        with transaction(self.engine) as connection:
            rows = connection.execute(
                select(
                    case.c.id,
                    case.c.intent,
                    case.c.fingerprint,
                    effect.c.target,
                    effect.c.state,
                    effect.c.result,
                    effect.c.mark_uidvalidity,
                )
                .select_from(case.join(effect, and_(effect.c.case_id == case.c.id, effect.c.kind == "move")))
                .where(
                    case.c.account == name,
                    case.c.size == size,
                    case.c.state == "done",
                    case.c.intent.is_not(None),
                    case.c.message_id.is_(None) if message_id is None else case.c.message_id == message_id,
                )
                .order_by(case.c.id)
            )
            return tuple(_filed(row) for row in rows)

    def note(self, name: str, folder: str, mark: Mark, moves: Sequence[Moved], fence: int) -> int:
        """What was seen of the folder, and how far, in one transaction; the number of rows that say something new.

        One row a case: what staff did last counts.  Raises Fenced when another poller has taken over.
        """
        with transaction(self.engine) as connection:
            now = database_time(connection)
            held = connection.execute(
                select(account.c.fence).where(account.c.name == name).with_for_update()
            ).scalar_one_or_none()
            if held != fence:
                raise Fenced(f"another poller has taken over the mailbox {name}")
            changed = sum(_noted(connection, now, name, folder, mark.uidvalidity, move) for move in moves)
            here = and_(lookout.c.account == name, lookout.c.name == folder)
            values = {"uidvalidity": mark.uidvalidity, "uidnext": mark.uidnext}
            if not connection.execute(update(lookout).where(here).values(**values)).rowcount:
                connection.execute(insert(lookout).values(account=name, name=folder, **values))
            return changed

    def corrections(self) -> tuple[Correction, ...]:
        """Every case into whose folder staff's hand says one intent, whether ours was another or not; oldest first."""
        with transaction(self.engine) as connection:
            rows = connection.execute(
                select(feedback, case.c.fingerprint, case.c.record, case.c.has_text)
                .select_from(feedback.join(case, case.c.id == feedback.c.case_id))
                .where(feedback.c.kind == _MOVED, feedback.c.intent.is_not(None))
                .order_by(feedback.c.seen_at, feedback.c.case_id)
            )
            return tuple(
                Correction(
                    case_id=row.case_id,
                    account=row.account,
                    said=row.said,
                    intent=row.intent,
                    folder=row.folder,
                    uidvalidity=row.uidvalidity,
                    uid=row.uid,
                    how=row.how,
                    seen_at=row.seen_at,
                    fingerprint=row.fingerprint,
                    record=row.record if row.has_text else None,
                    language=_language(row.record),
                )
                for row in rows
            )

    def counts(self, since: float = 0.0) -> tuple[int, int]:
        """How many cases staff labelled by their folder since then, and how many of these otherwise than we did."""
        some = and_(feedback.c.kind == _MOVED, feedback.c.intent.is_not(None), feedback.c.seen_at > since)
        with transaction(self.engine) as connection:
            count = select(func.count()).select_from(feedback)
            labelled: int = connection.execute(count.where(some)).scalar_one()
            other: int = connection.execute(count.where(some, feedback.c.intent != feedback.c.said)).scalar_one()
            return labelled, other


def _filed(row: Row[Any]) -> Filed:
    """Where filing put it: by COPYUID where the server gave one, else the folder alone."""
    folder, _, uid = row.result.rpartition(" ")
    if row.state != "done":
        return Filed(row.id, row.intent, row.fingerprint, "", None)
    if uid.isdigit():
        return Filed(row.id, row.intent, row.fingerprint, folder, (row.mark_uidvalidity, int(uid)))
    return Filed(row.id, row.intent, row.fingerprint, row.target, None)


def _noted(connection: Connection, now: float, name: str, folder: str, uidvalidity: int, move: Moved) -> bool:
    filed = move.filed
    here = and_(feedback.c.case_id == filed.case_id, feedback.c.kind == _MOVED)
    known = connection.execute(select(feedback).where(here).with_for_update()).one_or_none()
    if filed.folder == folder and (known is None or filed.position == (uidvalidity, move.uid)):
        # Our own filing: nobody moved it, or it lies there still beside the copy that somebody made.
        return False
    position = {"uidvalidity": uidvalidity, "uid": move.uid, "how": move.how}
    said = {"intent": move.intent, "folder": folder}
    if known is not None and all(getattr(known, key) == value for key, value in said.items()):
        # Seen before; the server may have renumbered the folder since.
        connection.execute(update(feedback).where(here).values(**position))
        return False
    if known is None:
        connection.execute(
            insert(feedback).values(
                case_id=filed.case_id, kind=_MOVED, account=name, said=filed.said, seen_at=now, **said, **position
            )
        )
    else:
        connection.execute(update(feedback).where(here).values(seen_at=now, **said, **position))
    what = move.intent or "several intents"
    event = f"staff moved it to a folder of {what}"
    connection.execute(insert(audit).values(at=now, case_id=filed.case_id, event=event))
    return True


def _language(record: str | None) -> str:
    """As Language.code; "" when the record does not say."""
    said = json.loads(record).get("language") if record else None
    code = said.get("code", "") if isinstance(said, dict) else ""
    return "" if code == "und" else str(code)
