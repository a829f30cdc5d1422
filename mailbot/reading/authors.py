"""Who wrote a mail, in whose name, and what about that a person should be warned of (H36, H38)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.model import Account, Address, Authentication
from mailbot.reading import machines
from mailbot.reading.addresses import parse_addresses
from mailbot.reading.envelope import Envelope
from mailbot.reading.structure import Entity

_RESULT: Final = re.compile(r"\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_COMMENT: Final = re.compile(r"\([^()]*\)|\"(?:[^\"\\]|\\.)*\"")
"""And what stands in quotes: both may say anything."""
_BY: Final = re.compile(rb"\bby\s+([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10})", re.IGNORECASE)
_VIA: Final = re.compile(r"\S (?:via|par|über|tramite|através de|por) \S", re.IGNORECASE)
_SITE: Final = re.compile(
    r"^(?:wordpress|www-data|apache|nginx|httpd|webmaster|web|site|siteweb|website|form(?:ulaire|s|ular|ulario)?|contact-?form|php|drupal"
    r"|joomla|typeform|jotform|nobody|extranet|portail|espace-?(?:locataire|client)|.*formulaire.*)$",
    re.IGNORECASE,
)
_NO_REPLY: Final = re.compile(rf"^(?:{'|'.join(machines.NO_REPLY)})$", re.IGNORECASE)
_OFFICE: Final = re.compile(
    r"^(?:info|infos|contact|support|service[\w.-]*|newsletter|news|hello|bonjour|accueil|admin|office|help|aide|sav"
    r"|client[s\w.-]*|customer[\w.-]*|relation[\w.-]*|reply[\w.+-]*|feedback|marketing|communication)$",
    re.IGNORECASE,
)
"""Local parts of firms: behind a no-reply sender these are its own desk, not somebody who filled in a form."""
_MAIL_LABEL: Final = re.compile(
    r"^[ \t*_•-]{0,20}(?:(?:votre |adresse )?(?:e-?mail|m[ée]l|courriel|mail|correo(?: electr[óo]nico)?|e-?posta)"
    r"|adresse (?:e-?mail|[ée]lectronique|mail))[ \t*_]{0,9}(?:[:\t]|$)\s{0,9}<?([^\s<>;,]{1,64}@[^\s<>;,]{1,255})",
    re.IGNORECASE | re.MULTILINE,
)
_NAME_LABEL: Final = re.compile(
    r"^[ \t*_•-]{0,20}(?:(?:votre )?nom(?: et pr[ée]nom| complet)?|name|full name|nombre|nome)[ \t*_]{0,9}(?:[:\t]|$)"
    r"\s{0,9}(\S[^\n]{1,80})",
    re.IGNORECASE | re.MULTILINE,
)
_FROM_LABEL: Final = re.compile(
    r"\A\s{0,20}(?:de|from|von|da|expéditeur|envoy[ée] par) ?: *([^\n<]{0,80}<[^\s<>]{1,64}@[^\s<>]{1,255}>)",
    re.IGNORECASE,
)
"""With this line the forms of WordPress begin."""
_FIELD_NAMES: Final = re.compile(
    r"^[ \t*_•-]{0,20}(?:votre |your )?(?:nom|pr[ée]nom|name|t[ée]l(?:[ée]phone)?|phone|portable|message|sujet|objet"
    r"|subject|adresse|address|ville|code postal|logement|demande|motif|nachricht|telefon|mensaje|asunto|tel[ée]fono"
    r"|messaggio|oggetto)\b[^\n:]{0,30}[ \t*_]{0,9}(?::|\t|$)",
    re.IGNORECASE | re.MULTILINE,
)
_LABELS: Final = re.compile(r"^[ \t*_•-]{0,20}[^\W\d_][^:\n]{1,40}[:\t][ \t]*\S", re.MULTILINE)
_ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:]{1,64}@([^\s<>\"'(),;:]{1,255})")
_SECOND_LEVEL: Final = {"co", "com", "org", "net", "gouv", "gov", "asso", "ac", "edu", "ltd"}
_CONFUSED: Final = str.maketrans("01i|53аеорсухіѕӏοανɡıł", "olllseaeopcyxlsloavgll")
"""Letters that an eye takes for one another, mapped to one of them."""


@dataclass(frozen=True, slots=True)
class Authorship:
    sender: Address | None
    original: Address | None
    """Who is to be helped, when somebody or something else sent it for them."""
    web_form: bool
    authentication: Authentication | None
    marks: tuple[str, ...]


def authorship(root: Entity, envelope: Envelope, account: Account, text: str, forwarded: Sequence[str]) -> Authorship:
    """Total; `forwarded` are the authors of the mails that were passed on, the outermost first."""
    sender = _sender(root, envelope)
    results = authentication(root, account.authserv_id)
    form = _form(sender, envelope, account, text)
    passed_on = _original(forwarded, account) or _behind_list(root, sender, envelope, account)
    return Authorship(
        sender=sender,
        original=passed_on or form,
        web_form=form is not None and passed_on is None,
        authentication=results,
        marks=tuple(_marks(sender, envelope, account, results, web_form=form is not None)),
    )


def _sender(root: Entity, envelope: Envelope) -> Address | None:
    """The author; of several, the one who sent it (RFC 5322 section 3.6.2)."""
    if len(envelope.authors) > 1 and envelope.sender_field is not None:
        for one in envelope.authors:
            if one.address == envelope.sender_field.address:
                return one
    author = next(iter(envelope.authors), None)
    if author is not None and "@" in author.address:
        return author
    way = envelope.sender_field or next(iter(parse_addresses(root.all("return-path")[:1])), None)
    if author is None or way is None:
        return author or way
    # A From that names somebody without an address.
    return Address(author.name or author.address, way.address)


def authentication(root: Entity, authserv_id: str | None) -> Authentication | None:
    """The results of our own server, which stand together at the top; all others prove nothing (RFC 8601 section 5)."""
    if not authserv_id:
        return None
    found: dict[str, str] = {}
    inside = home = False
    for name, raw in root.fields:
        if name == "received" and (by := _BY.search(raw[:2000])):
            # Above stands what our own servers wrote; below the first stranger's stamp anybody may have written.
            ours = domain(by[1].decode("ascii")) == domain(authserv_id)
            if home and not ours:
                break
            home = home or ours
        if name != "authentication-results":
            inside = inside and name in {
                "received-spf",
                "arc-authentication-results",
                "arc-seal",
                "arc-message-signature",
            }
            if found and not inside:
                break
            continue
        value = _COMMENT.sub(" ", raw.decode("ascii", "replace"))
        server, _, results = value.partition(";")
        if server.split()[:1] != [authserv_id] and [part.casefold() for part in server.split()[:1]] != [
            authserv_id.casefold()
        ]:
            if found:
                break
            continue
        inside = True
        for statement in results.split(";"):
            if result := _RESULT.match(statement):
                key, verdict = result[1].casefold(), result[2].casefold()
                # Of several signatures one good one is enough.
                found[key] = verdict if key not in found or (key, verdict) == ("dkim", "pass") else found[key]
    return Authentication(found.get("spf"), found.get("dkim"), found.get("dmarc")) if found else None


def _original(forwarded: Sequence[str], account: Account) -> Address | None:
    """Of forwards of forwards, the first author who is not one of ours."""
    authors = [address for text in forwarded for address in parse_addresses([text.encode("utf-8", "replace")])[:1]]
    ours = _domains(account)
    return next((author for author in authors if domain(author.address) not in ours), authors[-1] if authors else None)


def _behind_list(root: Entity, sender: Address | None, envelope: Envelope, account: Account) -> Address | None:
    """Lists that write in their own name (`Jeanne via Amicale`) say elsewhere for whom."""
    if sender is None or root.first("list-id") is None or not _VIA.search(sender.name):
        return None
    named = parse_addresses(root.all("x-original-from")[:1]) or envelope.reply_to
    people = [address for address in named if _is_person(address, account) and address.address != sender.address]
    return people[0] if len(people) == 1 else None


def _form(sender: Address | None, envelope: Envelope, account: Account, text: str) -> Address | None:
    """A form on a web site writes as itself; the person stands in Reply-To or among the form's fields."""
    if sender is None:
        return None
    local = sender.address.rpartition("@")[0]
    own = sender.address.casefold() in {address.casefold() for address in account.addresses}
    site = own or _SITE.match(local) is not None
    if not site and not _NO_REPLY.match(local):
        return None
    others = [address for address in envelope.reply_to if _is_person(address, account)]
    if len(others) == 1 and (site or domain(others[0].address) != domain(sender.address)):
        return others[0]
    if author := _FROM_LABEL.match(text):
        return next(iter(parse_addresses([author[1].encode()])), None)
    mail = _MAIL_LABEL.search(text[:20_000])
    if mail is None or (len(_LABELS.findall(text[:20_000])) < 3 and len(_FIELD_NAMES.findall(text[:20_000])) < 2):
        return None
    name = _NAME_LABEL.search(text[:20_000])
    return next(iter(parse_addresses([f"{name[1] if name else ''} <{mail[1]}>".encode()])), None)


