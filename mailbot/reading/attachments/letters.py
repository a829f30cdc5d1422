"""How a letter inside a mail is written down: who, to whom, when, about what, and its words."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.reading.attachments.opened import Lines


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that was not read by the mail reader: Outlook's own formats."""

    sender: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    date: str = ""
    subject: str = ""
    start: str = ""
    end: str = ""
    place: str = ""
    body: str = ""

    def written(self) -> Lines:
        fields = (
            ("From", self.sender),
            ("To", ", ".join(self.to)),
            ("Cc", ", ".join(self.cc)),
            ("Date", self.date),
            ("Subject", self.subject),
            ("Start", self.start),
            ("End", self.end),
            ("Place", self.place),
        )
        return written(fields, self.body)


def written(fields: Iterable[tuple[str, str]], body: str) -> Lines:
    """Header lines, an empty one, and the body; fields without a value are left out."""
    lines = Lines()
    for name, value in fields:
        if value.strip():
            lines.add(f"{name}: {' '.join(value.split())[:2000]}")
    lines.add("")
    for line in body.strip().splitlines():
        lines.add(line.rstrip())
    return lines


def mailbox(name: str, address: str) -> str:
    name = name.strip().strip("'\"")
    if not address or name.casefold() == address.casefold():
        return address or name
    return f"{name} <{address}>" if name else address
