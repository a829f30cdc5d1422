"""Reading to Understanding: what this mail is, how urgent, what it names.  Never raises for what the mail says."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime

from mailbot.errors import MailbotError
from mailbot.model import (
    Because,
    Document,
    Language,
    Ranked,
    Reading,
    Taxonomy,
    Translation,
    Understanding,
    UrgencyLevel,
)
from mailbot.ports import IntentEngine, LanguageDetector, SecondOpinion, TenantDirectory, Translator, UrgencyEngine
from mailbot.understanding import danger
from mailbot.understanding.actions import next_actions
from mailbot.understanding.documents import NO_DIRECTORY, Lookup, understand_part
from mailbot.understanding.entities import DEFAULT_REFERENCES, References, extract
from mailbot.understanding.summary import summarise

_AUTOMATIC_INTENT = "other.automatic"
_UNCLEAR = "other.unclear"
_LOW = ("other.thanks", "other.automatic", "other.spam")
_ALTERNATIVES = 3
_ALSO_SHARE = 0.25
_QUESTION = re.compile(
    r"\?|\b(?:pouvez|pourriez|merci de|svp|s'il vous pla|please|could you|por favor|lütfen)\b", re.IGNORECASE
)
_MOST_CHARACTERS = 20_000
_LIST_SURE = 0.6
_SURE = 0.8
_PERSONAL = frozenset({"id_document", "payslip", "tax_notice"})
# Health, minors, offences (RGPD art. 9 and 10): such a mail is shown to no engine outside.
_SENSITIVE = re.compile(
    r"\b(?:cancer|vih|sida|handicap\w*|hospitali\w*|hopital|depress\w*|suicid\w*|psychiatr\w*|medec\w*|malad\w*|enceinte|grossesse|"
    r"chimio\w*|diabet\w*|asthm\w*|mineure?s?|violences?|viol|prison|garde a vue|plainte|religio\w*|syndica\w*|"
    r"hospital|illness|pregnan\w*|disab\w*|cancer|embaraz\w*|hamile|engelli|gravid\w*|беремен\w*|болен|больн\w*|хвор\w*|مريض|حامل|残疾|怀孕)\b"
)


@dataclass(frozen=True, slots=True)
class Engines:
    languages: LanguageDetector
    translator: Translator | None
    intent: IntentEngine
    second: SecondOpinion | None = None
    """Asked where the first is unsure, for the mailboxes that the admin named."""
    urgency: UrgencyEngine | None = None
    """None: the danger net and the intent decide alone."""
    directory: TenantDirectory | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for every mail of one rule book."""

    taxonomy: Taxonomy
    staff_language: str
    min_confidence: float
    second_opinion: bool = False
    """This mailbox's mails may be shown to the second engine."""
    references: References = DEFAULT_REFERENCES


def understand(reading: Reading, expected: str, engines: Engines, context: Context) -> Understanding:
    """`expected` is the language most of the mailbox's writers use."""
    clock = time.perf_counter
    started = clock()
    today = (reading.date or datetime.now(UTC)).date()
    documents = _documents(reading, today, engines, expected, context.references)
    text = _said(reading, documents)
    language = engines.languages.detect(text or reading.subject, expected)
    spoken = clock()
    translation, translator = _translate(text, language, engines, context)
    translated = clock()
    intent, ranked, abstained = _intent(reading, text, language, documents, engines, context)
    classified = clock()
    urgency, why, found = _urgency(
        reading,
        text,
        intent,
        _judged(reading, text, ranked, language, engines, today),
        abstained=abstained,
        today=today,
    )
    entities = extract(reading.subject, text, today, context.references)
    reasons = [*ranked.why]
    if found is not None:
        start = found.span[0] - len(reading.subject) - 1
        span = (start, start + found.span[1] - found.span[0]) if start >= 0 else None
        reasons.append(Because("urgency", found.why, span))
    also = tuple(
        label for label, share in ranked.ranking[1:4] if share >= _ALSO_SHARE and not label.startswith("other.")
    )
    every = tuple(label for label in dict.fromkeys((*ranked.also, *also)) if label != intent)
    known = {context.staff_language, "fr", "und"}
    untranslated = None if translation is not None or language.code in known else language.code
    return Understanding(
        language=language,
        translation=translation,
        documents=documents,
        intent=intent,
        confidence=next((share for label, share in ranked.ranking if label == intent), 1.0),
        also=every,
        alternatives=tuple(entry for entry in ranked.ranking if entry[0] != intent)[:_ALTERNATIVES],
        abstained=abstained,
        urgency=urgency,
        urgency_why=why,
        answerable=_answerable(reading, intent, text),
        entities=entities,
        summary=summarise(
            intent,
            every,
            context.taxonomy,
            reading.subject,
            text if translation is None else translation.text,
            documents=documents,
            entities=entities,
            spans=[because.span for because in reasons if because.span is not None] if translation is None else [],
            untranslated=untranslated,
        ),
        next_actions=next_actions(intent, every, urgency, documents, entities, untranslated),
        why=tuple(reasons),
        engines={"language": engines.languages.name, "intent": engines.intent.name, "translator": translator},
        timings_ms={
            "language": (spoken - started) * 1000,
            "translation": (translated - spoken) * 1000,
            "intent": (classified - translated) * 1000,
            "entities": (clock() - classified) * 1000,
        },
    )


