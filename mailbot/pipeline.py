"""Mailbot in two functions: decide() says what should happen and changes nothing; act() makes it true, once."""

import dataclasses
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailbot.errors import Permanent
from mailbot.keys import draft_message_id, effect_key
from mailbot.model import (
    Account,
    Because,
    Case,
    Decision,
    Defect,
    Draft,
    Language,
    MailRef,
    Plan,
    Push,
    Reading,
    ReadingRequest,
    Understanding,
    Verdict,
)
from mailbot.payloads import payload
from mailbot.ports import Claim, Effect, EffectLog, EffectWrite, Found, Mailbox, Reader, Target
from mailbot.reply import Replies, ReplyContext, compose, recipients
from mailbot.rules import RuleBook, judge
from mailbot.understanding import Context, Engines, understand
from mailbot.understanding.entities import References

INCOMPLETE_FLAG = "$MailbotIncomplete"
SHUNTED_FLAG = "$MailbotShunted"
_FLAGS_OF_A_HUMAN = ("\\Answered", "\\Deleted")
_MOST_APPENDS = 3


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything decide() works with that is not in the mail."""

    reader: Reader
    engines: Engines
    book: RuleBook
    replies: Replies
    secret: bytes = dataclasses.field(repr=False)


# --- deciding --------------------------------------------------------------------------------------------------------


def decide(raw: bytes, source: str, account: Account, tools: Tools, now: datetime) -> Decision:
    """Say what should happen to the mail.  Changes nothing."""
    started = time.perf_counter()
    reading = tools.reader.read(raw, ReadingRequest(account, tools.book.languages, now.date()))
    return decide_read(reading, source, account, tools, now, started=started)


def decide_read(
    reading: Reading, source: str, account: Account, tools: Tools, now: datetime, *, started: float | None = None
) -> Decision:
    """The part of decide() behind the reader."""
    began = time.perf_counter() if started is None else started
    book = tools.book
    understanding = understand(reading, account.language, tools.engines, context_of(book, account.name))
    case = Case(account.name, reading, understanding)
    verdict = judge(book, case)
    defects = list(reading.defects)
    folder, flags = verdict.folder, verdict.flags
    if reading.incomplete:
        # What could not be read whole may hold anything: a human looks, whatever the rules say of the rest.
        folder, flags = book.human_folder, tuple(dict.fromkeys((*flags, INCOMPLETE_FLAG)))
    draft, refused = _draft(case, verdict, account, tools, now)
    if refused is not None:
        understanding = dataclasses.replace(understanding, why=(*understanding.why, Because("reply", refused)))
    plan = Plan(draft, _pushes(case, verdict, account, tools, folder), flags, folder)
    timings = {**reading.timings_ms, **understanding.timings_ms, "total": (time.perf_counter() - began) * 1000}
    return Decision(source, reading, understanding, book.version, verdict, plan, tuple(defects), timings)


def context_of(book: RuleBook, account: str) -> Context:
    """What the rule book lets understanding know and do for the mails of one account."""
    return Context(
        book.taxonomy,
        book.staff_language,
        book.min_confidence,
        second_opinion=book.llm is not None and account in book.llm.mailboxes,
        references=References.chosen(book.references.tenant_ref, book.references.lease_ref),
    )


def shunted(
    fingerprint: str, size: int, source: str, tools: Tools, reason: str, message_id: str | None = None
) -> Decision:
    """The decision on a mail that broke its readers: before a human, nothing else."""
    reading = Reading(
        fingerprint=fingerprint, size=size, message_id=message_id, defects=(Defect("mail", reason),), incomplete=True
    )
    nothing = Understanding(
        language=Language(),
        translation=None,
        documents=(),
        intent="other.unclear",
        confidence=0.0,
        also=(),
        alternatives=(),
        abstained=True,
        urgency="normal",
        urgency_why="not read",
        answerable=False,
        entities={},
        summary="Message illisible pour Mailbot : à lire par une personne",
        next_actions=("Lire le message",),
        why=(Because("mail", reason),),
    )
    plan = Plan(None, (), (SHUNTED_FLAG, "\\Flagged"), tools.book.human_folder)
    return Decision(source, reading, nothing, tools.book.version, Verdict(plan.folder), plan, reading.defects, {})


def held(decision: Decision, tools: Tools, reason: str) -> Decision:
    """The same decision without its draft and before a human: a cap was reached."""
    plan = dataclasses.replace(
        decision.plan,
        draft=None,
        folder=tools.book.human_folder,
        flags=tuple(dict.fromkeys((*decision.plan.flags, "\\Flagged"))),
    )
    understanding = dataclasses.replace(
        decision.understanding, why=(*decision.understanding.why, Because("reply", reason))
    )
    return dataclasses.replace(decision, plan=plan, understanding=understanding)


def owed(decision: Decision, account: Account, secret: bytes) -> tuple[Effect, ...]:
    """The effects of a plan, in the order in which they are made true."""
    plan, print_ = decision.plan, decision.reading.fingerprint

    def key(kind: str, target: str) -> str:
        return effect_key(secret, account.name, print_, kind, target)

    effects = [Effect("draft", "draft", key("draft", "draft"), "planned")] if plan.draft is not None else []
    effects += [Effect("push", push.target, push.key, "planned") for push in plan.send]
    if plan.flags:
        effects.append(Effect("flag", "flags", key("flag", "flags"), "planned"))
    effects.append(Effect("move", plan.folder, key("move", plan.folder), "planned"))
    return tuple(effects)


def _draft(
    case: Case, verdict: Verdict, account: Account, tools: Tools, now: datetime
) -> tuple[Draft | None, str | None]:
    """The draft, or why there is none although the rules ask for one."""
    if verdict.reply is None:
        return None, None
    refused = _unanswerable(case, account)
    if refused is not None:
        return None, refused
    key = effect_key(tools.secret, account.name, case.reading.fingerprint, "draft", "draft")
    context = ReplyContext(
        account=account,
        replies=tools.replies,
        staff_language=tools.book.staff_language,
        message_id=draft_message_id(key, account.addresses[0].rpartition("@")[2]),
        key=key,
        now=now,
    )
    try:
        return compose(case, verdict.reply, context), None
    except Permanent as error:
        return None, f"no draft: {error}"


def _unanswerable(case: Case, account: Account) -> str | None:
    reading = case.reading
    if reading.automatic is not None:
        return f"no draft: an automatic message ({reading.automatic}) is never answered (RFC 3834)"
    if reading.incomplete:
        return "no draft: the mail could not be read whole"
    to = recipients(reading)
    if not to or "@" not in to[0].address:
        return "no draft: there is nobody to write to"
    if to[0].address.casefold() in {own.casefold() for own in account.addresses}:
        return "no draft: the reply would go to this very mailbox"
    if reading.authentication is not None and reading.authentication.dmarc == "fail":
        return "no draft: the sender's address did not pass DMARC"
    if not account.addresses or "@" not in account.addresses[0]:
        return "no draft: the mailbox has no address to write from; set `addresses:`"
    return None


def _pushes(case: Case, verdict: Verdict, account: Account, tools: Tools, folder: str) -> tuple[Push, ...]:
    return tuple(
        Push(
            target,
            effect_key(tools.secret, account.name, case.reading.fingerprint, "push", target),
            payload(tools.book.targets[target].payload, case, folder),
        )
        for target in verdict.send
    )


# --- acting ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hands:
    """What act() may touch, and how it dies in tests."""

    mailbox: Mailbox
    targets: Mapping[str, Target]
    log: EffectLog
    crash_point: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pending(Exception):
    """An unanswered command may still become true: come back in `seconds`."""

    seconds: float


def act(plan: Plan, claim: Claim, hands: Hands, human_folder: str, settle_seconds: float) -> tuple[EffectWrite, ...]:
    """Make the plan true, skipping whatever an earlier attempt already did.

    The move comes last: a mail leaves the inbox only when nothing else is owed to it.  Returns the last state to be
    written together with the end of the case.  Raises Transient, Fenced or Pending; a Permanent refusal parks its
    effect and sends the mail to the human folder.
    """
    parked = False
    last: tuple[EffectWrite, ...] = ()
    for effect in hands.log.effects(claim):
        if effect.state not in {"planned", "intent"}:
            parked = parked or effect.state == "parked"
            continue
        if last:
            hands.log.write(claim, *last)
            last = ()
        try:
            match effect.kind:
                case "draft":
                    last = (_make_draft(plan, effect, claim, hands, settle_seconds),)
                case "push":
                    last = (_make_push(plan, effect, claim, hands),)
                case "flag":
                    last = (_make_flags(plan, effect, claim, hands),)
                case "move":
                    last = (_make_move(effect, claim, hands, human_folder if parked else effect.target),)
        except Permanent as error:
            last = (EffectWrite(effect.kind, effect.target, "parked", result=str(error)),)
            parked = True
        hands.crash_point(f"{effect.kind}: done, not yet noted")
    return last


def _make_draft(plan: Plan, effect: Effect, claim: Claim, hands: Hands, settle_seconds: float) -> EffectWrite:
    draft, mailbox = plan.draft, hands.mailbox
    if draft is None:
        return EffectWrite("draft", effect.target, "skipped", result="no draft was kept")
    if effect.state == "intent":
        found = mailbox.find_draft(draft.message_id, effect.mark) if effect.mark is not None else None
        if found is not None:
            return EffectWrite("draft", effect.target, "done", result=f"{found.folder} {found.uid}")
        if effect.age < settle_seconds:
            raise Pending(settle_seconds - effect.age)
        if effect.tries >= _MOST_APPENDS:
            raise Permanent(f"the draft did not appear after {effect.tries} attempts")
    if (refused := _gate(claim, mailbox)) is not None:
        return EffectWrite("draft", effect.target, "skipped", result=refused)
    mark = mailbox.mark(mailbox.drafts_folder())
    hands.log.write(claim, EffectWrite("draft", effect.target, "intent", mark))
    hands.crash_point("draft: intended, not yet appended")
    uid = mailbox.append_draft(draft.mime)
    return EffectWrite("draft", effect.target, "done", result="" if uid is None else str(uid))


def _gate(claim: Claim, mailbox: Mailbox) -> str | None:
    """Why staff have made a draft unnecessary; None when they have not."""
    seen = mailbox.look(claim.ref)
    if seen is None:
        return "staff moved or deleted the mail first"
    taken = [flag for flag in _FLAGS_OF_A_HUMAN if flag in seen.flags]
    return f"staff were faster ({', '.join(taken)})" if taken else None


def _make_push(plan: Plan, effect: Effect, claim: Claim, hands: Hands) -> EffectWrite:
    push = next((push for push in plan.send if push.target == effect.target), None)
    target = hands.targets.get(effect.target)
    if push is None or target is None:
        raise Permanent(f"there is no target called '{effect.target}' any more")
    hands.log.write(claim, EffectWrite("push", effect.target, "intent"))
    hands.crash_point("push: intended, not yet sent")
    return EffectWrite("push", effect.target, "done", result=target.deliver(push))


def _make_flags(plan: Plan, effect: Effect, claim: Claim, hands: Hands) -> EffectWrite:
    # Adding a flag twice changes nothing: no intent is needed.
    seen = hands.mailbox.look(claim.ref)
    if seen is None:
        return EffectWrite("flag", effect.target, "skipped", result="the mail is gone")
    kept = hands.mailbox.add_flags(claim.ref, plan.flags)
    missing = [flag for flag in plan.flags if flag not in kept]
    return EffectWrite("flag", effect.target, "done", result=f"refused: {' '.join(missing)}" if missing else "")


def _make_move(effect: Effect, claim: Claim, hands: Hands, folder: str) -> EffectWrite:
    mailbox, done = hands.mailbox, EffectWrite
    fingerprint = claim.fingerprint or ""
    if effect.state == "intent" and effect.mark is not None:
        found = mailbox.find(claim.message_id, fingerprint, folder, effect.mark)
        if found is not None and _came_after(found, effect):
            mailbox.finish_move(claim.ref)
            return done("move", effect.target, "done", result=f"{found.folder} {found.uid}")
    if mailbox.look(claim.ref) is None:
        return done("move", effect.target, "other", result="staff moved or deleted the mail first")
    if folder == claim.ref.folder:
        return done("move", effect.target, "done", result="it stays where it is")
    if not mailbox.can_move():
        mailbox.add_flags(claim.ref, ("\\Flagged",))
        return done("move", effect.target, "skipped", result="the server cannot move; flagged instead")
    mark = mailbox.mark(folder)
    hands.log.write(claim, EffectWrite("move", effect.target, "intent", mark))
    hands.crash_point("move: intended, not yet moved")
    found = mailbox.move(claim.ref, folder)
    return done("move", effect.target, "done", result="" if found is None else f"{found.folder} {found.uid}")


def _came_after(found: Found, effect: Effect) -> bool:
    mark = effect.mark
    return mark is not None and found.uidvalidity == mark.uidvalidity and found.uid >= mark.uidnext


def fingerprint_of(raw: bytes) -> str:
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def position(ref: MailRef) -> str:
    """How a position is written in records and logs."""
    return f"{ref.account}/{ref.folder};UIDVALIDITY={ref.uidvalidity}/;UID={ref.uid}"
