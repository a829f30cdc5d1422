"""The two steps of a case, as a worker runs them: understand, then act.  An id in, nothing out."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailbot.daemon import events
from mailbot.daemon.poller import ring_all
from mailbot.errors import Fenced, MailbotError, Permanent, Transient
from mailbot.keys import person_key
from mailbot.ledger import Ledger
from mailbot.ledger.values import Decided, Ring
from mailbot.model import Account, Decision
from mailbot.pipeline import Hands, Pending, Tools, act, decide, fingerprint_of, held, owed, position, shunted
from mailbot.ports import Claim, Doorbell, Mailbox, Step, Target
from mailbot.record import as_json, read_plan, without_text

ATTEMPTS = 3
_DAY, _HOUR = 86_400.0, 3_600.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything one worker works with.  `tools` is asked for each case, so that new rules take effect."""

    ledger: Ledger
    accounts: Mapping[str, Account]
    tools: Callable[[], Tools]
    mailbox: Callable[[str], Mailbox]
    targets: Callable[[], Mapping[str, Target]]
    doorbell: Doorbell
    crash_point: Callable[[str], None]
    owner: str
    lease_seconds: float
    settle_seconds: float
    backoff_seconds: tuple[float, ...]


def understand(case_id: int, desk: Desk) -> None:
    """Read the mail and freeze what is owed.  Safe to run any number of times."""
    _step(case_id, "understand", desk, _understand)


def make_true(case_id: int, desk: Desk) -> None:
    """Make the frozen plan true.  Safe to run any number of times."""
    _step(case_id, "act", desk, _act)


def _step(case_id: int, step: Step, desk: Desk, work: Callable[[Claim, Desk], None]) -> None:
    try:
        claim = desk.ledger.cases.claim(case_id, step, desk.owner, desk.lease_seconds)
    except Transient as error:
        events.ledger_failing(step, str(error))
        return
    if claim is None:
        return
    try:
        work(claim, desk)
    except Fenced:
        events.fenced(case_id, step)
    except Pending as pending:
        _postpone(claim, desk, pending.seconds, str(pending), counts=False)
    except Transient as error:
        # A Transient error is the world's: it costs patience, not one of the mail's attempts.
        _postpone(claim, desk, error.wait, str(error), counts=False)
    except Permanent as error:
        _set_aside(claim, desk, str(error))
    except Exception as error:  # noqa: BLE001 - the one fence around a case: whatever breaks, the next mail flows
        frame = traceback.extract_tb(error.__traceback__)[-1]
        events.broke(case_id, step, type(error).__name__, f"{Path(frame.filename).name}:{frame.lineno}")
        _postpone(claim, desk, None, f"{type(error).__name__} in {step}", counts=True)


def _understand(claim: Claim, desk: Desk) -> None:
    desk.crash_point("understand: claimed, not yet fetched")
    tools, account = desk.tools(), desk.accounts[claim.ref.account]
    if claim.attempts > 2 * ATTEMPTS:
        raise Permanent("even setting it aside failed: see the log")
    raw = desk.mailbox(account.name).fetch(claim.ref)
    if raw is None:
        desk.ledger.cases.finish(claim, record=None, reason="gone before it was read: staff moved or deleted it")
        events.gone(claim.case_id)
        return
    desk.crash_point("understand: fetched, not yet decided")
    source = position(claim.ref)
    if claim.attempts > ATTEMPTS:
        reason = f"it could not be understood in {ATTEMPTS} attempts"
        decision = shunted(fingerprint_of(raw), len(raw), source, tools, reason, claim.message_id)
        events.shunted(claim.case_id, "understand", reason)
    else:
        decision = _capped(decide(raw, source, account, tools, datetime.now(UTC)), account, tools, desk)
    desk.crash_point("understand: decided, not yet stored")
    if not desk.ledger.cases.store(claim, _frozen(decision, account, tools)):
        events.duplicate(claim.case_id)
        return
    rule = decision.verdict.hits[0] if decision.verdict.hits else ""
    events.decided(
        claim.case_id,
        decision.understanding.intent,
        decision.understanding.urgency,
        rule,
        decision.timings_ms.get("total", 0.0),
    )
    desk.crash_point("understand: stored, not yet rung")
    ring_all(desk.doorbell, (Ring(claim.case_id, "act"),))


