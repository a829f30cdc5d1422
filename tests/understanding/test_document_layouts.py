"""Papers as companies and administrations lay them out; layouts.txt: "=== name | kind | source", facts, ---, text."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from mailbot.learning.documents import score_documents
from mailbot.model import Part, Reading
from mailbot.understanding.documents import understand_part

ON = date(2026, 2, 10)


class Paper(NamedTuple):
    name: str
    kind: str
    source: str
    facts: dict[str, str]
    text: str


def papers() -> list[Paper]:
    every = []
    content = (Path(__file__).parent / "layouts.txt").read_text(encoding="utf-8")
    for block in re.split(r"(?m)^=== ", content)[1:]:
        head, _, rest = block.partition("\n")
        name, kind, source = (word.strip() for word in head.split("|"))
        facts, _, text = f"\n{rest}".partition("\n---\n")
        pairs = [line.split(": ", 1) for line in facts.strip().splitlines()]
        every.append(Paper(name, kind, source, dict(pairs), text))
    return every


PAPERS = papers()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_kind_and_facts_are_those_of_the_paper(paper: Paper) -> None:
    media = "image/png" if paper.source == "ocr" else "application/pdf"
    part = Part("a", media, 1, "00", paper.source, 1, paper.text)  # type: ignore[arg-type]

    made = understand_part(part, Reading("sha256:x", 1), ON, "fr")

    assert (made.kind, dict(made.facts)) == (paper.kind, paper.facts)


def _as_a_poor_eye(text: str) -> str:
    """Every fourth word loses its accents, reads o as 0 or l as 1: what OCR does to a bad scan."""
    words = re.split(r"(\s+)", text)
    for number in range(0, len(words), 8):
        word = words[number]
        if word.isalpha():
            words[number] = word.translate(str.maketrans("éèêàlo", "eeea10"))
    return "".join(words)


def test_bad_scans_lose_few_facts() -> None:
    rows = [
        {"text": _as_a_poor_eye(paper.text), "source": "ocr", "kind": paper.kind, "facts": paper.facts}
        for paper in PAPERS
        if paper.source == "pdf" and paper.kind != "other"
    ]

    score = score_documents(rows)

    assert (score.kind_accuracy or 0) >= 0.95
    assert (score.all_facts.precision or 0) >= 0.95
    assert (score.all_facts.recall or 0) >= 0.93
