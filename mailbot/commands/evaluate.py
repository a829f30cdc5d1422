"""`mailbot eval`: how well mails are understood, measured on mails that nothing was trained on."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mailbot import settings
from mailbot.commands.explain import example_rules
from mailbot.errors import Misconfigured
from mailbot.learning.benchmark import Benchmark, benchmark
from mailbot.learning.documents import DocumentScore, FactScore, held_out_documents, score_documents
from mailbot.learning.duplicates import NEAR, near_duplicates
from mailbot.learning.held_out import Answer, Score, answers, score
from mailbot.learning.labelled import corpus, read_labelled
from mailbot.learning.measure import Counted, confusion
from mailbot.learning.picture import confusion_picture
from mailbot.model import Reading, Understanding
from mailbot.pipeline import context_of
from mailbot.understanding import Engines, understand
from mailbot.wire import Shop


def evaluate(
    *, rules: Path | None, as_json: bool, train: Path | None, data: Path | None, report: Path | None = None
) -> int:
    """0 when it could be measured.  Raises Misconfigured for files that cannot be read."""
    if train is not None:
        if data is None:
            raise Misconfigured("--train goes with --data: name the file to score on, too")
        found = benchmark(read_labelled(train), read_labelled(data))
        print(json.dumps(dataclasses.asdict(found)) if as_json else _benchmark_page(found))
        return 0
    mails = corpus(held_out=True) if data is None else read_labelled(data)
    some = answers(mails, understander(rules))
    papers = score_documents(held_out_documents()) if data is None else None
    if report is not None:
        _write(report, some, papers)
    print(json.dumps(as_record(some, papers)) if as_json else page(some, papers))
    return 0


def _write(report: Path, some: Sequence[Answer], papers: DocumentScore | None) -> None:
    """The page, and the confusion matrix as a picture beside it.  Raises Misconfigured."""
    pairs = [(one.made.intent, str(one.mail.intent)) for one in some]
    labels = sorted({label for pair in pairs for label in pair})
    picture = report.with_suffix(".png")
    lines = [
        "# How well mails are understood",
        "",
        f"Written by `mailbot eval --report {report.name}`. The held-out mails were written by hands that wrote",
        "nothing else; nothing was trained on them. They are harder than an ordinary day's mail. Of a language",
        "with twenty mails, one mail is five points.",
        "",
        page(some, papers),
        "",
        f"![What was found (columns) for what careful people said (rows)]({picture.name})",
        "",
        _duplicates(),
        "",
    ]
    try:
        report.write_text("\n".join(lines), encoding="utf-8")
        picture.write_bytes(confusion_picture(confusion(pairs, labels), labels))
    except OSError as error:
        raise Misconfigured(f"{report}: {error.strerror or error}; name a file in a folder you may write") from error


def _duplicates() -> str:
    mails = (*corpus(), *corpus(held_out=True))
    found = near_duplicates([mail.text for mail in mails])
    return (
        f"The corpus holds {len(mails)} mails; {len(found)} pairs of them are near-duplicates (Jaccard similarity of "
        f"character 5-grams of {NEAR} and more; texts of a few words left aside)."
    )


def understander(rules: Path | None) -> Callable[[Reading], Understanding]:
    """What the workers run behind the reader."""
    shop = Shop(settings.load(rules=rules or example_rules()), need_secrets=False)
    shop.warm_engines()
    return understood_with(shop, shop.tools().engines)


def understood_with(shop: Shop, engines: Engines) -> Callable[[Reading], Understanding]:
    """As the first mailbox's mails are, but no mail is shown to a second engine for a measurement."""
    book = shop.book()
    name, mailbox = next(iter(book.mailboxes.items()))
    context = dataclasses.replace(context_of(book, name), second_opinion=False)
    return lambda reading: understand(reading, mailbox.language, engines, context)


def by_language(some: Sequence[Answer]) -> dict[str, Score]:
    """Everything under "all", then each language by its number of mails."""
    languages = sorted({one.mail.language for one in some}, key=lambda code: (-_spoken(some, code), code))
    return {
        "all": score(some),
        **{code: score([one for one in some if one.mail.language == code]) for code in languages},
    }


def _spoken(some: Sequence[Answer], code: str) -> int:
    return sum(one.mail.language == code for one in some)


def as_record(some: Sequence[Answer], papers: DocumentScore | None = None) -> dict[str, Any]:
    """JSON: {"all": {...}, "fr": {...}, "documents": {...}}; counts become precision, recall and f1."""

    def plain(value: Any) -> Any:  # noqa: ANN401 - a tree of dataclasses and numbers
        if isinstance(value, Counted):
            return {
                "precision": value.precision,
                "recall": value.recall,
                "f1": value.f1,
                "n": value.hits + value.missed,
            }
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        return round(value, 4) if isinstance(value, float) else value

    record: dict[str, Any] = {
        language: {field.name: plain(getattr(found, field.name)) for field in dataclasses.fields(found)}
        for language, found in by_language(some).items()
    }
    if papers is not None:
        facts = papers.all_facts
        record["documents"] = {
            "documents": papers.documents,
            "kind": papers.kind_accuracy,
            "facts": {"precision": facts.precision, "recall": facts.recall, "n": facts.wanted},
        }
    return record


def page(some: Sequence[Answer], papers: DocumentScore | None = None) -> str:
    """Tables as Markdown, which reads well in a terminal, too."""
    scores = by_language(some)
    lines = [
        f"{len(some)} mails that nothing was trained on",
        "",
        "| language | mails | intent | answered | right then | macro-F1 | also-F1 | ECE | language | ms per mail |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {s.mails} | {s.intent:.1%} | {s.answered:.1%} | {s.right_when_answered:.1%} | {s.macro_f1:.3f} | "
        f"{s.also.f1:.3f} | {s.calibration_error:.3f} | {s.language:.1%} | {s.milliseconds:.1f} |"
        for name, s in scores.items()
    ]
    whole = scores["all"]
    lines += ["", "| urgency | mails | precision | recall |", "|---|---|---|---|"]
    lines += [f"| {level} | {_number(c)} | {c.precision:.1%} | {c.recall:.1%} |" for level, c in whole.urgency.items()]
    lines += ["", f"urgency right: {whole.urgency_right:.1%}; answerable right: {whole.answerable:.1%}"]
    lines += ["", "| entity | there | precision | recall |", "|---|---|---|---|"]
    entities = {**whole.entities, "all": whole.all_entities}
    lines += [f"| {name} | {_number(c)} | {c.precision:.1%} | {c.recall:.1%} |" for name, c in entities.items()]
    return "\n".join([*lines, *([] if papers is None else _of_papers(papers))])


def _of_papers(papers: DocumentScore) -> list[str]:
    """Kinds, and facts by kind: of the kind that a careful person saw."""
    rows: dict[str, FactScore] = {}
    for name, counted in papers.facts.items():
        kind = name.split(".")[0]
        rows[kind] = rows.get(kind, FactScore()) + counted
    rows["all"] = papers.all_facts
    kind_right = f"{papers.right_kind} of {papers.documents} documents get the right kind"
    head = ["", kind_right, "", "| facts of | there | precision | recall |", "|---|---|---|---|"]
    return [
        *head,
        *(f"| {kind} | {f.wanted} | {_percent(f.precision)} | {_percent(f.recall)} |" for kind, f in rows.items()),
    ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _number(counted: Counted) -> int:
    return counted.hits + counted.missed


def _benchmark_page(found: Benchmark) -> str:
    return "\n".join(
        f"{field.name.replace('_', ' '):20} {_shown(getattr(found, field.name))}" for field in dataclasses.fields(found)
    )


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
