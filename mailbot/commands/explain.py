"""`mailbot explain`: the decision record of mails in files.  Changes nothing, needs no server and no network."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from mailbot import settings
from mailbot.commands.page import page
from mailbot.commands.sources import Source, mails
from mailbot.model import Account, Decision
from mailbot.pipeline import Tools, decide, fingerprint_of, shunted
from mailbot.record import as_json
from mailbot.wire import Shop, account_of


def explain(paths: Sequence[str], *, rules: Path | None, as_lines: bool) -> int:
    """0 as long as each mail got its object."""
    shop = Shop(settings.load(rules=rules or example_rules()), need_secrets=False)
    try:
        tools = shop.tools()
        book = shop.book()
        account = account_of(book, next(iter(book.mailboxes)))
        for source in mails(paths):
            decision = _decided(source, account, tools)
            sys.stdout.write((as_json(decision) if as_lines else page(decision)) + "\n")
            sys.stdout.flush()
    finally:
        shop.reader.close()
    return 0


def example_rules() -> Path | None:
    """Outside the project's folder, and with no rule book named: the project's own example."""
    example = Path(__file__).parent.parent.parent / "rules.yaml"
    named = "MAILBOT_RULES" in os.environ or Path("rules.yaml").exists()
    return None if named or not example.exists() else example


def _decided(source: Source, account: Account, tools: Tools) -> Decision:
    if source.raw is None:
        return shunted(fingerprint_of(b""), 0, source.name, tools, source.fault)
    return decide(source.raw, source.name, account, tools, datetime.now(UTC))
