"""A downstream system that checks signatures, remembers keys and can be told to misbehave."""

import base64
import contextlib
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "webhook-secret"


@dataclass
class Downstream:
    port: int = 0
    accepted: dict[str, Any] = field(default_factory=dict)
    """Payload by idempotency key: what a ticket system would have created."""
    deliveries: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Statuses for the next requests; 200 when the list is empty."""
    forged: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/mailbot"


@contextlib.contextmanager
def downstream() -> Iterator[Downstream]:
    state = Downstream()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["webhook-id"]
            signed = f"{key}.{self.headers['webhook-timestamp']}.".encode() + body
            wanted = "v1," + base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
            status = state.answers.pop(0) if state.answers else 200
            state.deliveries.append(key)
            if not hmac.compare_digest(wanted, self.headers["webhook-signature"]):
                state.forged += 1
                status = 401
            elif status == 200:
                status = 409 if key in state.accepted else 200
                state.accepted.setdefault(key, json.loads(body))
            answer = json.dumps({"id": f"ticket-{len(state.accepted)}"}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Tests read `deliveries` instead."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
