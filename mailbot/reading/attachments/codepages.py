"""Windows' numbers of code pages, by the labels that mails use."""

from typing import Final

# fmt: off
_LABELS: Final = {
    437: "cp437", 850: "cp850", 874: "windows-874", 932: "cp932", 936: "gbk", 949: "cp949", 950: "big5",
    1200: "utf-16-le", 1361: "johab", 10000: "macintosh", 20127: "us-ascii", 20866: "koi8-r", 20932: "euc-jp",
    21866: "koi8-u", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 50225: "iso-2022-kr",
    51932: "euc-jp", 51936: "gb2312", 51949: "euc-kr", 52936: "hz-gb-2312", 54936: "gb18030", 65000: "utf-7",
    65001: "utf-8",
}
# fmt: on


def label(page: int) -> str | None:
    """None for a number that is no code page of text."""
    if 1250 <= page <= 1258:
        return f"windows-{page}"
    if 28591 <= page <= 28606:
        return f"iso-8859-{page - 28590}"
    return _LABELS.get(page)
