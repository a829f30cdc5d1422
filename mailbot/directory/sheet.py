"""The tenant directory as a CSV file, read anew when it changes."""

import csv
import threading
from io import StringIO
from pathlib import Path
from typing import Final

from mailbot.directory.index import COLUMNS, Index, tenant_of
from mailbot.errors import Misconfigured, Transient
from mailbot.ports import Tenant

_MOST_BYTES: Final = 64_000_000
_MOST_PROBLEMS: Final = 20


class SheetDirectory:
    """Columns name, email, address, lease, lease_start, named in the first line; , ; or tabs between them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._index = Index(())

    def check(self) -> None:
        """Raises Misconfigured with a line per problem."""
        with self._lock:
            self._load()

    def find(self, email: str, references: tuple[str, ...], name: str) -> Tenant | None:
        """See `TenantDirectory`."""
        with self._lock:
            try:
                self._load()
            except Misconfigured as error:
                raise Transient(error.problems[0]) from error
            return self._index.find(email, references, name)

    def _load(self) -> None:
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            if stamp == self._stamp:
                return
            if found.st_size > _MOST_BYTES:
                raise Misconfigured(f"{self._path.name}: larger than {_MOST_BYTES // 1_000_000} MB; use `sql:` instead")
            raw = self._path.read_bytes()
        except OSError as error:
            raise Misconfigured(
                f"{self._path}: {error.strerror or 'cannot be read'}; check `directory:` and who may read the file"
            ) from error
        self._index = Index(read_sheet(_text(raw), self._path.name))
        self._stamp = stamp


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a French spreadsheet program saves.
        return raw.decode("cp1252", "replace")


def read_sheet(text: str, name: str) -> list[Tenant]:
    """Raises Misconfigured; no line of it repeats what the file says of a tenant."""
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = [column.strip().casefold() for column in next(rows, [])]
        _check_head(columns, name)
        tenants: list[Tenant] = []
        problems: list[str] = []
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(columns):
                problems.append(
                    f"{name}:{rows.line_num}: {len(row)} columns instead of {len(columns)}; "
                    f"put values that hold '{delimiter}' between double quotes"
                )
                continue
            try:
                tenants.append(tenant_of(dict(zip(columns, row, strict=True))))
            except ValueError:
                problems.append(f"{name}:{rows.line_num}: `lease_start` is not a date; write it like 2026-02-28")
    except csv.Error as error:
        raise Misconfigured(f"{name}:{rows.line_num}: not a CSV line ({error}); save the file as CSV again") from error
    if problems:
        raise Misconfigured(*problems[:_MOST_PROBLEMS])
    return tenants


def _check_head(columns: list[str], name: str) -> None:
    missing = [column for column in ("name", "email", "address") if column not in columns]
    if missing:
        raise Misconfigured(
            f"{name}:1: no column `{missing[0]}`; the first line must name the columns {', '.join(COLUMNS)}"
        )
