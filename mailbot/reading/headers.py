"""Single header fields of a message that the standard library has cut, for when there is no time to read the mail.

Never raises: the library's own accessors do, on hostile values.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from email.message import Message as EmailMessage

from mailbot.model import Address
from mailbot.reading import limits
from mailbot.reading.addresses import parse_addresses
from mailbot.reading.dates import parse_date
from mailbot.reading.envelope import parse_ids
from mailbot.reading.words import decode_text


def fields(message: EmailMessage, name: str) -> Iterator[str]:
    """The raw values of every field of this name, as text that may hold surrogate escapes."""
    for key, value in message.raw_items():
        if key.casefold() == name.casefold():
            yield str(value)[: limits.HEADER_FIELD]


def first(message: EmailMessage, name: str) -> str | None:
    return next(fields(message, name), None)


def decoded(raw: str | None) -> str:
    """The value as a person sees it."""
    return decode_text(_bytes(raw or ""))


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    return parse_addresses(_bytes(value) for value in values)


def message_id(raw: str | None) -> str | None:
    """With angle brackets, only when it is safe to write into a header or a command."""
    return next(iter(parse_ids(_bytes(raw or ""))), None)


def date(raw: str | None) -> datetime | None:
    """Aware; None when it cannot be understood."""
    return parse_date(_bytes(raw)) if raw else None


def _bytes(raw: str) -> bytes:
    return raw.encode("utf-8", "surrogateescape")
