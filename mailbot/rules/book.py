"""rules.yaml to a RuleBook: all problems at once, each with its line and what to write instead."""

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import urlsplit

import re2
import yaml
from pydantic import ValidationError

from mailbot.errors import Misconfigured
from mailbot.model import IntentMeaning, Taxonomy
from mailbot.rules.lines import Document, Path, load
from mailbot.rules.schema import (
    AttachmentsShape,
    BookShape,
    Caps,
    ChatShape,
    Condition,
    DirectoryShape,
    Limits,
    MailboxShape,
    Privacy,
    ReferencesShape,
    RuleShape,
    TargetShape,
    TranslatorShape,
    keys_at,
)

_MAX_PATTERN = 500
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_FLAG_NAMES = {"important": "\\Flagged"}
DOCUMENTS = (
    *("insurance_certificate", "tax_notice", "rent_receipt", "invoice", "quote", "caf_letter", "bank_details"),
    *("id_document", "payslip", "bailiff_letter", "work_report", "damage_photo", "appointment_notice"),
    *("water_damage_report", "energy_bill", "handwritten_style_letter", "other"),
)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """One valid rules.yaml."""

    version: str
    name: str
    mailboxes: Mapping[str, MailboxShape]
    staff_language: str
    languages: tuple[str, ...]
    human_folder: str
    min_confidence: float
    replies: str | None
    taxonomy: Taxonomy
    translator: TranslatorShape | None
    directory: DirectoryShape | None
    llm: ChatShape | None
    """None unless `engines: {intent: llm}` asks for it."""
    references: ReferencesShape
    privacy: Privacy
    limits: Limits
    attachments: AttachmentsShape
    caps: Caps
    targets: Mapping[str, TargetShape]
    rules: tuple[RuleShape, ...]
    rule_lines: tuple[int, ...]


def default_taxonomy() -> Taxonomy:
    """The packaged one."""
    text = files("mailbot.rules").joinpath("taxonomy.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    return Taxonomy(
        tuple(IntentMeaning(name, said["label"], said["means"]) for name, said in document["intents"].items()),
        dict(document["urgency"]),
    )


def parse_rules(text: str, name: str = "rules.yaml", replies: Iterable[str] = ()) -> RuleBook:
    """Raises Misconfigured(problems).  `replies` are the names of the templates that exist; empty: not checked."""
    document = load(text, name)
    problems = list(document.problems)
    shape = _shape(document, problems)
    if shape is not None:
        _check(shape, document, tuple(replies), problems)
    if problems or shape is None:
        raise Misconfigured(*(f"{name}:{line}: {what}" for line, what in sorted(set(problems))))
    taxonomy = default_taxonomy()
    if shape.intents is not None:
        meanings = (IntentMeaning(intent, said.label, said.means) for intent, said in shape.intents.items())
        taxonomy = Taxonomy(tuple(meanings), taxonomy.urgency)
    return RuleBook(
        version="sha256:" + hashlib.sha256(text.encode()).hexdigest(),
        name=name,
        mailboxes=shape.mailboxes,
        staff_language=shape.staff_language,
        languages=shape.languages,
        human_folder=shape.human_folder,
        min_confidence=shape.min_confidence,
        replies=shape.replies,
        taxonomy=taxonomy,
        translator=shape.translator,
        directory=shape.directory,
        llm=shape.llm if shape.engines.intent == "llm" else None,
        references=shape.references,
        privacy=shape.privacy,
        limits=shape.limits,
        attachments=shape.attachments,
        caps=shape.caps,
        targets=shape.targets,
        rules=shape.rules,
        rule_lines=tuple(document.line(("rules", number)) for number in range(len(shape.rules))),
    )


def flag_on_the_wire(word: str) -> str:
    """`important` is the mail client's star; any other word becomes a keyword: `urgent` -> `$Urgent`."""
    if word in _FLAG_NAMES:
        return _FLAG_NAMES[word]
    return word if word.startswith(("\\", "$")) else "$" + word[:1].upper() + word[1:]


def _shape(document: Document, problems: list[tuple[int, str]]) -> BookShape | None:
    if not isinstance(document.value, dict):
        problems.append((1, "there is nothing here; start with `mailboxes:` and `rules:`"))
        return None
    try:
        return BookShape.model_validate(document.value)
    except ValidationError as error:
        for found in error.errors():
            path = _written(found["loc"], document)
            problems.append((document.line(path), _sentence(found, path)))
        return None