def _is_person(address: Address, account: Account) -> bool:
    local = address.address.rpartition("@")[0]
    own = {own.casefold() for own in account.addresses}
    return not (_NO_REPLY.match(local) or _OFFICE.match(local) or address.address.casefold() in own)


def _marks(
    sender: Address | None, envelope: Envelope, account: Account, results: Authentication | None, *, web_form: bool
) -> Iterable[str]:
    if web_form:
        yield "web-form"
    if len(envelope.authors) > 1:
        yield "several-authors"
    if sender is None or "@" not in sender.address:
        yield "no-sender"
        return
    from_domain = domain(sender.address)
    if any(domain(address.address) != from_domain for address in envelope.reply_to) and not web_form:
        yield "reply-to-differs"
    if envelope.sender_field is not None and domain(envelope.sender_field.address) != from_domain:
        yield "sender-differs"
    named = _ADDRESS.search(sender.name)
    if named and domain(f"x@{named[1]}") != from_domain:
        yield "name-shows-other-address"
    ours = _domains(account)
    if from_domain in ours:
        if results is not None and "fail" in {results.dmarc, results.spf if results.dmarc is None else None}:
            yield "spoofed-sender"
    elif any(_looks_like(from_domain, own) for own in ours):
        yield "lookalike-sender"


