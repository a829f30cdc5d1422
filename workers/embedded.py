"""Poller, reconciler and workers in one process: no broker, no other server."""

import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

from celery.contrib.testing.worker import start_worker

from mailbot.daemon import events
from mailbot.daemon.health import serve_health
from mailbot.daemon.poller import Poller
from mailbot.notify import Notifier
from mailbot.wire import Shop
from workers.app import app
from workers.tasks import Celeries, borrow

_POLLER_STOP_SECONDS = 20.0
_STALE_SWEEPS = 10


def run(shop: Shop, *, include_existing: bool) -> int:
    """Until SIGTERM or SIGINT; 0 after a clean stop."""
    shop.warm()
    shop.tell_model()
    borrow(shop)
    with _worker("light", "light,act"), _worker("heavy", "heavy"):
        return watch(shop, include_existing=include_existing)


def watch(shop: Shop, *, include_existing: bool) -> int:
    """The pollers and the reconciler alone (`mailbot poll`), until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    pollers = shop.pollers(Celeries(), include_existing=include_existing)
    reconciler = shop.reconciler(Celeries(), stop)
    threads = [threading.Thread(target=reconciler.run, name="reconciler", daemon=True)]
    threads += [threading.Thread(target=poller.run, name="poller", daemon=True) for poller in pollers]
    feedback = threading.Thread(target=shop.feedback(stop).run, name="feedback", daemon=True)
    health = _health(shop)
    for thread in (*threads, feedback):
        thread.start()
    events.started("mailbot", mailboxes=len(shop.book().mailboxes), rules=shop.book().version)
    notifier = Notifier(shop.settings.environment)
    notifier.ready()
    while not stop.wait(notifier.beat_seconds):
        if all(thread.is_alive() for thread in threads):
            notifier.alive()
    notifier.stopping()
    _stop(pollers, [*threads, feedback])
    if health is not None:
        health.shutdown()
        health.server_close()
    events.stopped("mailbot")
    return 0


def _health(shop: Shop) -> ThreadingHTTPServer | None:
    settings = shop.settings
    if settings.health_port is None:
        return None
    stale = _STALE_SWEEPS * settings.sweep_seconds + 60
    return serve_health(shop.ledger, tuple(shop.book().mailboxes), settings.health_port, stale)


def _stop(pollers: tuple[Poller, ...], threads: list[threading.Thread]) -> None:
    for poller in pollers:
        poller.stop()
    for thread in threads:
        thread.join(_POLLER_STOP_SECONDS)


@contextlib.contextmanager
def _worker(name: str, queues: str) -> Iterator[None]:
    """A Celery worker in a thread of this process, on the in-memory broker."""
    logging.getLogger("celery").setLevel(logging.ERROR)
    with start_worker(
        app,
        pool="solo",
        perform_ping_check=False,
        hostname=f"{name}@embedded",
        queues=queues,
        loglevel="ERROR",
        shutdown_timeout=60.0,
    ):
        yield
