"""What systemd wants to hear from a service of Type=notify (sd_notify(3)); silence where there is no systemd."""

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass

_DEFAULT_BEAT = 10.0


@dataclass(frozen=True, slots=True)
class Notifier:
    environment: Mapping[str, str]

    @property
    def beat_seconds(self) -> float:
        """Half of the time after which systemd would think us dead."""
        said = self.environment.get("WATCHDOG_USEC", "")
        return min(_DEFAULT_BEAT, int(said) / 2_000_000) if said.isdecimal() and int(said) else _DEFAULT_BEAT

    def ready(self) -> None:
        self._say("READY=1")

    def alive(self) -> None:
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, what: str) -> None:
        address = self.environment.get("NOTIFY_SOCKET")
        if not address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.connect("\0" + address[1:] if address.startswith("@") else address)
            sock.sendall(what.encode())
