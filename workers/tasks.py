"""Two tasks, ids in, nothing out; and a probe that shows a worker consumes."""

import os
import threading
from dataclasses import dataclass

from celery.signals import worker_process_init, worker_process_shutdown
from kombu.exceptions import KombuError, OperationalError

from mailbot import settings
from mailbot.daemon import events, steps
from mailbot.errors import Transient
from mailbot.wire import Shop
from workers.app import app


@dataclass(frozen=True, slots=True)
class Celeries:
    """ports.Doorbell: a Celery message that holds the case's id and nothing else."""

    def ring(self, case_id: int, queue: str) -> None:
        """Raises Transient when the broker is away."""
        task = act if queue == "act" else understand
        try:
            task.apply_async((case_id,), queue=queue, retry=False)
        except (KombuError, OperationalError, OSError) as error:
            raise Transient(f"the broker does not answer ({type(error).__name__})") from error


@dataclass(slots=True)
class _Workshop:
    """The desk of one process; made after the fork: no connection, child or thread is shared with the parent."""

    pid: int = 0
    shop: Shop | None = None
    desk: steps.Desk | None = None


_WORKSHOP = _Workshop()
_LOCK = threading.Lock()


def _desk() -> steps.Desk:
    with _LOCK:
        if _WORKSHOP.desk is None or _WORKSHOP.pid != os.getpid():
            loaded = settings.load()
            events.configure(loaded.log_level)
            _WORKSHOP.shop = Shop(loaded)
            _WORKSHOP.desk = _WORKSHOP.shop.desk(Celeries())
            _WORKSHOP.pid = os.getpid()
            _WORKSHOP.shop.warm()
            _WORKSHOP.shop.tell_model()
        return _WORKSHOP.desk


def borrow(shop: Shop) -> None:
    """In the embedded daemon poller and workers are one process: they share one shop."""
    with _LOCK:
        _WORKSHOP.shop, _WORKSHOP.desk, _WORKSHOP.pid = shop, shop.desk(Celeries()), os.getpid()


@worker_process_init.connect
def _open(**_event: object) -> None:
    _desk()


@worker_process_shutdown.connect
def _close(**_event: object) -> None:
    if _WORKSHOP.shop is not None and _WORKSHOP.pid == os.getpid():
        _WORKSHOP.shop.close()


@app.task(name="mailbot.understand")
def understand(case_id: int) -> None:
    """Read the mail and freeze what is owed."""
    steps.understand(int(case_id), _desk())


@app.task(name="mailbot.act")
def act(case_id: int) -> None:
    """Make the frozen plan true."""
    steps.make_true(int(case_id), _desk())
