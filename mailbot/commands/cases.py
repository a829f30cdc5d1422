"""`mailbot status`, `retry` and `resume`: what the ledger says, and the two things an admin may do to it."""

import argparse
from pathlib import Path

from mailbot import settings
from mailbot.engines.installed import load_models
from mailbot.errors import Misconfigured
from mailbot.ledger import Ledger
from mailbot.ledger.values import Health
from mailbot.wire import load_book

_STALE_SWEEPS = 10
_LONG = 3600.0


def run(options: argparse.Namespace) -> int:
    """0 when all is well, 1 when something needs a human."""
    from mailbot.ledger import open_ledger  # noqa: PLC0415 - only these commands need the database

    loaded = settings.load(rules=options.rules)
    book, _ = load_book(loaded.rules)
    ledger = open_ledger(loaded.database_url)
    try:
        match options.command:
            case "retry":
                return _retry(ledger, options.id)
            case "resume":
                return _resume(ledger, options.mailbox, tuple(book.mailboxes))
            case _:
                found = _status(ledger, tuple(book.mailboxes), loaded.sweep_seconds)
                _model(ledger, loaded.state, frozenset(intent.id for intent in book.taxonomy.intents))
                return found
    finally:
        ledger.close()


def _status(ledger: Ledger, names: tuple[str, ...], sweep_seconds: float) -> int:
    now = ledger.overview.now()
    attention = False
    for health in ledger.overview.health(names):
        troubles = _troubles(health, now, sweep_seconds)
        attention = attention or bool(troubles)
        last = "never" if health.last_success is None else f"{_span(now - health.last_success)} ago"
        oldest = "-" if health.oldest_open is None else _span(now - health.oldest_open)
        print(
            f"{health.account}: last success {last}, open {health.open}, parked {health.parked}, oldest open {oldest}"
        )
        for trouble in troubles:
            print(f"  ! {trouble}")
    for stuck in ledger.overview.stuck():
        print(f"  case {stuck.case_id} ({stuck.account}/{stuck.folder} UID {stuck.uid}) {stuck.state}: {stuck.reason}")
        print(f"    read it in the mailbox, then: mailbot retry {stuck.case_id}")
    parked = ledger.overview.parked_effects()
    if parked:
        print(f"  {parked} effects were refused by a server and set aside; see the log")
    return 1 if attention else 0


def _model(ledger: Ledger, state: Path, intents: frozenset[str]) -> None:
    models = load_models(state, intents)
    print(f"model: {models.name}")
    for problem in models.problems:
        print(f"  ! {problem}")
    learned = models.in_use.learned
    labelled, otherwise = ledger.feedback.counts(0.0 if learned is None else learned.since)
    if labelled:
        print(
            f"  since then staff filed {labelled} mails by themselves, {otherwise} under another intent: mailbot learn"
        )


def _troubles(health: Health, now: float, sweep_seconds: float) -> list[str]:
    troubles = []
    if health.paused:
        troubles.append(f"paused: {health.paused}; look at the mailbox, then: mailbot resume {health.account}")
    if health.failures:
        since = _span(now - (health.failing_since or now))
        troubles.append(f"failing for {since}, {health.failures} times: {health.last_error}")
    if health.last_success is None:
        troubles.append("never polled; is `mailbot run` (or `mailbot poll`) running?")
    elif now - health.last_success > _STALE_SWEEPS * sweep_seconds + 60:
        troubles.append("not polled for long; is `mailbot run` (or `mailbot poll`) running?")
    if health.parked:
        troubles.append(f"{health.parked} cases need a human")
    if health.oldest_open is not None and now - health.oldest_open > _LONG:
        troubles.append(f"a mail has been waiting for {_span(now - health.oldest_open)}")
    return troubles


def _retry(ledger: Ledger, case_id: int) -> int:
    if ledger.cases.retry(case_id) is None:
        raise Misconfigured(f"case {case_id} is not parked: nothing to retry; `mailbot status` lists those that are")
    print(f"case {case_id} is taken up again at the next sweep")
    return 0


def _resume(ledger: Ledger, name: str, known: tuple[str, ...]) -> int:
    if name not in known:
        raise Misconfigured(f"there is no mailbox '{name}'; known are {', '.join(known)}")
    if not ledger.intake.resume(name):
        raise Misconfigured(f"the mailbox {name} is not paused: nothing to resume")
    print(f"the mailbox {name} goes on at the next sweep")
    return 0


def _span(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
