"""At most three lines for staff, and what to do next: extracted and templated, no model needed."""

import re

from mailbot.model import Document, Taxonomy

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_GREETING = re.compile(
    r"^\s*(?:bonjour|bonsoir|madame|monsieur|messieurs|salut|hello|hi\b|dear|cordialement|bien à vous|merci d'avance|salutations|sincères|cdt|cdlt)\b[^.!?\n]{0,40}$",
    re.IGNORECASE,
)
_LONG = 180
_ACTIONS = {
    "repair.": "Créer ou compléter la demande d'intervention",
    "rent.receipt": "Envoyer le document demandé",
    "rent.": "Vérifier le compte du locataire",
    "lease.insurance": "Enregistrer l'attestation ou répondre sur l'assurance",
    "lease.": "Mettre à jour le dossier de bail",
    "housing.": "Consulter le dossier de demande",
    "service.appointment": "Vérifier le planning et confirmer",
    "service.complaint": "Reprendre l'historique et rappeler le locataire",
    "service.gdpr": "Transmettre au délégué à la protection des données (délai : un mois)",
    "service.contact_update": "Mettre à jour les coordonnées",
    "neighbour.": "Ouvrir ou compléter le dossier de voisinage",
    "partner.supplier": "Transmettre au service comptable ou technique",
    "partner.institution": "Transmettre au service concerné, vérifier le délai",
    "other.unclear": "Lire et qualifier",
}


def summarise(intent: str, taxonomy: Taxonomy, subject: str, text: str, documents: tuple[Document, ...]) -> str:
    label = next((known.label for known in taxonomy.intents if known.id == intent), intent)
    lines = [label if not subject else f"{label} – {subject[:80]}"]
    said = _telling(text)
    if said:
        lines.append("« " + (said if len(said) <= _LONG else said[: _LONG - 1] + "…") + " »")
    kinds = [document.kind for document in documents if document.kind]
    if kinds:
        lines.append("Pièces jointes : " + ", ".join(kinds))
    return "\n".join(lines)


def next_actions(
    intent: str, urgency: str, documents: tuple[Document, ...], entities: dict[str, object]
) -> tuple[str, ...]:
    actions = []
    if urgency == "critical":
        actions.append("Appeler tout de suite (danger signalé)")
    actions += [action for start, action in _ACTIONS.items() if intent.startswith(start)][:1]
    failed = [check for document in documents for check in document.checks if check.ok is False]
    if failed:
        actions.append("Redemander une attestation valable")
    if intent.startswith("repair.") and "address" not in entities and "tenant_ref" not in entities:
        actions.append("Demander l'adresse ou la référence locataire")
    return tuple(actions)


def _telling(text: str) -> str:
    """The longest sentence among the first that are no greeting."""
    sentences = [match[0].strip() for match in _SENTENCE.finditer(text[:3000])]
    kept = [sentence for sentence in sentences if len(sentence) > 3 and not _GREETING.match(sentence)][:6]
    return max(kept, key=lambda sentence: min(len(sentence), _LONG), default="")
