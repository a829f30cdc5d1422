"""HTML to the text that a person sees, with the mail programs' own quote containers told apart.

Walks the tree without recursion; fetches nothing.
"""

import re
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

MAX_HTML = 2_000_000
_MAX_NODES = 100_000

_DROP = {"script", "style", "head", "title", "meta", "link", "template", "noscript", "object", "svg", "iframe", "xml"}
_BLOCK = {
    *("address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2"),
    *("h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul", "body"),
}
_SPACED = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre"}
# What mail programs call the element that holds the mail answered to.
_QUOTE_CLASS = re.compile(
    r"(?:^|[\s_])(?:gmail_quote|gmail_quote_container|moz-cite-prefix|yahoo_quoted|protonmail_quote|tutanota_quote|"
    r"zmail_extra|WordSection1_quote|OutlookMessageHeader|mail_quote|freemail_quote|ox-reply|quote-outlook)",
    re.IGNORECASE,
)
_QUOTE_ID = re.compile(r"(?:reply-intro|mail-editor-reference-message-container|isForwardContent)", re.IGNORECASE)
# From here on everything belongs to the mail answered to.
_REST_ID = re.compile(
    r"(?:^|x_)+(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|replySplit|divtagdefaultwrapper_q)", re.IGNORECASE
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%|;|$)|mso-hide\s*:\s*all|"
    r"max-height\s*:\s*0(?:px)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![-\w])color\s*:\s*([^;]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;]+)", re.IGNORECASE)
_WHITE = re.compile(
    r"^\s*(?:#fff(?:fff)?|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))\s*(?:!important)?\s*$", re.IGNORECASE
)
_FORWARD = re.compile(
    r"-{5,}\s*(?:forwarded message|message transf|weitergeleitete|mensaje reenviado|messaggio inoltrato)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """`fresh` and `quoted` are told apart only where the HTML itself says so."""

    fresh: str
    quoted: str
    hidden: bool
    """Text that nobody sees was left out."""
    cut: bool
    """The document was longer than what is read."""


@dataclass(slots=True)
class _Pen:
    """Collects words and line ends for one of the two texts."""

    pieces: list[str]

    def words(self, text: str | None, *, literal: bool) -> None:
        if text:
            self.pieces.append(text if literal else re.sub(r"[ \t\r\n\f]+", " ", text))

    def line(self, count: int = 1) -> None:
        self.pieces.append("\n" * count)

    def text(self) -> str:
        joined = "".join(self.pieces).replace("\xa0", " ")
        joined = re.sub(r"[ \t]*\n[ \t]*", "\n", joined)
        return re.sub(r"\n{3,}", "\n\n", joined).strip()


def to_text(source: str) -> HtmlText:
    """Never raises; an unreadable document gives what can be had by cutting out its tags."""
    cut = len(source) > MAX_HTML
    source = source[:MAX_HTML].replace("\0", "")
    try:
        parser = lxml_html.HTMLParser(
            recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
        )
        # A declaration inside a text that is already decoded would only be refused.
        root = lxml_html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return HtmlText(re.sub(r"<[^>]{0,2000}>", " ", source).strip(), "", hidden=False, cut=cut)
    return _walk(root, cut=cut)


def _walk(root: etree._Element, *, cut: bool) -> HtmlText:
    state = _State(_Pen([]), _Pen([]))
    for count, (event, element) in enumerate(etree.iterwalk(root, events=("start", "end"))):
        if count > 2 * _MAX_NODES:
            cut = True
            break
        tag = element.tag.lower() if isinstance(element.tag, str) else ""
        if event == "start":
            state.start(element, tag)
        else:
            state.end(element, tag)
    return HtmlText(state.fresh.text(), state.quoted.text(), hidden=state.hidden, cut=cut)


@dataclass(slots=True)
class _State:
    """Where the walk is: inside something unseen, inside a quote, behind the line from which all is quoted."""

    fresh: _Pen
    quoted: _Pen
    hidden: bool = False
    skip_until: etree._Element | None = None
    quote_until: etree._Element | None = None
    rest: bool = False
    literal: int = 0

    @property
    def pen(self) -> _Pen:
        return self.quoted if self.rest or self.quote_until is not None else self.fresh

    def start(self, element: etree._Element, tag: str) -> None:
        if self.skip_until is None and (tag in _DROP or _is_hidden(element)):
            seen = tag in _DROP or not any(str(text).strip() for text in element.itertext())
            self.hidden = self.hidden or not seen
            self.skip_until = element
        if self.skip_until is not None:
            return
        self.rest = self.rest or _starts_the_rest(element)
        if self.quote_until is None and _is_quote(element, tag):
            self.quote_until = element
        self.literal += tag == "pre"
        _open(self.pen, tag)
        self.pen.words(element.text, literal=self.literal > 0)

    def end(self, element: etree._Element, tag: str) -> None:
        if self.skip_until is element:
            self.skip_until = None
        elif self.skip_until is None:
            _close(self.pen, tag)
            self.literal -= tag == "pre"
            if self.quote_until is element:
                self.quote_until = None
        if self.skip_until is None:
            self.pen.words(element.tail, literal=self.literal > 0)


def _open(pen: _Pen, tag: str) -> None:
    if tag == "br":
        pen.line()
    elif tag in _BLOCK:
        pen.line()
        if tag == "li":
            pen.pieces.append("- ")
    elif tag in {"td", "th"} and pen.pieces and not pen.pieces[-1].endswith("\n"):
        pen.pieces.append(" | ")


def _close(pen: _Pen, tag: str) -> None:
    if tag in _BLOCK:
        pen.line(2 if tag in _SPACED else 1)


def _is_hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style", "")
    if style and _HIDDEN.search(style):
        return True
    colour = _COLOUR.search(style)
    ink = colour[1] if colour else element.get("color", "")
    if not ink or not _WHITE.match(ink):
        return False
    # White text is hidden on white; on a coloured button it is the label.
    for above in (element, *element.iterancestors()):
        background = _BACKGROUND.search(above.get("style", ""))
        paint = background[1] if background else above.get("bgcolor", "")
        if paint and paint.strip().casefold() not in {"transparent", "none", "inherit"}:
            return bool(_WHITE.match(paint))
    return True


def _is_quote(element: etree._Element, tag: str) -> bool:
    name, identifier = element.get("class", ""), element.get("id", "")
    if tag == "blockquote" and (element.get("type", "").casefold() == "cite" or "cite" in name.casefold()):
        return True
    if _QUOTE_CLASS.search(name) or _QUOTE_ID.search(identifier):
        # A forwarded mail is the content, not history.
        return not _FORWARD.search("".join(str(text) for text in element.itertext())[:400])
    return False


def _starts_the_rest(element: etree._Element) -> bool:
    identifier = element.get("id", "")
    return bool(identifier and _REST_ID.search(identifier))