def domain(address: str) -> str:
    """The part of a domain that somebody registered, as far as that can be told without a list of all registries."""
    labels = address.rpartition("@")[2].casefold().rstrip(".").split(".")
    count = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) <= 3 else 2
    return ".".join(labels[-count:])


def _domains(account: Account) -> frozenset[str]:
    return frozenset(domain(address) for address in account.addresses if "@" in address)


def _looks_like(one: str, own: str) -> bool:
    """Another domain that an eye takes for ours: confusable letters, one letter off, our name with an addition."""
    shown, ours = _skeleton(one), _skeleton(own)
    if shown == ours:
        return True
    name, our_name = shown.partition(".")[0], ours.partition(".")[0]
    if len(our_name) < 5:
        return False
    return name == our_name or (our_name in name and len(our_name) >= 6) or _one_off(name, our_name)


def _skeleton(name: str) -> str:
    shown = name
    if "xn--" in name:
        labels = []
        for label in name.split("."):
            try:
                labels.append(
                    label[4:].encode("ascii").decode("punycode")
                    if label.startswith("xn--") and len(label) < 64
                    else label
                )
            except (UnicodeError, ValueError):
                labels.append(label)
        shown = ".".join(labels)
    plain = "".join(char for char in unicodedata.normalize("NFKD", shown) if not unicodedata.combining(char))
    return plain.casefold().translate(_CONFUSED).replace("rn", "m").replace("vv", "w").replace("-", "")


def _one_off(one: str, other: str) -> bool:
    """One letter changed, added, dropped, or two exchanged."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )
