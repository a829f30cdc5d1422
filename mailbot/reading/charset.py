"""Bytes to text, whatever the label says (RFC 2046 section 4.1.2).  Total and linear; only charsets that are known."""

import codecs
import re
import unicodedata
from typing import Final

from charset_normalizer import from_bytes

# Python's codec by label.  A label outside this table is no charset: `punycode` costs 40 s for a megabyte, and
# `unicode_escape` is a language.  Whoever says Latin-1 means what Windows makes of it, and so for its kin.
_CODECS: Final[dict[str, str]] = {
    **dict.fromkeys(("utf-8", "utf8", "utf-8mb4", "utf8mb4", "unicode-1-1-utf-8", "cp65001", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(("us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us", "646", "7bit", "ansi_x3.110-1983"), "ascii"),
    **dict.fromkeys(
        (
            "iso-8859-1",
            "iso8859-1",
            "latin1",
            "latin-1",
            "l1",
            "iso-ir-100",
            "ansi",
            "windows-1252",
            "cp1252",
            "x-cp1252",
        ),
        "cp1252",
    ),
    **dict.fromkeys(("iso-8859-9", "latin5", "windows-1254", "cp1254"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620", "windows-874", "cp874", "x-windows-874", "iso-8859-11:2001"), "cp874"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "iso-8859-8"), "iso8859-8"),
    **dict.fromkeys(("iso-8859-6-i", "iso-8859-6-e", "iso-8859-6", "arabic"), "iso8859-6"),
    **{f"iso-8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 7, 10, 13, 14, 15, 16)},
    "latin2": "iso8859-2",
    "latin-9": "iso8859-15",
    "latin9": "iso8859-15",
    **{f"windows-{number}": f"cp{number}" for number in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{
        f"cp{number}": f"cp{number}"
        for number in (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 1006, 1125)
    },
    **{f"ibm{number}": f"cp{number}" for number in (437, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 866)},
    **dict.fromkeys(("koi8-r", "koi8r", "cskoi8r"), "koi8-r"),
    **dict.fromkeys(("koi8-u", "koi8-ru"), "koi8-u"),
    **dict.fromkeys(("macintosh", "mac", "x-mac-roman", "macroman", "mac-roman", "x-macroman"), "mac_roman"),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian", "mac-cyrillic"), "mac_cyrillic"),
    **dict.fromkeys(("x-mac-ce", "x-mac-centraleurroman", "mac-centraleurope"), "mac_latin2"),
    "x-mac-greek": "mac_greek",
    "x-mac-turkish": "mac_turkish",
    "x-mac-icelandic": "mac_iceland",
    "x-mac-croatian": "mac_croatian",
    "x-mac-romanian": "mac_romanian",
    **dict.fromkeys(
        (
            "gb2312",
            "gbk",
            "x-gbk",
            "gb18030",
            "gb-2312",
            "chinese",
            "csgb2312",
            "euc-cn",
            "cp936",
            "ms936",
            "gb_2312-80",
        ),
        "gb18030",
    ),
    "hz-gb-2312": "hz",
    **dict.fromkeys(("big5", "big-5", "cn-big5", "csbig5", "x-x-big5", "cp950", "big5-hkscs"), "big5hkscs"),
    **dict.fromkeys(
        ("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "cp932", "ms_kanji", "cswindows31j"), "cp932"
    ),
    **dict.fromkeys(("euc-jp", "eucjp", "x-euc-jp", "cseucpkdfmtjapanese"), "euc_jp"),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp", "iso-2022-jp-ms", "cp50220", "cp50221"), "iso2022_jp_ext"),
    **{f"iso-2022-jp-{number}": f"iso2022_jp_{number}" for number in (1, 2, 3, 2004)},
    "iso-2022-kr": "iso2022_kr",
    **dict.fromkeys(
        ("euc-kr", "ks_c_5601-1987", "ksc5601", "ks_c_5601", "cp949", "ms949", "windows-949", "korean"), "cp949"
    ),
    "johab": "johab",
    **dict.fromkeys(("utf-16", "utf16", "unicode", "ucs-2", "iso-10646-ucs-2"), "utf-16"),
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32": "utf-32",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    **dict.fromkeys(("utf-7", "unicode-1-1-utf-7", "utf7", "x-unicode-2-0-utf-7"), "utf-7"),
    **dict.fromkeys(("eucjp-ms", "euc-jp-ms", "cp51932"), "euc_jp"),
    **dict.fromkeys(("logical", "visual"), "iso8859-8"),
    **dict.fromkeys(("ms-cp932", "x-ms-cp932"), "cp932"),
    **dict.fromkeys(("ksx1001", "ks-c-5601-1989", "iso-ir-149"), "cp949"),
    "koi8": "koi8-r",
    "ptcp154": "ptcp154",
    "kz1048": "kz1048",
    "hp-roman8": "hp_roman8",
    **dict.fromkeys(("cp037", "ibm037", "ebcdic-cp-us", "ebcdic-us"), "cp037"),
    **dict.fromkeys(("cp500", "ibm500", "ebcdic-international"), "cp500"),
    **dict.fromkeys(("cp1140", "ibm1140", "ibm01140"), "cp1140"),
    **{f"dos-{number}": f"cp{number}" for number in (437, 720, 737, 775, 850, 852, 855, 857, 862, 866)},
}
_SEVEN_BIT: Final = {
    "ascii",
    "iso2022_jp_ext",
    "iso2022_jp_1",
    "iso2022_jp_2",
    "iso2022_jp_3",
    "iso2022_kr",
    "hz",
    "utf-7",
}
_EBCDIC: Final = {"cp037", "cp500", "cp1140"}
_WIDE: Final = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECT_BYTES: Final = 8_000
_DETECTABLE: Final = [
    "cp1251", "koi8_r", "cp1256", "cp1253", "cp1255", "cp1250", "cp1254", "cp874",
    "gb18030", "big5", "cp932", "euc_jp", "cp949",
]  # fmt: skip
_WESTERN: Final = frozenset("àâäáãåçéèêëíìîïñóòôöõøúùûüýÿœæßÀÂÄÁÇÉÈÊËÎÏÓÔÖÚÙÛÜŒÆÑÍØÅ«»“”‘’„–—…•€°²³½¼·¿¡§£© ºª´¨™®")
_SIGNS_IN_WORDS: Final = re.compile(r"(?<=[a-z])[¹³±¶¿¾¼][a-z]|(?<=[a-z]{2})[¹±¶¿¾¼](?![\w])|\b[¶¿](?=[a-z])")
"""Superscripts and signs where a word has letters: the page is Central European, not Western."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a]")
_C1: Final = re.compile("[\x80-\x9f]")
_WINDOWS_SIGNS: Final = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}
_TO_DOUBLE_BYTE: Final = re.compile(rb"\x1b\$[@B]")
_ESCAPE_TO_JAPANESE: Final = (b"\x1b$B", b"\x1b$@", b"\x1b(J")


def decode(content: bytes, declared: str | None, hint: str | None = None) -> tuple[str, str | None]:
    """The text, and what was wrong with the label (None when it was right).  `hint` is a second, weaker label."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _sound(content.decode(encoding, "replace")), None
    codec = known(declared)
    if codec is None:
        text, fault = _unlabelled(content, declared, known(hint))
        return _sound(text), fault
    if codec in _WIDE:
        return _sound(_wide(content, codec)), None
    if content.isascii() and codec not in _SEVEN_BIT | _EBCDIC:
        return _escaped(content) or (content.decode("ascii"), None)
    text, fault = _labelled(content, codec, declared or "", known(hint))
    if codec in _EBCDIC:
        text = text.replace("\x85", "\n")
    return _sound(text), fault


def known(declared: str | None) -> str | None:
    """Python's codec for a label that names a charset, else None."""
    if not declared:
        return None
    label = declared.strip().strip("\"'").strip().casefold().replace("_", "-")
    for variant in (label, label.replace("-", "_"), re.sub(r"^(?:x-|cs)", "", label), re.sub(r"^cp-?", "cp", label)):
        if variant in _CODECS:
            return _CODECS[variant]
    short = re.fullmatch(r"(?:(?:x-)?iso[ -]?8859[ -]?(\d{1,2}))|(?:(?:x-)?(?:win|windows|cp)[ -]?(12\d\d))", label)
    if short:
        return _CODECS.get(f"iso-8859-{short[1]}" if short[1] else f"windows-{short[2]}")
    return _CODECS.get(label.replace("_", "").replace(" ", ""))


def is_wide(declared: str | None) -> bool:
    """Does it write one character in two bytes, the second of which may be an ASCII sign?"""
    return known(declared) in {"gb18030", "big5hkscs", "cp932", "cp949", "johab", "hz"}


def _labelled(content: bytes, codec: str, declared: str, hint: str | None) -> tuple[str, str | None]:
    if codec == "ascii" or (codec in _SEVEN_BIT and not content.isascii()):
        if content.isascii():
            return _escaped(content) or (content.decode("ascii"), None)
        return _unlabelled(content, declared, hint)[0], f"8-bit text labelled {_printable(declared)}"
    if codec != "utf-8" and not content.isascii() and (text := _strictly(content, "utf-8")) is not None:
        return text, f"labelled {_printable(declared)}, but it is UTF-8"
    if (text := _strictly(content, codec)) is not None:
        return text, None
    if codec == "iso2022_jp_ext":
        # What Microsoft added to the sets of Japanese is drawn in the frame of its own page.
        return _microsoft_japanese(content), None
    # Undefined bytes of an 8-bit page and broken pairs of a double-byte one are few.
    text = _broken_utf8(content, hint) if codec == "utf-8" else content.decode(codec, "replace")
    return text, f"broken {_printable(declared)}"


def _unlabelled(content: bytes, declared: str | None, hint: str | None) -> tuple[str, str | None]:
    fault = "no charset given" if not declared else f"unknown charset {_printable(declared)}"
    if content.isascii():
        return _escaped(content) or (content.decode("ascii"), fault if declared else None)
    if (text := _strictly(content, "utf-8")) is not None:
        return text, fault
    if (
        hint is not None
        and hint not in _SEVEN_BIT | _WIDE | {"utf-8"}
        and (text := _strictly(content, hint)) is not None
    ):
        return text, fault
    return _detected(content), fault


def _broken_utf8(content: bytes, hint: str | None) -> str:
    """A few broken bytes in UTF-8 are somebody's Windows-1252; broken nearly everywhere, it was never UTF-8."""
    mended = content.decode("utf-8", "replace")
    broken = mended.count("\ufffd")
    if b"\xed" in content and (joined := _surrogates_joined(content)) is not None:
        return joined
    right = sum(1 for char in mended if char > "\x7f") - broken
    if right < broken:
        return _unlabelled(content, None, hint)[0]
    # A character cut at the end is the cut's fault, not another charset.
    return content.decode("utf-8", "windows-1252-bytes")


def _surrogates_joined(content: bytes) -> str | None:
    """CESU-8: the two halves of one character, each encoded by itself."""
    try:
        return content.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        return None


def _microsoft_japanese(content: bytes) -> str:
    """ISO-2022-JP with rows that only Shift_JIS of Windows knows."""
    pieces = _TO_DOUBLE_BYTE.split(content)
    out = [pieces[0].decode("iso2022_jp_ext", "replace")]
    for piece in pieces[1:]:
        double, escape, rest = piece.partition(b"\x1b")
        pairs = bytes(byte | 0x80 for byte in double if 0x21 <= byte <= 0x7E)
        text = _strictly(b"".join((b"\x1b$B", double, b"\x1b(B")), "iso2022_jp_ext")
        out.append(_rows_of_windows(pairs) if text is None else text)
        out.append((escape + rest).decode("iso2022_jp_ext", "replace"))
    return "".join(out)


def _rows_of_windows(pairs: bytes) -> str:
    """Each pair of EUC by the formula that turns it into Shift_JIS."""
    shifted = bytearray()
    for row, cell in zip(pairs[0::2], pairs[1::2], strict=False):
        high, low = row - 0xA0, cell - 0xA0
        lead = (high + 1) // 2
        shifted.append(lead + (0x80 if lead <= 31 else 0xC0))
        shifted.append((low + 0x3F + (low >= 64) if high % 2 else low + 0x9E) & 0xFF)
    return bytes(shifted).decode("cp932", "replace")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError), "registered for decoding alone"
    wrong = error.object[error.start : error.end]
    if error.end == len(error.object) or wrong[0] >= 0xF0:
        return "\ufffd", error.end
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252-bytes", _as_windows_1252)


def _detected(content: bytes) -> str:
    """Western text has few high bytes, and those it has are its accents; anything else is left to the detector."""
    western = content.decode("cp1252", "replace")
    high = [char for char in western[:_DETECT_BYTES] if char > "\x7f"]
    letters = sum(1 for char in western[:_DETECT_BYTES] if char.isalpha())
    latin = bool(high) and len(high) * 20 <= max(letters, 1) * 11
    if latin and len(_SIGNS_IN_WORDS.findall(western[:_DETECT_BYTES])) * 8 > len(high):
        return _central_european(content)
    if latin and all(char in _WESTERN for char in high):
        return western
    best = from_bytes(content[:_DETECT_BYTES], cp_isolation=_DETECTABLE).best()
    found = [best.encoding] if best is not None else []
    for encoding in (*found, "euc_jp", "koi8_r"):
        text = _strictly(content, encoding)
        if text is not None and _is_one_script(text) and _is_written(text):
            return text
    return western


def _central_european(content: bytes) -> str:
    """Windows' and ISO's pages have their accented letters in different places: the one with more letters is right."""
    texts = [content.decode(codec, "replace") for codec in ("iso8859-2", "cp1250")]
    return max(texts, key=lambda text: sum(char.isalpha() for char in text[:_DETECT_BYTES] if char > "\x7f"))


def _is_written(text: str) -> bool:
    """Words, not the signs and single marks that a wrong page makes of them."""
    high = [char for char in text[:2000] if char > "\x7f"]
    return sum(char.isalpha() and not "\u3130" < char < "\u3190" for char in high) * 10 >= len(high) * 6


def _is_one_script(text: str) -> bool:
    """Most of the letters beyond ASCII belong to one script: a wrong page mixes several."""
    scripts: dict[str, int] = {}
    for char in text[:2000]:
        if char > "\x7f" and char.isalpha():
            script = unicodedata.name(char, "?").partition(" ")[0]
            scripts[script] = scripts.get(script, 0) + 1
    if not scripts:
        return False
    return max(scripts.values()) * 10 >= sum(scripts.values()) * 8 or set(scripts) <= {"CJK", "HIRAGANA", "KATAKANA"}


def _escaped(content: bytes) -> tuple[str, str | None] | None:
    """Japanese without a label announces itself."""
    if any(escape in content for escape in _ESCAPE_TO_JAPANESE):
        return content.decode("iso2022_jp_ext", "replace"), "no charset given"
    return None


def _wide(content: bytes, codec: str) -> str:
    """Text labelled UTF-16 that has no zero bytes where UTF-16 has them is something else."""
    sample = content[:2000]
    if codec.startswith("utf-16") and sample.count(0) * 10 < len(sample):
        text = _strictly(content, "utf-8")
        if text is not None and not _CONTROLS.search(text):
            return text
    if codec == "utf-16":
        codec = "utf-16-be" if _higher_first(sample[0::2], sample[1::2]) else "utf-16-le"
    if codec == "utf-32":
        codec = "utf-32-be" if sample[0::4].count(0) > sample[3::4].count(0) else "utf-32-le"
    return content.decode(codec, "replace")


def _higher_first(even: bytes, odd: bytes) -> bool:
    """The higher half of each character, zero or a script's own, differs less than the lower one."""
    if even.count(0) != odd.count(0):
        return even.count(0) > odd.count(0)
    return len(set(even)) < len(set(odd))


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _sound(text: str) -> str:
    """Without lone surrogates, which some codecs let through and no output can hold, and with the quotes and dashes of
    Windows-1252 that somebody took for Latin-1's control characters.
    """
    if _C1.search(text):
        text = text.translate(_WINDOWS_SIGNS)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _printable(declared: str) -> str:
    return "".join(char for char in declared if char.isascii() and char.isprintable())[:40]
