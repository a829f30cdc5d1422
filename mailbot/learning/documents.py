"""How well documents are told apart, and their facts read, against labelled ones."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any, Final

from mailbot.model import Part, Reading, TextSource
from mailbot.understanding.documents import understand_part
from mailbot.understanding.documents.page import fold
from mailbot.understanding.documents.values import days_in, quarter_in, times_in

_NOBODY: Final = Reading("sha256:0", 0)
_DAY: Final = date(2026, 1, 1)
"""Facts do not depend on the day; checks do, and are not scored."""


@dataclass(frozen=True, slots=True)
class FactScore:
    right: int = 0
    said: int = 0
    """How many values were given, right or wrong."""
    wanted: int = 0

    @property
    def precision(self) -> float | None:
        """None when nothing was said."""
        return self.right / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """None when nothing was wanted."""
        return self.right / self.wanted if self.wanted else None

    def __add__(self, other: "FactScore") -> "FactScore":
        return FactScore(self.right + other.right, self.said + other.said, self.wanted + other.wanted)


@dataclass(frozen=True, slots=True)
class DocumentScore:
    documents: int
    right_kind: int
    facts: Mapping[str, FactScore] = field(default_factory=dict)
    """By "kind.fact", of the kind that was wanted."""
    confusions: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(wanted, said) where they differ, to how often."""

    @property
    def kind_accuracy(self) -> float | None:
        return self.right_kind / self.documents if self.documents else None

    @property
    def all_facts(self) -> FactScore:
        return sum(self.facts.values(), FactScore())


def held_out_documents() -> tuple[Mapping[str, Any], ...]:
    """The packaged ones that nobody looked at while the rules were written."""
    text = files("mailbot.corpus").joinpath("documents", "heldout.jsonl").read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines())


def score_documents(rows: Iterable[Mapping[str, Any]]) -> DocumentScore:
    """Rows of {"text", "source", "kind", "facts"}; see `_same` for when two values are one."""
    right, said, wanted, kinds = (Counter[str]() for _ in range(4))
    confusions: Counter[tuple[str, str]] = Counter()
    for row in rows:
        source: TextSource = "ocr" if row.get("source") == "ocr" else "pdf"
        part = Part("document", "image/png" if source == "ocr" else "application/pdf", 0, "", source, 1, row["text"])
        made = understand_part(part, _NOBODY, _DAY, None)
        kind = str(row["kind"])
        kinds["all"] += 1
        kinds["right"] += made.kind == kind
        if made.kind != kind:
            confusions[kind, str(made.kind)] += 1
        facts = row.get("facts") or {}
        for name in facts.keys() | made.facts.keys():
            key = f"{kind}.{name}"
            wanted[key] += name in facts
            said[key] += name in made.facts
            right[key] += name in facts and name in made.facts and _same(name, str(facts[name]), made.facts[name])
    scores = {key: FactScore(right[key], said[key], wanted[key]) for key in sorted(wanted | said)}
    return DocumentScore(kinds["all"], kinds["right"], scores, dict(confusions))


def _same(name: str, one: str, other: str) -> bool:
    """Capitals, accents, spaces and punctuation are not what is measured; a period or a slot is the same whatever its
    wording: "du 14/01/2026 au 13/03/2026" is 2026-01-14/2026-03-13, "8h00-12h00" is 08:00-12:00.
    """
    if name == "period":
        return _period(one) == _period(other)
    if name == "time":
        return [found for _, _, found in times_in(one)] == [found for _, _, found in times_in(other)]
    return _folded(one) == _folded(other)


def _period(text: str) -> str:
    days = [day.isoformat() for _, _, day in days_in(text)]
    return "/".join(days) if days else quarter_in(text) or text


def _folded(text: str) -> str:
    return re.sub(r"[^\w+]|_", "", fold(text))
