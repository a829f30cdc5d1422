"""Settings and rules to live objects: the one place where things meet."""

import os
import socket
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from mailbot.daemon import events
from mailbot.daemon.crash import CrashPoints
from mailbot.daemon.feedback import FeedbackPass
from mailbot.daemon.poller import Poller, Round
from mailbot.daemon.reconciler import Reconciler
from mailbot.daemon.steps import Desk
from mailbot.directory import DatabaseDirectory, SheetDirectory
from mailbot.engines.chat import ChatIntent
from mailbot.engines.installed import Models, load_models
from mailbot.engines.languages import Languages
from mailbot.engines.libretranslate import LibreTranslate
from mailbot.engines.tesseract import Tesseract
from mailbot.errors import Misconfigured, Transient
from mailbot.imap import ImapMailbox, Login
from mailbot.ledger import Ledger, open_ledger
from mailbot.model import Account
from mailbot.pipeline import Tools
from mailbot.ports import Doorbell, SecondOpinion, Translator
from mailbot.reply import Replies, load_replies
from mailbot.rules import RuleBook, parse_rules
from mailbot.sandbox import Clamd, Limits, SandboxReader
from mailbot.settings import Settings, read_rules
from mailbot.targets import Webhook
from mailbot.understanding import Engines

_TEXT_SECONDS = 30.0


def load_book(path: Path) -> tuple[RuleBook, Replies]:
    """The rule book with the replies it may name.  Raises Misconfigured."""
    text = read_rules(path)
    replies = load_replies()
    book = parse_rules(text, path.name, replies.names)
    if book.replies is None:
        return book, replies
    own = load_replies(_own_replies(path.parent / book.replies))
    return parse_rules(text, path.name, own.names), own


def _own_replies(folder: Path) -> Mapping[str, str]:
    try:
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.md"))}
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{folder}: cannot be read ({type(error).__name__}); check `replies:`") from error


def account_of(book: RuleBook, name: str) -> Account:
    """What decide() may know of a mailbox."""
    mailbox = book.mailboxes[name]
    addresses = mailbox.addresses or ((mailbox.user,) if "@" in mailbox.user else ())
    return Account(name, addresses, mailbox.authserv_id, mailbox.signature, mailbox.language)


def login_of(book: RuleBook, name: str, settings: Settings) -> Login:
    mailbox = book.mailboxes[name]
    secret = mailbox.password.secret
    return Login(
        account=name,
        host=mailbox.host,
        port=mailbox.port,
        tls=mailbox.tls,
        user=mailbox.user,
        password=lambda: settings.secret(secret).value,
        drafts=mailbox.drafts,
    )


