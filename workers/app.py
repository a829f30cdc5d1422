"""Celery as a doorbell: the ledger is the truth, so the broker may lose, double or delay whatever it likes.

`celery -A workers worker -Q light,heavy,act` runs a worker; each setting has its measured reason in the comments.
"""

import os

# Before any library that starts threads: two OCR processes with OpenMP's default never finish a page.
for _name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# A warm stop would wait for ever for a stuck task; a cold one gives the task back.
os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")

from celery import Celery
from kombu.entity import Exchange, Queue

QUEUES = ("light", "heavy", "act")
MEMORY = "memory://"

app = Celery("mailbot", include=["workers.tasks"])
app.conf.update(
    broker_url=os.environ.get("MAILBOT_BROKER_URL") or MEMORY,
    # Each with an exchange of its own, or a message for one would reach all.
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
    task_default_queue="light",
    # No results: nothing grows, no secret or text lies in Redis.
    result_backend=None,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    # The message is acknowledged when it is taken. Acknowledged late, a Redis that restarts while a task runs makes the
    # acknowledgement fail, and kombu 5.7 never gives the credit back: the worker lives and consumes nothing for ever.
    # A doorbell that is lost instead is rung again by the reconciler.
    task_acks_late=False,
    # True would loop for ever on a mail that kills its worker: the ledger counts attempts instead.
    task_reject_on_worker_lost=False,
    task_acks_on_failure=True,
    task_acks_on_timeout=True,
    # With worker_disable_prefetch a process still takes one case at a time; the spare credit outlives a failed
    # acknowledgement.
    worker_prefetch_multiplier=4,
    # Leaks of the libraries end with their process.
    worker_max_tasks_per_child=100,
    worker_max_memory_per_child=400_000,
    # A new process loads its model before it says that it is up.
    worker_proc_alive_timeout=60.0,
    task_time_limit=300,
    task_soft_time_limit=240,
    worker_soft_shutdown_timeout=30,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_max_retries=None,
    broker_connection_retry_on_startup=True,
    # JSON only: a pickle in Redis would be code.
    task_serializer="json",
    result_serializer="json",
    event_serializer="json",
    accept_content=["json"],
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    # The log is ours: one JSON line per event, on standard error as it is.
    worker_redirect_stdouts=False,
    task_publish_retry=False,
)
if app.conf.broker_url == MEMORY:
    # The default of a second would be a second of latency for each step.
    app.conf.broker_transport_options = {"polling_interval": 0.01}
else:
    app.conf.worker_disable_prefetch = True
    app.conf.broker_transport_options = {
        # Longer than any task, or a running one would be given to a second worker.
        "visibility_timeout": 3600,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "retry_on_timeout": True,
        "global_keyprefix": "mailbot:",
    }