def _written(location: tuple[int | str, ...], document: Document) -> Path:
    """Pydantic's location without the steps that are not in the file (names of union branches)."""
    path: Path = ()
    for step in location:
        if (*path, step) in document.lines:
            path = (*path, step)
    last = location[-1] if location else ""
    return path if path and path[-1] == last else (*path, last)


def _sentence(found: Mapping[str, object], path: Path) -> str:  # noqa: PLR0911 - one sentence per kind of mistake
    key, value = str(path[-1]) if path else "", found.get("input")
    match found["type"]:
        case "extra_forbidden":
            return f"unknown key '{key}'{_meant(key, keys_at(path[:-1]))}"
        case "missing":
            return f"`{key}:` is missing here; add it"
        case "value_error":
            return f"`{_label(path)}`: {str(found['msg']).removeprefix('Value error, ')}"
        case "literal_error":
            expected = str(dict(found.get("ctx") or {}).get("expected", ""))  # type: ignore[call-overload]
            return f"'{value}' is not possible for `{_label(path)}`; write {expected}"
        case "model_type" | "model_attributes_type" if key in {"password", "secret", "key", "database"}:
            return f"a secret is never written here; write `{key}: {{secret: a-name}}` and set MAILBOT_SECRET_A_NAME"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"`{_label(path)}` must hold keys of its own (indented below it)"
        case "tuple_type" | "list_type":
            return f"`{_label(path)}` must be a list (lines that begin with `- `)"
        case "too_short":
            return f"`{_label(path)}` must not be empty"
        case "int_parsing" | "float_parsing" | "int_from_float":
            return f"'{value}' is not a number; `{_label(path)}` needs one"
        case "bool_parsing" | "bool_type":
            return f"'{value}' is neither true nor false (`{_label(path)}`)"
        case _:
            return f"`{_label(path)}`: {str(found['msg'])[:1].lower()}{str(found['msg'])[1:]} (found: {_short(value)})"


