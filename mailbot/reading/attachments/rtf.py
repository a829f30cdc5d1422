"""Rich Text Format (1.9.1) to text: code pages by font, Unicode escapes, tables, fields; HTML that Outlook wraps in it.

A tokenizer and a stack of groups: every byte is looked at once, and no nesting is too deep.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from mailbot.reading import charset
from mailbot.reading.attachments import codepages
from mailbot.reading.attachments.opened import DAMAGED, MOST_CHARACTERS, TOO_LONG, Member, Opened
from mailbot.reading.html import to_text

_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,40})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)",
    re.DOTALL,
)
# fmt: off
_SAID: Final = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "nestrow": "\n", "tab": "\t", "cell": "\t",
    "nestcell": "\t", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "softline": "\n", "zwnj": "\u200c", "zwj": "\u200d",
}
_SYMBOLS: Final = {"~": "\xa0", "_": "-", "\n": "\n", "\r": "\n", "\t": "\t", "{": "{", "}": "}", "\\": "\\"}
_UNSEEN: Final = frozenset((
    "colortbl", "stylesheet", "info", "object", "themedata", "colorschememapping", "datastore", "latentstyles",
    "listtable", "listoverridetable", "rsidtbl", "generator", "filetbl", "revtbl", "xmlnstbl", "fldinst", "bkmkstart",
    "bkmkend", "nonshppict", "mmathPr", "sp", "shprslt", "nonesttables", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc",
    "pnseclvl", "mhtmltag", "objdata", "atnid", "atndate", "atnref", "upr", "private", "xe", "tc", "template", "ftncn",
))
_SEEN_THOUGH_STARRED: Final = frozenset((
    "shpinst", "shptxt", "shppict", "annotation", "atnauthor", "ud", "do", "dptxbxtext", "htmltag", "fldrslt",
    "footnote",
))
"""`\\*` lets an unknown destination be skipped (page 12); these are known here."""
_CODE_PAGE_OF_CHARSET: Final = {
    77: "macintosh", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "windows-1253",
    162: "windows-1254", 163: "windows-1258", 177: "windows-1255", 178: "windows-1256", 186: "windows-1257",
    204: "windows-1251", 222: "windows-874", 238: "windows-1250", 254: "cp437", 255: "cp850",
}
# fmt: on
_SYMBOL_CHARSET: Final = 2
_SYMBOL_FONT: Final = {0xB7: "•", 0xA7: "▪", 0xFE: "☒", 0xA8: "☐", 0x6F: "☐", 0xFC: "✓", 0xE0: "→"}
_MOST_PICTURES: Final = 20
_MOST_HEX: Final = 40_000_000
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class _Group:
    """What holds until the brace closes."""

    destination: str = "text"
    """text, font, picture or none."""
    skip: int = 1
    """Characters that stand behind a Unicode escape for old readers (\\uc)."""
    font: int = -1
    unseen: bool = False
    only_rtf: bool = False
    """Between \\htmlrtf and \\htmlrtf0: not part of the wrapped HTML (MS-OXRTFEX section 2.1.3)."""
    starred: bool = False


def read_rtf(content: bytes) -> Opened:
    """Total; text as a word processor shows it."""
    reader = _Reader(content)
    reader.read()
    return Opened(
        reader.text,
        missing=(
            *((TOO_LONG,) if reader.cut else ()),
            *((DAMAGED,) if reader.open_groups and not content.rstrip(b"\0\r\n ").endswith(b"}") else ()),
        ),
        members=tuple(
            Member(f"picture {number}", picture, inline=True) for number, picture in enumerate(reader.pictures, 1)
        ),
    )


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.pictures: list[bytes] = []
        self.cut = False
        self._content = content
        self._out: list[str] = []
        self._room = 8 * MOST_CHARACTERS
        self._pending = bytearray()
        self._page = "windows-1252"
        self._fonts: dict[int, str] = {}
        self._default_font = -1
        self._group = _Group()
        self._stack: list[_Group] = []
        self._skip = 0
        self._is_html = False
        self._hex: list[bytes] = []
        self._hex_room = _MOST_HEX

    @property
    def open_groups(self) -> bool:
        return bool(self._stack)

    @property
    def text(self) -> str:
        said = "".join(self._out)
        if _SURROGATES.search(said):
            said = said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if self._is_html:
            page = to_text(said)
            said = f"{page.fresh}\n\n{page.quoted}".strip()
        lines = (line.rstrip("\t ") for line in said.split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def read(self) -> None:
        position, end = 0, len(self._content)
        while position < end and not self.cut:
            token = _TOKEN.match(self._content, position)
            if token is None:
                position += 1
                continue
            position = token.end()
            word, argument, byte, symbol, brace, literal = token.groups()
            if word == b"bin" and argument:
                position += max(0, min(int(argument), end - position))
            elif word:
                self._word(word.decode("ascii"), None if argument is None else int(argument))
            elif byte:
                self._bytes(bytes([int(byte, 16)]))
            elif symbol:
                self._symbol(symbol.decode("latin-1"))
            elif brace:
                self._brace(opening=brace == b"{")
            elif literal:
                self._bytes(literal)
        self._flush()

    def _brace(self, *, opening: bool) -> None:
        self._flush()
        self._skip = 0
        if opening:
            self._stack.append(self._group)
            self._group = replace(self._group, starred=False)
            return
        if self._group.destination == "picture" and self._stack and self._stack[-1].destination != "picture":
            self._end_picture()
        if self._stack:
            self._group = self._stack.pop()

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._group.starred = True
        elif self._skip:
            self._skip -= 1
        else:
            self._say(_SYMBOLS.get(symbol, ""))

    def _word(self, word: str, argument: int | None) -> None:
        if self._skip and word != "u":
            self._skip -= 1
            return
        on = argument != 0
        match word:
            case "u" if argument is not None:
                self._flush()
                self._say(chr(argument & 0xFFFF))
                self._skip = self._group.skip
            case "uc":
                self._group.skip = max(0, min(argument or 0, 100))
            case "f" if argument is not None:
                self._flush()
                self._group.font = argument
            case "v" | "deleted":
                self._flush()
                self._group.unseen = on
            case "plain":
                self._flush()
                self._group.unseen = False
            case "htmlrtf":
                self._flush()
                self._group.only_rtf = on
            case _ if word in _SAID:
                self._say("\r\n" if self._is_html and word in {"par", "line"} else _SAID[word])
            case _:
                if not self._destination(word):
                    self._page_word(word, argument)

    def _destination(self, word: str) -> bool:
        """Does the word say what the group holds?"""
        group = self._group
        if word == "fonttbl":
            group.destination = "font"
        elif word == "pict" and group.destination != "none":
            group.destination, self._hex = "picture", []
        elif word in _UNSEEN or (group.starred and word not in _SEEN_THOUGH_STARRED):
            group.destination = "none"
        elif word == "ud" or (word in {"shptxt", "fldrslt"} and group.destination == "none" and group.starred):
            group.destination = "text"
        elif word == "htmltag":
            group.destination = "text" if self._is_html else "none"
            group.only_rtf = False
        elif word in {"footnote", "annotation", "header", "footer", "headerf", "footerf", "shptxt"}:
            self._say("\n")
        else:
            return False
        group.starred = False
        return True

    def _page_word(self, word: str, argument: int | None) -> None:
        match word:
            case "ansicpg" if argument is not None:
                self._page = codepages.label(argument) or self._page
            case "mac":
                self._page = "macintosh"
            case "pc":
                self._page = "cp437"
            case "pca":
                self._page = "cp850"
            case "deff" if argument is not None:
                self._default_font = argument
            case "fromhtml":
                self._is_html = argument != 0
            case "fcharset" | "cpg" if self._group.destination == "font" and argument is not None:
                page = _CODE_PAGE_OF_CHARSET.get(argument) if word == "fcharset" else codepages.label(argument)
                if argument == _SYMBOL_CHARSET and word == "fcharset":
                    page = "symbol"
                if page:
                    self._fonts[self._group.font] = page
            case _:
                pass

    def _bytes(self, found: bytes) -> None:
        if self._skip:
            dropped = min(self._skip, len(found))
            self._skip -= dropped
            found = found[dropped:]
        if self._group.destination == "picture":
            if self._hex_room > 0:
                self._hex.append(found)
                self._hex_room -= len(found)
        elif found and self._is_shown():
            self._pending += found

    def _is_shown(self) -> bool:
        group = self._group
        return group.destination == "text" and not group.unseen and not (self._is_html and group.only_rtf)

    def _flush(self) -> None:
        """Bytes that stand together are one text: a character may take two of them."""
        if not self._pending:
            return
        found, self._pending = bytes(self._pending), bytearray()
        page = self._fonts.get(self._group.font if self._group.font >= 0 else self._default_font, self._page)
        if page == "symbol" and not found.isascii():
            text = "".join(_SYMBOL_FONT.get(byte, chr(byte) if byte < 0x80 else "") for byte in found)
        else:
            text = _decoded(found, self._page if page == "symbol" else page)
        self._write(text)

    def _say(self, text: str) -> None:
        self._flush()
        if text and self._is_shown():
            self._write(text)

    def _write(self, text: str) -> None:
        self._room -= len(text)
        if self._room < 0:
            self.cut = True
            return
        self._out.append(text)

    def _end_picture(self) -> None:
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", b"".join(self._hex))
        content = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
        self._hex = []
        if len(self.pictures) < _MOST_PICTURES and content.startswith((b"\x89PNG", b"\xff\xd8\xff")):
            self.pictures.append(content)


def _decoded(found: bytes, page: str) -> str:
    """By the page that the file names: two bytes are too few to doubt it."""
    try:
        return found.decode(charset.known(page) or "cp1252")
    except UnicodeDecodeError:
        return charset.decode(found, page)[0]
