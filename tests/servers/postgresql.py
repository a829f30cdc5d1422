"""A real PostgreSQL."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.servers.process import free_port, identity, private_folder, program, start, stop, wait_for_port


@dataclass(frozen=True)
class PostgreSql:
    port: int

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://mailbot@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new empty database; its URL."""
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=mailbot dbname=postgres", autocommit=True) as c:
            c.execute(f'CREATE DATABASE "{database}"'.encode())
        return self.url(database)


def _bin() -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))


@contextlib.contextmanager
def postgresql() -> Iterator[PostgreSql]:
    with private_folder("mbpg") as folder:
        who, port = identity(), free_port()
        initdb = [
            program("initdb", *_bin()),
            "-D",
            str(folder / "data"),
            "-U",
            "mailbot",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
        ]
        drop = {"user": who.uid, "group": who.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **drop)  # type: ignore[call-overload]
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": folder,
            "fsync": "off",
            "max_connections": 60,
            "shared_buffers": "16MB",
        }
        command = [program("postgres", *_bin()), "-D", str(folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = folder / "log"
        process = start(command, log)
        try:
            wait_for_port(port, process, log)
            _wait_until_ready(port)
            yield PostgreSql(port)
        finally:
            stop(process)


def _wait_until_ready(port: int) -> None:
    """It listens before it answers."""
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=mailbot dbname=postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
