"""What this person wrote now, what they quote, how they sign: by the words mail programs put between.

Losing the sender's own words is far worse than leaving quoted ones in: every rule here needs strong evidence.
"""

import re
from dataclasses import dataclass

from mailbot.model import Texts

# "Le 3 mars 2026 à 10:12, X a écrit :" in the languages of the mailbox; the date or an address must stand inside.
_WROTE = (
    r"a\s+[ée]crit|wrote|schrieb(?:en)?|escribi[óo]|va\s+escriure|escreveu|ha\s+scritto|schreef|napisa[łl]\(?a?\)?|a\s+scris|"
    r"[şs]unu\s+yazd[ıi]|tarihinde\s+[^\n]{0,80}yazd[ıi]|написала?|написав(?:ла)?|пише|كتب(?:ت)?|写道|寫道"
)
_ATTRIBUTION = re.compile(
    rf"^[>\s]*(?=[^\n]{{0,400}}(?:\d{{1,4}}|@))[^\n]{{3,400}}?(?:{_WROTE})\s*(?:<[^>\n]{{0,100}}>)?\s*[:：]?\s*$",
    re.IGNORECASE,
)
_FROM = r"De|From|Von|Da|Van|Od|De la|Kimden|Gönderen|От|От кого|Від|من|Expéditeur|Remitente|发件人|Fra|Från"
_OTHERS = (
    r"Envoyé(?: le)?|Sent|Date|Gesendet|Datum|Enviado(?: el)?|Enviada(?: em)?|Data|Inviato|Verzonden|Wysłano|Trimis|Gönderildi|"
    r"Tarih|Отправлено|Дата|Надіслано|À|A|To|An|Para|Aan|Do|Către|Kime|Alıcı|Кому|إلى|Objet|Subject|Betreff|Asunto|Assunto|"
    r"Oggetto|Onderwerp|Temat|Subiect|Konu|Тема|الموضوع|Cc|Répondre à|Reply-To|تاريخ|التاريخ|发送时间|收件人|主题|抄送"
)
_HEADER_FROM = re.compile(rf"^[>*_\s|]*(?:{_FROM})\s*\*?\s*[:：]\s*\*?\s*\S", re.IGNORECASE)
_HEADER_OTHER = re.compile(rf"^[>*_\s|]*(?:{_OTHERS})\s*\*?\s*[:：]", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^[\s>]*[-_=]{2,}\s*(?:message d['’]origine|original message|message original|mail original|courriel original|"
    r"urspr[üu]ngliche (?:nachricht|e-?mail)|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|"
    r"wiadomość oryginalna|oryginalna wiadomość|mesaj original|mesajul original|orijinal (?:mesaj|ileti)|özgün ileti|"
    r"исходное сообщение|пересылаемое сообщение|оригінальне повідомлення|الرسالة الأصلية|原始邮件)[^\n]{0,60}$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^[\s>]*(?:[-_=]{2,}\s*)?(?:d[ée]but du message (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])|message transf[ée]r[ée]|message r[ée]exp[ée]di[ée]|"
    r"begin forwarded message|forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten|mensaje reenviado|"
    r"mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|wiadomość przekazana|mesaj redirecționat|iletilen mesaj|"
    r"пересланное сообщение|переадресоване повідомлення|رسالة معاد توجيهها)\s*:?\s*[-_=]*\s*:?\s*$",
    re.IGNORECASE,
)
FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|tr|wg|rv|enc|i|doorst|pd|redir|ilt|пересл)\s*:", re.IGNORECASE)
_MOBILE = re.compile(
    r"^\s*(?:envoy[ée] (?:de|depuis|à partir d)[^\n]{2,60}|sent (?:from|with|via)[^\n]{2,60}|gesendet (?:von|mit)[^\n]{2,60}|"
    r"enviado (?:desde|do|de)[^\n]{2,60}|inviato da[^\n]{2,60}|verzonden (?:vanaf|met)[^\n]{2,60}|wysłano z[^\n]{2,60}|"
    r"trimis (?:de pe|din)[^\n]{2,60}|[^\n]{2,40}(?:'d[ae]n|imden|umdan) gönderildi|отправлено (?:с|из)[^\n]{2,60}|"
    r"надіслано (?:з|із)[^\n]{2,60}|أرسل(?:ت)? من[^\n]{2,60}|t[ée]l[ée]charger outlook[^\n]{0,60}|get outlook for[^\n]{0,60}|"
    r"provenance\s*:\s*courrier pour windows[^\n]{0,20})\s*$",
    re.IGNORECASE,
)
_DEVICES = re.compile(
    r"iphone|ipad|android|smartphone|mobile|t[ée]l[ée]phone|samsung|galaxy|huawei|xiaomi|outlook|yahoo|orange|sfr|laposte|"
    r"la poste|proton|gmail|windows|mail|appareil|handy|telefon|celular|móvil|cellulare|telefoon|телефон|айфон|bouygues|free",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^\s*(?:ce (?:message|courriel|mail|e-mail)[^\n]{0,80}(?:confidenti|destinataire)|this (?:e-?mail|message)[^\n]{0,80}confidential|"
    r"avant d['’]imprimer|pensez à l['’]environnement|please consider the environment|diese e-?mail[^\n]{0,60}vertraulich|"
    r"l'absence de virus dans ce courrier|garanti sans virus|virus-free)",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"^-- ?$|^—\s?$|^_{8,}$")
_HEADER_WINDOW = 8


@dataclass(frozen=True, slots=True)
class Forward:
    """A mail that somebody passed on; `header` is its block of De:/Objet: lines."""

    comment: str
    header: str
    body: str


def split(text: str) -> Texts:
    """Fresh words, quoted history, signature; every line of `text` is in exactly one of them."""
    lines = text.split("\n")
    mine: list[str] = []
    quoted: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _ORIGINAL.match(line) or _is_header_block(lines, number):
            quoted += lines[number:]
            break
        if used := _attribution(lines, number):
            # What follows belongs to it, unless `>` marks say themselves which lines do.
            quoted += lines[number : number + used]
            number += used
            if not _quoted_by_marks(lines, number):
                quoted += lines[number:]
                break
            continue
        (quoted if line.lstrip().startswith(">") else mine).append(line)
        number += 1
    fresh, signature = _sign(mine)
    return Texts(fresh, "\n".join(quoted).strip(), signature)


def forwarded(text: str) -> Forward | None:
    """The mail that was passed on, when the text holds one behind its usual line or header block."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        marked = bool(_FORWARDED.match(line))
        if not marked and not _is_header_block(lines, number):
            continue
        start = number + marked
        while start < len(lines) and not lines[start].strip("> "):
            start += 1
        end = start
        while end < len(lines) and end - start < _HEADER_WINDOW and lines[end].strip("> "):
            if not (_HEADER_FROM.match(lines[end]) or _HEADER_OTHER.match(lines[end]) or lines[end].startswith(" ")):
                break
            end += 1
        if end == start:
            continue
        body = [inner.removeprefix("> ").removeprefix(">") for inner in lines[end:]]
        header = [inner.removeprefix("> ").removeprefix(">") for inner in lines[start:end]]
        return Forward("\n".join(lines[:number]).strip(), "\n".join(header), "\n".join(body).strip())
    return None


def _attribution(lines: list[str], number: int) -> int:
    """How many lines the "X wrote:" here takes (mailers fold it over up to three); 0 when there is none."""
    if not lines[number].strip() or lines[number].lstrip().startswith(">"):
        return 0
    for count in (1, 2, 3):
        group = lines[number : number + count]
        if len(group) < count or any(not line.strip() for line in group):
            return 0
        joined = " ".join(line.strip() for line in group)
        if _ATTRIBUTION.match(joined) and (
            joined.endswith((":", "：")) or "@" in joined or _next_is_quoted(lines, number + count)
        ):
            return count
    return 0


def _next_is_quoted(lines: list[str], number: int) -> bool:
    return any(line.lstrip().startswith(">") for line in lines[number : number + 2])


def _quoted_by_marks(lines: list[str], number: int) -> bool:
    following = [line for line in lines[number:] if line.strip()]
    return bool(following) and following[0].lstrip().startswith(">")


def _is_header_block(lines: list[str], number: int) -> bool:
    """From: and at least two of Sent:, To:, Subject: within a few lines (Outlook in any language)."""
    if not _HEADER_FROM.match(lines[number]):
        return False
    window = lines[number + 1 : number + 1 + _HEADER_WINDOW]
    return sum(1 for line in window if _HEADER_OTHER.match(line)) >= 2


def _sign(lines: list[str]) -> tuple[str, str]:
    """Cut at a signature delimiter (RFC 3676 section 4.3), a phone's line or a disclaimer near the end."""
    for number, line in enumerate(lines):
        rest = [other for other in lines[number + 1 :] if other.strip()]
        if _DELIMITER.match(line) and rest and len(rest) <= 12 and any(other.strip() for other in lines[:number]):
            return _join(lines[:number]), _join(lines[number + 1 :])
        if _MOBILE.match(line) and _DEVICES.search(line):
            # A phone's line may stand above the sender's last words: only itself is taken out.
            fresh, signature = _sign(lines[number + 1 :])
            return _join([*lines[:number], fresh]), _join([line, signature])
        if _DISCLAIMER.match(line) and len(rest) <= 15:
            return _join(lines[:number]), _join(lines[number:])
    return _join(lines), ""


def _join(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
