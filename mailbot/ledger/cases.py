"""What workers write: claims, decisions and effects.  Every write checks the fence of its claim."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, insert, or_, select, update

from mailbot.errors import Fenced
from mailbot.ledger.clock import database_time
from mailbot.ledger.database import transaction
from mailbot.ledger.tables import audit, case, effect, slot
from mailbot.ledger.values import Decided, Owed, Ring
from mailbot.model import MailRef
from mailbot.ports import Claim, Effect, EffectWrite, Mark, Step

_STATE_OF_STEP = {"understand": "new", "act": "decided"}


@dataclass(frozen=True, slots=True)
class Cases:
    engine: Engine

    def claim(self, case_id: int, step: Step, owner: str, seconds: float) -> Claim | None:
        """Take the case for one step and count the attempt, durably, before any work is done.

        None when there is nothing to do: unknown case, another state, leased by somebody else, or not yet due.
        """
        with transaction(self.engine) as connection:
            now = database_time(connection)
            row = connection.execute(
                select(case).where(case.c.id == case_id).with_for_update(skip_locked=True)
            ).one_or_none()
            if row is None or row.state != _STATE_OF_STEP[step] or row.lease_until > now or row.not_before > now:
                return None
            connection.execute(
                update(case)
                .where(case.c.id == case_id)
                .values(lease_owner=owner, lease_until=now + seconds, fence=row.fence + 1, attempts=row.attempts + 1)
            )
            return Claim(
                case_id=case_id,
                ref=_position(connection, row),
                step=step,
                attempts=row.attempts + 1,
                owner=owner,
                fence=row.fence + 1,
                fingerprint=row.fingerprint,
                message_id=row.message_id,
            )

    def store(self, claim: Claim, decided: Decided) -> bool:
        """Freeze the decision and what it owes, and end the claim.

        False when these bytes are a known case: this case's positions are then given to that one, nothing is owed.
        """
        with transaction(self.engine) as connection:
            now = database_time(connection)
            row = _held(connection, claim)
            known = connection.execute(
                select(case.c.id).where(
                    case.c.account == row.account,
                    case.c.fingerprint == decided.fingerprint,
                    case.c.id != claim.case_id,
                )
            ).scalar_one_or_none()
            if known is not None:
                connection.execute(update(slot).where(slot.c.case_id == claim.case_id).values(case_id=known))
                _end(connection, claim, state="duplicate", reason=f"same bytes as case {known}", finished_at=now)
                _note(connection, now, claim.case_id, f"duplicate of case {known}")
                return False
            for position, owed in enumerate(decided.effects):
                connection.execute(
                    insert(effect).values(
                        case_id=claim.case_id,
                        kind=owed.kind,
                        target=owed.target,
                        position=position,
                        key=owed.key,
                        state=owed.state,
                        result=owed.result,
                        updated_at=now,
                    )
                )
            _end(
                connection,
                claim,
                state="decided",
                fingerprint=decided.fingerprint,
                message_id=decided.message_id,
                record=decided.record,
                draft=decided.draft,
                intent=decided.intent,
                confidence=decided.confidence,
                urgency=decided.urgency,
                rule=decided.rule,
                rules_version=decided.rules_version,
                sender_key=decided.sender_key,
                thread_key=decided.thread_key,
                decided_at=now,
                rung_at=now,
                attempts=0,
                delays=0,
                reason=None,
            )
            _note(connection, now, claim.case_id, f"decided by rules {decided.rules_version}")
            return True

    def owed(self, claim: Claim) -> Owed:
        """The frozen decision of a claimed case."""
        with transaction(self.engine) as connection:
            row = _held(connection, claim)
            return Owed(row.record or "{}", row.draft, row.delays)

    def effects(self, claim: Claim) -> tuple[Effect, ...]:
        """In the order in which they are to be made true."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            rows = connection.execute(
                select(effect).where(effect.c.case_id == claim.case_id).order_by(effect.c.position)
            )
            return tuple(_effect(row, now) for row in rows)

    def write(self, claim: Claim, *changes: EffectWrite) -> None:
        """All changes in one durable transaction.  Raises Fenced when the lease was lost."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            _held(connection, claim)
            for change in changes:
                _write(connection, now, claim, change)

    def finish(
        self,
        claim: Claim,
        *changes: EffectWrite,
        record: str | None,
        reason: str | None = None,
        has_text: bool = False,
    ) -> None:
        """Nothing is owed any more: end the claim, and leave no text behind but `record`.

        `has_text` says that the record still holds words of the mail, to be removed by `fade` when their time is over.
        """
        with transaction(self.engine) as connection:
            now = database_time(connection)
            _held(connection, claim)
            for change in changes:
                _write(connection, now, claim, change)
            _end(
                connection,
                claim,
                state="done",
                record=record,
                draft=None,
                reason=reason,
                has_text=has_text,
                finished_at=now,
            )
            _note(connection, now, claim.case_id, "done" if reason is None else f"done: {reason}")

    def park(self, claim: Claim, reason: str) -> None:
        """Set the case aside where `mailbot status` shows it; what it owes is kept."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            _held(connection, claim)
            _end(connection, claim, state="parked", reason=reason)
            _note(connection, now, claim.case_id, f"parked: {reason}")

    def postpone(self, claim: Claim, seconds: float, reason: str, *, counts: bool) -> None:
        """Try again later.  `counts` False gives the attempt back: the world was in the way, not the mail."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            row = _held(connection, claim)
            _end(
                connection,
                claim,
                not_before=now + seconds,
                rung_at=now,
                attempts=row.attempts if counts else row.attempts - 1,
                delays=row.delays + 1,
                reason=reason,
            )

    def due(self, limit: int, quiet_seconds: float) -> tuple[Ring, ...]:
        """Cases that wait for a worker and were not rung for within the last `quiet_seconds`; notes the ring."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            rows = connection.execute(
                select(case.c.id, case.c.state, case.c.queue)
                .where(
                    case.c.state.in_(("new", "decided")),
                    case.c.lease_until <= now,
                    case.c.not_before <= now,
                    # A ring that was put off is due as soon as its time has come.
                    or_(
                        case.c.rung_at <= now - quiet_seconds,
                        and_(case.c.not_before > 0, case.c.rung_at < case.c.not_before),
                    ),
                )
                .order_by(case.c.id)
                .limit(limit)
            ).all()
            ids = [row.id for row in rows]
            if ids:
                connection.execute(update(case).where(case.c.id.in_(ids)).values(rung_at=now))
            return tuple(Ring(row.id, "act" if row.state == "decided" else row.queue) for row in rows)

    def fade(self, seconds: float, shorten: Callable[[str], str], limit: int = 200) -> int:
        """Shorten the records that were finished longer ago than `seconds`; how many there were."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            rows = connection.execute(
                select(case.c.id, case.c.record)
                .where(case.c.has_text.is_(True), case.c.state == "done", case.c.finished_at <= now - seconds)
                .limit(limit)
            ).all()
            for row in rows:
                connection.execute(
                    update(case).where(case.c.id == row.id).values(record=shorten(row.record), has_text=False)
                )
            return len(rows)

    def records(self) -> tuple[tuple[int, str], ...]:
        """The kept records of finished cases, oldest first."""
        with transaction(self.engine) as connection:
            rows = connection.execute(
                select(case.c.id, case.c.record)
                .where(case.c.state == "done", case.c.record.is_not(None))
                .order_by(case.c.id)
            )
            return tuple((row.id, row.record) for row in rows)

    def open_cases(self) -> int:
        """How many cases are not yet done, parked or left alone."""
        with transaction(self.engine) as connection:
            count: int = connection.execute(
                select(func.count()).select_from(case).where(case.c.state.in_(("new", "decided")))
            ).scalar_one()
            return count

    def drafts_since(self, account: str, *, sender_key: str = "", thread_key: str = "", seconds: float) -> int:
        """Drafts planned for this sender or thread within the last `seconds`."""
        same = case.c.sender_key == sender_key if sender_key else case.c.thread_key == thread_key
        with transaction(self.engine) as connection:
            now = database_time(connection)
            count: int = connection.execute(
                select(func.count())
                .select_from(case.join(effect, effect.c.case_id == case.c.id))
                .where(case.c.account == account, same, case.c.decided_at > now - seconds, effect.c.kind == "draft")
            ).scalar_one()
            return count

    def retry(self, case_id: int) -> Ring | None:
        """Bring a parked case back; None when there is no such case or it is not parked."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            row = connection.execute(select(case).where(case.c.id == case_id).with_for_update()).one_or_none()
            if row is None or row.state not in {"parked", "oversize"}:
                return None
            state = "new" if row.record is None else "decided"
            connection.execute(
                update(case)
                .where(case.c.id == case_id)
                .values(state=state, attempts=0, delays=0, not_before=0, reason=None, rung_at=now, lease_until=0)
            )
            connection.execute(
                update(effect)
                .where(effect.c.case_id == case_id, effect.c.state == "parked")
                .values(state="intent", tries=0, updated_at=now)
            )
            _note(connection, now, case_id, "retried by an admin")
            return Ring(case_id, "act" if state == "decided" else row.queue)


