"""A signed webhook (Standard Webhooks): same id on every retry, no redirects, one address checked and connected to."""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from mailbot.errors import Permanent, Transient
from mailbot.model import Push

_CONNECT_SECONDS = 10.0
_MOST_ANSWER = 64_000
_LATER = {408, 425, 429}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """ports.Target.  The secret is asked for at each delivery, so that it can be rotated."""

    name: str
    url: str
    secret: Callable[[], str] = field(repr=False)

    def deliver(self, push: Push) -> str:
        """The remote id of a 2xx answer.  Raises Transient or Permanent."""
        body = json.dumps(push.payload, ensure_ascii=False, sort_keys=True).encode()
        stamp = str(int(time.time()))
        signed = f"{push.key}.{stamp}.".encode() + body
        signature = base64.b64encode(hmac.new(self.secret().encode(), signed, hashlib.sha256).digest()).decode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Mailbot",
            "Idempotency-Key": push.key,
            "webhook-id": push.key,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature}",
        }
        try:
            status, answer, wait = self._post(body, headers)
        except ssl.SSLError as error:
            raise Transient(f"target {self.name}: no certificate that can be trusted ({error.reason})") from None
        except (OSError, http.client.HTTPException) as error:
            raise Transient(f"target {self.name}: does not answer ({type(error).__name__})") from None
        if 200 <= status < 300 or status == 409:
            return _remote_id(answer)
        if status in _LATER or status >= 500:
            raise Transient(f"target {self.name}: answered HTTP {status}", wait=wait)
        raise Permanent(f"target {self.name}: refused with HTTP {status}")

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, float | None]:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        if not secure and host not in _LOOPBACK:
            raise Permanent(f"target {self.name}: plain http is for this very machine only; write https://")
        port = parts.port or (443 if secure else 80)
        connection = http.client.HTTPConnection(host, port, timeout=_CONNECT_SECONDS)
        # Resolved once, checked, and connected to: the name cannot point elsewhere a moment later.
        sock = socket.create_connection((_address(self.name, host, port), port), timeout=_CONNECT_SECONDS)
        try:
            connection.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host) if secure else sock
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            said = answer.headers.get("Retry-After", "")
            return answer.status, answer.read(_MOST_ANSWER), float(said) if said.isdecimal() else None
        finally:
            connection.close()
            sock.close()


def _address(name: str, host: str, port: int) -> str:
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for text in sorted(found):
        address = ipaddress.ip_address(text.split("%")[0])
        odd = address.is_link_local or address.is_multicast or address.is_unspecified
        if odd or (address.is_loopback and host not in _LOOPBACK):
            raise Permanent(f"target {name}: {host} leads to {address}, where no webhook may be")
    return min(found)


def _remote_id(answer: bytes) -> str:
    try:
        said = json.loads(answer)
    except ValueError:
        return ""
    value = said.get("id", "") if isinstance(said, dict) else ""
    return "".join(char for char in str(value) if char.isprintable())[:100]
