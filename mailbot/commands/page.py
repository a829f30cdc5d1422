"""A decision as a page that a person reads."""

import textwrap

from mailbot.model import Because, Decision

_WIDTH = 100
_QUOTED = 80


def page(decision: Decision) -> str:
    """What the mail says, what it is, what would be done, and why."""
    reading, understood, plan = decision.reading, decision.understanding, decision.plan
    sender = "?" if reading.sender is None else f"{reading.sender.name} <{reading.sender.address}>".strip()
    sure = "not sure" if understood.abstained else f"{understood.confidence:.0%}"
    lines = [
        "─" * _WIDTH,
        f"{decision.source}",
        f"  From      {sender}",
        f"  Subject   {reading.subject or '(none)'}",
        f"  Intent    {understood.intent} ({sure})"
        + (f", also {', '.join(understood.also)}" if understood.also else ""),
        f"  Urgency   {understood.urgency}: {understood.urgency_why}",
        f"  Language  {understood.language.code} ({understood.language.confidence:.0%})",
    ]
    if understood.engines.get("intent"):
        lines.append(f"  Model     {understood.engines['intent']}")
    if reading.automatic is not None:
        lines.append(f"  Automatic {reading.automatic}")
    lines += [_block("Says", reading.text.fresh)] if reading.text.fresh else []
    for number, (part, document) in enumerate(zip(reading.attachments, understood.documents, strict=True), 1):
        facts = ", ".join(f"{name} {value}" for name, value in document.facts.items())
        kind = document.kind or "decoration"
        lines.append(
            f"  Part {number}    {part.filename or part.media_type}: {kind} ({part.text_source}) {facts}".rstrip()
        )
        lines += [
            f"            {'✓' if check.ok else '?' if check.ok is None else '✗'} {check.name}: {check.why}"
            for check in document.checks
        ]
    if understood.entities:
        said = "; ".join(
            f"{name} {value if isinstance(value, str) else ', '.join(value)}"
            for name, value in understood.entities.items()
        )
        lines.append(_block("Names", said))
    lines.append(f"  Rule      {', '.join(decision.verdict.hits) or '(none)'}")
    lines.append(f"  Folder    {plan.folder}" + (f"   flags {' '.join(plan.flags)}" if plan.flags else ""))
    lines += [f"  Send      {push.target}" for push in plan.send]
    if plan.draft is not None:
        lines.append(f"  Draft     to {plan.draft.to[0].address} in {plan.draft.language}")
        lines.append(_block("", plan.draft.text))
    else:
        lines.append("  Draft     none")
    lines += [_because(why, reading.text.fresh) for why in (*reading.why, *understood.why)]
    lines += [f"  Mark      {mark}" for mark in reading.marks]
    lines += [f"  Defect    {defect.where}: {defect.what}" for defect in decision.defects]
    return "\n".join(lines)


def _because(why: Because, fresh: str) -> str:
    """With the words that it rests on."""
    words = "" if why.span is None else " ".join(fresh[slice(*why.span)].split())
    return f"  Why       {why.step}: {why.because}" + (f": « {textwrap.shorten(words, _QUOTED)} »" if words else "")


def _block(label: str, text: str) -> str:
    wrapped = [piece for line in text.strip().split("\n") for piece in (textwrap.wrap(line, _WIDTH - 12) or [""])]
    head = f"  {label:<10}"
    return "\n".join((head if number == 0 else " " * 12) + line for number, line in enumerate(wrapped))