def _position(connection: Connection, row: Row[Any]) -> MailRef:
    newest = connection.execute(
        select(slot).where(slot.c.case_id == row.id).order_by(slot.c.stale, slot.c.id.desc()).limit(1)
    ).one_or_none()
    if newest is None:
        return MailRef(row.account, "", 0, 0)
    return MailRef(row.account, newest.folder, newest.uidvalidity, newest.uid)


def _held(connection: Connection, claim: Claim) -> Row[Any]:
    row = connection.execute(select(case).where(case.c.id == claim.case_id).with_for_update()).one()
    if row.fence != claim.fence or row.lease_owner != claim.owner:
        raise Fenced(f"the lease on case {claim.case_id} was taken over")
    return row


def _end(connection: Connection, claim: Claim, **values: object) -> None:
    connection.execute(update(case).where(case.c.id == claim.case_id).values(lease_owner=None, lease_until=0, **values))


def _write(connection: Connection, now: float, claim: Claim, change: EffectWrite) -> None:
    values: dict[str, object] = {"state": change.state, "updated_at": now}
    if change.state == "intent":
        values["tries"] = effect.c.tries + 1
    if change.mark is not None:
        values["mark_uidvalidity"] = change.mark.uidvalidity
        values["mark_uidnext"] = change.mark.uidnext
    if change.result:
        values["result"] = change.result
    connection.execute(
        update(effect)
        .where(effect.c.case_id == claim.case_id, effect.c.kind == change.kind, effect.c.target == change.target)
        .values(**values)
    )
    _note(connection, now, claim.case_id, f"{change.kind} {change.state}")


def _effect(row: Row[Any], now: float) -> Effect:
    mark = None if row.mark_uidvalidity is None else Mark(row.mark_uidvalidity, row.mark_uidnext)
    return Effect(row.kind, row.target, row.key, row.state, row.tries, mark, row.result, now - row.updated_at)


def _note(connection: Connection, now: float, case_id: int, event: str) -> None:
    connection.execute(insert(audit).values(at=now, case_id=case_id, event=event))
