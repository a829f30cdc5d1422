"""The daemon itself as its users start it: separate processes, settings by environment."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.ledger import open_ledger
from tests.servers.dovecot import PASSWORD
from tests.servers.process import start, stop
from tests.servers.webhook import SECRET

ROOT = Path(__file__).parent.parent.parent

RULES = """\
mailboxes:
  accueil:
    host: 127.0.0.1
    port: {port}
    tls: "off"
    user: {user}
    addresses: [contact@toit.example]
    password: {{secret: accueil}}
    signature: Le service locataires
human_folder: À qualifier
rules:
  - name: Automatiques
    when: {{automatic: true}}
    then: {{file: Automatiques}}
  - name: Danger immédiat
    when: {{urgency: critical}}
    then: {{file: Urgences, flag: [important, urgent], reply: danger{send}}}
  - name: Le reste
    when: always
    then: {{file: Traités/Été, flag: [vu], reply: acknowledge{send}}}
{targets}
"""
TARGETS = """\
targets:
  erp: {{webhook: "{url}", secret: {{secret: erp}}, payload: work-order}}
"""


@dataclass
class Installation:
    """One installation's files and environment."""

    folder: Path
    port: int
    user: str
    database_url: str
    broker_url: str | None = None
    webhook_url: str | None = None
    include_existing: bool = True
    extra: dict[str, str] = field(default_factory=dict)
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write_rules()

    @property
    def rules(self) -> Path:
        return self.folder / "rules.yaml"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def write_rules(self, text: str | None = None) -> None:
        targets = TARGETS.format(url=self.webhook_url) if self.webhook_url else ""
        send = ", send: [erp]" if self.webhook_url else ""
        made = RULES.format(port=self.port, user=self.user, send=send, targets=targets)
        self.rules.write_text(made if text is None else text)

    def environment(self, **more: str) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("MAILBOT_", "PYTEST_"))}
        env |= {
            "MAILBOT_RULES": str(self.rules),
            "MAILBOT_STATE": str(self.folder / "state"),
            "MAILBOT_DATABASE_URL": self.database_url,
            "MAILBOT_SECRET_ACCUEIL": PASSWORD,
            "MAILBOT_SECRET_ERP": SECRET,
            "MAILBOT_SECRET_KEY": "0123456789abcdef0123456789abcdef",
            "MAILBOT_SWEEP_SECONDS": "0.3",
            "MAILBOT_LEASE_SECONDS": "3",
            "MAILBOT_SETTLE_SECONDS": "0.5",
            "MAILBOT_BACKOFF_SECONDS": "0.3,0.6",
            "PYTHONPATH": str(ROOT),
        }
        if self.broker_url is not None:
            env["MAILBOT_BROKER_URL"] = self.broker_url
        return env | self.extra | more

    def start(self, **more: str) -> list[subprocess.Popen[bytes]]:
        """Everything that this installation consists of: one process, or a poller and a worker."""
        python = [sys.executable, "-m"]
        env = self.environment(**more)
        existing = ["--include-existing"] if self.include_existing else []
        if self.broker_url is None:
            commands = [[*python, "mailbot", "run", *existing]]
        else:
            worker = [
                "worker",
                "-Q",
                "light,heavy,act",
                "-c",
                "1",
                "--without-gossip",
                "--without-mingle",
                "-l",
                "ERROR",
            ]
            commands = [[*python, "mailbot", "poll", *existing], [*python, "celery", "-A", "workers", *worker]]
        started = [start(command, self.log, drop=False, env=env) for command in commands]
        self._running += started
        return started

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        for process in self._running:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(how)
        for process in self._running:
            stop(process, signal.SIGKILL if how == signal.SIGKILL else signal.SIGTERM, seconds=30)
        self._running.clear()

    def command(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mailbot", *arguments],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def settled(self, mails: int) -> bool:
        """All `mails` are registered and nothing is owed."""
        ledger = open_ledger(self.database_url)
        try:
            with ledger.engine.begin() as connection:
                states = [row[0] for row in connection.exec_driver_sql('SELECT state FROM "case"')]
            return len(states) >= mails and not {"new", "decided"} & set(states)
        finally:
            ledger.close()

    def wait(self, mails: int, seconds: float = 60) -> None:
        self.until(lambda: self.settled(mails), seconds)

    def until(self, true: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"not settled; the log ends with:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)


@contextlib.contextmanager
def installation(folder: Path, **facts: object) -> Iterator[Installation]:
    made = Installation(folder, **facts)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.stop(signal.SIGKILL)
