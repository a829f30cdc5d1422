"""The decision record: a Decision as JSON (docs/decision.md), and the plan read back from it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from mailbot.model import (
    Address,
    Decision,
    Defect,
    Document,
    Draft,
    Part,
    Plan,
    Push,
    Reading,
    Understanding,
)

SCHEMA = 1


def as_record(decision: Decision) -> dict[str, Any]:
    """The whole record, every field present, in the order of docs/decision.md."""
    reading, understanding = decision.reading, decision.understanding
    return {
        "schema": SCHEMA,
        "source": decision.source,
        **_reading(reading),
        "language": {
            "code": understanding.language.code,
            "confidence": round(understanding.language.confidence, 3),
            "others": [[code, round(share, 3)] for code, share in understanding.language.others],
        },
        "translation": _translation(understanding),
        "attachments": [
            _attachment(part, document)
            for part, document in zip(reading.attachments, understanding.documents, strict=True)
        ],
        **_understanding(understanding),
        "why": [
            {"step": reason.step, "because": reason.because, "span": list(reason.span) if reason.span else None}
            for reason in (*reading.why, *understanding.why)
        ],
        "rules": {
            "version": decision.rules_version,
            "hits": list(decision.verdict.hits),
            "misses": list(decision.verdict.misses),
        },
        "plan": plan_record(decision.plan),
        "marks": list(reading.marks),
        "incomplete": reading.incomplete,
        "defects": _defects(decision.defects),
        "timings_ms": {name: round(spent, 1) for name, spent in decision.timings_ms.items()},
        "engines": {"ocr": None, "translator": None, **reading.engines, **understanding.engines},
    }


def as_json(decision: Decision) -> str:
    """The record on one line."""
    return json.dumps(as_record(decision), ensure_ascii=False)


def without_text(record: str) -> str:
    """The same record when nothing is owed any more: ids, conclusions and names of rules, no words of any mail."""
    full = json.loads(record)
    return json.dumps(
        {
            name: full[name]
            for name in ("schema", "message_id", "fingerprint", "date", "automatic", "intent", "confidence", "also",
                         "urgency", "answerable", "rules", "marks", "incomplete", "timings_ms", "engines")
            if name in full
        }
        | {
            "language": full.get("language"),
            "attachments": [
                {name: part[name] for name in ("media_type", "size", "sha256", "text_source", "pages", "document")}
                for part in full.get("attachments", ())
            ],
            "plan": {"flags": full["plan"]["flags"], "folder": full["plan"]["folder"]},
        },
        ensure_ascii=False,
    )  # fmt: skip


def plan_record(plan: Plan) -> dict[str, Any]:
    draft = plan.draft
    return {
        "draft": None
        if draft is None
        else {
            "to": _addresses(draft.to),
            "subject": draft.subject,
            "language": draft.language,
            "text": draft.text,
            "text_staff": draft.text_staff,
            "message_id": draft.message_id,
        },
        "sheet": None,
        "send": [{"target": push.target, "key": push.key, "payload": dict(push.payload)} for push in plan.send],
        "flags": list(plan.flags),
        "folder": plan.folder,
    }


def read_plan(record: str, mime: bytes | None) -> Plan:
    """The plan of a stored record; `mime` is the frozen draft kept beside it."""
    owed = json.loads(record)["plan"]
    draft = None
    if owed["draft"] is not None and mime is not None:
        said = owed["draft"]
        draft = Draft(
            to=tuple(Address(to["name"], to["address"]) for to in said["to"]),
            subject=said["subject"],
            language=said["language"],
            text=said["text"],
            text_staff=said["text_staff"],
            message_id=said["message_id"],
            mime=mime,
        )
    send = tuple(Push(push["target"], push["key"], push["payload"]) for push in owed["send"])
    return Plan(draft, send, tuple(owed["flags"]), owed["folder"])


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "message_id": reading.message_id,
        "fingerprint": reading.fingerprint,
        "date": None if reading.date is None else reading.date.isoformat(),
        "from": None if reading.sender is None else _address(reading.sender),
        "reply_to": _addresses(reading.reply_to),
        "to": _addresses(reading.to),
        "cc": _addresses(reading.cc),
        "subject": reading.subject,
        "original_sender": None if reading.original_sender is None else _address(reading.original_sender),
        "automatic": reading.automatic,
        "authentication": None
        if reading.authentication is None
        else {
            "spf": reading.authentication.spf,
            "dkim": reading.authentication.dkim,
            "dmarc": reading.authentication.dmarc,
        },
        "text": {"fresh": reading.text.fresh, "quoted": reading.text.quoted, "signature": reading.text.signature},
    }


def _understanding(understanding: Understanding) -> dict[str, Any]:
    return {
        "intent": understanding.intent,
        "confidence": round(understanding.confidence, 4),
        "also": list(understanding.also),
        "alternatives": [[label, round(share, 4)] for label, share in understanding.alternatives],
        "abstained": understanding.abstained,
        "urgency": understanding.urgency,
        "urgency_why": understanding.urgency_why,
        "answerable": understanding.answerable,
        "entities": {
            name: value if isinstance(value, str) else list(value) for name, value in understanding.entities.items()
        },
        "summary": understanding.summary,
        "next_actions": list(understanding.next_actions),
    }


def _translation(understanding: Understanding) -> dict[str, str] | None:
    translation = understanding.translation
    if translation is None:
        return None
    return {"language": translation.language, "text": translation.text, "engine": translation.engine}


def _attachment(part: Part, document: Document) -> dict[str, Any]:
    return {
        "filename": part.filename,
        "media_type": part.media_type,
        "size": part.size,
        "sha256": part.sha256,
        "text_source": part.text_source,
        "pages": part.pages,
        "text": part.text,
        "language": document.language,
        "document": document.kind,
        "facts": dict(document.facts),
        "checks": [{"name": check.name, "ok": check.ok, "why": check.why} for check in document.checks],
        "defects": _defects(part.defects),
        "incomplete": part.incomplete,
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _addresses(addresses: Iterable[Address]) -> list[dict[str, str]]:
    return [_address(address) for address in addresses]


def _defects(defects: Iterable[Defect]) -> list[Mapping[str, str]]:
    return [{"where": defect.where, "what": defect.what} for defect in defects]
