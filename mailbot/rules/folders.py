"""What a folder says of the mails that people put into it: the intents whose rules file there.  Pure."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

from mailbot.rules.book import RuleBook
from mailbot.rules.schema import Condition

_BY_CONTENT: Final = frozenset({"document", "checks", "sender", "to", "subject", "text", "attachment", "matches"})
"""Conditions that pick some of an intent's mails by what they hold: they take nothing from what a folder says."""
_WHOSE: Final = frozenset({"intent", "account"})

Named = frozenset[str] | None
"""Intents; empty: none is named, but the mails are picked by what they hold; None: mails of any intent may fit."""


def intents_by_folder(book: RuleBook, account: str) -> Mapping[str, frozenset[str]]:
    """Folder to the intents whose mails of this account are filed there, as far as the rules name them.

    A folder with one intent says what its mails are; one with several says it of none.  Left out are folders that say
    nothing: the human folder, the watched ones, and those into which a rule files mails of any intent (`always`, an
    urgency).  An intent that an earlier rule takes whole (`when: {intent: repair.heating}`) is not counted for a later
    one (`when: {intent: "repair.*"}`).
    """
    known = tuple(intent.id for intent in book.taxonomy.intents)
    silent = {book.human_folder, *(folder for folder in book.mailboxes[account].watch)}
    meant: dict[str, frozenset[str]] = {}
    taken: frozenset[str] = frozenset()
    for rule in book.rules:
        when = rule.when
        if when is not None and when.account is not None and account not in when.account:
            continue
        named = None if when is None else _named(when, known)
        if when is None or named is None:
            silent.add(rule.then.file)
            continue
        meant[rule.then.file] = meant.get(rule.then.file, frozenset()) | (named - taken)
        if when.model_fields_set <= _WHOSE:
            taken |= named
    return {
        folder: intents
        for folder, intents in meant.items()
        if intents and folder not in silent and folder.upper() != "INBOX"
    }


def _named(condition: Condition, known: tuple[str, ...]) -> Named:
    parts = [] if condition.intent is None else [_fitting(condition.intent, known)]
    if condition.any is not None:
        branches = [_named(inner, known) for inner in condition.any]
        if all(branch is not None for branch in branches):
            parts.append(frozenset().union(*(branch for branch in branches if branch is not None)))
    parts += [part for inner in condition.all or () if (part := _named(inner, known)) is not None]
    named = [part for part in parts if part]
    if not named:
        return frozenset() if parts or condition.model_fields_set & _BY_CONTENT else None
    found = frozenset.intersection(*named)
    for inner in condition.none or ():
        if inner.intent is not None and inner.model_fields_set == {"intent"}:
            found -= _fitting(inner.intent, known)
    return found


def _fitting(wanted: tuple[str, ...], known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(intent for intent in known if any(fnmatchcase(intent, glob) for glob in wanted))
