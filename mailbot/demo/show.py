"""Puts the samples into a throw-away mailbox, runs the real daemon on it, and shows what became of each mail."""

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from mailbot.errors import Misconfigured
from mailbot.ledger import Ledger, open_ledger

_USER = "contact@toit-et-vallee.example"
_START_SECONDS = 30.0
_RUN_SECONDS = 300.0
_WIDEST = 160


@dataclass(frozen=True, slots=True)
class _Place:
    """One demo's folder and how to reach its mailbox."""

    folder: Path
    port: int
    password: str

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder}/state/ledger.db"

    @property
    def log(self) -> Path:
        return self.folder / "mailbot.log"


def run_demo(*, keep: bool) -> int:
    """0 when every sample was handled.  Leaves records and log in ./.demo; nothing else, whatever happens."""
    place = _Place(_fresh_folder(), _free_port(), secrets.token_hex(6))
    # Ctrl-C, a closed terminal and a kill all clean up.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with _process(_server_command(place), place) as server:
        _wait_until_listening(place, server)
        names = _fill(place)
        _write_rules(place)
        _say(f"{len(names)} sample mails are in the INBOX of a throw-away mail server; Mailbot starts on them.")
        with _process([sys.executable, "-m", "mailbot", "run", "--include-existing"], place) as daemon:
            done = _watch(place, daemon, len(names))
        _show(place, names)
        if not done:
            _say(f"Not everything was handled in {_RUN_SECONDS:.0f} s; the log is {place.log}")
            return 1
        if keep:
            _keep(place, server)
        else:
            _say("To look at the mailbox with a mail client:  make demo KEEP=1   (leaves the server up)")
    return 0


def _show(place: _Place, names: dict[str, str]) -> None:
    ledger = open_ledger(place.database)
    try:
        records = [json.loads(record) for _, record in ledger.cases.records()]
    finally:
        ledger.close()
    drafts = _drafts(place)
    records.sort(key=lambda record: names.get(record["fingerprint"], ""))
    rows = [_row(record, names, drafts) for record in records]
    _table(("mail", "lang", "intent", "urgency", "rule", "folder", "draft", "why"), rows)
    target = place.folder / "records"
    target.mkdir(exist_ok=True)
    for record in records:
        path = target / f"{names.get(record['fingerprint'], record['fingerprint'][7:19])}.json"
        path.write_text(json.dumps(record, ensure_ascii=False, indent=2), encoding="utf-8")
    _say(f"{len(rows)} mails handled, {len(drafts)} drafts wait for a human. Decision records: {target}/*.json")
    _say(f"Why one mail went where it did:  .venv/bin/mailbot explain mailbot/samples/{min(names.values())}.eml")


def _row(record: dict[str, Any], names: dict[str, str], drafts: set[str]) -> tuple[str, ...]:
    draft = record["plan"]["draft"]
    waits = draft is not None and draft["message_id"] in drafts
    return (
        names.get(record["fingerprint"], "?"),
        record["language"]["code"],
        record["intent"] + ("?" if record["abstained"] else ""),
        record["urgency"],
        ", ".join(record["rules"]["hits"]),
        record["plan"]["folder"],
        draft["language"] if waits else "-",
        _why(record),
    )


