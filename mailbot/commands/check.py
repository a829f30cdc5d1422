"""`mailbot check`: is everything right?  One line per problem, with what to do."""

from datetime import UTC, datetime
from pathlib import Path

from mailbot import settings
from mailbot.errors import Misconfigured, Transient
from mailbot.imap import probe
from mailbot.model import Case, Reading, Texts
from mailbot.pipeline import decide_read
from mailbot.rules import try_examples
from mailbot.sandbox import LAYERS
from mailbot.wire import Shop, account_of, login_of, secrets_missing


def check(*, rules: Path | None, offline: bool) -> int:
    """Raises Misconfigured with every problem found."""
    loaded = settings.load(rules=rules)
    shop = Shop(loaded, need_secrets=False)
    try:
        book = shop.book()
        print(f"{loaded.rules}: valid, {len(book.rules)} rules, {len(book.mailboxes)} mailboxes")
        problems = list(_examples(shop))
        tried = sum(len(rule.examples) + len(rule.against) for rule in book.rules)
        if tried and not problems:
            print(f"examples: all {tried} go where they should")
        warned = _model(shop)
        problems += _machine(shop)
        problems += _reading(shop)
        missing = secrets_missing(book, loaded)
        problems += missing
        if not offline and not missing:
            problems += _mailboxes(shop)
    finally:
        shop.reader.close()
    if problems:
        raise Misconfigured(*problems)
    print("everything else is right" if warned else "everything is right")
    return 0


def _model(shop: Shop) -> bool:
    """Which model is in use; True when something about it should be done, although mails are treated without it."""
    models = shop.models()
    print(f"model: {models.name}")
    for problem in models.problems:
        print(f"  ! {problem}")
    return bool(models.problems)


def _machine(shop: Shop) -> list[str]:
    problems: list[str] = []
    for test in (shop.check_machine, shop.check_ledger, shop.check_directory, shop.check_scanner):
        try:
            test()
        except Misconfigured as error:
            problems += error.problems
    return problems


def _reading(shop: Shop) -> list[str]:
    """What confines the process that reads hostile bytes, on this very machine (docs/sandbox.md)."""
    try:
        held = shop.reader.layers()
    except Transient as error:
        return [f"{error}; mails cannot be read here"]
    lacking = [layer for layer in LAYERS if layer not in held]
    print(f"reading is confined by: {', '.join(held)}" + (f" (not by: {', '.join(lacking)})" if lacking else ""))
    return []


def _examples(shop: Shop) -> tuple[str, ...]:
    tools, book = shop.tools(), shop.book()
    account = account_of(book, next(iter(book.mailboxes)))

    def understood(text: str) -> Case:
        reading = Reading("sha256:example", len(text), date=datetime.now(UTC), text=Texts(text))
        decision = decide_read(reading, "example", account, tools, datetime.now(UTC))
        return Case(account.name, reading, decision.understanding)

    return try_examples(book, understood)


def _mailboxes(shop: Shop) -> list[str]:
    problems: list[str] = []
    for name, mailbox in shop.book().mailboxes.items():
        found = probe(login_of(shop.book(), name, shop.settings), mailbox.watch)
        problems += found.problems
        if found.capabilities:
            print(f"mailbox {name}: logged in; drafts go to '{found.drafts or '?'}'")
            print(f"  folders: {', '.join(found.folders)}")
            print(f"  server can: {' '.join(found.capabilities)}")
    return problems
