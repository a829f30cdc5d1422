"""Bytes to text, whatever the label says.  Total and linear."""

import codecs
import unicodedata

from charset_normalizer import from_bytes

_ALIASES = {
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-greek": "mac_greek",
    "x-mac-turkish": "mac_turkish",
    "x-mac-ce": "mac_latin2",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "cp-850": "cp850",
    "ansi": "cp1252",
    "x-sjis": "shift_jis",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
}
# Codecs that are no charsets, or that cost time without bound (punycode: 40 s for a megabyte).
_REFUSED = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf_7", "undefined", "mbcs", "oem"}
# Whoever says Latin-1 means what Windows makes of it.
_WIDER = {"iso8859-1": "cp1252", "ascii": "utf-8", "latin-1": "cp1252", "iso8859-9": "cp1254"}
_DETECT_BYTES = 32_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(content: bytes, declared: str | None) -> tuple[str, str | None]:
    """The text, and what was wrong with the label (None when it was right)."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), None
    name = known(declared)
    if name is not None:
        wide = _WIDER.get(name, name)
        text = _strictly(content, wide)
        if text is not None and wide != "utf-8" and _is_utf8_in_disguise(content):
            return content.decode("utf-8"), f"labelled {name}, but it is UTF-8"
        if text is not None:
            return text, None
    if content.isascii():
        return content.decode("ascii"), None if declared is None else f"unknown charset {_label(declared)}"
    fault = "no charset given" if declared is None else f"wrong charset {_label(declared)}"
    return _guess(content, name), fault


def known(declared: str | None) -> str | None:
    """Python's name of a charset that is one, else None."""
    if not declared:
        return None
    label = declared.strip().strip("\"'").casefold()
    try:
        info = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("-", "_") in _REFUSED:
        return None
    return info.name


def _guess(content: bytes, declared: str | None) -> str:
    text = _strictly(content, "utf-8")
    if text is not None:
        return text
    if declared in {"utf-8", "ascii"}:
        # UTF-8 with a few broken bytes is still UTF-8; Latin-1 under a UTF-8 label breaks nearly everywhere.
        mended = content.decode("utf-8", "replace")
        broken = mended.count("\ufffd")
        right = sum(1 for char in mended if char > "\x7f") - broken
        if right > broken:
            return mended
    best = from_bytes(content[:_DETECT_BYTES]).best()
    if best is not None and best.encoding and best.percent_coherence > 0:
        text = _strictly(content, best.encoding)
        # Western single-byte pages are told apart by luck; people's mail systems mean Windows-1252.
        if text is not None and not best.encoding.startswith(("cp125", "latin", "iso8859", "cp85", "cp437", "mac")):
            return text
        if text is not None and any(unicodedata.name(c, "").startswith(("CYR", "GREEK", "ARAB")) for c in text[:500]):
            return text
    return content.decode("cp1252", "replace")


def _strictly(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeError, LookupError):
        return None


def _is_utf8_in_disguise(content: bytes) -> bool:
    return not content.isascii() and _strictly(content, "utf-8") is not None


def _label(declared: str) -> str:
    return "".join(char for char in declared if char.isascii() and char.isprintable())[:40]