def _why(record: dict[str, Any]) -> str:
    if record["automatic"] is not None:
        reasons = [str(reason["because"]) for reason in record["why"] if reason["step"] == "automatic"]
        return reasons[0] if reasons else str(record["automatic"])
    said = []
    if record["urgency"] in {"critical", "high"}:
        said.append(record["urgency_why"])
    if record["abstained"]:
        said.append(f"not sure enough ({record['confidence']:.0%})")
    said += [defect["what"] for defect in record["defects"]]
    said += [f"{check['name']}: {check['why']}" for part in record["attachments"] for check in part["checks"][:1]]
    spans = [reason["span"] for reason in record["why"] if reason["step"] == "intent" and reason["span"]]
    if spans:
        start, end = spans[0]
        said.append("« " + " ".join(record["text"]["fresh"][start:end].split()) + " »")
    return "; ".join(said)


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Fits the terminal: the folder, the rule and the reason give way first."""
    width = min(_WIDEST, shutil.get_terminal_size((120, 25)).columns)
    natural = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    caps = [22, 8, 24, 8, 22, 28, 5, 400]
    sizes = [min(size, cap) for size, cap in zip(natural, caps, strict=True)]
    for column, least in ((7, 12), (4, 8), (5, 12), (0, 12), (2, 14)):
        over = sum(sizes) + 2 * (len(sizes) - 1) - width
        if over > 0:
            sizes[column] = max(least, sizes[column] - over)
    for row in (titles, tuple("─" * size for size in sizes), *rows):
        line = "  ".join(_fit(cell, size) for cell, size in zip(row, sizes, strict=True))
        sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.write("\n")


def _fit(text: str, size: int) -> str:
    return text.ljust(size) if len(text) <= size else text[: size - 1] + "…"


def _watch(place: _Place, daemon: subprocess.Popen[bytes], count: int) -> bool:
    """Progress until every mail is done; False when time is up.  Raises Misconfigured when the daemon ends."""
    until = time.monotonic() + _RUN_SECONDS
    ledger: Ledger | None = None
    shown = -1
    try:
        while time.monotonic() < until:
            if daemon.poll() is not None:
                raise Misconfigured(*_last_words(place))
            if ledger is None and (place.folder / "state" / "ledger.db").exists():
                ledger = open_ledger(place.database)
            done = 0 if ledger is None else len(ledger.cases.records())
            if done != shown:
                shown = done
                _progress(done, count)
            if done >= count:
                return True
            time.sleep(0.2)
    finally:
        sys.stdout.write("\n")
        if ledger is not None:
            ledger.close()
    return False


def _last_words(place: _Place) -> tuple[str, ...]:
    lines = [line for line in place.log.read_text(errors="replace").splitlines() if line.startswith("mailbot: ")]
    return tuple(line.removeprefix("mailbot: ") for line in lines) or (f"the daemon ended; the log is {place.log}",)


def _progress(done: int, count: int) -> None:
    bar = "█" * (30 * done // count) + "░" * (30 - 30 * done // count)
    end = "\r" if sys.stdout.isatty() else "\n"
    sys.stdout.write(f"  {bar} {done}/{count} mails{end}")
    sys.stdout.flush()


def _keep(place: _Place, server: subprocess.Popen[bytes]) -> None:
    _say("The mail server stays up until you press Ctrl-C. In a mail client:")
    _say(f"  IMAP server 127.0.0.1   port {place.port}   no encryption   user {_USER}   password {place.password}")
    with contextlib.suppress(KeyboardInterrupt):
        while server.poll() is None:
            time.sleep(0.5)
    _say("Stopped.")


def _fill(place: _Place) -> dict[str, str]:
    """Fingerprint to name of each sample put into the INBOX."""
    names: dict[str, str] = {}
    with _client(place) as client:
        client.create_folder("Drafts")
        for sample in sorted(files("mailbot.samples").iterdir(), key=lambda file: file.name):
            if sample.name.endswith(".eml"):
                raw = re.sub(rb"\r?\n", b"\r\n", sample.read_bytes())
                client.append("INBOX", raw)
                names["sha256:" + hashlib.sha256(raw).hexdigest()] = sample.name.removesuffix(".eml")
    return names


def _drafts(place: _Place) -> set[str]:
    """Message-IDs of the drafts that really stand in the mailbox."""
    with _client(place) as client:
        client.select_folder("Drafts", readonly=True)
        uids = client.search(["ALL"])
        answer = client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]) if uids else {}
    found = (data[b"BODY[HEADER.FIELDS (MESSAGE-ID)]"].partition(b":")[2] for data in answer.values())
    return {value.strip().decode("ascii", "replace") for value in found}


@contextlib.contextmanager
def _client(place: _Place) -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", place.port, ssl=False, timeout=20) as client:
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(_USER, place.password)
        yield client


def _write_rules(place: _Place) -> None:
    """The landlord's own rules with this server in place of his."""
    text = _rules_text()
    start, end = text.index("mailboxes:"), text.index("staff_language:")
    mailbox = (
        f'mailboxes:\n  demo:\n    host: 127.0.0.1\n    port: {place.port}\n    tls: "off"\n    user: {_USER}\n'
        "    password: {secret: demo}\n    signature: Le service locataires\n    drafts: Drafts\n\n"
    )
    # Texts are kept, so that the records can be shown; a real installation keeps none.
    text = (text[:start] + mailbox + text[end:]).replace("keep_text_days: 0 ", "keep_text_days: 7 ")
    (place.folder / "rules.yaml").write_text(text, encoding="utf-8")


def _rules_text() -> str:
    for path in (Path("rules.yaml"), Path(__file__).parent.parent.parent / "rules.yaml"):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise Misconfigured("rules.yaml: not found; run the demo in the project's folder")


def _fresh_folder() -> Path:
    """./.demo of the project, or a temporary folder where that cannot be written."""
    folder = Path(".demo").resolve()
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    return folder


def _server_command(place: _Place) -> list[str]:
    return [sys.executable, "-m", "mailbot.demo.server", str(place.port), _USER, place.password]


@contextlib.contextmanager
def _process(command: list[str], place: _Place) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the demo's own, ended with everything it started."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
    environment |= {
        "MAILBOT_RULES": str(place.folder / "rules.yaml"),
        "MAILBOT_STATE": str(place.folder / "state"),
        "MAILBOT_SECRET_DEMO": place.password,
        "MAILBOT_SWEEP_SECONDS": "1",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    with place.log.open("ab") as log:
        started = subprocess.Popen(  # noqa: S603 - this very interpreter
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
        )
    try:
        yield started
    finally:
        for number, patience in ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(started.pid, number)
                started.wait(patience)


def _wait_until_listening(place: _Place, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", place.port), timeout=1):
            return
        time.sleep(0.05)
    raise Misconfigured(f"the demo's mail server did not start; its words are in {place.log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
