"""The ledger: what is registered, decided, owed and done.  The database is the truth."""

from dataclasses import dataclass

from sqlalchemy import Engine

from mailbot.ledger.cases import Cases
from mailbot.ledger.database import connect, migrate
from mailbot.ledger.feedback import Feedback
from mailbot.ledger.intake import Intake
from mailbot.ledger.overview import Overview

__all__ = ["Ledger", "open_ledger"]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One database, seen by the poller (intake), the workers (cases), the admin (overview) and learning (feedback)."""

    engine: Engine
    intake: Intake
    cases: Cases
    overview: Overview
    feedback: Feedback

    def close(self) -> None:
        self.engine.dispose()


def open_ledger(url: str) -> Ledger:
    """Open and, where needed, upgrade the database.  Raises Misconfigured."""
    engine = connect(url)
    migrate(engine)
    return Ledger(engine, Intake(engine), Cases(engine), Overview(engine), Feedback(engine))
