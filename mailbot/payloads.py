"""What a downstream system is told of a case.  Pure; versioned by `schema`."""

from mailbot.model import Case

SCHEMA = 1


def payload(kind: str, case: Case, folder: str) -> dict[str, object]:
    """`summary`: what it is.  `work-order`: and whom to help where.  `full`: and the words themselves."""
    reading, understood = case.reading, case.understanding
    told: dict[str, object] = {
        "schema": SCHEMA,
        "kind": kind,
        "account": case.account,
        "message_id": reading.message_id,
        "fingerprint": reading.fingerprint,
        "date": None if reading.date is None else reading.date.isoformat(),
        "intent": understood.intent,
        "also": list(understood.also),
        "urgency": understood.urgency,
        "folder": folder,
    }
    if kind == "summary":
        return told
    person = reading.original_sender or reading.sender
    entities = {name: value if isinstance(value, str) else list(value) for name, value in understood.entities.items()}
    told |= {
        "from": None if person is None else {"name": person.name, "address": person.address},
        "subject": reading.subject,
        "summary": understood.summary,
        "entities": entities,
        "documents": [
            {"filename": part.filename, "kind": document.kind, "facts": dict(document.facts)}
            for part, document in zip(reading.attachments, understood.documents, strict=True)
            if document.kind is not None
        ],
    }
    if kind == "full":
        told |= {"language": understood.language.code, "text": reading.text.fresh}
    return told