def secrets_missing(book: RuleBook, settings: Settings) -> tuple[str, ...]:
    """One line for each secret that the rule book names and nobody has set."""
    named = [mailbox.password.secret for mailbox in book.mailboxes.values()]
    named += [target.secret.secret for target in book.targets.values()]
    if book.translator is not None and book.translator.key is not None:
        named.append(book.translator.key.secret)
    if book.directory is not None and book.directory.database is not None:
        named.append(book.directory.database.secret)
    if book.llm is not None and book.llm.key is not None:
        named.append(book.llm.key.secret)
    problems: list[str] = []
    for name in dict.fromkeys(named):
        try:
            settings.secret(name)
        except Misconfigured as error:
            problems += error.problems
    return tuple(problems)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One rule book and the tools made for it."""

    book: RuleBook
    tools: Tools


class Shop:
    """Everything one process works with, made when it is first asked for.

    The rule book is read anew when its file changes; one that does not validate is refused and the old one stays.
    """

    def __init__(self, settings: Settings, *, need_secrets: bool = True) -> None:
        self.settings = settings
        self._need_secrets = need_secrets
        self._lock = threading.RLock()
        self._own = threading.local()
        self._stamp = self._changed()
        self._loaded: Loaded | None = None
        self._models: Models | None = None

    @cached_property
    def reader(self) -> SandboxReader:
        """What it may do is the rule book's to say: load() tells it."""
        return SandboxReader()

    @cached_property
    def ledger(self) -> Ledger:
        return open_ledger(self.settings.database_url)

    @cached_property
    def crash_point(self) -> CrashPoints:
        env = self.settings.environment
        armed = env.get("MAILBOT_CRASH_AT")
        return CrashPoints(int(armed) if armed else None, env.get("MAILBOT_CRASH_LOG"))

    def models(self) -> Models:
        """The models for the rule book in force: looked for when it names other intents than before, else kept.

        A model learned meanwhile is taken up by the next process that starts.
        """
        return self._models_for(self.book())

    def _models_for(self, book: RuleBook) -> Models:
        intents = frozenset(intent.id for intent in book.taxonomy.intents)
        with self._lock:
            if self._models is None or self._models.intents != intents:
                self._models = load_models(self.settings.state, intents)
            return self._models

    def book(self) -> RuleBook:
        return self.load().book

    def tools(self) -> Tools:
        return self.load().tools

    def load(self) -> Loaded:
        """The rule book in force.  Raises Misconfigured only when there has never been a valid one."""
        with self._lock:
            stamp = self._changed()
            if self._loaded is not None and stamp == self._stamp:
                return self._loaded
            self._stamp = stamp
            try:
                book, replies = self._read()
            except Misconfigured as error:
                if self._loaded is None:
                    raise
                events.rules_refused(error.problems)
                return self._loaded
            if self._loaded is not None:
                events.rules_loaded(book.version)
            self._loaded = Loaded(book, self._tools(book, replies))
            return self._loaded

    def _read(self) -> tuple[RuleBook, Replies]:
        book, replies = load_book(self.settings.rules)
        missing = secrets_missing(book, self.settings) if self._need_secrets else ()
        if missing:
            raise Misconfigured(*missing)
        return book, replies

    def _tools(self, book: RuleBook, replies: Replies) -> Tools:
        models = self._models_for(book)
        engines = Engines(
            Languages(book.languages),
            self._translator(book),
            models.intent,
            self._chat(book),
            models.urgency,
            self._directory(book),
        )
        keep = book.privacy.keep_text_days > 0
        limits = Limits(seconds=book.limits.seconds, pages=book.limits.ocr_pages, keep_texts=keep)
        self.reader.change(limits, _scanner(book))
        return Tools(self.reader, engines, book, replies, self.settings.key(keep=self._need_secrets))

    def _translator(self, book: RuleBook) -> Translator | None:
        shape = book.translator
        if shape is None:
            return None
        key = shape.key
        return LibreTranslate(
            shape.libretranslate, lambda: "" if key is None else self.settings.secret(key.secret).value
        )

    def _directory(self, book: RuleBook) -> SheetDirectory | DatabaseDirectory | None:
        shape = book.directory
        if shape is None:
            return None
        if shape.csv is not None:
            return SheetDirectory(self.settings.rules.parent / shape.csv)
        assert shape.sql is not None
        assert shape.database is not None
        return DatabaseDirectory(partial(self._secret, shape.database.secret), shape.sql)

    def _chat(self, book: RuleBook) -> SecondOpinion | None:
        shape = book.llm
        if shape is None:
            return None
        key, meanings = shape.key, {intent.id: intent.means for intent in book.taxonomy.intents}
        return ChatIntent(
            shape.url,
            shape.model,
            lambda: "" if key is None else self.settings.secret(key.secret).value,
            meanings,
            shape.seconds,
        )

    def mailbox(self, name: str) -> ImapMailbox:
        """The calling thread's own connection to the account."""
        mine: dict[str, ImapMailbox] = self._own.__dict__.setdefault("mailboxes", {})
        if name not in mine:
            mine[name] = ImapMailbox(login_of(self.book(), name, self.settings), self.crash_point)
        return mine[name]

    def targets(self) -> Mapping[str, Webhook]:
        return {
            name: Webhook(name, shape.webhook, partial(self._secret, shape.secret.secret))
            for name, shape in self.book().targets.items()
        }

    def _secret(self, name: str) -> str:
        return self.settings.secret(name).value

    def desk(self, doorbell: Doorbell) -> Desk:
        settings, book = self.settings, self.book()
        return Desk(
            ledger=self.ledger,
            accounts={name: account_of(book, name) for name in book.mailboxes},
            tools=self.tools,
            mailbox=self.mailbox,
            targets=self.targets,
            doorbell=doorbell,
            crash_point=self.crash_point,
            owner=owner(),
            lease_seconds=settings.lease_seconds,
            settle_seconds=settings.settle_seconds,
            backoff_seconds=settings.backoff_seconds,
        )

    def pollers(self, doorbell: Doorbell, *, include_existing: bool) -> tuple[Poller, ...]:
        settings, book = self.settings, self.book()
        round_ = Round(
            ledger=self.ledger,
            doorbell=doorbell,
            crash_point=self.crash_point,
            owner=owner(),
            gone=is_gone,
            sweep_seconds=settings.sweep_seconds,
            first_wait=min(5.0, settings.backoff_seconds[0]),
            size_limit=book.limits.message_bytes,
            include_existing=include_existing,
        )
        return tuple(
            Poller(login_of(book, name, settings), folder, round_)
            for name, mailbox in book.mailboxes.items()
            for folder in mailbox.watch
        )

    def reconciler(self, doorbell: Doorbell, stop: threading.Event) -> Reconciler:
        days = self.book().privacy.keep_text_days
        return Reconciler(self.ledger, doorbell, self.settings.sweep_seconds, days, stop)

    def feedback(self, stop: threading.Event) -> FeedbackPass:
        settings, book = self.settings, self.book()
        logins = {name: login_of(book, name, settings) for name in book.mailboxes}
        return FeedbackPass(self.ledger, logins, self.book, owner(), settings.sweep_seconds, stop)

    def text_reader(self) -> SandboxReader:
        """Another reader, for the words of mails alone: no page is recognised.  Whoever asks closes it."""
        book = self.book()
        return SandboxReader(Limits(seconds=min(book.limits.seconds, _TEXT_SECONDS), pages=0), _scanner(book))

    def warm(self) -> None:
        """Load what the first mail would otherwise wait for."""
        self.warm_engines()
        self.reader.warm()

    def tell_model(self) -> None:
        """Into the log: which model this process works with."""
        models = self.models()
        events.model_in_use(models.name, models.problems)

    def warm_engines(self) -> None:
        """Without the reading child."""
        tools = self.tools()
        tools.engines.languages.detect("bonjour, merci de votre réponse rapide", "fr")
        tools.engines.intent.classify("", "bonjour", "fr")

    def check_machine(self) -> None:
        """Raises Misconfigured when this machine lacks something that reading needs."""
        Tesseract().check(self.book().languages[0])

    def check_scanner(self) -> None:
        """Raises Misconfigured when the virus scanner that the rule book names is not there."""
        scanner = _scanner(self.book())
        if scanner is not None:
            try:
                scanner.check()
            except Transient as error:
                raise Misconfigured(f"{error}; check `attachments: clamd:` and that clamd runs") from None

    def check_directory(self) -> None:
        """Raises Misconfigured when the tenant directory cannot be read."""
        directory = self._directory(self.book())
        if directory is not None:
            directory.check()

    def check_ledger(self) -> None:
        """Raises Misconfigured when the database cannot be opened or written."""
        self.ledger.overview.now()

    def close(self) -> None:
        """End what this process started."""
        for mailbox in self._own.__dict__.get("mailboxes", {}).values():
            mailbox.close()
        self.reader.close()
        if "ledger" in self.__dict__:
            self.ledger.close()

    def _changed(self) -> tuple[float, int]:
        try:
            found = self.settings.rules.stat()
        except OSError:
            return (0.0, 0)
        return (found.st_mtime, found.st_size)


def _scanner(book: RuleBook) -> Clamd | None:
    place = book.attachments.clamd
    return None if place is None else Clamd(place)


@dataclass(slots=True)
class _Owner:
    """A name for this process: new after a fork, never used twice."""

    pid: int = 0
    name: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


_OWNER = _Owner()


def owner() -> str:
    """Who holds a lease: host, process and a random part, so that a reused process id is somebody else."""
    with _OWNER.lock:
        if _OWNER.pid != os.getpid():
            _OWNER.pid, _OWNER.name = os.getpid(), f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        return _OWNER.name


def is_gone(name: str) -> bool:
    """True when the owner was a process of this host that has ended."""
    host, _, rest = name.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdecimal():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
