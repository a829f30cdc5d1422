"""Labelled mails: the packaged corpus, its held-out tenth, and files of an admin's or a benchmark's own."""

import csv
import difflib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any, Final

from mailbot.errors import Misconfigured
from mailbot.model import URGENCIES

HELD_OUT: Final = "heldout"
"""Files of the corpus whose names begin so are never trained on."""
_MOST_PROBLEMS: Final = 20
_NOTHING: Final = frozenset({"", "null", "none"})


@dataclass(frozen=True, slots=True)
class Labelled:
    """One mail and what a careful person says of it."""

    text: str
    intent: str | None
    """None: out of scope, to be abstained from."""
    subject: str = ""
    language: str = ""
    """As Language.code; "" when nobody said."""
    also: tuple[str, ...] = ()
    urgency: str | None = None
    answerable: bool | None = None
    on: date | None = None
    """The day of the mail."""
    entities: Mapping[str, str | tuple[str, ...]] | None = None
    hand: str = ""
    """Who wrote it: mails of one hand are never on both sides of a measurement."""
    brief: str = field(default="", compare=False)


def corpus(*, held_out: bool = False) -> tuple[Labelled, ...]:
    """The packaged mails in the order of their files: those to train on, or the held-out ones."""
    folder = files("mailbot.corpus")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".jsonl"))
    found: list[Labelled] = []
    for name in names:
        if name.startswith(HELD_OUT) == held_out:
            found += _of_lines(folder.joinpath(name).read_text(encoding="utf-8"), name)
    return tuple(found)


def read_labelled(path: Path, intents: Collection[str] = ()) -> tuple[Labelled, ...]:
    """A JSONL or CSV file with at least `text` and `intent`.  Raises Misconfigured with a line per problem.

    `intents`: those that there are; a label that is none of them is a problem.  Empty: any label will do.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise Misconfigured(f"{path}: {error.strerror or error}; check the path and who may read it") from error
    of = _of_table if path.suffix.casefold() in {".csv", ".tsv"} else _of_lines
    found = of(text, path.name, intents)
    if not found:
        raise Misconfigured(f"{path}: no labelled text in it; each line needs `text` and `intent`")
    return found


def _of_lines(text: str, name: str, intents: Collection[str] = ()) -> tuple[Labelled, ...]:
    def rows() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except ValueError:
                    yield number, None

    return _checked(rows(), name, intents)


def _of_table(text: str, name: str, intents: Collection[str]) -> tuple[Labelled, ...]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    table = csv.DictReader(StringIO(text), delimiter=delimiter)
    missing = {"text", "intent"} - {(column or "").strip() for column in table.fieldnames or ()}
    if missing:
        raise Misconfigured(
            f"{name}:1: no column `{min(missing)}`; the first line must name the columns text and intent"
        )
    rows = ((table.line_num, {(k or "").strip(): v for k, v in row.items()}) for row in table)
    try:
        return _checked(rows, name, intents)
    except csv.Error as error:
        raise Misconfigured(
            f"{name}:{table.line_num + 1}: not readable as a table ({error}); save it as CSV"
        ) from error


def _checked(rows: Iterable[tuple[int, Any]], name: str, intents: Collection[str]) -> tuple[Labelled, ...]:
    found: list[Labelled] = []
    problems: list[str] = []
    for number, row in rows:
        fault = _fault(row) or _unknown(row, intents)
        if fault is not None:
            problems.append(f"{name}:{number}: {fault}")
        else:
            found.append(_labelled(row, Path(name).stem))
    if problems:
        raise Misconfigured(*problems[:_MOST_PROBLEMS])
    return tuple(found)


def _fault(row: Any) -> str | None:  # noqa: ANN401 - whatever JSON or CSV may hold; one return per mistake
    if not isinstance(row, dict):
        return 'not a JSON object; write {"text": "…", "intent": "…"} on one line'
    if not isinstance(row.get("text"), str):
        return "`text` is missing or not a text"
    if "intent" not in row:
        return "`intent` is missing; write null for a text that fits no intent"
    if row["intent"] is not None and not isinstance(row["intent"], str):
        return "`intent` is not a text"
    also = row.get("also") or ""
    if not isinstance(also, str) and not (isinstance(also, list) and all(isinstance(label, str) for label in also)):
        return '`also` is not a list of intents; write ["first", "second"]'
    if (urgency := row.get("urgency")) and urgency not in URGENCIES:
        return f"`urgency` is '{urgency}'; write one of {', '.join(URGENCIES)}"
    if said := row.get("date"):
        try:
            date.fromisoformat(str(said)[:10])
        except ValueError:
            return f"`date` is '{said}'; write it like 2026-02-28"
    return None


def _unknown(row: Mapping[str, Any], intents: Collection[str]) -> str | None:
    """The first label that is no intent, and what to write instead."""
    mail = _labelled(row, "")
    for label in (mail.intent, *mail.also):
        if intents and label is not None and label not in intents:
            close = difflib.get_close_matches(label, intents, n=1, cutoff=0.6)
            what = f"did you mean '{close[0]}'?" if close else f"write one of {', '.join(sorted(intents))}"
            return f"there is no intent '{label[:60]}'; {what}"
    return None


def _labelled(row: Mapping[str, Any], stem: str) -> Labelled:
    intent = row["intent"]
    also = row.get("also") or ()
    return Labelled(
        text=row["text"],
        intent=None if intent is None or intent.strip().casefold() in _NOTHING else intent.strip(),
        subject=str(row.get("subject") or ""),
        language=str(row.get("language") or ""),
        also=tuple(also.split()) if isinstance(also, str) else tuple(also),
        urgency=row.get("urgency") or None,
        answerable=row["answerable"] if isinstance(row.get("answerable"), bool) else None,
        on=date.fromisoformat(str(row["date"])[:10]) if row.get("date") else None,
        entities=_entities(row["entities"]) if isinstance(row.get("entities"), dict) else None,
        hand=str(row.get("hand") or stem),
        brief=str(row.get("brief") or ""),
    )


def _entities(said: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    return {key: tuple(value) if isinstance(value, list) else str(value) for key, value in said.items()}
