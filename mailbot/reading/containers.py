"""The elements in which mail programs wrap what they quote and sign (names as found in their sent mails)."""

import re
from collections.abc import Mapping
from typing import Final, Literal

Container = Literal["quote", "frame", "rest", "signature", ""]
"""`quote`: quoted whole.  `frame`: an introduction, a quote, then the writer again.  `rest`: from here to the end."""

# OWA puts x_ before the names of a mail it quotes, so its own containers come without; both are known.
_PREFIX: Final = r"(?:^|\s)(?:x_)*"
_FRAME_CLASS: Final = re.compile(_PREFIX + r"(?:gmail_quote(?:_container)?|zmail_extra|protonmail_quote)(?:\s|$)")
_QUOTE_CLASS: Final = re.compile(
    _PREFIX
    + r"(?:yahoo_quoted|ydp[\w-]*yahoo_quoted|tutanota_quote|OutlookMessageHeader|moz-cite-prefix|gmail_attr|mail_quote"
    r"|ms-outlook-mobile-reference-message|moz-email-headers-table|quote-outlook|ox-reply|reply-intro"
    r"|mailru-blockquote|freemail_quote|front-blockquote)(?:\s|$)"
)
_QUOTE_ID: Final = re.compile(
    r"^(?:x_)*(?:reply-intro|mail-editor-reference-message-container|yahoo_quoted[\w-]*|ydp[\w-]*yahoo_quoted[\w-]*"
    r"|OLK_SRC_BODY_SECTION|isForwardContent|isReplyContent|qt|oriMsgHtmlSeperator|sfr_quote|bloc_reponse)$",
    re.IGNORECASE,
)
_SPARK: Final = "messageReplySection"
_REST_ID: Final = re.compile(
    r"^(?:x_)*(?:divRplyFwdMsg|appendonsend|replySplit|stopSpelling|zwchr|ms-outlook-mobile-body-separator-line)$",
    re.IGNORECASE,
)
# Outlook for Windows draws a thin line above the header block of the mail it answers.
_OUTLOOK_LINE: Final = re.compile(
    r"border-top:\s*(?:1(?:\.0)?pt\s+)?solid\s+(?:#(?:E1E1E1|B5C4DF)|rgb\(\s*(?:225|181))"
    r"|border-top-color:\s*rgb\(\s*229\s*,\s*229\s*,\s*229",
    re.IGNORECASE,
)
_SIGNATURE_CLASS: Final = re.compile(
    _PREFIX + r"(?:gmail_signature|moz-signature|protonmail_signature_block(?:-user|-proton)?|tutanota_signature"
    r"|yahoo-signature"
    r"|ydp[\w-]*signature|zmail_signature|mail_signature|js-signature|signature_div)(?:\s|$)"
)
_SIGNATURE_ID: Final = re.compile(
    r"^(?:x_)*(?:Signature|ms-outlook-mobile-signature|AppleMailSignature|yahoo_signature|mail-signature|zm_signature"
    r"|ydp[\w-]*signature|mobile_signature|_rc_sig|lineBreakAtBeginningOfSignature)$",
    re.IGNORECASE,
)
_ZIMBRA: Final[Mapping[str, Container]] = {
    "__HEADERS__": "rest",
    "__QUOTED_TEXT__": "quote",
    "__SIG_PRE__": "signature",
    "__SIG_POST__": "signature",
}


def container(tag: str, attributes: Mapping[str, str]) -> Container:
    """What this element says about the text inside it."""
    name, identifier = attributes.get("class", ""), attributes.get("id", "")
    if tag == "blockquote":
        return "quote" if _is_quote(attributes, name) else ""
    if (
        _FRAME_CLASS.search(name)
        or _QUOTE_CLASS.search(name)
        or _QUOTE_ID.match(identifier)
        or attributes.get("name") == _SPARK
    ):
        return "frame" if _FRAME_CLASS.search(name) else "quote"
    if _REST_ID.match(identifier) or (tag == "div" and _OUTLOOK_LINE.search(attributes.get("style", ""))):
        return "rest"
    if _is_signature(attributes, name, identifier):
        return "signature"
    marker = attributes.get("data-marker", "")
    if marker in _ZIMBRA:
        return _ZIMBRA[marker]
    return ""


def _is_quote(attributes: Mapping[str, str], name: str) -> bool:
    """A blockquote without any sign may be a writer's own indentation."""
    return (
        attributes.get("type", "").casefold() == "cite"
        or "cite" in attributes
        or "quote" in name.casefold()
        or "cite" in name.casefold()
        or "border-left" in attributes.get("style", "").casefold()
        or attributes.get("data-marker") == "__QUOTED_TEXT__"
    )


def _is_signature(attributes: Mapping[str, str], name: str, identifier: str) -> bool:
    return bool(
        "signature" in attributes.get("data-smartmail", "")
        or _SIGNATURE_CLASS.search(name)
        or _SIGNATURE_ID.match(identifier)
    )
