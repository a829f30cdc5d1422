"""What an operator sets: environment variables and systemd credentials.  Admins edit rules.yaml instead."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.errors import Misconfigured

_PREFIX = "MAILBOT_"
_KNOWN = {
    "RULES",
    "STATE",
    "DATABASE_URL",
    "BROKER_URL",
    "HEALTH_PORT",
    "LOG_LEVEL",
    "SWEEP_SECONDS",
    "LEASE_SECONDS",
    "SETTLE_SECONDS",
    "BACKOFF_SECONDS",
    "CRASH_AT",
    "CRASH_LOG",
}
_VARIABLE = "MAILBOT_SECRET_"
_LAST_PORT = 65535
_MINIMUM_KEY_BYTES = 16
_NOBODYS_KEY = b"no effect is ever made under this key"


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that never shows itself."""

    value: str = field(repr=False)

    def __repr__(self) -> str:
        return "********"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Settings:
    rules: Path
    state: Path
    database_url: str = field(repr=False)
    broker_url: str | None = field(repr=False)
    """None: the embedded in-memory doorbell."""
    health_port: int | None
    log_level: str
    sweep_seconds: float
    lease_seconds: float
    settle_seconds: float
    """How long an APPEND or MOVE without an answer may still become true on the server."""
    backoff_seconds: tuple[float, ...]
    """Waiting times after failures of the world, in order; the last one repeats."""
    environment: Mapping[str, str] = field(repr=False)

    def secret(self, name: str) -> Secret:
        """The secret called `name`, from the systemd credential or MAILBOT_SECRET_<NAME>.

        Read anew each time, so that a rotated secret needs no restart.  Raises Misconfigured.
        """
        folder = self.environment.get("CREDENTIALS_DIRECTORY")
        if folder and (path := Path(folder) / name).is_file():
            return Secret(_read(path).strip())
        variable = _VARIABLE + name.upper().replace("-", "_")
        if value := os.environ.get(variable) or self.environment.get(variable):
            return Secret(value)
        raise Misconfigured(
            f"secret '{name}' is not set: set {variable}, or LoadCredential={name}:FILE in the systemd unit"
        )

    def key(self, *, keep: bool = True) -> bytes:
        """The key of all effect keys: the secret "key", else made once and kept in the state folder.

        `keep` False writes nothing: where there is no key yet, a fixed one stands in.  Raises Misconfigured.
        """
        try:
            return self.secret("key").value.encode()
        except Misconfigured:
            if keep and not self.database_url.startswith("sqlite"):
                raise Misconfigured(
                    "MAILBOT_SECRET_KEY: hosts that share a database must share one key; set it (or the credential "
                    "'key') to the same 32 or more random characters everywhere"
                ) from None
            if not keep and not (self.state / "key").exists():
                return _NOBODYS_KEY
            return _kept_key(self.state / "key")


def load(environment: Mapping[str, str] | None = None, *, rules: Path | None = None) -> Settings:
    """Raises Misconfigured with one line per problem."""
    env = dict(os.environ if environment is None else environment)
    problems = _unknown(env)
    state = Path(env.get("MAILBOT_STATE") or env.get("STATE_DIRECTORY", "").split(":")[0] or _default_state(env))
    settings = Settings(
        rules=rules or Path(env.get("MAILBOT_RULES") or "rules.yaml"),
        state=state,
        database_url=env.get("MAILBOT_DATABASE_URL") or f"sqlite:///{state}/ledger.db",
        broker_url=_broker(env, problems),
        health_port=_port(env, problems),
        log_level=_level(env, problems),
        sweep_seconds=_number(env, problems, "MAILBOT_SWEEP_SECONDS", 60, least=0.05),
        lease_seconds=_number(env, problems, "MAILBOT_LEASE_SECONDS", 330, least=0.5),
        settle_seconds=_number(env, problems, "MAILBOT_SETTLE_SECONDS", 90, least=0),
        backoff_seconds=_steps(env, problems),
        environment=env,
    )
    if problems:
        raise Misconfigured(*problems)
    return settings


def _unknown(env: Mapping[str, str]) -> list[str]:
    known = ", ".join(_PREFIX + name for name in sorted(_KNOWN))
    return [
        f"{name}: no such setting; known are {known}"
        for name in sorted(env)
        if name.startswith(_PREFIX) and name.removeprefix(_PREFIX) not in _KNOWN and not name.startswith(_VARIABLE)
    ]


def _number(env: Mapping[str, str], problems: list[str], name: str, default: float, *, least: float) -> float:
    text = env.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1
    if not value >= least:
        problems.append(f"{name}: '{text}' is not a number of at least {least:g}")
    return value


def _port(env: Mapping[str, str], problems: list[str]) -> int | None:
    text = env.get("MAILBOT_HEALTH_PORT", "")
    if text and not (text.isdecimal() and 0 < int(text) <= _LAST_PORT):
        problems.append(f"MAILBOT_HEALTH_PORT: '{text}' is not a port between 1 and {_LAST_PORT}")
    return int(text) if text.isdecimal() else None


def _level(env: Mapping[str, str], problems: list[str]) -> str:
    level = env.get("MAILBOT_LOG_LEVEL", "info").lower()
    if level not in {"debug", "info", "warning", "error"}:
        problems.append(f"MAILBOT_LOG_LEVEL: '{level}' is not debug, info, warning or error")
    return level


def _steps(env: Mapping[str, str], problems: list[str]) -> tuple[float, ...]:
    text = env.get("MAILBOT_BACKOFF_SECONDS", "60,300,600,1200")
    try:
        steps = tuple(float(step) for step in text.split(","))
    except ValueError:
        steps = (-1.0,)
    if min(steps) < 0:
        problems.append(f"MAILBOT_BACKOFF_SECONDS: '{text}' is not a list of seconds such as 60,300,600,1200")
    return steps


def _broker(env: Mapping[str, str], problems: list[str]) -> str | None:
    url = env.get("MAILBOT_BROKER_URL") or None
    if url is not None and url.split(":")[0] not in {"redis", "rediss", "redis+socket"}:
        problems.append("MAILBOT_BROKER_URL: not a Redis URL; write redis://host:6379/0 or leave it out")
    return url


def read_rules(path: Path) -> str:
    """The text of rules.yaml.  Raises Misconfigured."""
    return _read(path, "set MAILBOT_RULES to your rules.yaml, or give --rules")


def _read(path: Path, advice: str = "check the path and who may read it") -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise Misconfigured(f"{path}: {error.strerror or error}; {advice}") from error


def _default_state(env: Mapping[str, str]) -> str:
    return f"{env.get('XDG_STATE_HOME') or env.get('HOME', '.') + '/.local/state'}/mailbot"


def _kept_key(path: Path) -> bytes:
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = path.with_name(f"key.{os.getpid()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            # Two processes that start together must end up with one key: the first link wins.
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        key = path.read_bytes().strip()
    except OSError as error:
        raise Misconfigured(
            f"{path}: {error.strerror or error}; set MAILBOT_STATE to a folder this user may write"
        ) from error
    if len(key) < _MINIMUM_KEY_BYTES:
        raise Misconfigured(f"{path}: too short to be a key; restore it from a backup (a new key forgets old drafts)")
    return key
