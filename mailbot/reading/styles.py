"""What CSS hides in a mail (H32, H46): only what needs no layout to be known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_BRACES: Final = re.compile(r"[{};]")
_SIMPLE: Final = re.compile(r"([a-z][a-z0-9]*)?([.#])([\w-]{1,100})\Z", re.IGNORECASE)
_LAST: Final = re.compile(r"([a-z][a-z0-9]*|\*)?(?:([.#])([\w-]{1,100}))?", re.IGNORECASE)
_HIDES: Final = re.compile(
    r"display\s*:\s*none|opacity\s*:\s*0*(?:\.0+|0(?:\.0+)?)\s*(?:;|!|$)"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}px|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
"""What no element inside can undo."""
_DISPLAYED: Final = re.compile(r"display\s*:\s*(?!none)[a-z]", re.IGNORECASE)
_SIZE: Final = re.compile(r"font-size\s*:\s*([^;!]{1,40})", re.IGNORECASE)
_NO_SIZE: Final = re.compile(r"0*(?:\.0+|0(?:\.0+)?)(?:px|pt|em|rem|%)?\s*$", re.IGNORECASE)
_VISIBILITY: Final = re.compile(r"visibility\s*:\s*([a-z]{1,20})", re.IGNORECASE)
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
TRANSPARENT: Final[Colour] = (-1, -1, -1)
"""Ink that is not seen on anything."""
Selector = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Selectors (`.preheader`, `#hidden`, `td.x`): `hidden` are those whose elements are not shown."""

    hidden: frozenset[Selector] = field(default_factory=frozenset)
    papered: Mapping[Selector, Colour] = field(default_factory=dict)
    """On what colour those are drawn that say so; of a long selector only its end is known, and no colour."""
    sized: Mapping[Selector, bool] = field(default_factory=dict)
    """Those that set the size of letters, and whether that leaves anything to be seen."""

    def __or__(self, other: "Sheet") -> "Sheet":
        return Sheet(self.hidden | other.hidden, {**self.papered, **other.papered}, {**self.sized, **other.sized})

    def hides(self, tag: str, attributes: Mapping[str, str], style: str) -> bool:
        if not self.hidden or self.hidden.isdisjoint(_selectors(tag, attributes)):
            return False
        return _DISPLAYED.search(style) is None

    def paper(self, tag: str, attributes: Mapping[str, str]) -> Colour | None:
        if not self.papered:
            return None
        found = [self.papered[one] for one in _selectors(tag, attributes, alone=True) if one in self.papered]
        return None if not found else found[0] if len(set(found)) == 1 else UNKNOWN

    def shrinks(self, tag: str, attributes: Mapping[str, str]) -> bool | None:
        """None when it says nothing of the size."""
        found = [self.sized[one] for one in _selectors(tag, attributes) if one in self.sized] if self.sized else []
        return all(found) if found else None


def _selectors(tag: str, attributes: Mapping[str, str], *, alone: bool = False) -> list[Selector]:
    """`alone`: also the name of the element, and the star."""
    names = [(".", name) for name in attributes.get("class", "").split()]
    if identifier := attributes.get("id"):
        names.append(("#", identifier))
    found = [(which, kind, name) for kind, name in names for which in (tag, "")]
    return [*found, (tag, "", ""), ("*", "", "")] if alone else found


def parse_sheet(css: str) -> Sheet:
    """Rules inside @media are for other screens and ignored."""
    hidden: set[Selector] = set()
    papered: dict[Selector, Colour] = {}
    sized: dict[Selector, bool] = {}
    flat = _without_media(_without_comments(css.replace("<!--", " ").replace("-->", " ")))
    for rule in flat.split("}", _RULES):
        selectors, _, declarations = rule.rpartition("{")
        declarations = declarations[:4000]
        hiding = hides(declarations) or unseen(declarations) or ink(declarations, "") == TRANSPARENT
        colour, small = paper(declarations, ""), shrinks(declarations)
        if not selectors or (not hiding and colour is None and small is None):
            continue
        for selector in selectors.split(","):
            words = selector.split() or [""]
            if simple := _SIMPLE.match(selector.strip()):
                key = ((simple[1] or "").lower(), simple[2], simple[3])
                if hiding:
                    hidden.add(key)
                if small is not None:
                    sized[key] = small
            # Which elements a long selector means is not known: those that its end names may be meant.
            if colour is not None and (last := _LAST.match(words[-1])):
                key = ((last[1] or "").lower(), last[2] or "", last[3] or "")
                papered[key] = colour if len(words) == 1 and papered.get(key, colour) == colour else UNKNOWN
    return Sheet(frozenset(hidden), papered, sized)


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


def shrinks(style: str) -> bool | None:
    """Letters of no size; None when it does not say.  What stands inside may have a size of its own."""
    found = _SIZE.search(style)
    return None if found is None else _NO_SIZE.match(found[1].strip()) is not None


def unseen(style: str) -> bool | None:
    """`visibility`; None when it does not say.  What stands inside may be visible again."""
    found = _VISIBILITY.search(style)
    return None if found is None else found[1].lower() in {"hidden", "collapse"}


def ink(style: str, attribute: str) -> Colour | None:
    found = _INK.search(style)
    if found and found[1].strip().lower() == "transparent":
        return TRANSPARENT
    return _colour(found[1] if found else attribute)


def paper(style: str, attribute: str) -> Colour | None:
    found = _PAPER.search(style)
    return _colour(found[1] if found else attribute)


def same(one: Colour, other: Colour) -> bool:
    """Too close for an eye; nothing is known to be like an unknown colour."""
    if one == TRANSPARENT:
        return True
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
