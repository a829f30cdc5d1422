"""The most of each thing that one mail is read for; beyond it the rest is left unread, the mail marked incomplete."""

from typing import Final

HEADER_BLOCK: Final = 100_000
DEPTH: Final = 20
PARTS: Final = 500
TEXT: Final = 200_000
"""Characters of the whole visible text."""
