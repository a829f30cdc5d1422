"""Calendar files (iCalendar RFC 5545, iTIP RFC 5546, vCalendar 1.0) to what they say.  Nothing is accepted."""

import re
from typing import Final

from mailbot.reading.attachments.contentlines import ContentLine, content_lines
from mailbot.reading.attachments.letters import mailbox
from mailbot.reading.attachments.opened import TOO_LONG, Lines, Opened

_MOST_EVENTS: Final = 100
_MOST_GUESTS: Final = 50
_ENTRIES: Final = frozenset(("VEVENT", "VTODO", "VJOURNAL"))
_ASIDE: Final = frozenset(("VTIMEZONE", "VALARM", "DAYLIGHT", "STANDARD"))
_METHODS: Final = {
    "REQUEST": "REQUEST (an invitation)",
    "CANCEL": "CANCEL (called off)",
    "REPLY": "REPLY (an answer to an invitation)",
    "COUNTER": "COUNTER (another time is proposed)",
    "PUBLISH": "PUBLISH (for information)",
}
_SAID: Final = {
    "SUMMARY": "Event",
    "DTSTART": "Start",
    "DTEND": "End",
    "DUE": "Due",
    "DURATION": "Duration",
    "LOCATION": "Place",
    "ORGANIZER": "Organiser",
    "STATUS": "Status",
    "RRULE": "Repeats",
}
_TIMES: Final = frozenset(("DTSTART", "DTEND", "DUE"))
_MOMENT: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?\d{0,2}(Z?))?")


def read_calendar(content: bytes, label: str | None) -> Opened:
    """Total."""
    lines = Lines()
    open_components: list[str] = []
    entry: dict[str, str] = {}
    guests: list[str] = []
    count = 0
    for line in content_lines(content, label):
        match line.name:
            case "BEGIN":
                open_components.append(line.raw.strip().upper())
                if open_components[-1] in _ENTRIES:
                    entry, guests = {}, []
            case "END":
                ended = open_components.pop() if open_components else ""
                if ended in _ENTRIES and count < _MOST_EVENTS:
                    count += 1
                    _write(lines, entry, guests, task=ended == "VTODO")
            case "METHOD" if len(open_components) == 1:
                method = line.value.strip().upper()
                lines.add(f"Method: {_METHODS.get(method, method[:40])}")
            case _ if not open_components or open_components[-1] in _ASIDE:
                pass
            case "ATTENDEE" if len(guests) < _MOST_GUESTS:
                guests.append(_guest(line))
            case _:
                entry.setdefault(line.name, _value(line))
    if entry and not count:
        # The end is missing: what was said was said.
        _write(lines, entry, guests)
    return Opened(lines.text, "text", missing=(TOO_LONG,) if lines.full or count >= _MOST_EVENTS else ())


def _write(lines: Lines, entry: dict[str, str], guests: list[str], *, task: bool = False) -> None:
    for name, label in _SAID.items():
        if entry.get(name, "").strip():
            lines.add(f"{'Task' if task and name == 'SUMMARY' else label}: {entry[name].strip()}")
    if guests:
        lines.add(f"Guests: {', '.join(guests)}")
    for name in ("DESCRIPTION", "COMMENT"):
        if entry.get(name, "").strip():
            lines.add(entry[name].strip())
    lines.add("")


def _value(line: ContentLine) -> str:
    if line.name in _TIMES:
        return _moment(line)
    return _person(line) if line.name == "ORGANIZER" else line.value


def _moment(line: ContentLine) -> str:
    """2026-02-14 09:30 (Europe/Paris); a whole day has no time."""
    match = _MOMENT.match(line.raw.strip())
    if match is None:
        return line.value
    day = f"{match[1]}-{match[2]}-{match[3]}"
    if match[4] is None:
        return day
    zone = "UTC" if match[6] else line.parameters.get("TZID", "").rpartition("/freeassociation.sourceforge.net/")[2]
    return f"{day} {match[4]}:{match[5]}" + (f" ({zone})" if zone else "")


def _person(line: ContentLine) -> str:
    address = re.sub(r"^mailto:", "", line.value.strip(), flags=re.IGNORECASE)
    return mailbox(line.parameters.get("CN", ""), address)


def _guest(line: ContentLine) -> str:
    answer = line.parameters.get("PARTSTAT", "").lower()
    return _person(line) + (f" ({answer})" if answer and answer != "needs-action" else "")
