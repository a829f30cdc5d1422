"""What papers of a kind say, whatever their title: who declares what, what will happen, what was done.

Patterns are for text in small letters without accents in which OCR's digits inside words are put right.
"""

import re
from typing import Final

_DAY: Final = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi)\b|\d{1,2}(?:er)? (?:janv|fevr|mars|avril|mai|juin|juil|aout|sept|oct|nov|dec)|\d{1,2} ?[/.] ?\d{1,2} ?[/.])"

_SAYS: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "insurance_certificate": (
        (r"\b(?:attest|certifi|confirm)\w*\b[^.]{0,200}\b(?:assuree?s?|assurons|garanti\w*|couver\w+|titulaires?|beneficie|souscrit)\b", 1.6),
        (r"\b(?:assuree?s?|garantie?s?|couverte?s?)\b[^.]{0,90}\b(?:aupres|compagnie|police|contrat|sous le n)", 0.8),
        (r"\bqualite ?(?:de|:|\.)? ?\s?locataire|\ben tant que locataire|\blocataire\b", 0.5),
        (r"risques? locatif|recours des (?:voisins|tiers)|\b(?:rc|responsabilite)(?: civile)? locative|responsabilite a l'egard du proprietaire", 1.0),
        (r"incendie[\s\S]{0,90}(?:degats? des eaux|vol\b|explosion)|degats? des eaux[\s\S]{0,60}incendie", 0.8),
        (r"\battestation\b|certificate of insurance|\bcertificat\b", 0.8),
        (r"(?:nom de l'assure|assure ?\(?e?\)? ?:|souscripteur|preneur d'assurance|adresse (?:du risque|assuree)|(?:lieu|situation) du risque|(?:logement|bien|risque) assure)", 1.2),
        (r"(?:valable|valide|validite|effet|periode|couver\w*|garanti\w*)[^.]{0,70}\d{1,2}(?: ?[/.] ?\d|(?:er)? [a-z]{3,9}\.? \d{4})", 0.6),
    ),
    "water_damage_report": (
        (r"\bsurvenu|pieces? touchees?|biens? endommages?|declarant|votre declaration|locaux sinistres", 0.8),
        (r"(?:sinistre|constat|declaration)[\s\S]{0,80}(?:degats? des eaux|infiltration|fuite)|degats? des eaux[^.]{0,60}(?:survenu|sinistre|constate|du \d)", 1.6),
        (r"(?:origine|cause) ?:|(?:origine|cause) (?:du sinistre|de la fuite|des degats|du degat|probable)|\bcause ?:", 0.8),
        (r"\b(?:n°|no|numero|ref\w*|dossier)[^\n]{0,15}sinistre|sinistre (?:n°|no\b)", 1.0),
        (r"(?:occupant|partie|assure|logement) [ab]\b|\blese", 0.7),
    ),
    "bank_details": (
        (r"\biban\b|[a-z]{2}\d{2}(?: ?\d{4}){5} ?\d{3}", 1.0),
        (r"\b(?:rib|releve d'identite|identite bancaire|(?:coordonnees|references) bancaires|votre iban|titulaires? du compte|intitule du compte)\b", 1.4),
        (r"effectuer un virement|(?:recevoir|faire) (?:des|vos|un|les)? ?(?:virement|prelevement)|creanciers ou debiteurs|a communiquer a", 0.8),
        (r"\b(?:bic|swift)\b", 0.5),
    ),
    "appointment_notice": (
        (r"(?m)^\W*(?:le |ce |date ?:? ?)?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi) \d{1,2}\b", 0.9),
        (r"\d{1,2} ?h ?(?:\d\d)? ?(?:-|a|et) ?\d{1,2} ?h|(?:immeuble|logement|appartement|residence|batiment) (?:est |sont )?concerne", 0.8),
        (rf"(?:vous (?:attendons|invitons|recevrons|donnons rendez|recevra|attendra)|(?:serons|sera) (?:dans|chez|sur place|present)|priee? de se presenter|vous presenter)[^.]{{0,110}}{_DAY}", 1.6),
        (r"remise des cles|votre tour|si vous etes absent|en cas d'impossibilite|merci de prevenir|laissez vos cles|apportez|pour modifier|pour annuler|ramonage|entretien annuel", 0.9),
        (r"\ba \d{1,2} ?(?:h\b|h ?\d\d|heures\b|:\d\d)", 0.7),
        (rf"(?:aura lieu|auront lieu|passera|passerons|passeront|se presentera|se presenteront|interviendra|interviendrons|interviendront|se rendra|sera (?:effectue|realise|procede)\w*|(?:est|sont) (?:prevu|fixe|programme|planifie|reporte)\w*|procedera|procederont)[^.]{{0,110}}{_DAY}", 1.8),
        (rf"(?:rendez-? ?vous|rdv|(?<!date de )(?:visite|passage)|(?<!date d')intervention|etat des lieux|releve|expertise)[^.]{{0,110}}{_DAY}", 0.9),
        (rf"(?:convoquee?s?|convoquons|confirmons|invitons|proposons|fixons)[^.]{{0,140}}{_DAY}", 1.0),
        (r"\bdate\b[\s\S]{0,60}\b(?:heure|horaire|creneau)s?\b", 1.2),
        (r"\b(?:entre|de|creneau|a) ?:? ?\d{1,2} ?(?:h|:)(?: ?\d{2})?|\bde \d{1,2} ?h|plage horaire|creneau|horaires?\b", 0.7),
        (r"(?:votre|sa) presence|presence (?:est )?(?:obligatoire|indispensable|requise|necessaire|souhaitee)|videz|degagez|etre (?:present|chez vous)|(?:confier|laisser|remettre)[^.]{0,20}(?:vos|les|vos) cles|acces (?:libre )?(?:au|a votre|a l')|en cas (?:d'absence|d'empechement|d'indisponibilite)|vous representer|vous munir|munissez|merci d'etre", 1.0),
        (r"planning|calendrier des|passage de l'equipe|avis aux? (?:locataires|residents)|a l'attention des (?:locataires|residents)", 0.9),
    ),
    "quote": (
        (r"prix (?:global|forfaitaire|unitaire)|delai d'execution|apres accord|y compris|fourniture et pose|forfait|\boffre\b", 0.9),
        (r"\bsoit\b[^\n]{0,30}ttc|\bttc\b", 0.5),
        (r"retourner (?:un exemplaire|le devis)|date et signature|prix (?:fermes|valables)|\bestimation\b|\bproposition\b", 0.9),
        (r"(?:proposition|offre) de prix|notre (?:proposition|offre|estimation|devis)|estimation (?:n°|no)", 1.3),
        (r"(?:offre|devis|proposition|prix|tarif)[^.\n]{0,40}(?:valable|valide)|validite", 1.0),
        (r"acompte|bon pour accord|a la commande|a retourner signe", 0.9),
        (r"\bht\b[\s\S]{0,140}\bttc\b|hors taxes?[\s\S]{0,140}\bttc\b", 0.6),
    ),
    "invoice": (
        (r"\b(?:echeance|a regler|reglement|payable|penalites de retard|net a payer|a payer|escompte|acquittee)\b", 0.5),
        (r"\b(?:siret|tva)\b[\s\S]{0,1500}\bttc\b|\bht\b[\s\S]{0,140}\bttc\b", 0.5),
    ),
    "work_report": (
        (r"\b(?:a|ont|avons) (?:ete )?(?:chang|remplac|repar|verifi|control|nettoy|debouch|proced|constat|effectu|install|pos|coup|ferm|remis|trait|purg|regl)e?e?s?\b", 1.3),
        (r"(?m)^\W*(?:remplace|repare|rabote|debouche|change|nettoye|pose|depose|verifie|controle|regle|remplacement|reparation|debouchage|reglage)s?\b", 1.3),
        (r"\best passee? (?:chez|le|sur)|sommes passes|s'est deplacee?|passage n°|\bfait le\b|date d'execution", 1.0),
        (r"duree (?:sur place|d'intervention|:)|aucune suite|suite a (?:prevoir|donner)|prochain passage|produit applique|traitement|operateur|logements? (?:traite|non traite|visite|absent)", 1.0),
        (r"(?:a|ont) (?:ete |bien ete )(?:remplac|repar|chang|effectu|execut|nettoy|resserr|control|verifi|remis|realis|pos|purg|debouch|repris|install|coup)\w*", 1.3),
        (r"avoir (?:execute|realise|effectue|procede|ramone|remplace|repare|controle)|remise?s? en service|travaux acheves|acheves? le", 1.0),
        (r"(?:s'est rendue?|nous sommes rendus|sommes intervenus|intervenus? (?:le|sur|au|chez)|passage (?:du|effectue)|visite (?:du|effectuee))", 1.0),
        (r"(?:votre|du|de votre|n°|au) (?:bon|ordre|commande|os\b)[^\n]{0,30}\d|bon de (?:travaux|commande)|ordre de service", 0.9),
        (r"\bremede\b|travaux (?:termines|realises|effectues|executes)|(?:depart|arrivee|debut|fin) ?:? ?\d{1,2} ?h|heure (?:d'|de )(?:arrivee|depart|debut|fin)|main d'oeuvre|temps passe", 1.0),
        (r"\bconstat(?:e|ations?|s)?\b|diagnostic|\bcause ?:|remede|preconis|observations?|\bremarques?\b", 0.6),
        (r"rendement|\bppm\b|\bconforme\b|nettoyage d|controle d|mise en service|visite d'entretien|locataire present", 0.9),
        (r"technicien|intervenant|\bequipe\b|plombier|ouvrier|compagnon|chauffagiste|agent d'intervention", 0.5),
        (r"signature (?:du )?(?:client|locataire|occupant)|vu et accepte|client satisfait", 0.7),
    ),
    "payslip": (
        (r"\bbrut\b[\s\S]{0,1500}\bnet\b", 0.9),
        (r"cotisations?|retenues?|urssaf|csg|prelevement a la source|net imposable|net social|net fiscal", 0.7),
        (r"\b(?:paie|paye|salaire|salarie\w*|remuneration)\b", 0.7),
        (r"heures? (?:normales|supp|travaillees)|nombre d'heures|salaire horaire|taux horaire|151[.,]67|cesu|pajemploi|emploi a domicile|conges (?:acquis|payes|pris)", 0.8),
    ),
    "rent_receipt": (
        (r"(?:recu|paye|regle|encaisse|acquitte|quittance)[^.]{0,120}\bloyer|loyer[^.]{0,60}(?:recu|paye|regle|encaisse|acquitte)", 1.2),
        (r"somme (?:totale )?de[^.]{0,120}(?:au titre|pour|loyer|terme)", 0.8),
        (r"\bloyer\b[\s\S]{0,120}\bcharges\b", 0.8),
        (r"quittan\w+|pour solde de tout compte|\brecu\b", 0.8),
    ),
    "bailiff_letter": (
        (r"mon mandant|a la (?:requete|demande) de|requerant|pour le compte de[^.]{0,40}crean|mes diligences|en vertu d'un", 0.9),
        (r"maitre [a-z]+|\bscp\b|\bselarl\b|\betude\b|commissaires? de justice|huissiers?|\bgreff", 0.8),
        (r"expuls|saisie|faute de quoi|a defaut|creance|recouvrement|comparaitre|audience|quitter les lieux|somme de|sommes? due", 0.7),
    ),
    "energy_bill": (
        (r"\b[km]?wh\b|\bm3\b|m³", 0.8),
        (r"\bchaleur\b|\br1\b|ancien index|nouvel index|assainissement|acheminement", 1.0),
        (r"(?:electricite|gaz|eau|chauffage|energie)[\s\S]{0,200}(?:facture|consommation|echeancier|mensualit)|(?:facture|echeancier)[\s\S]{0,120}(?:electricite|gaz\b|d'eau|energie|chauffage urbain)", 1.4),
        (r"index|releve|compteur|abonnement|abonnee?|point de (?:livraison|comptage)|\bpdl\b|\bprm\b|\bpce\b|part fixe", 0.8),
    ),
    "tax_notice": ((r"revenu fiscal\s+de reference|\brfr\b", 0.8), (r"impots?\.gouv|finances publiques|impot", 0.5)),
    "caf_letter": (
        (r"\b(?:caf|allocations familiales)\b", 0.5),
        (r"\b(?:apl|als|alf|aide (?:personnalisee )?au logement|allocation (?:de )?logement|rsa|prime d'activite|quotient)\b", 0.7),
    ),
    "id_document": (
        (r"(?:date|lieu) (?:et lieu )?de naissance|\bnee? ?(?:\(e\))? ?le\b|date of birth", 0.6),
        (r"\bnationalite|\bsexe\b|\btaille\b|valable jusqu|date d'expiration|\bsejour\b", 0.6),
    ),
    "other": (
        (r"entre les soussignes|le (?:locataire|preneur) (?:doit|s'engage|est tenu)|contrat de (?:location|bail)|clauses?\b[^.]{0,40}bail", 1.2),
        (r"etat des lieux d'(?:entree|sortie)[\s\S]{0,1500}(?:etat|cles remises)", 1.2),
        (r"etat de sante|est inscrite?|est salariee?|est heberge|est scolarise", 1.0),
    ),
}  # fmt: skip
CONTENTS: Final = {
    kind: tuple((re.compile(pattern), weight) for pattern, weight in entries) for kind, entries in _SAYS.items()
}
NEEDS: Final = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "insurance_certificate": r"assur|garant|mutuelle|insur|prevoyance|societaire",
        "bailiff_letter": r"commissaires? de just|huissier|tribunal|greff|\bscp\b|selarl|juge\b|cour d'appel|avocat",
        "bank_details": r"\b[il1]?ban\b|guichet|\brib\b|[a-z]{2}\d{2}(?: ?[\dol]{4}){4}|bankverbindung|bank details",
        "id_document": r"nationalit|naissance|\bnee?\b ?\(?e?\)?|birth|<<|expir|sejour|conduire|passe?port|identite|resid",
        "energy_bill": r"\bkwh|m3|m³|electri|\bgaz\b|d'eau|de l'eau|eaux|chauffage|energi",
        "tax_notice": r"impot|fiscal|imposition|taxe",
        "appointment_notice": _DAY + r"|\d{1,2} ?h\b|\d{4}-\d\d-\d\d",
        "payslip": r"\bnet\b|\bbrut\b|salaire|paie|paye",
        "rent_receipt": r"loyer|rent\b|quittance",
        "caf_letter": r"\bcaf\b|allocat",
        "water_damage_report": r"eaux?\b|fuite|infiltration|sinistre",
    }.items()
}
"""A paper without such a word is not of the kind, whatever else speaks for it."""
AGAINST: Final = {
    kind: tuple((re.compile(pattern), weight) for pattern, weight in entries)
    for kind, entries in {
        "insurance_certificate": (
            (r"\boffer(?:t|ts|te|tes)\b|\bprofitez|\bpromo|\bdecouvrez|simulation|devis (?:gratuit|en \d|en ligne)|(?:des|a partir de) \d+[,.]?\d* ?€|nouveaux clients|parrain|souscrivez|\bcode promo", 3.0),
            (r"(?:ne nous avez (?:pas|toujours pas)|nous (?:transmettre|faire parvenir|adresser|fournir|l'adresser|retourner)|dans l'attente de|sans reponse|a defaut)", 1.2),
            (r"cotisation (?:annuelle|\d{4})[^.]{0,40}\d|a payer avant|votre paiement|impaye|relance|mise en demeure", 1.5),
        ),
        "invoice": ((r"\b[km]wh\b|point de livraison|ancien index|abonnee?\b|consomm(?:ation|ee)\b", 2.0),),
        "bank_details": ((r"mandat|solde|operations?\b|\bttc\b|quittance|devis|net a payer|apportez", 1.0),),
        "appointment_notice": ((r"le journal|newsletter|saviez-vous|bons gestes|la fete|assemblee generale", 1.5), (r"\bttc\b|tribunal|commissaire de justice|huissier|(?:a|ont) ete (?:remplac|repar|effectu|chang)\w*", 1.5)),
        "work_report": ((rf"\bttc\b|(?:passera|aura lieu|interviendra|se presentera)[^.]{{0,80}}{_DAY}", 1.5),),
        "rent_receipt": ((r"(?:envoyer|transmettre|recevoir|obtenir|demande)[^.]{0,40}quittance|impaye|solde debiteur|mise en demeure", 1.5),),
        "payslip": ((r"\battestation\b|certificat de travail|\bcontrat de travail|\bsoussign", 1.2),),
        "id_document": ((r"pieces? (?:a fournir|justificatives?|demandees?)|photocopie|copie de|dossier (?:complet|de demande)|\bsoussign|formulaire|bailleur|loyer|plainte|acte de naissance|famille|scolarite|inscrit", 1.5),),
        "bailiff_letter": ((r"aide juridictionnelle|avocat designe|surendettement|conciliateur de justice|recepisse", 2.5), (r"conciliateur|plainte|nous transmettrons|gardien de la paix|assistante sociale|surendettement|commission", 1.5)),
        "water_damage_report": ((r"\boffer(?:t|ts)\b|profitez|attestation|\bttc\b", 1.0),),
        "energy_bill": ((r"regularisation des charges|decompte de charges|quittance|provisions? (?:versees|sur charges)|syndic|brul|\bpose\b|remplacement", 1.5),),
    }.items()
}  # fmt: skip
