from datetime import UTC, date, datetime

import pytest

from mailbot.engines.embedding import Embedding
from mailbot.engines.features import CONCEPTS, SIZE, counts, weighed
from mailbot.engines.intent import IntentModel, load_weights
from mailbot.engines.languages import Languages
from mailbot.errors import Misconfigured
from mailbot.model import Part, Reading, Texts
from mailbot.rules import default_taxonomy
from mailbot.understanding import Context, Engines, understand
from mailbot.understanding.documents import understand_part

ON = date(2026, 2, 10)
LANGUAGES = Languages(("fr", "en", "es", "pt", "ar", "tr", "ro", "ru", "uk", "it", "zh", "pl", "de"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bonjour, ma chaudière est en panne depuis hier", "fr"),
        ("There is no hot water in my flat since Monday", "en"),
        ("المدفأة لا تعمل منذ يومين", "ar"),
        ("Kombi üç gündür çalışmıyor, evde bebek var", "tr"),
        ("Nu avem căldură de trei zile", "ro"),
        ("salam 3afak lma kay9tar f lkouzina dyali bzaf", "ary-Latn"),
        ("12345 !!!", "und"),
        ("", "und"),
    ],
)
def test_languages(text: str, code: str) -> None:
    assert LANGUAGES.detect(text, "fr").code == code


def test_the_shipped_model_has_the_default_labels_and_its_shares_add_up() -> None:
    model = IntentModel(load_weights(), Embedding())
    ranked = model.classify("", "mes radiateurs sont froids depuis dimanche", "fr")

    assert {label for label, _ in ranked.ranking} == {intent.id for intent in default_taxonomy().intents}
    assert sum(share for _, share in ranked.ranking) == pytest.approx(1, abs=1e-4)
    assert ranked.ranking[0][0] == "repair.heating"


def test_without_the_embedding_package_the_words_decide() -> None:
    class Absent(Embedding):
        def vector(self, text: str) -> None:
            """The package is not there."""

    ranked = IntentModel(load_weights(), Absent()).classify("quittance", "ma quittance de loyer svp", "fr")

    assert ranked.ranking[0][0] == "rent.receipt"


def test_a_damaged_model_is_said_in_one_line() -> None:
    with pytest.raises(Misconfigured, match="make model"):
        load_weights(b"nonsense")


def test_features_are_the_same_for_accents_and_capitals() -> None:
    assert counts("Élève FUITE") == counts("eleve fuite")
    buckets, values = weighed(counts("fuite d'eau"), load_weights().idf)
    assert len(buckets) == len(values)
    for first, end, length in ((0, 1 << 17, 1.0), (1 << 17, CONCEPTS, 0.7), (CONCEPTS, SIZE, 0.5)):
        block = values[(buckets >= first) & (buckets < end)]
        assert float((block**2).sum()) == pytest.approx(length**2, abs=1e-3)


CERTIFICATE = """ATTESTATION D'ASSURANCE HABITATION
Mutuelle du Vallon certifie que
Assurée : Mme Claire Fontaine
contrat n° MV-4471-882 multirisque habitation, risques locatifs
12 rue des Lilas, 59000 Lille
Période du 01/01/2026 au 31/12/2026"""


def document(text: str, **more: object) -> Part:
    return Part("a.pdf", "application/pdf", 1, "00", "pdf", 1, text, **more)  # type: ignore[arg-type]


def test_an_insurance_certificate_is_read_and_checked_against_the_mails_date() -> None:
    made = understand_part(document(CERTIFICATE), Reading("sha256:x", 1), ON, "fr")
    late = understand_part(document(CERTIFICATE), Reading("sha256:x", 1), date(2027, 2, 1), "fr")

    assert made.kind == "insurance_certificate"
    assert made.facts["valid_to"] == "2026-12-31"
    assert made.facts["contract_no"] == "MV-4471-882"
    assert {check.name: check.ok for check in made.checks} == {
        "valid_today": True,
        "starts_in_time": True,
        "insured_matches_sender": None,
        "address_matches_tenant": None,
    }
    assert [check.ok for check in late.checks if check.name == "valid_today"] == [False]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("FACTURE N° F2026-1\nSIRET 123 456 789 00012\nTotal TTC 210,00", "invoice"),
        ("DEVIS n° 12 bon pour accord Total TTC 100,00", "quote"),
        ("AVIS D'IMPÔT 2025 sur les revenus 2024\nRevenu fiscal de référence 14 250", "tax_notice"),
        ("RELEVÉ D'IDENTITÉ BANCAIRE IBAN FR76 3000 6000 0112 3456 7890 189 BIC", "bank_details"),
        ("un texte sans rien", "other"),
    ],
)
def test_documents_are_told_by_their_words(text: str, kind: str) -> None:
    assert understand_part(document(text), Reading("sha256:x", 1), ON, "fr").kind == kind


def test_automatic_mail_is_never_answerable_and_always_low() -> None:
    engines = Engines(LANGUAGES, None, IntentModel(load_weights(), Embedding()))
    context = Context(default_taxonomy(), "fr", 0.4)
    reading = Reading(
        "sha256:x", 1, date=datetime(2026, 2, 10, tzinfo=UTC), text=Texts("odeur de gaz"), automatic="auto-reply"
    )
    made = understand(reading, "fr", engines, context)

    assert (made.intent, made.urgency, made.answerable) == ("other.automatic", "low", False)
