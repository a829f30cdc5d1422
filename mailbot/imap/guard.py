"""Every value that goes into an IMAP command passes here first.

A CR or LF inside an argument would start a second command (CVE-2025-15366), whatever the library does about quoting.
"""

import unicodedata

from mailbot.errors import Permanent

_KEYWORD_FORBIDDEN = set('(){%*"\\]\x7f ')
_MAX_LENGTH = 1000


def folder_name(name: str) -> str:
    """A mailbox name of RFC 9051 section 5.1, normalised to NFC.  Raises Permanent."""
    if not name or len(name) > _MAX_LENGTH or any(unicodedata.category(char).startswith("C") for char in name):
        raise Permanent(f"folder name {name[:80]!a} has characters that no mailbox name may have")
    return unicodedata.normalize("NFC", name)


def keyword(name: str) -> str:
    """A flag-keyword or system flag of RFC 9051 section 9.  Raises Permanent."""
    body = name.removeprefix("\\")
    if not body or not body.isascii() or not body.isprintable() or set(body) & _KEYWORD_FORBIDDEN:
        raise Permanent(f"{name[:80]!a} cannot be an IMAP flag")
    return name


def search_text(text: str) -> str:
    """Printable ASCII for a SEARCH without CHARSET.  Raises Permanent."""
    if not text or len(text) > _MAX_LENGTH or not text.isascii() or not text.isprintable():
        raise Permanent("a Message-ID that is not printable ASCII cannot be searched for")
    return text
