"""A case that is done, without the mail that it would take."""

import json
from datetime import UTC, datetime, timedelta

from mailbot.ledger import Ledger
from mailbot.ledger.values import Decided, Sweep
from mailbot.ports import Effect, EffectWrite, Mark, NewMail

HEATING = "repair.heating"
RECORD = json.dumps({"language": {"code": "tr"}, "subject": "sujet", "text": {"fresh": "words"}})
FIRST = Mark(7, 10)


def poll(ledger: Ledger) -> int:
    fence = ledger.intake.lease("accueil", "poller", 60)
    assert fence is not None
    ledger.intake.succeeded("accueil")
    return fence


def file(
    ledger: Ledger,
    number: int,
    folder: str,
    result: str,
    *,
    state: str = "done",
    has_text: bool = False,
    size: int = 1000,
    fingerprint: str = "",
    message_id: str | None = "",
    mark: Mark = FIRST,
) -> None:
    """One mail from the inbox to its folder, as the daemon writes it down; `mark` is the folder's before."""
    fence = poll(ledger)
    message_id = f"<{number}@example.org>" if message_id == "" else message_id
    mail = NewMail(number, size, datetime.now(UTC) + timedelta(seconds=5), message_id, heavy=False)
    sweep = Sweep("accueil", "INBOX", 3, number + 1, (mail,))
    if ledger.intake.folder("accueil", "INBOX") is None:
        ledger.intake.start(sweep, fence, include_existing=True, size_limit=10**6)
    else:
        ledger.intake.register(sweep, fence, size_limit=10**6)
    claim = ledger.cases.claim(number, "understand", "w", 60)
    assert claim is not None
    move = Effect("move", folder, "key", "planned")
    ids = (fingerprint or f"sha256:{number}", message_id, RECORD)
    ledger.cases.store(claim, Decided(*ids, None, (move,), HEATING, 0.9, "normal", "r", "v", "s", "t"))
    claim = ledger.cases.claim(number, "act", "w", 60)
    assert claim is not None
    ledger.cases.write(claim, EffectWrite("move", folder, "intent", mark))
    change = EffectWrite("move", folder, state, result=result)  # type: ignore[arg-type]
    ledger.cases.finish(claim, change, record=RECORD, has_text=has_text)
