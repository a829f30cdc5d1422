"""What `mailbot learn` says of one run: as a page for a person, as JSON, and as the counts that stay with the model."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailbot.engines.installed import InUse
from mailbot.learning.corrections import STAFF, Heard
from mailbot.learning.relearn import Material
from mailbot.learning.steps import STEPS
from mailbot.learning.verdict import Figures


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run found and did."""

    model: str
    step: str
    """How much of it was taken (steps.STEPS)."""
    refused: tuple[str, ...]
    """In what the new model is worse than the one in use."""
    urgency_kept: tuple[str, ...]
    """In what the new model of urgency was worse; it is then not used."""
    urgency_trained: bool
    used: Material
    heard: Heard
    before: Figures
    after: Figures
    shown: int
    """Corrections of which it was looked at whether they come out right."""
    right: tuple[int, int]
    """How many did, before and after."""
    in_use: InUse
    """What was in use before."""
    installed: bool = False
    seconds: float = 0.0

    @property
    def corrections(self) -> int:
        """Of the new mails."""
        return sum(mail.hand == STAFF for mail in self.used.new)

    @property
    def examples(self) -> int:
        """Of the new mails."""
        return len(self.used.new) - self.corrections


def counts_of(outcome: Outcome) -> Mapping[str, Any]:
    """What stays beside the model: numbers and intents, nothing of any mail."""
    return {
        "corpus": len(outcome.used.packaged),
        "examples": outcome.examples,
        "corrections": outcome.corrections,
        "by_intent": dict(outcome.used.by_intent),
    }


def as_record(outcome: Outcome) -> dict[str, Any]:
    used, heard = outcome.used, outcome.heard
    return {
        "model": outcome.model,
        "installed": outcome.installed,
        "refused": list(outcome.refused),
        "step": outcome.step,
        "trained_on": counts_of(outcome),
        "not_trained_on": {
            "held_back": used.held_back,
            "near_duplicates": used.left_out,
            "gone": heard.gone,
            "outdated": heard.outdated,
            "problems": list(heard.problems),
        },
        "held_out": {"before": _figures(outcome.before), "after": _figures(outcome.after)},
        "corrections_right": {"of": outcome.shown, "before": outcome.right[0], "after": outcome.right[1]},
        "urgency": {"trained": outcome.urgency_trained, "kept": list(outcome.urgency_kept)},
        "seconds": round(outcome.seconds, 1),
    }


def _figures(one: Figures) -> dict[str, Any]:
    return {
        "mails": one.mails,
        "intent": round(one.intent, 4),
        "by_language": {
            language: {"mails": count, "intent": round(share, 4)}
            for language, (count, share) in one.by_language.items()
        },
        "urgencies": one.urgencies,
        "urgency": round(one.urgency, 4),
        "critical_recall": round(one.critical_recall, 4),
    }


def as_page(outcome: Outcome, *, dry_run: bool) -> str:
    used, heard, before, after = outcome.used, outcome.heard, outcome.before, outcome.after
    what = f"{outcome.examples} examples, {outcome.corrections} mails that staff filed ({heard.otherwise} otherwise)"
    lines = [f"trained on {len(used.packaged)} mails of the corpus, {what}"]
    if used.by_intent:
        lines.append("  " + ", ".join(f"{intent} {count}" for intent, count in used.by_intent.items()))
    lines += [f"  {line}" for line in (*_not_used(used, heard), *_forgotten(outcome))]
    lines += [
        f"on {before.mails} mails that nothing was trained on, right intents:",
        f"  {'':10}{'mails':>6}{'in use':>9}{'new':>9}",
        _row("all", before.mails, before.intent, after.intent),
    ]
    lines += [
        _row(language or "?", count, share, after.by_language[language][1])
        for language, (count, share) in before.by_language.items()
    ]
    if before.urgencies:
        lines.append(f"right urgencies: in use {before.urgency:.1%}, new {after.urgency:.1%}")
        lines.append(f"critical mails found: in use {before.critical_recall:.1%}, new {after.critical_recall:.1%}")
    if outcome.urgency_kept:
        lines.append(f"the model of urgency stays as it is: a new one is worse ({'; '.join(outcome.urgency_kept)})")
    if outcome.shown:
        was, now = outcome.right
        lines.append(f"of {outcome.shown} mails that staff filed, in use {was} right, new {now} (trained on them)")
    if outcome.step != STEPS[0].name:
        lines.append(f"of what was learned only a part is taken ({outcome.step}): all of it makes other mails worse")
    lines.append(_end(outcome, dry_run=dry_run))
    return "\n".join(lines)


def _row(name: str, mails: int, before: float, after: float) -> str:
    return f"  {name:10}{mails:6}{before:9.1%}{after:9.1%}"


def _not_used(used: Material, heard: Heard) -> list[str]:
    lines = []
    if used.held_back:
        lines.append(
            f"{used.held_back} examples are held back to measure on, always the same fifth: no packaged mail is"
        )
    if used.left_out:
        lines.append(f"{used.left_out} are left out: nearly the same as a mail that is measured on")
    if heard.gone:
        lines.append(f"{heard.gone} mails that staff filed are no longer where they put them, and not in the ledger")
    if heard.outdated:
        lines.append(f"{heard.outdated} mails that staff filed had an intent that rules.yaml does not name any more")
    return [*lines, *(f"not read again: {problem}" for problem in heard.problems)]


def _forgotten(outcome: Outcome) -> list[str]:
    """Every model is learned from the beginning: examples that are not given again are not in it."""
    learned = outcome.in_use.learned
    had = learned.made_from.get("examples", 0) if learned is not None else 0
    if had and not outcome.examples:
        return [f"the model in use knew {had} examples; none were given this time: --examples FILE"]
    return []


def _end(outcome: Outcome, *, dry_run: bool) -> str:
    if outcome.refused:
        return f"not installed: the new model is worse than the one in use ({'; '.join(outcome.refused)})"
    if dry_run:
        return "not installed: --dry-run; it is no worse than the one in use"
    return f"installed: {outcome.model}; it is used from the next start on; back: mailbot learn --undo"


def nothing_to_learn(heard: Heard, *, as_json: bool) -> str:
    lines = [
        "nothing to learn yet: staff moved no mail into another intent's folder, and no examples were given",
        *_not_used(Material((), (), (), 0, 0), heard),
    ]
    if not as_json:
        return "\n  ".join(lines)
    return json.dumps({"model": None, "installed": False, "refused": [], "problems": list(heard.problems)})