def _said(reading: Reading, documents: tuple[Document, ...]) -> str:
    """The fresh text; a scanned letter that comes alone is read as if it were the mail."""
    text = reading.text.fresh[:_MOST_CHARACTERS]
    if len(text.split()) < 12:
        letters = [
            part.text
            for part, document in zip(reading.attachments, documents, strict=True)
            if document.kind == "handwritten_style_letter"
        ]
        text = "\n\n".join((text, *letters))[:_MOST_CHARACTERS].strip()
    return text


def _documents(
    reading: Reading, today: date, engines: Engines, expected: str, references: References
) -> tuple[Document, ...]:
    lookup = _lookup(reading, today, engines, references)
    return tuple(
        understand_part(
            part,
            reading,
            today,
            engines.languages.detect(part.text, expected).code if part.text.strip() else None,
            lookup,
        )
        for part in reading.attachments
    )


def _lookup(reading: Reading, today: date, engines: Engines, references: References) -> Lookup:
    """The sender's entry in the tenant directory, if there is one and it can be asked."""
    sender = reading.original_sender or reading.sender
    if engines.directory is None:
        return NO_DIRECTORY
    if sender is None or not any(part.text.strip() for part in reading.attachments):
        return Lookup("pas d'expéditeur à chercher")
    named = extract(reading.subject, reading.text.fresh[:_MOST_CHARACTERS], today, references)
    wanted = tuple(str(named[key]) for key in ("lease_ref", "tenant_ref") if key in named)
    try:
        tenant = engines.directory.find(sender.address, wanted, sender.name)
    except MailbotError:
        # The rest of the mail is worth as much without it; the check says why nothing was compared.
        return Lookup("le fichier des locataires ne répond pas")
    return Lookup("l'expéditeur n'est pas dans le fichier des locataires", tenant)


def _translate(
    text: str, language: Language, engines: Engines, context: Context
) -> tuple[Translation | None, str | None]:
    if engines.translator is None or not text or language.code in {context.staff_language, "und", "ary-Latn"}:
        return None, None
    try:
        translated = engines.translator.translate(text, language.code, context.staff_language)
    except MailbotError:
        # Staff read the original instead; the record says that no translator answered.
        return None, f"{engines.translator.name} (failed)"
    return Translation(context.staff_language, translated, engines.translator.name), engines.translator.name


