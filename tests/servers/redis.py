"""A real Redis with an append-only file."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.servers.process import free_port, private_folder, program, start, stop, wait_for_port


@dataclass
class Redis:
    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        log = self.folder / "log"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        command = [program("redis-server"), *options, "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
        self._process = start(command, log)
        wait_for_port(self.port, self._process, log)

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def flush(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()


@contextlib.contextmanager
def redis_server() -> Iterator[Redis]:
    with private_folder("mbrd") as folder:
        server = Redis(folder, free_port())
        server.start()
        try:
            yield server
        finally:
            server.stop()
