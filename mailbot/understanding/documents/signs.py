"""What speaks for each kind of document, and what against it."""

from dataclasses import dataclass
from typing import Final

Weighed = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Signs:
    titles: tuple[str, ...]
    """What such a paper calls itself; counts fully only where a title stands."""
    support: tuple[Weighed, ...] = ()
    against: tuple[Weighed, ...] = ()


SIGNS: Final[dict[str, Signs]] = {
    "insurance_certificate": Signs(
        (
            *("attestation d'assurance", "attestation assurance", "attestation multirisque habitation"),
            *("attestation habitation", "attestation responsabilite locative", "attestation de responsabilite civile"),
            *("attestation responsabilite civile", "certificat d'assurance", "attestation de risques locatifs"),
            *("attestation d'assurance habitation", "attestation d'assurance locative", "insurance certificate"),
            *("certificate of insurance", "attestation de garantie", "attestation de contrat"),
        ),
        (
            *(("risques locatifs", 1.5), ("multirisque habitation", 1.2), ("assurance habitation", 1), ("mrh", 0.8)),
            *(("responsabilite civile", 0.6), ("soussigne", 0.3), ("atteste que", 1), ("certifie que", 0.6)),
            *(("attestons que", 1), ("certifions que", 0.8), ("garanties", 0.4), ("garanti", 0.4), ("assureur", 0.5)),
            *(("societaire", 0.7), ("souscripteur", 0.5), ("assure", 0.4), ("incendie", 0.4), ("degats des eaux", 0.3)),
            *(("la presente attestation", 1), ("code des assurances", 0.7), ("titulaire du contrat", 0.6)),
        ),
        (
            *(("bon pour accord", 2), ("kwh", 1.5), ("appel de cotisation", 3), ("avis d'echeance", 3)),
            *(("votre attestation", 1.2), ("nous transmettre", 1), ("ne nous avez pas", 1.5)),
            *(
                ("nous faire parvenir", 1),
                ("nous adresser", 1),
                ("devis d'assurance", 3),
                ("resiliation", 1.5),
                ("constat amiable", 3),
                ("assurance maladie", 2),
            ),
        ),
    ),
    "tax_notice": Signs(
        (
            *("avis d'impot", "avis d'imposition", "avis de situation declarative", "impot sur les revenus"),
            *("avis de non imposition", "avis d'impot sur les revenus", "avis de taxe fonciere", "taxe fonciere"),
            *("avis de degrevement", "avis de taxes foncieres", "taxe d'habitation", "impot sur le revenu"),
        ),
        (
            *(("revenu fiscal de reference", 2.5), ("numero fiscal", 1.2), ("reference de l'avis", 1)),
            *(("direction generale des finances publiques", 1), ("finances publiques", 0.7), ("nombre de parts", 0.8)),
            *(("revenu brut global", 1), ("declarant", 0.6), ("foyer fiscal", 0.4), ("impots gouv", 0.5)),
        ),
        (("employeur", 1), ("bulletin", 2)),
    ),
    "rent_receipt": Signs(
        ("quittance de loyer", "quittance", "recu de loyer", "rent receipt", "quittance loyer", "recu pour loyer"),
        (
            *(("loyer", 0.6), ("provisions pour charges", 0.7), ("provision sur charges", 0.7), ("charges", 0.3)),
            *(("donne quittance", 2), ("donnant quittance", 2), ("recu la somme", 1), ("bailleur", 0.4)),
            *(("pour quittance", 1), ("periode de location", 0.5), ("locataire", 0.3), ("recu de", 0.4)),
        ),
        (("mise en demeure", 2), ("conge", 1)),
    ),
    "invoice": Signs(
        ("facture", "invoice", "note d'honoraires", "facture d'acompte", "avoir", "facture definitive", "factura"),
        (
            *(("total ttc", 0.8), ("net a payer", 0.6), ("montant ttc", 0.6), ("siret", 0.4), ("tva", 0.4)),
            *(("total ht", 0.5), ("conditions de reglement", 0.5), ("penalites de retard", 0.6), ("facture no", 0.5)),
            *(("date de facture", 1), ("numero de facture", 1), ("facture n", 0.6), ("designation", 0.4)),
            *(("echeance", 0.3), ("indemnite forfaitaire", 0.6), ("quantite", 0.3), ("prix unitaire", 0.4)),
        ),
        (
            *(("bon pour accord", 2.5), ("validite de l'offre", 2), ("kwh", 1.5), ("point de livraison", 2)),
            *(("quittance de loyer", 1), ("cotisations salariales", 3), ("commandement de payer", 2)),
        ),
    ),
    "quote": Signs(
        (
            "devis",
            "proposition commerciale",
            "offre de prix",
            "estimation",
            "proposition de prix",
            "estimation de travaux",
            "offre commerciale",
            "devis estimatif",
            "quotation",
            "chiffrage",
        ),
        (
            *(("bon pour accord", 2), ("validite de l'offre", 1.5), ("devis valable", 1.5), ("offre valable", 1.5)),
            *(("valable jusqu'au", 0.4), ("devis gratuit", 1), ("total ttc", 0.5), ("total ht", 0.4), ("tva", 0.3)),
            *(("siret", 0.3), ("lu et approuve", 0.5), ("acompte a la commande", 1), ("duree de validite", 1)),
            *(("avant travaux", 0.4), ("designation", 0.3), ("prix unitaire", 0.3), ("devis n", 0.6)),
        ),
        (("facture n", 1), ("numero de facture", 2), ("risques locatifs", 1.5)),
    ),
    "caf_letter": Signs(
        (
            *("caisse d'allocations familiales", "allocations familiales", "caf", "attestation de loyer"),
            *("attestation de paiement", "aide au logement", "attestation de quotient familial", "demande d'aide"),
            *("attestation de residence en foyer", "demande de tiers payant", "allocation de logement"),
        ),
        (
            *(("numero allocataire", 1.5), ("n allocataire", 1.5), ("allocataire", 1.2), ("quotient familial", 1.2)),
            *(("aide personnalisee au logement", 1), ("apl", 0.7), ("caf", 0.8), ("caf fr", 1), ("rsa", 0.4)),
            *(("allocations familiales", 1), ("allocation de logement", 0.8), ("vos droits", 0.5), ("als", 0.2)),
            *(("cerfa", 0.4), ("prime d'activite", 0.6), ("bailleur", 0.2)),
        ),
        (("cotisations", 0.8), ("bulletin de paie", 3), ("revenu fiscal de reference", 1)),
    ),
    "bank_details": Signs(
        ("releve d'identite bancaire", "rib", "identite bancaire", "coordonnees bancaires", "bank details"),
        (
            *(("iban", 1), ("bic", 0.7), ("code banque", 1), ("code guichet", 1), ("cle rib", 1)),
            *(("domiciliation", 0.7), ("titulaire du compte", 0.8), ("numero de compte", 0.6), ("swift", 0.3)),
        ),
        (
            *(
                ("total ttc", 2.5),
                ("facture", 1.5),
                ("mandat de prelevement", 3),
                ("identifiant creancier", 2),
                ("ics", 1),
                ("devis", 2),
            ),
            *(("solde", 0.8), ("net a payer", 2), ("kwh", 2), ("releve de compte", 2)),
        ),
    ),
    "id_document": Signs(
        (
            *("carte nationale d'identite", "passeport", "titre de sejour", "permis de conduire", "carte d'identite"),
            *("carte de resident", "carte de sejour", "passport", "residence permit", "identity card", "identite"),
            *("recepisse de demande de carte de sejour", "recepisse", "carte de sejour pluriannuelle"),
        ),
        (
            *(("republique francaise", 0.8), ("nationalite", 0.8), ("date de naissance", 0.5), ("nationality", 0.6)),
            *(("lieu de naissance", 0.5), ("date of birth", 0.5), ("prenom", 0.4), ("given names", 0.5)),
            *(("date d'expiration", 0.6), ("taille", 0.4), ("sexe", 0.4), ("autorite", 0.4), ("nom d'usage", 0.5)),
            *(("delivre", 0.3), ("surname", 0.4), ("ne le", 0.3), ("signature du titulaire", 0.5), ("prefecture", 0.4)),
        ),
        (("facture", 1), ("cotisations", 1), ("garanties", 1), ("liste des pieces", 2), ("pieces a fournir", 2)),
    ),
    "payslip": Signs(
        (
            *("bulletin de paie", "bulletin de salaire", "fiche de paie", "bulletin de paye", "fiche de paye"),
            *("fiche de salaire", "bulletin de solde", "payslip", "bulletin clarifie"),
        ),
        (
            *(("salaire brut", 1), ("salaire de base", 1), ("net imposable", 0.8), ("net a payer avant impot", 1)),
            *(("cotisations", 0.6), ("employeur", 0.6), ("urssaf", 0.6), ("convention collective", 0.7)),
            *(("conges payes", 0.5), ("emploi", 0.3), ("matricule", 0.3), ("net paye", 0.6), ("csg", 0.5)),
            *(("heures supplementaires", 0.3), ("anciennete", 0.3), ("net social", 0.8), ("net a payer", 0.3)),
        ),
        (("attestation employeur", 2), ("facture", 1)),
    ),
    "bailiff_letter": Signs(
        (
            *("commissaire de justice", "huissier de justice", "commandement de payer", "commandement de quitter"),
            *(
                "tribunal judiciaire",
                "assignation",
                "signification",
                "acte de signification",
                "proces verbal de saisie",
            ),
            *("convocation a l'audience", "convocation devant le tribunal", "injonction de payer", "tribunal de"),
            *("signification de jugement", "saisie attribution", "avis de passage d'un huissier", "huissiers associes"),
            *("juge des contentieux de la protection", "tribunal de proximite", "commandement", "citation"),
            *("commissaires de justice associes", "office de commissaires de justice", "sommation de payer"),
        ),
        (
            *(("maitre", 0.4), ("etude", 0.4), ("creancier", 0.6), ("debiteur", 0.5), ("requerant", 0.8)),
            *(("expulsion", 0.6), ("audience", 0.7), ("greffe", 0.8), ("clause resolutoire", 1), ("saisie", 0.5)),
            *(("commissaire de justice", 1), ("huissier de justice", 1), ("sommation", 0.6), ("jugement", 0.4)),
            *(("tribunal judiciaire", 0.5), ("a la requete de", 1), ("dossier", 0.1), ("titre executoire", 0.7)),
        ),
        (("risques locatifs", 1.5), ("bulletin de paie", 3), ("contrat de location", 1)),
    ),
    "work_report": Signs(
        (
            *("rapport d'intervention", "bon d'intervention", "compte rendu d'intervention", "fiche d'intervention"),
            *(
                "rapport de visite",
                "bon de travaux",
                "attestation d'entretien",
                "rapport technique",
                "fiche de travail",
            ),
            *("attestation d'intervention", "bordereau d'intervention", "quitus", "rapport de recherche de fuite"),
            *(
                "compte rendu de depannage",
                "passage n°",
                "bon de travail",
                "visite d'entretien",
                "compte rendu de visite",
                "attestation de fin de travaux",
                "fiche de travail",
                "certificat d'entretien",
                "compte rendu",
            ),
            *("proces verbal de reception", "compte rendu de visite", "ordre de service", "bon de fin de travaux"),
            *("rapport de depannage", "bulletin d'intervention", "rapport d'expertise", "bon de depannage"),
            *("certificat de ramonage", "compte rendu de travaux", "fin de chantier", "bon d'attachement"),
        ),
        (
            *(("technicien", 0.8), ("travaux effectues", 1), ("travaux realises", 1), ("intervenant", 0.7)),
            *(("constatations", 0.6), ("heure d'arrivee", 1), ("heure de depart", 0.8), ("pieces remplacees", 0.8)),
            *(("signature du client", 0.4), ("signature du locataire", 0.6), ("date d'intervention", 1)),
            *(("essai", 0.2), ("duree d'intervention", 0.8), ("visite effectuee", 0.4), ("anomalie", 0.3)),
            *(("fournitures", 0.3), ("diagnostic", 0.3), ("numero d'intervention", 0.6), ("observations", 0.3)),
        ),
        (
            *(("total ttc", 2), ("bon pour accord", 2), ("numero de facture", 2), ("prochain passage", 0.5)),
            *(("veuillez etre present", 1.5), ("votre presence", 1), ("facture n", 1)),
        ),
    ),
    "appointment_notice": Signs(
        (
            *(
                "avis de passage",
                "convocation",
                "rendez vous",
                "avis de coupure",
                "planning des visites",
                "visite de pre etat des lieux",
                "avis de rendez vous",
                "confirmation de rendez vous",
            ),
            *("convocation a l'etat des lieux", "avis d'intervention", "proposition de rendez vous", "avis de visite"),
            *("information aux locataires", "prise de rendez vous", "appointment", "note d'information"),
        ),
        (
            *(("notre technicien passera", 1.5), ("veuillez etre present", 1.2), ("votre presence", 0.8)),
            *(("rendez vous", 1), ("se presentera", 1), ("passera", 0.6), ("entre", 0.1), ("creneau", 0.8)),
            *(("en cas d'absence", 1), ("en cas d'empechement", 1), ("acces au logement", 0.8), ("passage prevu", 1)),
            *(("vous etes convoque", 1.5), ("vous convoquons", 1.2), ("merci de laisser l'acces", 1), ("munir", 0.4)),
            *(("releve des compteurs", 0.4), ("vous prions d'etre present", 1.2), ("etat des lieux", 0.3)),
        ),
        (
            *(("huissier de justice", 2), ("commissaire de justice", 2), ("audience", 3), ("tribunal", 2.5)),
            *(("travaux effectues", 1.5), ("heure de depart", 1.5), ("total ttc", 1.5), ("assemblee generale", 1.5)),
            *(("travaux realises", 1.5), ("fin d'intervention", 1)),
        ),
    ),
    "water_damage_report": Signs(
        (
            *("constat amiable degats des eaux", "constat degats des eaux", "constat amiable", "constat de degats"),
            *(
                "constat de degat des eaux",
                "declaration de degat des eaux",
                "declaration de sinistre",
                "degat des eaux",
            ),
            *("constat amiable degat des eaux", "declaration de sinistre degats des eaux"),
        ),
        (
            *(("sinistre", 0.6), ("numero de sinistre", 1), ("cause du sinistre", 0.8), ("origine de la fuite", 0.8)),
            *(("date du sinistre", 1), ("occupant a", 0.6), ("occupant b", 0.6), ("lese", 0.4), ("assureur", 0.4)),
            *(("degats des eaux", 0.8), ("syndic", 0.2), ("dommages", 0.4), ("irsi", 0.6), ("cide cop", 0.8)),
        ),
        (("la presente attestation", 2), ("risques locatifs", 1), ("atteste que", 2), ("total ttc", 1.5)),
    ),
    "energy_bill": Signs(
        (
            *("facture d'electricite", "facture de gaz", "facture d'energie", "facture d'eau", "facture electricite"),
            *("facture d'electricite et de gaz", "votre facture", "facture de regularisation", "facture energie"),
            *("facture gaz", "echeancier", "facture de chauffage", "votre facture d'electricite", "energy bill"),
        ),
        (
            *(("kwh", 2), ("point de livraison", 1.5), ("pdl", 1), ("prm", 1), ("pce", 1), ("consommation", 0.8)),
            *(("abonnement", 0.7), ("heures creuses", 1), ("heures pleines", 1), ("index", 0.5), ("enedis", 0.8)),
            *(("grdf", 0.8), ("puissance souscrite", 1), ("acheminement", 0.7), ("kva", 0.6), ("linky", 0.6)),
            *(("electricite", 0.5), ("gaz naturel", 0.5), ("fournisseur", 0.3), ("compteur", 0.4), ("facture", 0.4)),
            *(("releve", 0.2), ("cheque energie", 0.5), ("lieu de consommation", 1), ("distribution de l'eau", 0.8)),
        ),
        (
            *(("main d'oeuvre", 2), ("deplacement", 1), ("bon pour accord", 2), ("risques locatifs", 1.5)),
            *(("prix unitaire", 0.6), ("technicien", 1)),
        ),
    ),
    "other": Signs(
        (
            *("contrat de location", "bail d'habitation", "contrat de bail", "etat des lieux", "reglement interieur"),
            *("mandat de prelevement", "attestation d'hebergement", "attestation sur l'honneur", "avis d'echeance"),
            *("certificat de scolarite", "attestation employeur", "attestation de travail", "conditions generales"),
            *("releve de compte", "mise en demeure", "procuration", "plan d'apurement", "certificat medical"),
            *("ordonnance", "livret de famille", "extrait d'acte de naissance", "acte de naissance", "bail"),
            *("certificat de travail", "contrat de travail", "proces verbal d'assemblee", "diagnostic de performance"),
            *("appel de cotisation", "appel de fonds", "attestation de droits", "lettre d'information", "petition"),
            *(
                "conditions particulieres",
                "liste des pieces",
                "pieces a fournir",
                "bon de commande",
                "bon de livraison",
            ),
            *("conge", "preavis", "attestation de scolarite", "demande d'attestation", "rappel", "relance"),
            *("acte de cautionnement", "attestation de l'employeur", "demande de logement social", "depot de plainte"),
            *("releve de situation", "attestation de stage", "releve de notes", "menu", "decompte de charges"),
            *("regularisation des charges", "notification de decision", "ticket de caisse", "assurance maladie"),
        ),
    ),
}
VOCABULARY: Final = frozenset(
    word
    for signs in SIGNS.values()
    for said in (*signs.titles, *(words for words, _ in (*signs.support, *signs.against)))
    for word in said.replace("'", " ").split()
    if len(word) >= 7
)
