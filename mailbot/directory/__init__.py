"""Who the tenants are, from a file or a database of the landlord's.  Read-only; nothing of it is ever logged."""

from mailbot.directory.database import DatabaseDirectory
from mailbot.directory.sheet import SheetDirectory

__all__ = ["DatabaseDirectory", "SheetDirectory"]
