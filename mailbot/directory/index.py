"""Tenants by e-mail, by lease and by name."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from mailbot.ports import Tenant
from mailbot.understanding.documents.checks import same_name
from mailbot.understanding.documents.page import fold

COLUMNS: Final = ("name", "email", "address", "lease", "lease_start")
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Index:
    """A key that two tenants share finds neither."""

    def __init__(self, tenants: Iterable[Tenant]) -> None:
        self._by_email: dict[str, Tenant | None] = {}
        self._by_lease: dict[str, Tenant | None] = {}
        self._by_word: dict[str, list[Tenant]] = {}
        for tenant in tenants:
            _put(self._by_email, tenant.email.strip().casefold(), tenant)
            _put(self._by_lease, _compact(tenant.lease), tenant)
            for word in set(_words(tenant.name)):
                self._by_word.setdefault(word, []).append(tenant)

    def find(self, email: str, references: tuple[str, ...], name: str) -> Tenant | None:
        if (tenant := self._by_email.get(email.strip().casefold())) is not None:
            return tenant
        for reference in references:
            if (tenant := self._by_lease.get(_compact(reference))) is not None:
                return tenant
        words = _words(name)
        if len(words) < 2:
            # A bare family name may be anybody's.
            return None
        alike = [tenant for word in words for tenant in self._by_word.get(word, ()) if same_name(name, tenant.name)]
        found = set(alike)
        return found.pop() if len(found) == 1 else None


def tenant_of(row: Mapping[str, object]) -> Tenant:
    """Raises ValueError when `lease_start` is no date; the message does not repeat it."""
    text = {column: str(row.get(column) or "").strip() for column in COLUMNS}
    return Tenant(text["name"], text["email"], text["address"], text["lease"], _day(row.get("lease_start")))


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    if not text:
        return None
    if match := _DAY.fullmatch(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    return date.fromisoformat(text[:10])


def _put(table: dict[str, Tenant | None], key: str, tenant: Tenant) -> None:
    if key:
        table[key] = tenant if table.get(key, tenant) == tenant else None


def _compact(reference: str) -> str:
    return re.sub(r"[\W_]", "", reference).casefold()


def _words(name: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", fold(name)) if len(word) > 1]