def _label(path: Path) -> str:
    names = [str(step) for step in path if isinstance(step, str)]
    return names[-1] if names else "this"


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _meant(word: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known are {', '.join(known)}" if len(known) <= 40 else ""


def _check(shape: BookShape, document: Document, replies: tuple[str, ...], problems: list[tuple[int, str]]) -> None:
    """What the shape alone cannot tell: names that must exist, rules that can never fit."""
    intents = tuple(shape.intents) if shape.intents else tuple(i.id for i in default_taxonomy().intents)
    _check_mailboxes(shape, document, problems)
    _check_chat(shape, document, problems)
    _check_directory(shape, document, problems)
    _check_references(shape, document, problems)
    _check_folder(shape.human_folder, document.line(("human_folder",)), problems)
    seen: dict[str, int] = {}
    for number, rule in enumerate(shape.rules):
        at: Path = ("rules", number)
        line = document.line((*at, "name"))
        if rule.name in seen:
            problems.append((line, f"a rule called '{rule.name}' stands at line {seen[rule.name]} already; rename one"))
        seen[rule.name] = line
        _check_folder(rule.then.file, document.line((*at, "then", "file")), problems)
        then = document.line((*at, "then"))
        if rule.then.reply is not None and replies and rule.then.reply not in replies:
            problems.append((then, f"there is no reply called '{rule.then.reply}'{_meant(rule.then.reply, replies)}"))
        targets = list(shape.targets) or ["none; add it under `targets:`"]
        problems += [
            (then, f"there is no target called '{target}'{_meant(target, targets)}")
            for target in rule.then.send
            if target not in shape.targets
        ]
        for word in rule.then.flag:
            flag = flag_on_the_wire(word).lstrip("\\$")
            if not (flag.isascii() and flag.replace("-", "").replace("_", "").isalnum()):
                problems.append((then, f"'{word}' cannot be a flag; use letters without accents, such as urgent"))
        if rule.when is not None:
            _check_condition(rule.when, (*at, "when"), document, intents, problems)
        elif number + 1 < len(shape.rules):
            problems.append((line, f"the rules after '{rule.name}' can never fit: it is `always`; move it to the end"))
    if shape.rules[-1].when is not None:
        last = document.line(("rules", len(shape.rules) - 1))
        problems.append((last, "the last rule must fit every mail; add one with `when: always`"))


def _check_references(shape: BookShape, document: Document, problems: list[tuple[int, str]]) -> None:
    for key in ("tenant_ref", "lease_ref"):
        for number, pattern in enumerate(getattr(shape.references, key) or ()):
            if (fault := _pattern_fault(pattern)) is not None:
                line = document.line(("references", key, number))
                problems.append((line, f"{_short(pattern)} is not a pattern ({fault})"))


def _check_mailboxes(shape: BookShape, document: Document, problems: list[tuple[int, str]]) -> None:
    for name, mailbox in shape.mailboxes.items():
        if mailbox.tls == "off" and mailbox.host not in _LOOPBACK:
            line = document.line(("mailboxes", name, "tls"))
            problems.append((line, "`tls: off` would send the password in clear; remove it or write `tls: starttls`"))
        for folder in (*mailbox.watch, *filter(None, (mailbox.drafts,))):
            _check_folder(folder, document.line(("mailboxes", name)), problems)


def _check_chat(shape: BookShape, document: Document, problems: list[tuple[int, str]]) -> None:
    if shape.llm is None:
        if shape.engines.intent == "llm":
            line = document.line(("engines", "intent"))
            problems.append((line, "`intent: llm` needs an `llm:` section with url, model, contract and mailboxes"))
        return
    at = document.line(("llm", "url"))
    if shape.llm.url.startswith("http://") and urlsplit(shape.llm.url).hostname not in _LOOPBACK:
        problems.append((at, "plain http is for this very machine only; write https://"))
    line = document.line(("llm", "mailboxes"))
    problems += [
        (line, f"there is no mailbox called '{name}'{_meant(name, list(shape.mailboxes))}")
        for name in shape.llm.mailboxes
        if name not in shape.mailboxes
    ]


def _check_directory(shape: BookShape, document: Document, problems: list[tuple[int, str]]) -> None:
    directory = shape.directory
    if directory is None:
        return
    by_file, by_query = directory.csv is not None, directory.sql is not None and directory.database is not None
    either = directory.sql is not None or directory.database is not None
    if by_file == either or by_query != either:
        what = "write `csv: tenants.csv`, or `sql: SELECT …` with `database: {secret: a-name}`, and not both"
        problems.append((document.line(("directory",)), f"`directory`: {what}"))


def _check_folder(folder: str, line: int, problems: list[tuple[int, str]]) -> None:
    if (
        not folder.isprintable()
        or folder != folder.strip()
        or folder.startswith("/")
        or folder.endswith("/")
        or "//" in folder
    ):
        problems.append((line, f"{_short(folder)} cannot be a folder name; write it like Technique/Chauffage"))


def _check_condition(
    condition: Condition, path: Path, document: Document, intents: tuple[str, ...], problems: list[tuple[int, str]]
) -> None:
    line = document.line(path)
    if not condition.model_fields_set:
        problems.append((line, "this condition is empty; write `always` if every mail is meant"))
    for key in ("intent", "also"):
        for intent in getattr(condition, key) or ():
            group = intent.endswith(".*") and any(known.startswith(intent[:-1]) for known in intents)
            if intent not in intents and not group:
                problems.append(
                    (document.line((*path, key)), f"there is no intent '{intent}'{_meant(intent, intents)}")
                )
    problems += [
        (document.line((*path, "document")), f"there is no document kind '{kind}'{_meant(kind, DOCUMENTS)}")
        for kind in condition.document or ()
        if kind not in DOCUMENTS
    ]
    for field, pattern in (condition.matches or {}).items():
        if (fault := _pattern_fault(pattern)) is not None:
            problems.append((document.line((*path, "matches", field)), f"{_short(pattern)} is not a pattern ({fault})"))
    for key in ("any", "all", "none"):
        for number, inner in enumerate(getattr(condition, key) or ()):
            _check_condition(inner, (*path, key, number), document, intents, problems)


def compiled(pattern: str) -> re2._Regexp:
    """Linear in the text whatever the pattern is; raises re2.error.  Quiet: the library would log the pattern."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options=options)


def _pattern_fault(pattern: str) -> str | None:
    if len(pattern) > _MAX_PATTERN:
        return f"longer than {_MAX_PATTERN} characters"
    try:
        compiled(pattern)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return None
