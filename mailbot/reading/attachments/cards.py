"""Contact cards (vCard 2.1, 3.0 RFC 2426, 4.0 RFC 6350) to name, phones, mails and addresses."""

import re
from typing import Final

from mailbot.reading.attachments.contentlines import ContentLine, content_lines
from mailbot.reading.attachments.opened import TOO_LONG, Lines, Opened

_MOST_CARDS: Final = 200
_LABELS: Final = {
    "ORG": "Organisation",
    "TITLE": "Title",
    "ROLE": "Role",
    "TEL": "Phone",
    "EMAIL": "Mail",
    "ADR": "Address",
    "URL": "Web",
    "BDAY": "Born",
    "NOTE": "Note",
}
_KINDS: Final = frozenset(("cell", "home", "work", "fax", "mobile", "voice"))


def read_card(content: bytes, label: str | None) -> Opened:
    """Total."""
    lines = Lines()
    card: list[str] = []
    names: dict[str, str] = {}
    count = 0
    for line in content_lines(content, label):
        match line.name:
            case "BEGIN":
                card, names = [], {}
            case "END":
                count += 1
                if count <= _MOST_CARDS:
                    _write(lines, names, card)
                card, names = [], {}
            case "FN":
                names.setdefault("FN", line.value)
            case "N":
                family, given, *_ = (*line.fields(), "")
                names.setdefault("N", f"{given} {family}".strip())
            case name if name in _LABELS and (said := _said(line)):
                card.append(f"{_LABELS[name]}{_kind(line)}: {said}")
            case _:
                pass
    _write(lines, names, card)
    return Opened(lines.text, "text", missing=(TOO_LONG,) if lines.full or count > _MOST_CARDS else ())


def _write(lines: Lines, names: dict[str, str], card: list[str]) -> None:
    if name := names.get("FN") or names.get("N"):
        lines.add(f"Name: {name}")
    for line in card:
        lines.add(line)
    if name or card:
        lines.add("")


def _said(line: ContentLine) -> str:
    if line.name in {"ADR", "ORG"}:
        return ", ".join(field for field in line.fields() if field)
    return re.sub(r"^(?:tel|mailto):", "", line.value.strip(), flags=re.IGNORECASE)


def _kind(line: ContentLine) -> str:
    kinds = [kind for kind in line.parameters.get("TYPE", "").lower().split(",") if kind in _KINDS]
    return f" ({', '.join(kinds)})" if kinds else ""
