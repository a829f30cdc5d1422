"""What CSS hides in a mail (H32, H46): only what needs no layout to be known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_BRACES: Final = re.compile(r"[{};]")
_SIMPLE: Final = re.compile(r"([a-z][a-z0-9]*)?([.#])([\w-]{1,100})\Z", re.IGNORECASE)
_LAST: Final = re.compile(r"([a-z][a-z0-9]*)?(?:([.#])([\w-]{1,100}))?", re.IGNORECASE)
_HIDES: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*0*(?:\.0+|0(?:\.0+)?)(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0*(?:\.0+|0(?:\.0+)?)\s*(?:;|!|$)"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}px|clip\s*:\s*rect\(\s*0"
    r"|(?<![\w-])color\s*:\s*transparent",
    re.IGNORECASE,
)
_NO_HEIGHT: Final = re.compile(r"(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)", re.IGNORECASE)
_CLIPPED: Final = re.compile(r"overflow(?:-[xy])?\s*:\s*hidden", re.IGNORECASE)
_INK: Final = re.compile(r"(?<![\w-])color\s*:\s*([^;!]{1,60})", re.IGNORECASE)
_PAPER: Final = re.compile(r"background(?:-color|-image)?\s*:\s*([^;!]{1,200})", re.IGNORECASE)
_HEX: Final = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\b", re.IGNORECASE)
_RGB: Final = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*(?:[,/]\s*([\d.]{1,8})%?\s*)?\)", re.IGNORECASE
)
_NAMED: Final = {"white": (255, 255, 255), "snow": (255, 250, 250), "black": (0, 0, 0), "ivory": (255, 255, 240)}
_OF_ITS_PARENT: Final = re.compile(r"\s*(?:inherit|transparent|none|unset|initial|currentcolor|windowtext|auto)?\s*$")
_RULES: Final = 3000

Colour = tuple[int, int, int]
WHITE: Final[Colour] = (255, 255, 255)
UNKNOWN: Final[Colour] = (-999, -999, -999)
"""Another colour, or a picture: like nothing else."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Selectors (`.preheader`, `#hidden`, `td.x`): `hidden` are those whose elements are not shown."""

    hidden: frozenset[tuple[str, str, str]] = field(default_factory=frozenset)
    papered: frozenset[tuple[str, str, str]] = field(default_factory=frozenset)
    """Those that are drawn on a colour or a picture of their own."""

    def __or__(self, other: "Sheet") -> "Sheet":
        return Sheet(self.hidden | other.hidden, self.papered | other.papered)

    def hides(self, tag: str, attributes: Mapping[str, str]) -> bool:
        return bool(self.hidden) and not self.hidden.isdisjoint(_selectors(tag, attributes))

    def papers(self, tag: str, attributes: Mapping[str, str]) -> bool:
        return bool(self.papered) and not self.papered.isdisjoint(((tag, "", ""), *_selectors(tag, attributes)))


def _selectors(tag: str, attributes: Mapping[str, str]) -> list[tuple[str, str, str]]:
    names = [(".", name) for name in attributes.get("class", "").split()]
    if identifier := attributes.get("id"):
        names.append(("#", identifier))
    return [(which, kind, name) for kind, name in names for which in (tag, "")]


def parse_sheet(css: str) -> Sheet:
    """Rules inside @media are for other screens and ignored."""
    hidden: set[tuple[str, str, str]] = set()
    papered: set[tuple[str, str, str]] = set()
    flat = _without_media(_without_comments(css.replace("<!--", " ").replace("-->", " ")))
    for rule in flat.split("}", _RULES):
        selectors, _, declarations = rule.rpartition("{")
        declarations = declarations[:4000]
        hiding, papering = hides(declarations), paper(declarations, "") not in {None, WHITE}
        if not selectors or not (hiding or papering):
            continue
        for selector in selectors.split(","):
            if hiding and (simple := _SIMPLE.match(selector.strip())):
                hidden.add(((simple[1] or "").lower(), simple[2], simple[3]))
            # Which elements a long selector means is not known: those that its end names may be meant.
            if papering and (simple := _LAST.match((selector.split() or [""])[-1])):
                papered.add(((simple[1] or "").lower(), simple[2] or "", simple[3] or ""))
    return Sheet(frozenset(hidden), frozenset(papered))


def _without_comments(css: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := css.find("/*", position)) >= 0:
        kept.append(css[position:start])
        end = css.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        position = end + 2
    return "".join((*kept, css[position:]))


def _without_media(css: str) -> str:
    """Cut out at-rules with their blocks, by counting braces."""
    kept: list[str] = []
    position = 0
    while (start := css.find("@", position)) >= 0:
        kept.append(css[position:start])
        depth = 0
        for match in _BRACES.finditer(css, start):
            depth += (match.group() == "{") - (match.group() == "}")
            if depth <= 0 and match.group() in "};":
                position = match.end()
                break
        else:
            return "".join(kept)
    return "".join((*kept, css[position:]))


def hides(style: str) -> bool:
    """An inline style, or a rule's declarations, under which nothing is seen."""
    return bool(_HIDES.search(style) or (_NO_HEIGHT.search(style) and _CLIPPED.search(style)))


def ink(style: str, attribute: str) -> Colour | None:
    found = _INK.search(style)
    return _colour(found[1] if found else attribute)


def paper(style: str, attribute: str) -> Colour | None:
    found = _PAPER.search(style)
    return _colour(found[1] if found else attribute)


def same(one: Colour, other: Colour) -> bool:
    """Too close for an eye; nothing is known to be like an unknown colour."""
    return UNKNOWN not in {one, other} and sum(abs(left - right) for left, right in zip(one, other, strict=True)) <= 24


def _colour(text: str) -> Colour | None:
    text = text.strip().lower()
    if _OF_ITS_PARENT.match(text):
        return None
    if "url(" in text or "gradient" in text:
        return UNKNOWN
    if found := _HEX.search(text):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.search(text):
        if found[4] and found[4].strip("0."):
            return UNKNOWN if found[4] not in {"1", "1.0", "100"} else (int(found[1]), int(found[2]), int(found[3]))
        if found[4]:
            return None  # wholly transparent
        return int(found[1]), int(found[2]), int(found[3])
    return _NAMED.get(text.split(" ")[0], UNKNOWN)
