"""The shape of rules.yaml: every key that exists, and nothing else."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mailbot.model import URGENCIES


def _several(value: object) -> object:
    """One value or a list of values."""
    return value if isinstance(value, list) else [value]


def _spelled(value: object) -> object:
    return {"true": True, "false": False, "yes": True, "no": False, "oui": True, "non": False}.get(
        str(value).casefold(), value
    )


def _unless_always(value: object) -> object:
    if value == "always":
        return None
    if not isinstance(value, dict):
        raise ValueError("write `always`, or conditions such as {intent: repair.heating}")  # noqa: TRY004 - pydantic's own
    return value


Several = Annotated[tuple[str, ...], BeforeValidator(_several)]
YesNo = Annotated[bool, BeforeValidator(_spelled)]
YesNoOrKind = Annotated[bool | str, BeforeValidator(_spelled)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SecretName(Strict):
    secret: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class MailboxShape(Strict):
    host: Name
    port: Annotated[int, Field(gt=0, le=65535)] = 993
    tls: Literal["implicit", "starttls", "off"] = "implicit"
    user: Name
    password: SecretName
    watch: Several = ("INBOX",)
    addresses: Several = ()
    signature: str = ""
    drafts: Name | None = None
    authserv_id: Name | None = None
    language: str = "fr"


class Condition(Strict):
    """All keys must fit; the values of one key are alternatives."""

    intent: Several | None = None
    also: Several | None = None
    urgency: Annotated[tuple[Literal[URGENCIES], ...], BeforeValidator(_several)] | None = None  # type: ignore[valid-type]
    automatic: YesNoOrKind | None = None
    answerable: YesNo | None = None
    document: Several | None = None
    checks: Literal["ok", "failed", "unknown"] | None = None
    language: Several | None = None
    sender: Several | None = Field(default=None, alias="from")
    to: Several | None = None
    subject: Several | None = None
    text: Several | None = None
    attachment: Several | None = None
    mark: Several | None = None
    account: Several | None = None
    confidence: Share | None = None
    defect: YesNo | None = None
    matches: dict[Literal["subject", "text", "from"], str] | None = None
    any: tuple["Condition", ...] | None = None
    all: tuple["Condition", ...] | None = None
    none: tuple["Condition", ...] | None = None


class Action(Strict):
    file: Name
    flag: Several = ()
    reply: Name | None = None
    send: Several = ()


class RuleShape(Strict):
    name: Name
    when: Annotated[Condition | None, BeforeValidator(_unless_always)]
    """None: always."""
    then: Action
    examples: Several = ()
    against: Several = Field(default=(), alias="not")


class TargetShape(Strict):
    webhook: Annotated[str, Field(pattern=r"^https?://")]
    secret: SecretName
    payload: Literal["summary", "work-order", "full"] = "summary"


class TranslatorShape(Strict):
    libretranslate: Annotated[str, Field(pattern=r"^https?://")]
    key: SecretName | None = None


class DirectoryShape(Strict):
    """Who the tenants are: a CSV file beside rules.yaml, or a query on a database whose URL is a secret."""

    csv: Name | None = None
    sql: Annotated[str, Field(pattern=r"(?i)^\s*(?:select|with)\b", max_length=10_000)] | None = None
    database: SecretName | None = None


class EnginesShape(Strict):
    intent: Literal["shipped", "llm"] = "shipped"


class ChatShape(Strict):
    """An OpenAI-compatible endpoint; `mailboxes` names those whose mails may be shown to it."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    model: Name
    contract: Name
    """The processor contract's reference and region (RGPD art. 28); kept with each decision."""
    mailboxes: Annotated[Several, Field(min_length=1)]
    key: SecretName | None = None
    seconds: Annotated[float, Field(gt=0, le=30)] = 10


class Privacy(Strict):
    keep_text_days: Annotated[float, Field(ge=0, le=3650)] = 0


class Limits(Strict):
    message_bytes: Annotated[int, Field(gt=0, le=100_000_000)] = 35_000_000
    seconds: Annotated[float, Field(gt=0, le=240)] = 120
    ocr_pages: Annotated[int, Field(ge=0, le=100)] = 30


class AttachmentsShape(Strict):
    """`clamd`: a virus scanner on this machine, by the path of its socket or by address and port on the loopback."""

    clamd: Annotated[str, Field(pattern=r"^(?:/.+|(?:127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5})$")] | None = None


class Caps(Strict):
    drafts_per_thread_a_day: Count = 3
    drafts_per_sender_an_hour: Count = 10


class IntentShape(Strict):
    label: Name
    means: str = ""


class ReferencesShape(Strict):
    """Patterns of the landlord's own numbers; not given: the packaged ones."""

    tenant_ref: Several | None = None
    lease_ref: Several | None = None


class BookShape(Strict):
    mailboxes: Annotated[dict[str, MailboxShape], Field(min_length=1)]
    staff_language: str = "fr"
    languages: Several = (
        "fr",
        "en",
        "es",
        "pt",
        "ar",
        "tr",
        "ro",
        "ru",
        "uk",
        "it",
        "zh",
        "pl",
        "de",
        "nl",
        "bn",
        "ta",
    )
    human_folder: Name = "À qualifier"
    min_confidence: Share = 0.4
    replies: Name | None = None
    intents: dict[str, IntentShape] | None = None
    translator: TranslatorShape | None = None
    directory: DirectoryShape | None = None
    engines: EnginesShape = EnginesShape()
    llm: ChatShape | None = None
    references: ReferencesShape = ReferencesShape()
    privacy: Privacy = Privacy()
    limits: Limits = Limits()
    attachments: AttachmentsShape = AttachmentsShape()
    caps: Caps = Caps()
    targets: dict[str, TargetShape] = Field(default_factory=dict)
    rules: Annotated[tuple[RuleShape, ...], Field(min_length=1)]


def keys_at(path: tuple[Any, ...]) -> list[str]:
    """The keys that are allowed where `path` leads, for suggestions."""
    shapes: dict[str, type[BaseModel]] = {
        "mailboxes": MailboxShape,
        "targets": TargetShape,
        "translator": TranslatorShape,
        "directory": DirectoryShape,
        "engines": EnginesShape,
        "llm": ChatShape,
        "privacy": Privacy,
        "limits": Limits,
        "attachments": AttachmentsShape,
        "caps": Caps,
        "intents": IntentShape,
        "references": ReferencesShape,
        "password": SecretName,
        "secret": SecretName,
        "database": SecretName,
        "when": Condition,
        "then": Action,
        "any": Condition,
        "all": Condition,
        "none": Condition,
        "rules": RuleShape,
    }
    shape: type[BaseModel] = next((shapes[step] for step in reversed(path) if step in shapes), BookShape)
    return [field.alias or name for name, field in shape.model_fields.items()]
