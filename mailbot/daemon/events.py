"""What the daemon logs: one function per event, one JSON line each, no personal data and no words of any mail."""

import logging
import sys

import structlog

_log = structlog.get_logger("mailbot")


def configure(level: str) -> None:
    """JSON on standard error; other libraries' warnings pass through the same form."""
    number = getattr(logging, level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def started(what: str, **facts: object) -> None:
    _log.info("started", what=what, **facts)


def stopped(what: str) -> None:
    _log.info("stopped", what=what)


def registered(account: str, folder: str, count: int) -> None:
    _log.info("registered", account=account, folder=folder, count=count)


def decided(case_id: int, intent: str, urgency: str, rule: str, milliseconds: float) -> None:
    _log.info("decided", case=case_id, intent=intent, urgency=urgency, rule=rule, ms=round(milliseconds))


def duplicate(case_id: int) -> None:
    _log.info("duplicate", case=case_id)


def finished(case_id: int, effects: str) -> None:
    _log.info("finished", case=case_id, effects=effects)


def gone(case_id: int) -> None:
    _log.info("gone", case=case_id)


def postponed(case_id: int, step: str, seconds: float, reason: str) -> None:
    _log.warning("postponed", case=case_id, step=step, seconds=round(seconds, 1), reason=reason)


def shunted(case_id: int, step: str, reason: str) -> None:
    _log.error("shunted", case=case_id, step=step, reason=reason)


def broke(case_id: int, step: str, kind: str, place: str) -> None:
    """Something unforeseen; the exception's own text could hold a mail's words and is left out."""
    _log.error("broke", case=case_id, step=step, kind=kind, place=place)


def fenced(case_id: int, step: str) -> None:
    _log.warning("fenced", case=case_id, step=step)


def mailbox_failing(account: str, failures: int, reason: str, seconds: float) -> None:
    _log.error("mailbox failing", account=account, failures=failures, reason=reason, retry_in=round(seconds, 1))


def mailbox_well(account: str) -> None:
    _log.info("mailbox well again", account=account)


def mailbox_paused(account: str, reason: str) -> None:
    _log.error("mailbox paused", account=account, reason=reason, advice=f"mailbot resume {account}")


def ledger_failing(what: str, reason: str) -> None:
    _log.error("ledger failing", what=what, reason=reason)


def doorbell_failing(reason: str) -> None:
    _log.warning("doorbell failing", reason=reason)


def rules_refused(problems: tuple[str, ...]) -> None:
    _log.error("rules refused, the old ones stay", problems=list(problems))


def rules_loaded(version: str) -> None:
    _log.info("rules loaded", version=version)


def corrected(account: str, count: int) -> None:
    _log.info("feedback", account=account, moved=count)


def feedback_failing(account: str, reason: str) -> None:
    _log.warning("feedback failing", account=account, reason=reason)


def model_in_use(name: str, problems: tuple[str, ...]) -> None:
    _log.info("model", name=name)
    for problem in problems:
        _log.warning("model not as it should be", problem=problem)
