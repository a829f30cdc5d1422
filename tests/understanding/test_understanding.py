from datetime import UTC, date, datetime

import pytest

from mailbot.engines.embedding import Embedding
from mailbot.engines.features import CONCEPTS, SIZE, counts, weighed
from mailbot.engines.intent import IntentModel, load_weights
from mailbot.engines.languages import Languages
from mailbot.errors import Misconfigured
from mailbot.model import Reading, Texts
from mailbot.rules import default_taxonomy
from mailbot.understanding import Context, Engines, understand

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


def test_automatic_mail_is_never_answerable_and_always_low() -> None:
    engines = Engines(LANGUAGES, None, IntentModel(load_weights(), Embedding()))
    context = Context(default_taxonomy(), "fr", 0.4)
    reading = Reading(
        "sha256:x", 1, date=datetime(2026, 2, 10, tzinfo=UTC), text=Texts("odeur de gaz"), automatic="auto-reply"
    )
    made = understand(reading, "fr", engines, context)

    assert (made.intent, made.urgency, made.answerable) == ("other.automatic", "low", False)
