from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pytest

from mailbot.engines.clauses import clauses
from mailbot.engines.embedding import Embedding
from mailbot.engines.intent import IntentModel, load_weights, pieces
from mailbot.engines.languages import Languages
from mailbot.engines.urgency import UrgencyModel, level_of, load_urgency, tell, values
from mailbot.model import Ranked, Reading, Texts, UrgencyLevel
from mailbot.ports import Judged, UrgencyEngine
from mailbot.rules import default_taxonomy
from mailbot.understanding import Context, Engines, understand

LANGUAGES = Languages(("fr", "en"))


class Always:
    """An engine with one answer."""

    name = "always"

    def __init__(self, level: UrgencyLevel) -> None:
        self._level = level

    def judge(self, subject: str, text: str, ranked: Ranked, month: int, language: str = "") -> Judged:  # noqa: ARG002
        return Judged(self._level, 1.0)


class Says:
    """An intent engine with one answer."""

    name = "says"

    def __init__(self, intent: str) -> None:
        self._intent = intent

    def classify(self, subject: str, text: str, language: str) -> Ranked:  # noqa: ARG002
        return Ranked(((self._intent, 0.9),))


def urgency(text: str, engine: UrgencyEngine | None, intent: str = "repair.plumbing", month: int = 1) -> str:
    reading = Reading("sha256:x", 1, date=datetime(2026, month, 10, tzinfo=UTC), text=Texts(text))
    engines = Engines(LANGUAGES, None, Says(intent), urgency=engine)
    return understand(reading, "fr", engines, Context(default_taxonomy(), "fr", 0.4)).urgency


@pytest.mark.parametrize("level", ["low", "normal", "high"])
@pytest.mark.parametrize("intent", ["repair.gas_safety", "other.thanks"])
def test_no_model_and_no_intent_lowers_the_danger_net(level: UrgencyLevel, intent: str) -> None:
    assert urgency("ça sent le gaz dans l'escalier", Always(level), intent) == "critical"


@pytest.mark.parametrize(
    ("text", "level", "intent", "expected"),
    [
        ("bonjour, une chose étrange chez moi", "critical", "repair.plumbing", "critical"),
        ("bonjour, une chose étrange chez moi", "high", "repair.plumbing", "high"),
        ("bonjour, une chose étrange chez moi", "low", "repair.plumbing", "low"),
        ("bonjour, une chose étrange chez moi", "high", "other.thanks", "low"),
        ("plus de chauffage depuis lundi", "normal", "repair.heating", "normal"),
        ("plus de chauffage depuis lundi", None, "repair.heating", "high"),
        ("plus de chauffage depuis lundi", None, "other.thanks", "low"),
        ("une question sur ma cave", None, "repair.plumbing", "normal"),
    ],
)
def test_the_model_raises_and_weighs_what_is_no_danger(
    text: str, level: UrgencyLevel | None, intent: str, expected: str
) -> None:
    assert urgency(text, None if level is None else Always(level), intent) == expected


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0.5, 0.0, 0.9), "critical"),
        ((0.4, 0.2, 0.9), "high"),
        ((0.4, 0.1, 0.6), "low"),
        ((0.0, 0.0, 0.0), "normal"),
    ],
)
def test_the_graver_level_wins(shares: tuple[float, float, float], expected: str) -> None:
    assert level_of(shares, (0.5, 0.2, 0.6))[0] == expected


def model() -> UrgencyModel:
    return UrgencyModel(load_urgency())


def test_the_shipped_model_reads_more_than_words_of_danger() -> None:
    intent, judge = IntentModel(load_weights(), Embedding()), model().judge

    def level(text: str, month: int = 1) -> str:
        return judge("", text, intent.classify("", text, "fr"), month, "fr").level

    assert level("mon fils a mis les doigts sur la prise et ça lui a fait mal jusqu'au coude") == "critical"
    assert level("pouvez vous m'envoyer la quittance du mois dernier pour la caf") == "normal"
    assert level("merci beaucoup pour votre aide, bonne journée") == "low"


def test_an_empty_mail_is_normal() -> None:
    assert model().judge("", "", Ranked(()), 1).level == "normal"


def test_a_mail_is_weighed_in_stretches_that_hold_every_clause_once() -> None:
    text = " ".join(f"Voici la phrase numéro {number} de ma longue lettre." for number in range(30))
    told = tell(pieces("sujet", text), "sujet", text, 1)

    assert 1 < len(told.windows) <= 12
    assert sum(sum(one.values()) for one in told.windows) == pytest.approx(
        sum(sum(one.values()) for one in told.cut.counted)
    )
    assert len(clauses(text)) + 1 == len(told.cut.parts)


def test_cues_are_the_same_in_every_language() -> None:
    def cues(text: str) -> set[int]:
        return set(tell(pieces("", text), "", text, 1).cues)

    assert cues("la prise fume") & cues("the socket is smoking")
    assert cues("la prise fume") & cues("розетка дымит")


def test_a_mails_values_have_the_length_of_their_parts() -> None:
    idf = load_urgency().idf
    told = tell(pieces("", "la prise fume et mon fils pleure"), "", "la prise fume et mon fils pleure", 1)
    _, strengths = values(told, idf)
    cues = strengths[-len(told.cues) :]

    assert float(np.linalg.norm(cues)) == pytest.approx(0.7, abs=1e-3)


def test_the_season_is_told() -> None:
    def cold(month: int) -> float:
        return float(tell(pieces("", "bonjour"), "", "bonjour", month).net[-1])

    assert (cold(1), cold(7)) == (1.0, 0.0)


def test_every_language_has_thresholds() -> None:
    least: Mapping[str, tuple[float, float, float]] = load_urgency().least

    assert set(least) == {"main", "other"}
    assert all(0 < share < 1 for some in least.values() for share in some)