def _frozen(decision: Decision, account: Account, tools: Tools) -> Decided:
    sender = decision.reading.sender
    thread = (
        decision.reading.references[0]
        if decision.reading.references
        else decision.reading.message_id or decision.reading.fingerprint
    )
    return Decided(
        fingerprint=decision.reading.fingerprint,
        message_id=decision.reading.message_id,
        record=as_json(decision),
        draft=None if decision.plan.draft is None else decision.plan.draft.mime,
        effects=owed(decision, account, tools.secret),
        intent=decision.understanding.intent,
        confidence=decision.understanding.confidence,
        urgency=decision.understanding.urgency,
        rule=decision.verdict.hits[0] if decision.verdict.hits else "",
        rules_version=decision.rules_version,
        sender_key=person_key(tools.secret, "sender", sender.address if sender else ""),
        thread_key=person_key(tools.secret, "thread", thread),
    )


def _capped(decision: Decision, account: Account, tools: Tools, desk: Desk) -> Decision:
    """The last line of defence against loops: too many drafts to one sender or thread are held for a human."""
    if decision.plan.draft is None:
        return decision
    frozen, caps, cases = _frozen(decision, account, tools), tools.book.caps, desk.ledger.cases
    if cases.drafts_since(account.name, sender_key=frozen.sender_key, seconds=_HOUR) >= caps.drafts_per_sender_an_hour:
        return held(decision, tools, "no draft: too many for this sender within an hour")
    if cases.drafts_since(account.name, thread_key=frozen.thread_key, seconds=_DAY) >= caps.drafts_per_thread_a_day:
        return held(decision, tools, "no draft: too many in this thread within a day")
    return decision


def _act(claim: Claim, desk: Desk) -> None:
    desk.crash_point("act: claimed, nothing done")
    if claim.attempts > ATTEMPTS:
        raise Permanent(f"its effects could not be made in {ATTEMPTS} attempts")
    kept = desk.ledger.cases.owed(claim)
    plan = read_plan(kept.record, kept.draft)
    book = desk.tools().book
    hands = Hands(desk.mailbox(claim.ref.account), desk.targets(), desk.ledger.cases, desk.crash_point)
    last = act(plan, claim, hands, book.human_folder, desk.settle_seconds)
    keep = book.privacy.keep_text_days > 0
    record = kept.record if keep else without_text(kept.record)
    desk.ledger.cases.finish(claim, *last, record=record, has_text=keep)
    events.finished(claim.case_id, ", ".join(f"{change.kind} {change.state}" for change in last))
    desk.crash_point("act: finished, task not yet acknowledged")


def _postpone(claim: Claim, desk: Desk, seconds: float | None, reason: str, *, counts: bool) -> None:
    try:
        delays = desk.ledger.cases.owed(claim).delays
        wait = desk.backoff_seconds[min(delays, len(desk.backoff_seconds) - 1)] if seconds is None else seconds
        desk.ledger.cases.postpone(claim, wait, reason, counts=counts)
        events.postponed(claim.case_id, claim.step, wait, reason)
    except Fenced:
        events.fenced(claim.case_id, claim.step)
    except MailbotError as error:
        # The lease runs out by itself, and the reconciler takes it from there.
        events.ledger_failing(claim.step, str(error))


def _set_aside(claim: Claim, desk: Desk, reason: str) -> None:
    try:
        desk.ledger.cases.park(claim, reason)
        events.shunted(claim.case_id, claim.step, reason)
        mailbox = desk.mailbox(claim.ref.account)
        if mailbox.look(claim.ref) is not None:
            mailbox.add_flags(claim.ref, ("$MailbotShunted", "\\Flagged"))
    except MailbotError as error:
        events.ledger_failing(claim.step, str(error))
