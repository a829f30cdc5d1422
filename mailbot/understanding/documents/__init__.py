"""What an attachment is, the facts it states, and whether an insurance certificate holds."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Final

from mailbot.model import Document, Part, Reading
from mailbot.understanding.documents import authorities, insurance, money, work
from mailbot.understanding.documents.appointments import appointment
from mailbot.understanding.documents.checks import NO_DIRECTORY, Lookup, certificate_checks
from mailbot.understanding.documents.kinds import kind_of
from mailbot.understanding.documents.page import Page, page_of
from mailbot.understanding.documents.signs import VOCABULARY

__all__ = ["NO_DIRECTORY", "Lookup", "understand_part"]


def understand_part(
    part: Part, reading: Reading, today: date, language: str | None, lookup: Lookup = NO_DIRECTORY
) -> Document:
    """Never raises; a picture without words is a damage photo, an unknown text is "other"."""
    if part.decorative:
        return Document(None)
    if not part.text.strip():
        return Document("damage_photo" if part.media_type.startswith("image/") and not part.defects else "other")
    page = page_of(part.text, VOCABULARY)
    kind = kind_of(page, part)
    facts = {name: value for name, value in _facts(kind, page, today).items() if value}
    certificate = kind == "insurance_certificate"
    checks = certificate_checks(facts, reading, today, lookup) if certificate else ()
    return Document(kind, language, facts, checks)


_FACTS: Final[Mapping[str, Callable[[Page], dict[str, str | None]]]] = {
    "invoice": partial(money.bill, kind="invoice"),
    "quote": partial(money.bill, kind="quote"),
    "insurance_certificate": insurance.certificate,
    "water_damage_report": insurance.water_damage,
    "tax_notice": authorities.tax,
    "caf_letter": authorities.caf,
    "bailiff_letter": authorities.bailiff,
    "rent_receipt": money.receipt,
    "energy_bill": money.energy,
    "bank_details": money.bank,
    "payslip": work.payslip,
    "work_report": work.report,
}


def _facts(kind: str, page: Page, today: date) -> dict[str, str | None]:
    if kind == "appointment_notice":
        return appointment(page, today)
    found = _FACTS.get(kind)
    return {} if found is None else found(page)
