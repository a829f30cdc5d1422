"""Names for effects that every retry, on every host, works out alike."""

import hashlib
import hmac

_KEY_HEX = 32


def effect_key(secret: bytes, account: str, fingerprint: str, kind: str, target: str) -> str:
    """32 hex digits: HMAC-SHA256 over what makes the effect unique.

    All keys have one length, because IMAP SEARCH finds substrings (RFC 3501 section 6.4.4).
    """
    said = f"{account}\0{fingerprint}\0{kind}\0{target}".encode()
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:_KEY_HEX]


def person_key(secret: bytes, kind: str, value: str) -> str:
    """A keyed hash of an address or a thread, so that they can be counted and not be read."""
    return hmac.new(secret, f"{kind}\0{value.casefold()}".encode(), hashlib.sha256).hexdigest()[:_KEY_HEX]


def draft_message_id(key: str, domain: str) -> str:
    """The Message-ID by which a draft is found again."""
    return f"<mb.{key}@{domain}>"
