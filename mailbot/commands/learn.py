"""`mailbot learn`: the models trained anew with what this installation knows, taken up only if they are no worse."""

import dataclasses
import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from mailbot import settings
from mailbot.commands.evaluate import understood_with
from mailbot.commands.explain import example_rules
from mailbot.commands.learned import Outcome, as_page, as_record, counts_of, nothing_to_learn
from mailbot.engines.installed import InUse
from mailbot.engines.intent import MODEL_FILE as INTENT_FILE
from mailbot.engines.intent import IntentModel, load_weights
from mailbot.engines.urgency import MODEL_FILE as URGENCY_FILE
from mailbot.engines.urgency import UrgencyModel, load_urgency
from mailbot.errors import Misconfigured
from mailbot.imap import Login
from mailbot.learning.corrections import STAFF, Heard, MailboxWords, hear
from mailbot.learning.held_out import answers
from mailbot.learning.install import install, undo
from mailbot.learning.labelled import Labelled, read_labelled
from mailbot.learning.relearn import Material, learn, material
from mailbot.learning.steps import STEPS, taken
from mailbot.learning.verdict import Figures, Remembering, figures, worse, worse_urgency
from mailbot.model import Account
from mailbot.wire import Shop, account_of, login_of

_CORPUS_LANGUAGE: Final = "fr"
_MOST_SHOWN: Final = 300
"""Corrections of which it is told whether they come out right now."""
_NOTHING: Final = Heard((), 0, 0, 0)


def run_learn(*, rules: Path | None, examples: Sequence[Path], dry_run: bool, as_json: bool) -> int:
    """0: a model was installed, or would be, or there is nothing to learn; 1: it is worse than the one in use.

    Raises Misconfigured for examples that cannot be used, before anything is trained.
    """
    started = time.perf_counter()
    shop = Shop(settings.load(rules=rules or example_rules()), need_secrets=False)
    try:
        intents = frozenset(intent.id for intent in shop.book().taxonomy.intents)
        given = [mail for path in examples for mail in read_labelled(path, intents)]
        heard = _heard(shop, intents)
        if not given and not heard.mails and shop.models().in_use.learned is None:
            print(nothing_to_learn(heard, as_json=as_json))
            return 0
        some = material(intents, given, heard.mails)
        print(f"learning from {len(some.packaged) + len(some.new)} mails; this takes minutes", file=sys.stderr)
        files, outcome = _outcome(shop, some, heard)
        if not outcome.refused and not dry_run:
            install(shop.settings.state, files, intents, counts_of(outcome), datetime.now(UTC))
            outcome = dataclasses.replace(outcome, installed=True)
        outcome = dataclasses.replace(outcome, seconds=time.perf_counter() - started)
        print(json.dumps(as_record(outcome)) if as_json else as_page(outcome, dry_run=dry_run))
    finally:
        shop.close()
    return 1 if outcome.refused else 0


def run_undo(*, rules: Path | None, as_json: bool) -> int:
    """Bring the model before the one in use back.  Raises Misconfigured when there is none."""
    loaded = settings.load(rules=rules or example_rules())
    undo(loaded.state)
    models = Shop(loaded, need_secrets=False).models()
    print(json.dumps({"model": models.name}) if as_json else f"back in use at the next start: {models.name}")
    return 0


def _heard(shop: Shop, intents: frozenset[str]) -> Heard:
    """What staff corrected; nothing where there is no ledger yet."""
    url = make_url(shop.settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return _NOTHING
    corrections = shop.ledger.feedback.corrections()
    if not corrections:
        return _NOTHING
    book = shop.book()
    reader = shop.text_reader()
    words = MailboxWords(partial(_login, shop), reader, book.languages, book.limits.message_bytes)
    try:
        return hear(corrections, intents, words)
    finally:
        words.close()
        reader.close()


def _login(shop: Shop, name: str) -> tuple[Login, Account]:
    book = shop.book()
    if name not in book.mailboxes:
        raise Misconfigured(f"there is no mailbox '{name}' in {book.name} any more")
    shop.settings.secret(book.mailboxes[name].password.secret)
    return login_of(book, name, shop.settings), account_of(book, name)


def _outcome(shop: Shop, some: Material, heard: Heard) -> tuple[Mapping[str, bytes], Outcome]:
    """Train, and compare with what is in use; the files that may be installed."""
    book, in_use = shop.book(), shop.models().in_use
    language = _CORPUS_LANGUAGE if some.packaged else next(iter(book.mailboxes.values())).language
    learned, embedding = learn(some, language), Remembering()
    old = in_use.intent(embedding)
    before = _figures(shop, some, old, in_use.urgency(embedding))
    # Urgencies that are not given again are forgotten, as everything is.
    kept_urgency = in_use if URGENCY_FILE in learned else InUse()
    tried: list[_Try] = []
    for step in STEPS:
        content = taken(learned[INTENT_FILE], step)
        if content is not None:
            model = IntentModel(load_weights(content), embedding)
            tried.append(_Try(step.name, content, model, _figures(shop, some, model, kept_urgency.urgency(embedding))))
            if not worse(tried[-1].figures, before):
                break
    best = tried[-1] if not worse(tried[-1].figures, before) else tried[0]
    files, after = {INTENT_FILE: best.content}, best.figures
    worse_urgencies: tuple[str, ...] = ()
    if URGENCY_FILE in learned:
        told = _figures(shop, some, best.model, UrgencyModel(load_urgency(learned[URGENCY_FILE]), embedding))
        worse_urgencies = worse_urgency(told, after)
        content = kept_urgency.content(URGENCY_FILE) if worse_urgencies else learned[URGENCY_FILE]
        files |= {} if content is None else {URGENCY_FILE: content}
        after = after if worse_urgencies else told
    corrected = [mail for mail in some.new if mail.hand == STAFF][-_MOST_SHOWN:]
    return files, Outcome(
        model=best.model.name,
        step=best.step,
        refused=worse(after, before),
        urgency_kept=worse_urgencies,
        urgency_trained=URGENCY_FILE in learned,
        used=some,
        heard=heard,
        before=before,
        after=after,
        shown=len(corrected),
        right=(_right(old, corrected), _right(best.model, corrected)),
        in_use=in_use,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Try:
    step: str
    content: bytes
    model: IntentModel
    figures: Figures


def _figures(shop: Shop, some: Material, intent: IntentModel, urgency: UrgencyModel) -> Figures:
    """By what the workers run behind the reader; no mail is shown to anybody outside."""
    engines = dataclasses.replace(
        shop.tools().engines, translator=None, second=None, directory=None, intent=intent, urgency=urgency
    )
    intents = {one.id for one in shop.book().taxonomy.intents}
    return figures(answers(some.measured, understood_with(shop, engines)), intents)


def _right(model: IntentModel, mails: Sequence[Labelled]) -> int:
    return sum(model.classify(mail.subject, mail.text, mail.language).ranking[0][0] == mail.intent for mail in mails)
