"""What reading a message yields before its attachments are opened."""

from dataclasses import dataclass

from mailbot.model import Defect, Reading


@dataclass(frozen=True, slots=True)
class RawPart:
    """One attachment, decoded from its transfer encoding and not opened.

    A nested message stays one part of type `message/rfc822` whose content is the enclosed mail byte for byte.
    """

    filename: str
    """A label, safe to print; empty when the mail gives none."""
    media_type_declared: str
    """Lower case, without parameters; what the sender says, not what the bytes are."""
    content: bytes
    content_id: str | None = None
    """Without its angle brackets (RFC 2392)."""
    inline: bool = False
    """Content-Disposition says inline, or the HTML body shows it by its Content-ID."""
    defects: tuple[Defect, ...] = ()
    charset: str | None = None
    """Declared charset of a text attachment."""
    shown_in: str = ""
    """Where the HTML body shows it: "fresh", "quoted", "signature", or "" when nowhere."""
    unwrapped: bool = False
    """An envelope whose words are in the mail's text and whose files are parts of their own."""


@dataclass(frozen=True, slots=True)
class Message:
    """The reading without attachment texts, and the attachments still to be read."""

    reading: Reading
    parts: tuple[RawPart, ...] = ()
