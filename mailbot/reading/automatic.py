"""Mails that no person wrote to us: never answered.  By header first, by content for those that carry none."""

import re
from email.message import Message as EmailMessage

from mailbot.model import Address, Automatic, Because
from mailbot.reading.headers import decoded, first

_MACHINE = re.compile(
    r"^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|listserv|majordomo|bounces?[+\-=]|.*-bounces?(?:[+\-=]|$)|owner-.*|.*-request$)",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(
    r"^(?:no|ne|do-?not|nicht|non|nao|niet)[._-]?(?:reply|responder|pas[._-]?repondre|antworten|rispondere|responda|beantwoorden|repondre)",
    re.IGNORECASE,
)
_AWAY_SUBJECT = re.compile(
    r"^(?:(?:re|tr|aw)\s*:\s*)*(?:r[ée]ponse automatique|absence du bureau|message d['’]absence|automatic reply|auto(?:matic)?[ -]?(?:reply|response)|"
    r"out of (?:the )?office|automatische antwort|abwesenheits(?:notiz|nachricht)|abwesend|respuesta autom[áa]tica|fuera de (?:la )?oficina|"
    r"resposta autom[áa]tica|aus[êe]ncia (?:do|tempor)|risposta automatica|fuori (?:ufficio|sede)|automatisch antwoord|afwezig|"
    r"odpowied[źz] automatyczna|automatyczna odpowied|r[ăa]spuns automat|otomatik yan[ıi]t|ofis d[ıi][şs][ıi]nda|автоматический ответ|автоответ|"
    r"автоматична відповідь|رد تلقائي|自动回复)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"^(?:undeliver(?:ed|able)|mail delivery (?:failed|failure|subsystem)|delivery (?:status notification|failure|has failed)|returned mail|failure notice|"
    r"non[ -]remis|[ée]chec de (?:la )?(?:remise|distribution)|message non distribu|unzustellbar|no se puede entregar|"
    r"n[ãa]o (?:foi )?entregue|impossibile recapitare|onbestelbaar|niedostarczalne)",
    re.IGNORECASE,
)
_RECEIPT_SUBJECT = re.compile(
    r"^(?:lu|read|gelesen|le[íi]do|letto|accus[ée] de (?:lecture|r[ée]ception)|read receipt)\s*:", re.IGNORECASE
)
_AWAY_TEXT = re.compile(
    r"\b(?:je (?:suis|serai) (?:actuellement |de nouveau )?(?:absente?|en cong[ée]s?)\b[^\n]{0,120}\b(?:jusqu|du |de retour|retour)|"
    r"i am (?:currently )?(?:out of (?:the )?office|on leave|away from)|ich bin (?:derzeit |bis )[^\n]{0,60}(?:nicht im b[üu]ro|abwesend)|"
    r"estar[ée] (?:ausente|fuera)|estarei ausente|sar[òo] assente|ik ben (?:afwezig|niet aanwezig))",
    re.IGNORECASE,
)
_AWAY_HELP = re.compile(
    r"\b(?:en cas d['’]urgence|vous pouvez (?:contacter|joindre|vous adresser)|votre (?:message|mail|demande)[^\n]{0,60}(?:trait|retour)|"
    r"in urgent cases|please contact|in dringenden f[äa]llen|wenden sie sich|en caso de urgencia|em caso de urg|in caso di urgenza|neem contact)",
    re.IGNORECASE,
)
# A vacation message is short; a person who mentions an absence in a letter is not away.
_AWAY_LENGTH = 900


def judge(
    message: EmailMessage, sender: Address | None, own: tuple[str, ...], subject: str, fresh: str
) -> tuple[Automatic | None, tuple[Because, ...]]:
    """What kind of machine wrote this, and by which sign; (None, ()) for a person."""
    kind, because = _by_header(message, sender, own) or _by_content(sender, subject, fresh) or (None, "")
    return kind, (Because("automatic", because),) if kind is not None else ()


def _by_header(message: EmailMessage, sender: Address | None, own: tuple[str, ...]) -> tuple[Automatic, str] | None:
    local = sender.address.partition("@")[0] if sender is not None else ""
    if first(message, "X-Mailbot-Key") is not None or (sender is not None and sender.address.casefold() in own):
        return "own", "sent by this very mailbox"
    return _by_report(message, local) or _by_submission(message) or _by_list(message, local)


def _by_report(message: EmailMessage, local: str) -> tuple[Automatic, str] | None:
    content_type = (first(message, "Content-Type") or "").casefold()
    if "multipart/report" in content_type:
        if "disposition-notification" in content_type:
            return "receipt", "multipart/report of a disposition notification (RFC 8098)"
        return "bounce", "multipart/report (RFC 3464)"
    if _MACHINE.match(local):
        return "bounce", "written by a mail system"
    return None


def _by_submission(message: EmailMessage) -> tuple[Automatic, str] | None:
    if (first(message, "Auto-Submitted") or "").strip().casefold().startswith("auto-replied"):
        return "auto-reply", "Auto-Submitted: auto-replied (RFC 3834)"
    if any(first(message, name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")):
        return "auto-reply", "an auto-responder's header"
    if (path := first(message, "Return-Path")) is not None and path.strip() == "<>":
        away = _AWAY_SUBJECT.match(decoded(first(message, "Subject")))
        return ("auto-reply" if away else "bounce"), "null return path"
    return None


def _by_list(message: EmailMessage, local: str) -> tuple[Automatic, str] | None:
    # X-Auto-Response-Suppress is no sign by itself: Exchange writes it into people's mails too.
    if any(first(message, name) is not None for name in ("List-Id", "List-Unsubscribe", "List-Post")):
        return "list", "a mailing list's header (RFC 2919, 2369)"
    precedence = (first(message, "Precedence") or "").strip().casefold()
    if precedence in {"bulk", "list", "junk", "auto_reply"}:
        return ("auto-reply" if precedence == "auto_reply" else "list"), f"Precedence: {precedence}"
    if (first(message, "Auto-Submitted") or "no").strip().casefold() != "no":
        return "notification", "Auto-Submitted (RFC 3834)"
    if _NO_REPLY.match(local):
        return "notification", "the sender's address takes no replies"
    return None


def _by_content(sender: Address | None, subject: str, fresh: str) -> tuple[Automatic, str] | None:
    if _AWAY_SUBJECT.match(subject):
        return "auto-reply", "the subject of an automatic reply"
    if _BOUNCE_SUBJECT.match(subject) and (
        sender is None or re.search(r"daemon|postmaster|system|exchange", sender.address + sender.name, re.IGNORECASE)
    ):
        return "bounce", "the subject of a delivery failure"
    if _RECEIPT_SUBJECT.match(subject) and len(fresh) < _AWAY_LENGTH:
        return "receipt", "the subject of a read receipt"
    if len(fresh) < _AWAY_LENGTH and _AWAY_TEXT.search(fresh) and _AWAY_HELP.search(fresh):
        return "auto-reply", "the words of an absence message"
    return None
