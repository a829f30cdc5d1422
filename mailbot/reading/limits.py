"""The most of each thing that one mail is read for; the rest is left unread and the mail marked incomplete."""

from typing import Final

HEADER_BLOCK: Final = 100_000
HEADER_FIELD: Final = 16_000
ENCODED_WORDS: Final = 200
ADDRESSES: Final = 100
DEPTH: Final = 20
PARTS: Final = 500
REFERENCES: Final = 20
HTML: Final = 4_000_000
"""Characters of one HTML body: lxml builds it as a tree."""
TEXT: Final = 200_000
"""Characters of the whole visible text."""
STYLES: Final = 200_000
"""Characters of style sheets in one HTML body."""
