"""What `mailbot status` asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from mailbot.ledger.clock import database_time
from mailbot.ledger.database import transaction
from mailbot.ledger.tables import account, audit, case, effect, heartbeat, slot
from mailbot.ledger.values import Health, Stuck

_OPEN = ("new", "decided")
_STUCK = ("parked", "oversize")


@dataclass(frozen=True, slots=True)
class Overview:
    engine: Engine

    def now(self) -> float:
        """Seconds since 1970 by the database's clock."""
        with transaction(self.engine) as connection:
            return database_time(connection)

    def health(self, names: Sequence[str]) -> tuple[Health, ...]:
        """One line per mailbox, in the order given."""
        with transaction(self.engine) as connection:
            result = []
            for name in names:
                row = connection.execute(select(account).where(account.c.name == name)).one_or_none()
                counts = {
                    found.state: (found.number, found.oldest)
                    for found in connection.execute(
                        select(case.c.state, func.count().label("number"), func.min(case.c.created_at).label("oldest"))
                        .where(case.c.account == name)
                        .group_by(case.c.state)
                    )
                }
                oldest = [counts[state][1] for state in _OPEN if state in counts]
                result.append(
                    Health(
                        account=name,
                        last_success=row.last_success if row else None,
                        failing_since=row.failing_since if row else None,
                        failures=row.failures if row else 0,
                        last_error=row.last_error if row else None,
                        paused=row.paused if row else None,
                        open=sum(counts[state][0] for state in _OPEN if state in counts),
                        parked=sum(counts[state][0] for state in _STUCK if state in counts),
                        oldest_open=min(oldest) if oldest else None,
                    )
                )
            return tuple(result)

    def stuck(self, limit: int = 50) -> tuple[Stuck, ...]:
        """The cases that need a human, oldest first."""
        with transaction(self.engine) as connection:
            rows = connection.execute(
                select(
                    case.c.id, case.c.account, case.c.state, case.c.reason, case.c.created_at, slot.c.folder, slot.c.uid
                )
                .join(slot, slot.c.case_id == case.c.id)
                .where(case.c.state.in_(_STUCK), slot.c.stale.is_(False))
                .order_by(case.c.id)
                .limit(limit)
            )
            return tuple(
                Stuck(row.id, row.account, row.folder, row.uid, row.state, row.reason or "", row.created_at)
                for row in rows
            )

    def parked_effects(self) -> int:
        """Effects set aside although their case is done."""
        with transaction(self.engine) as connection:
            count: int = connection.execute(
                select(func.count()).select_from(effect).where(effect.c.state == "parked")
            ).scalar_one()
            return count

    def history(self, case_id: int) -> tuple[tuple[float, str], ...]:
        """What happened to one case, oldest first."""
        with transaction(self.engine) as connection:
            rows = connection.execute(
                select(audit.c.at, audit.c.event).where(audit.c.case_id == case_id).order_by(audit.c.id)
            )
            return tuple((row.at, row.event) for row in rows)

    def beat(self, name: str) -> None:
        """A worker says that it consumes."""
        with transaction(self.engine) as connection:
            now = database_time(connection)
            changed = connection.execute(heartbeat.update().where(heartbeat.c.name == name).values(at=now))
            if not changed.rowcount:
                connection.execute(heartbeat.insert().values(name=name, at=now))

    def last_beat(self) -> float | None:
        """When any worker last said so."""
        with transaction(self.engine) as connection:
            at: float | None = connection.execute(select(func.max(heartbeat.c.at))).scalar_one()
            return at
