"""Which rule fits a case.  Pure, total, deterministic."""

import unicodedata
from collections.abc import Callable
from fnmatch import fnmatchcase

from mailbot.model import Case, Verdict
from mailbot.rules.book import RuleBook, compiled, flag_on_the_wire
from mailbot.rules.schema import Condition, RuleShape


def judge(book: RuleBook, case: Case) -> Verdict:
    """The first rule that fits wins; those before it are the misses."""
    misses: list[str] = []
    for rule in book.rules:
        if fits(rule, case):
            return Verdict(
                folder=rule.then.file,
                flags=tuple(dict.fromkeys(flag_on_the_wire(word) for word in rule.then.flag)),
                reply=rule.then.reply,
                send=rule.then.send,
                hits=(rule.name,),
                misses=tuple(misses),
            )
        misses.append(rule.name)
    # A valid book ends with `always`; a book made by hand may not.
    return Verdict(folder=book.human_folder, misses=tuple(misses))


def try_examples(book: RuleBook, understood: Callable[[str], Case]) -> tuple[str, ...]:
    """One line for each rule that misses its own example, or takes one it must not."""
    problems = []
    for rule, line in zip(book.rules, book.rule_lines, strict=True):
        for text in rule.examples:
            verdict = judge(book, understood(text))
            if rule.name not in verdict.hits:
                taken = verdict.hits[0] if verdict.hits else "no rule"
                problems.append(
                    f"{book.name}:{line}: the rule '{rule.name}' misses its example '{text[:60]}' "
                    f"(taken by '{taken}'); change the rule, its place or the example"
                )
        for text in rule.against:
            if rule.name in judge(book, understood(text)).hits:
                problems.append(  # noqa: PERF401 - as its twin above
                    f"{book.name}:{line}: the rule '{rule.name}' takes '{text[:60]}', which its `not:` forbids; "
                    "change the rule or the text"
                )
    return tuple(problems)


def fits(rule: RuleShape, case: Case) -> bool:
    return rule.when is None or _holds(rule.when, case)


def _holds(condition: Condition, case: Case) -> bool:
    return all(_TESTS[key](getattr(condition, key), case) for key in _TESTS if getattr(condition, key) is not None)


def _intent(wanted: tuple[str, ...], case: Case) -> bool:
    # An engine that is not sure has not said what the mail is: only a human, or another condition, may file it.
    return not case.understanding.abstained and any(fnmatchcase(case.understanding.intent, glob) for glob in wanted)


def _also(wanted: tuple[str, ...], case: Case) -> bool:
    return any(fnmatchcase(intent, glob) for intent in case.understanding.also for glob in wanted)


def _automatic(wanted: bool | str, case: Case) -> bool:  # noqa: FBT001 - the file's own word
    kind = case.reading.automatic
    return (kind is not None) == wanted if isinstance(wanted, bool) else kind == wanted


def _checks(wanted: str, case: Case) -> bool:
    results = [check.ok for document in case.understanding.documents for check in document.checks]
    if any(result is False for result in results):
        return wanted == "failed"
    if any(result is True for result in results):
        return wanted == "ok"
    return wanted == "unknown"


def _sender(wanted: tuple[str, ...], case: Case) -> bool:
    said = [case.reading.sender, case.reading.original_sender]
    texts = [f"{person.name} <{person.address}>" for person in said if person is not None]
    return any(_contains(text, wanted) for text in texts)


def _to(wanted: tuple[str, ...], case: Case) -> bool:
    return any(_contains(person.address, wanted) for person in (*case.reading.to, *case.reading.cc))


def _attachment(wanted: tuple[str, ...], case: Case) -> bool:
    names = [part.filename.casefold() for part in case.reading.attachments if not part.decorative]
    return any(glob == "any" or fnmatchcase(name, glob.casefold()) for name in names for glob in wanted)


def _language(wanted: tuple[str, ...], case: Case) -> bool:
    return case.understanding.language.code in wanted


def _matches(wanted: dict[str, str], case: Case) -> bool:
    sender = case.reading.sender
    texts = {
        "subject": case.reading.subject,
        "text": case.reading.text.fresh,
        "from": "" if sender is None else f"{sender.name} <{sender.address}>",
    }
    return all(compiled(pattern).search(texts[field]) is not None for field, pattern in wanted.items())


def _contains(text: str, wanted: tuple[str, ...]) -> bool:
    folded = _fold(text)
    return any(_fold(word) in folded for word in wanted)


def _fold(text: str) -> str:
    """Small letters without accents: people write both ways."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char)).replace("’", "'")


_TESTS: dict[str, Callable[..., bool]] = {
    "intent": _intent,
    "also": _also,
    "urgency": lambda wanted, case: case.understanding.urgency in wanted,
    "automatic": _automatic,
    "answerable": lambda wanted, case: case.understanding.answerable == wanted,
    "document": lambda wanted, case: any(document.kind in wanted for document in case.understanding.documents),
    "checks": _checks,
    "language": _language,
    "sender": _sender,
    "to": _to,
    "subject": lambda wanted, case: _contains(case.reading.subject, wanted),
    "text": lambda wanted, case: _contains(case.reading.text.fresh, wanted),
    "attachment": _attachment,
    "mark": lambda wanted, case: any(mark in wanted for mark in case.reading.marks),
    "account": lambda wanted, case: case.account in wanted,
    "confidence": lambda wanted, case: case.understanding.confidence >= wanted,
    "defect": lambda wanted, case: bool(case.reading.defects) == wanted,
    "matches": _matches,
    "any": lambda wanted, case: any(_holds(inner, case) for inner in wanted),
    "all": lambda wanted, case: all(_holds(inner, case) for inner in wanted),
    "none": lambda wanted, case: not any(_holds(inner, case) for inner in wanted),
}
