"""Machines told from people by their words alone, for mails whose header says nothing.

People write about absences, bounces and automatic replies too, so one sign is never enough: an absence must answer a
mail and mention nobody at home, a failure must name an address, a notice must say in two ways that nobody wrote it.
"""

import re
from typing import Final

from mailbot.model import Automatic
from mailbot.reading import machines
from mailbot.reading.landmarks import is_reply
from mailbot.reading.machines import any_of

Judged = tuple[Automatic, str] | None


_AFTER: Final = r"[\])]?\s*(?:[:：\-–|(\[,]|$|(?:re|tr|fwd?|aw|wg|sv|rv)\s*:)"
_AWAY_SUBJECT: Final = re.compile(rf"^\s*[\[(]?(?:{any_of(machines.AWAY_SUBJECTS)}){_AFTER}", re.IGNORECASE)
_AWAY_AT_THE_END: Final = re.compile(rf"[-–|(\[:]\s*(?:{any_of(machines.AUTOMATIC_REPLIES)})\s*[\])]?$", re.IGNORECASE)
_WEAK_AWAY_SUBJECT: Final = re.compile(rf"^\s*[\[(]?(?:{any_of(machines.WEAK_SUBJECTS)}){_AFTER}", re.IGNORECASE)
_CLOSED_SUBJECT: Final = re.compile(rf"(?<!\w)(?:{any_of(machines.CLOSED_SUBJECTS)})(?!\w)", re.IGNORECASE)
_BOUNCE_SUBJECT: Final = re.compile(rf"^\s*[\[*(]*\s*(?:{any_of(machines.BOUNCE_SUBJECTS)})", re.IGNORECASE)
_BOUNCE_SENTENCE: Final = re.compile(any_of(machines.BOUNCE_SENTENCES), re.IGNORECASE)
_NAMES_ONE: Final = re.compile(
    r"[^\s@<>]@[^\s@<>]|\b[45]\.\d\.\d{1,3}\b|\bsmtp\b"
    r"|\b[45]\d\d[ -]+[a-z]*\b[^\n]*\b(?:mailbox|user|recipient|relay|spam|quota)",
    re.IGNORECASE,
)
"""The address that was not reached, or the code of the refusal."""
_RECEIPT_SUBJECT: Final = re.compile(rf"^\s*(?:{any_of(machines.RECEIPT_SUBJECTS)})\s*(?:[:：\-–]|$)", re.IGNORECASE)
_RECEIPT_SENTENCE: Final = re.compile(any_of(machines.RECEIPT_SENTENCES), re.IGNORECASE)
_ABSENCE: Final = re.compile(rf"(?<!\w)(?:{any_of(machines.ABSENCES)})", re.IGNORECASE)
_CLOSED: Final = re.compile(rf"(?<!\w)(?:{any_of(machines.CLOSED)})", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(rf"(?<!\w)(?:{any_of(machines.ELSEWHERE)})", re.IGNORECASE)
_AT_HOME: Final = re.compile(rf"(?<!\w)(?:{any_of(machines.AT_HOME)})", re.IGNORECASE)
_SAYS_SO: Final = re.compile(rf"(?:^|[.!?。*\-–\n]\s*)(?:{any_of(machines.SAYS_SO)})", re.IGNORECASE)
_NO_ANSWER: Final = re.compile(any_of(machines.NO_ANSWER), re.IGNORECASE)
_NEWSLETTER: Final = re.compile(any_of(machines.NEWSLETTERS), re.IGNORECASE)
_NOTICE_SUBJECT: Final = re.compile(any_of(machines.NOTICE_SUBJECTS), re.IGNORECASE)
_NOTICE_SENTENCE: Final = re.compile(any_of(machines.NOTICE_SENTENCES), re.IGNORECASE)
_MYSELF: Final = re.compile(rf"(?<![\w'’])(?:{any_of(machines.MYSELF)})(?!\w)", re.IGNORECASE)
_TROUBLE: Final = re.compile(rf"(?<!\w)(?:{any_of(machines.TROUBLE)})", re.IGNORECASE)
_PLEA: Final = re.compile(rf"(?<!\w)(?:{any_of(machines.PLEAS)})", re.IGNORECASE)
_YOUR_MAIL: Final = re.compile(
    r"votre (?:message|demande|mail|courriel)|your (?:message|request|e-?mail)|ihre (?:nachricht|anfrage|e-?mail)"
    r"|su (?:mensaje|correo|solicitud)|(?:a sua|o seu) (?:mensagem|pedido|e-?mail)"
    r"|(?:il suo|la sua) (?:messaggio|mail|richiesta)|uw (?:bericht|vraag)|(?:pa[ńn]stwa|twoj\w) wiadomo"
    r"|mesaj(?:ul)? (?:dvs|dumneavoastr)|mesaj[ıi]n[ıi]z|ваше (?:письмо|сообщение)|ваш (?:лист|запит)|رسالت(?:ك|كم)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w+")
_ASKS: Final = re.compile(r"[?؟？]")
_VOWEL_SIGNS: Final = re.compile("[\u064b-\u0652]")
_SHORT: Final = 150
"""Words; an absence message is short, and a letter that mentions an absence mostly is not."""
_READ: Final = 6000


def is_away(subject: str) -> bool:
    subject = _plain(subject)
    return bool(_AWAY_SUBJECT.match(subject) or (_AWAY_AT_THE_END.search(subject) and not is_reply(subject)))


def is_undelivered(subject: str) -> bool:
    return _BOUNCE_SUBJECT.match(_plain(subject)) is not None


def is_receipt(subject: str) -> bool:
    return _RECEIPT_SUBJECT.match(_plain(subject)) is not None


def tells_of_failure(text: str) -> bool:
    return _BOUNCE_SENTENCE.search(_plain(text[:_READ])) is not None


def judged(subject: str, text: str, *, web_form: bool) -> Judged:
    """What kind of machine writes so, and by which sign; None for a person."""
    subject, text = _plain(subject), _plain(text[:_READ])
    short = len(_WORD.findall(text)) <= _SHORT and not _ASKS.search(text)
    return (
        _failure(subject, text)
        or _absence(subject, text, short=short)
        or (_receipt(subject, text) if short else None)
        or (None if web_form else _notice(subject, text, short=short))
    )


def _plain(text: str) -> str:
    """Without the vowel signs that Arabic may have or not."""
    return _VOWEL_SIGNS.sub("", text)


def _troubled(subject: str, text: str) -> bool:
    """The mail names what is broken or dangerous; the subject of a reply is the other one's."""
    return _TROUBLE.search(text if is_reply(subject) else f"{subject}\n{text}") is not None


def _failure(subject: str, text: str) -> Judged:
    if not (_BOUNCE_SUBJECT.match(subject) and _BOUNCE_SENTENCE.search(text)):
        return None
    if not _NAMES_ONE.search(text) and _MYSELF.search(text):
        return None
    return "bounce", "the subject and words of a delivery failure"


def _absence(subject: str, text: str, *, short: bool) -> Judged:
    weak = _WEAK_AWAY_SUBJECT.match(subject)
    rest = "" if weak is None else subject[weak.end() :]
    if is_away(subject) and (weak is None or is_away(rest) or is_reply(rest)):
        return "auto-reply", "the subject of an automatic reply"
    says_so = _SAYS_SO.search(text) is not None
    if not short or (_AT_HOME.search(text) and not says_so):
        return None
    closed = _CLOSED.search(text) is not None
    if _troubled(subject, text) and not (closed and (weak or _CLOSED_SUBJECT.search(subject))):
        return None
    if not (closed or _ABSENCE.search(text)):
        return ("auto-reply", "the subject of an automatic reply") if weak and says_so else None
    if says_so or _ELSEWHERE.search(text) or _NO_ANSWER.search(text):
        return "auto-reply", "the words of an absence message"
    if closed and (weak or _CLOSED_SUBJECT.search(subject)):
        return "auto-reply", "the subject and words of a closed office"
    return None


def _receipt(subject: str, text: str) -> Judged:
    if _RECEIPT_SUBJECT.match(subject) and (_RECEIPT_SENTENCE.search(text) or not text.strip()):
        return "receipt", "the subject and words of a read receipt"
    return None


def _notice(subject: str, text: str, *, short: bool) -> Judged:
    personal = _MYSELF.search(text) and (_PLEA.search(text) or _TROUBLE.search(text))
    if _SAYS_SO.search(text) and not personal:
        answering = short and _YOUR_MAIL.search(text)
        return ("auto-reply" if answering else "notification"), "it says itself that it is automatic"
    if is_reply(subject):
        return None
    letters = len(_NEWSLETTER.findall(text))
    silent = _NO_ANSWER.search(text) is not None
    titled = _NOTICE_SUBJECT.search(subject) is not None
    if letters >= 2 or (letters and titled and not _MYSELF.search(text)):
        return "list", "the words of a newsletter"
    if _MYSELF.search(text) or (_troubled(subject, text) and not silent):
        return None
    noted = _NOTICE_SENTENCE.search(text) is not None
    if silent + titled + noted < 2 or not short or (not silent and _PLEA.search(text)):
        return None
    return ("auto-reply" if _YOUR_MAIL.search(text) else "notification"), "the subject and words of a notice"
