"""What staff may do next about a mail, in French: templated from what was understood."""

from collections.abc import Sequence
from typing import Final

from mailbot.model import Document
from mailbot.understanding.summary import Said, document_name, language_name

_MOST: Final = 5
_BY_INTENT: Final = {
    "repair.lift": "Faire intervenir l'ascensoriste",
    "repair.gas_safety": "Créer une demande d'intervention pour la sécurité",
    "repair.common_areas": "Transmettre au gardien ou au prestataire des parties communes",
    "repair.pests": "Commander un traitement contre les nuisibles",
    "repair.": "Créer ou compléter la demande d'intervention",
    "neighbour.": "Ouvrir ou compléter le dossier de voisinage",
    "rent.receipt": "Envoyer le document demandé",
    "rent.arrears": "Vérifier la dette et proposer un plan d'apurement",
    "rent.charges": "Vérifier le décompte des charges et répondre",
    "rent.": "Vérifier le compte du locataire et répondre",
    "lease.notice": "Enregistrer le congé ou fixer l'état des lieux",
    "lease.household": "Mettre à jour le bail et demander les justificatifs",
    "lease.insurance": "Répondre sur l'assurance",
    "lease.survey": "Compléter l'enquête ressources",
    "lease.": "Mettre à jour le dossier de bail",
    "housing.transfer": "Compléter le dossier de mutation ou d'adaptation",
    "housing.": "Consulter la demande de logement et répondre",
    "service.appointment": "Vérifier le planning et confirmer ou déplacer le rendez-vous",
    "service.complaint": "Reprendre l'historique et rappeler le locataire",
    "service.gdpr": "Transmettre au délégué à la protection des données (délai : un mois)",
    "service.contact_update": "Mettre à jour les coordonnées",
    "partner.supplier": "Transmettre au service technique ou comptable",
    "partner.institution": "Transmettre au service concerné et vérifier le délai",
    "other.unclear": "Lire et qualifier",
    "other.thanks": "Rien à faire : classer",
    "other.automatic": "Rien à faire : classer",
    "other.spam": "Ne pas répondre ni ouvrir de lien",
}
_FROM_ITS_OWN: Final = ("partner.", "other.")
_FIND_HIM: Final = ("address", "tenant_ref", "lease_ref")


def next_actions(
    intent: str,
    also: Sequence[str],
    urgency: str,
    documents: tuple[Document, ...],
    entities: Said,
    untranslated: str | None = None,
) -> tuple[str, ...]:
    """The most pressing first, at most five."""
    actions: list[str] = []
    if urgency == "critical" and not intent.startswith("other."):
        phones = entities.get("phones")
        called = f" au {phones[0]}" if phones else ""
        actions.append(f"Appeler tout de suite{called} : danger signalé")
        if intent == "repair.gas_safety":
            actions.append("Faire sécuriser sur place")
    papers = [action for document in documents for action in _of_document(document)]
    # A paper that says what to do says it better than the intent.
    if not (papers and intent in {"lease.insurance", "lease.survey"}):
        actions.append(_of_intent(intent))
    actions += papers
    actions += [_of_intent(other) for other in also if not other.startswith("other.")]
    if intent.startswith(("repair.", "service.appointment", "neighbour.")) and not _known(entities):
        actions.append("Demander l'adresse ou la référence locataire")
    if untranslated and not intent.startswith(_FROM_ITS_OWN[1]):
        actions.append(f"Faire traduire ({language_name(untranslated)})")
    return tuple(dict.fromkeys(action for action in actions if action))[:_MOST]


def _of_intent(intent: str) -> str:
    return next((action for start, action in _BY_INTENT.items() if intent.startswith(start)), "")


def _known(entities: Said) -> bool:
    inside = sum(key in entities for key in ("building", "stair", "floor", "door"))
    return any(key in entities for key in _FIND_HIM) or inside >= 2


def _of_document(document: Document) -> list[str]:
    facts = document.facts
    if document.kind == "insurance_certificate":
        return _of_certificate(document)
    until = facts.get("due_date") or facts.get("deadline")
    by = f" (échéance {_french(until)})" if until else ""
    known = {
        "invoice": f"Transmettre la facture au service comptable{by}",
        "quote": "Faire valider ou refuser le devis",
        "bank_details": "Vérifier le RIB par un rappel avant de l'enregistrer",
        "tax_notice": "Enregistrer l'avis d'imposition",
        "caf_letter": "Compléter ou traiter le courrier de la CAF",
        "bailiff_letter": f"Transmettre l'acte au service juridique{by}",
        "work_report": "Classer le rapport d'intervention et clore le bon",
        "water_damage_report": "Transmettre le constat au service assurances",
    }
    action = known.get(document.kind or "")
    return [action] if action else []


def _of_certificate(document: Document) -> list[str]:
    ok = {check.name: check.ok for check in document.checks}
    end = document.facts.get("valid_to")
    actions = []
    if ok.get("valid_today") is False and ok.get("starts_in_time") is not True:
        actions.append("Demander une attestation d'assurance qui commence à temps")
    elif ok.get("valid_today") is False and end and ok.get("starts_in_time") is True and _expired(document):
        actions.append(f"Demander une attestation d'assurance à jour (expirée le {_french(end)})")
    if ok.get("insured_matches_sender") is False:
        actions.append("Vérifier que l'assuré est titulaire ou cotitulaire du bail")
    if ok.get("address_matches_tenant") is False:
        actions.append("Vérifier à quel logement l'attestation se rapporte")
    if not actions:
        until = f" (valable jusqu'au {_french(end)})" if end else ""
        actions.append(f"Enregistrer l'{document_name('insurance_certificate')}{until}")
    return actions


def _expired(document: Document) -> bool:
    return any(check.name == "valid_today" and check.why.startswith("expirée") for check in document.checks)


def _french(day: str) -> str:
    return "/".join(reversed(day.split("-")))
