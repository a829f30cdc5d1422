"""What the mail names: phones, IBANs, dates, amounts, addresses, references.  Only what its words really say."""

from collections.abc import Iterator
from datetime import date

from mailbot.understanding.entities.availability import availability
from mailbot.understanding.entities.dates import dates
from mailbot.understanding.entities.dwelling import building, door, stair
from mailbot.understanding.entities.floors import floor
from mailbot.understanding.entities.money import amounts, ibans, is_iban
from mailbot.understanding.entities.phones import emails, phones
from mailbot.understanding.entities.places import place
from mailbot.understanding.entities.references import DEFAULT_REFERENCES, References, application_no, first_reference
from mailbot.understanding.entities.said import said

__all__ = ["DEFAULT_REFERENCES", "Entities", "References", "extract", "is_iban"]

Entities = dict[str, str | tuple[str, ...]]

_MOST = 20


def extract(subject: str, text: str, on: date, references: References = DEFAULT_REFERENCES) -> Entities:
    """Keys and forms of docs/decision.md; an absent key means nothing was found.  `on` is the mail's own date."""
    words = said(subject, text, on)
    found: Entities = {}
    _put(found, "phones", phones(words))
    _put(found, "emails", emails(words))
    _put(found, "ibans", ibans(words))
    _put(found, "dates", dates(words))
    _put(found, "amounts", amounts(words))
    singles = {
        "application_no": application_no(words),
        "tenant_ref": first_reference(words, references.tenant_ref),
        "lease_ref": first_reference(words, references.lease_ref),
        "building": building(words),
        "stair": stair(words),
        "floor": floor(words),
        "door": door(words),
        "availability": availability(words),
        **place(words),
    }
    if singles["tenant_ref"] == singles["lease_ref"]:
        singles["tenant_ref"] = None
    found.update({key: value for key, value in singles.items() if value})
    return found


def _put(found: Entities, name: str, values: Iterator[str]) -> None:
    several = tuple(dict.fromkeys(values))[:_MOST]
    if several:
        found[name] = several
