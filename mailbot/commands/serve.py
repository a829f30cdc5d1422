"""`mailbot run` and `mailbot poll`."""

import os
from pathlib import Path

from mailbot import settings
from mailbot.daemon import events
from mailbot.errors import Misconfigured
from mailbot.wire import Shop


def serve(*, rules: Path | None, include_existing: bool, embedded: bool) -> int:
    """Until stopped.  Raises Misconfigured before anything is touched."""
    loaded = settings.load(rules=rules)
    if embedded and loaded.broker_url is not None:
        raise Misconfigured("MAILBOT_BROKER_URL is set: start `mailbot poll` and Celery workers, or unset it")
    if not embedded and loaded.broker_url is None:
        raise Misconfigured("MAILBOT_BROKER_URL is not set: set it to redis://…, or start `mailbot run`")
    if rules is not None:
        # The workers of this process read their settings by themselves.
        os.environ["MAILBOT_RULES"] = str(rules)
    events.configure(loaded.log_level)
    shop = Shop(loaded)
    shop.load()
    shop.check_machine()
    _ = shop.ledger
    # Celery reads the environment when it is imported.
    from workers import embedded as workers  # noqa: PLC0415

    try:
        if embedded:
            return workers.run(shop, include_existing=include_existing)
        return workers.watch(shop, include_existing=include_existing)
    finally:
        shop.close()
