"""Whether a new model may take the place of the one in use: both are measured on the same mails."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mailbot.engines.embedding import Embedding
from mailbot.learning.held_out import Answer, score
from mailbot.learning.vectors import Floats


class Remembering(Embedding):
    """Embeds each text once, for two models that are measured on the same mails.  Keeps nothing on disk."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Floats | None] = {}

    def vector(self, text: str) -> Floats | None:
        if text not in self._known:
            self._known[text] = super().vector(text)
        return self._known[text]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one model on the measured mails.  Shares are 0 to 1."""

    mails: int
    intent: float
    by_language: Mapping[str, tuple[int, float]]
    """Language to number of mails and share of right intents."""
    urgencies: int
    """Mails that say how urgent they are."""
    urgency: float
    critical_recall: float
    """Of the critical mails, those that are found."""


def figures(answers: Sequence[Answer], intents: Collection[str]) -> Figures:
    """Intents are measured on the mails whose intent there is; urgencies on all that say theirs."""
    some = [one for one in answers if one.mail.intent in intents]
    languages = Counter(one.mail.language for one in some)
    whole = score(answers)
    return Figures(
        mails=len(some),
        intent=score(some).intent,
        by_language={
            language: (count, score([one for one in some if one.mail.language == language]).intent)
            for language, count in sorted(languages.items(), key=lambda entry: (-entry[1], entry[0]))
        },
        urgencies=sum(one.mail.urgency is not None for one in answers),
        urgency=whole.urgency_right,
        critical_recall=whole.urgency["critical"].recall,
    )


def worse(new: Figures, old: Figures) -> tuple[str, ...]:
    """In what the new model is worse than the one in use, with both figures; empty: it may take its place."""
    compared = (
        ("right intents", new.intent, old.intent),
        ("critical mails found", new.critical_recall, old.critical_recall),
    )
    return tuple(f"{what} {ours:.1%}, in use {theirs:.1%}" for what, ours, theirs in compared if ours < theirs)


def worse_urgency(new: Figures, old: Figures) -> tuple[str, ...]:
    """The same for the model of urgency alone."""
    compared = (
        ("right urgencies", new.urgency, old.urgency),
        ("critical mails found", new.critical_recall, old.critical_recall),
    )
    return tuple(f"{what} {ours:.1%}, before {theirs:.1%}" for what, ours, theirs in compared if ours < theirs)
