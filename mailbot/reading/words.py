"""Header text as a person sees it: unfolded, encoded words decoded (RFC 2047), nothing in it that is not shown."""

import binascii
import re
import unicodedata
from typing import Final

from mailbot.reading import charset, limits

# Blanks and question marks inside the text are wrong and common.
_WORD: Final = re.compile(rb"=\?([^?\s]{1,75})\?[ \t]?([bBqQ])[ \t]?\?(.{0,4000}?)\?=(?![0-9A-Fa-f]{2}\?=)", re.DOTALL)
_FOLD: Final = re.compile(rb"[\r\n]+(?=[ \t])")
_LINE_ENDS: Final = re.compile(rb"[\r\n]+")
_SPACES: Final = re.compile(r"\s+")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]")
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_JOINERS: Final = "\u200c\u200d"
"""Part of Persian, Indic scripts and emoji; every other invisible character only hides something."""


def unfold(raw: bytes) -> bytes:
    return _LINE_ENDS.sub(b" ", _FOLD.sub(b"", raw))


def decode_text(raw: bytes, hint: str | None = None) -> str:
    """One printable line; never raises.  `hint` is the charset of 8-bit text that has no label."""
    line = unfold(raw[: limits.HEADER_FIELD])
    return clean(decode_words(line, hint))


def has_too_many_words(raw: bytes) -> bool:
    return raw.count(b"=?") > limits.ENCODED_WORDS


def decode_words(line: bytes, hint: str | None = None) -> str:
    """Words that touch are one text: senders cut characters, and even base64, in two."""
    out: list[str] = []
    run: list[tuple[str, str, bytes]] = []
    position = 0
    for number, word in enumerate(_WORD.finditer(line)):
        if number >= limits.ENCODED_WORDS:
            break
        between = line[position : word.start()]
        if between.strip() or not run:
            out += (_joined(run), charset.decode(between, None, hint)[0])
            run = []
        run.append((word[1].partition(b"*")[0].decode("ascii", "replace"), word[2].decode("ascii").lower(), word[3]))
        position = word.end()
    out += (_joined(run), charset.decode(line[position:], None, hint)[0])
    return "".join(out)


def clean(text: str) -> str:
    """One line without control characters, bidirectional overrides, tags and other invisible characters; NFC."""
    kept = "".join(char if _is_shown(char) else " " if char in "\t\r\n\v\f\x85\u2028\u2029" else "" for char in text)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", kept).strip())


def _is_shown(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _joined(run: list[tuple[str, str, bytes]]) -> str:
    """Decode a run of words that stand side by side."""
    out: list[str] = []
    pending_label, pending = "", b""
    base64 = b""
    for label, kind, text in run:
        if label.casefold() != pending_label.casefold() or (base64 and kind != "b"):
            pending += _base64(base64)
            base64 = b""
        if label.casefold() != pending_label.casefold():
            if pending:
                out.append(charset.decode(pending, pending_label)[0])
            pending_label, pending = label, b""
        if kind == "q":
            pending += binascii.a2b_qp(text, header=True)
            continue
        base64 += _NOT_BASE64.sub(b"", text.translate(_URL_SAFE))
        if b"=" in text or len(base64) % 4 == 0:
            pending += _base64(base64)
            base64 = b""
    pending += _base64(base64)
    if pending:
        out.append(charset.decode(pending, pending_label)[0])
    return "".join(out)


def _base64(text: bytes) -> bytes:
    if len(text) % 4 == 1:
        text = text[:-1]
    return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