def _intent(
    reading: Reading,
    text: str,
    language: Language,
    documents: tuple[Document, ...],
    engines: Engines,
    context: Context,
) -> tuple[str, Ranked, bool]:
    known = {intent.id for intent in context.taxonomy.intents}
    if reading.automatic in {"bounce", "auto-reply", "receipt", "notification"} and _AUTOMATIC_INTENT in known:
        return _AUTOMATIC_INTENT, Ranked(()), False
    ranked = engines.intent.classify(reading.subject, text, language.code)
    sure = ranked.ranking[0][1] if ranked.ranking else 0.0
    if reading.automatic == "list" and sure < _LIST_SURE and _AUTOMATIC_INTENT in known:
        # A newsletter; what a tenants' association writes over its list is read like anybody's mail.
        return _AUTOMATIC_INTENT, Ranked(()), False
    ranking = tuple(entry for entry in ranked.ranking if entry[0] in known)
    ranked = Ranked(ranking, ranked.also, ranked.why)
    kinds = {document.kind for document in documents}
    by_document = {
        "insurance_certificate": "lease.insurance",
        "tax_notice": "lease.survey",
        "caf_letter": "rent.receipt",
    }
    for kind, intent in by_document.items():
        # A bare "voici le document" says nothing; the document itself does.
        if kind in kinds and intent in known and (not ranking or ranking[0][1] < 0.6 or len(text.split()) < 20):
            return (
                intent,
                Ranked(((intent, 0.9), *ranking), (), (Because("intent", f"the attachment is of the kind {kind}"),)),
                False,
            )
    if context.second_opinion and (asked := _second_opinion(reading, text, documents, ranked, engines)) is not None:
        return asked
    if not ranking or ranking[0][1] < context.min_confidence:
        guess = ranking[0][0] if ranking else _UNCLEAR
        return guess, ranked, True
    return ranking[0][0], ranked, False


def _second_opinion(
    reading: Reading, text: str, documents: tuple[Document, ...], ranked: Ranked, engines: Engines
) -> tuple[str, Ranked, bool] | None:
    """What the second engine says where the first is unsure; None: nobody was asked, or no usable answer came."""
    unsure = not ranked.ranking or ranked.ranking[0][1] < _SURE
    sensitive = _SENSITIVE.search(danger.fold(text)) or any(document.kind in _PERSONAL for document in documents)
    if engines.second is None or not unsure or sensitive:
        return None
    people = [address.name for address in (reading.sender, reading.original_sender) if address is not None]
    try:
        opinion = engines.second.choose(reading.subject, text, tuple(people))
    except MailbotError:
        # The shipped engine's answer stands; the record names only the engine that decided.
        return None
    start = text.find(opinion.evidence) if opinion.evidence else -1
    span = (start, start + len(opinion.evidence)) if start >= 0 else None
    because = Because("intent", f"{engines.second.name} chose it", span)
    rest = tuple(entry for entry in ranked.ranking if entry[0] != opinion.intent)
    return opinion.intent, Ranked(((opinion.intent, _SURE), *rest), ranked.also, (because,)), False


def _judged(
    reading: Reading, text: str, ranked: Ranked, language: Language, engines: Engines, today: date
) -> UrgencyLevel | None:
    if engines.urgency is None:
        return None
    return engines.urgency.judge(reading.subject, text, ranked, today.month, language.code).level


def _urgency(
    reading: Reading, text: str, intent: str, judged: UrgencyLevel | None, *, abstained: bool, today: date
) -> tuple[UrgencyLevel, str, danger.Danger | None]:
    """The danger net's word where it is sure of a danger: no model lowers it.  Else the model's, which weighs what the
    net holds; without a model the net's and the intent's.
    """
    if reading.automatic is not None and reading.automatic != "list":
        return "low", "automatic message", None
    found = danger.find(f"{reading.subject}\n{text}", today.month)
    if found is not None and found.level == "critical":
        return "critical", found.why, found
    if judged == "critical":
        return "critical", "reads like a danger", None
    if intent in _LOW and not abstained:
        return "low", "nothing is asked", None
    if found is not None and judged in {"high", None}:
        return "high", found.why, found
    if judged == "high":
        return "high", "reads like something that cannot wait", None
    return ("low", "nothing is asked", None) if judged == "low" else ("normal", "an ordinary request", None)


def _answerable(reading: Reading, intent: str, text: str) -> bool:
    if reading.automatic is not None:
        return False
    if intent in _LOW:
        return False
    return not (intent == "partner.supplier" and not _QUESTION.search(text))
