"""`/health` and `/metrics` on the loopback interface: is it well, and how much is open.  No personal data in either."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailbot.errors import Misconfigured, Transient
from mailbot.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Gauges(Collector):
    """What `mailbot status` says, as numbers."""

    ledger: Ledger
    names: tuple[str, ...]

    def collect(self) -> Iterator[Metric]:
        now = self.ledger.overview.now()
        told = {
            "mailbot_open_cases": "Cases that are not done",
            "mailbot_parked_cases": "Cases that need a human",
            "mailbot_failures": "Failed polls in a row",
            "mailbot_success_age_seconds": "Since the last successful poll",
            "mailbot_oldest_open_seconds": "Age of the oldest open case",
        }
        gauges = {name: GaugeMetricFamily(name, text, labels=["mailbox"]) for name, text in told.items()}
        for health in self.ledger.overview.health(self.names):
            label = [health.account]
            gauges["mailbot_open_cases"].add_metric(label, health.open)
            gauges["mailbot_parked_cases"].add_metric(label, health.parked)
            gauges["mailbot_failures"].add_metric(label, health.failures)
            if health.last_success is not None:
                gauges["mailbot_success_age_seconds"].add_metric(label, now - health.last_success)
            oldest = 0.0 if health.oldest_open is None else now - health.oldest_open
            gauges["mailbot_oldest_open_seconds"].add_metric(label, oldest)
        yield from gauges.values()


def serve_health(ledger: Ledger, names: tuple[str, ...], port: int, stale_seconds: float) -> ThreadingHTTPServer:
    """Answer in a thread until shut down.  Raises Misconfigured when the port is in use."""
    registry = CollectorRegistry()
    registry.register(Gauges(ledger, names))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                if self.path == "/metrics":
                    self._answer(200, "text/plain; version=0.0.4", generate_latest(registry))
                elif self.path == "/health":
                    well, told = _health(ledger, names, stale_seconds)
                    self._answer(200 if well else 503, "application/json", json.dumps(told).encode())
                else:
                    self._answer(404, "text/plain", b"/health or /metrics\n")
            except Transient as error:
                self._answer(503, "text/plain", f"{error}\n".encode())

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Every scrape in the log would drown what matters."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise Misconfigured(
            f"MAILBOT_HEALTH_PORT: port {port} cannot be used ({error.strerror}); choose another or end what uses it"
        ) from error
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server


def _health(ledger: Ledger, names: tuple[str, ...], stale_seconds: float) -> tuple[bool, dict[str, object]]:
    now = ledger.overview.now()
    told: dict[str, object] = {}
    well = True
    for health in ledger.overview.health(names):
        age = None if health.last_success is None else now - health.last_success
        fine = health.paused is None and age is not None and age < stale_seconds
        well = well and fine
        told[health.account] = {"well": fine, "open": health.open, "parked": health.parked, "failures": health.failures}
    return well, told
