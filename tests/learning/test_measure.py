import pytest

from mailbot.learning.duplicates import near_duplicates
from mailbot.learning.measure import (
    Counted,
    accuracy,
    calibration_error,
    compared,
    confusion,
    macro_f1,
    per_label,
)

PAIRS = [("a", "a"), ("a", "b"), ("b", "b"), ("c", "b")]


def test_scores_by_hand() -> None:
    assert accuracy(PAIRS) == 0.5
    assert per_label(PAIRS) == {"a": Counted(1, 1, 0), "b": Counted(1, 0, 2), "c": Counted(0, 1, 0)}
    assert macro_f1(PAIRS) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert confusion(PAIRS, ["a", "b", "c"]) == [[1, 0, 0], [1, 1, 1], [0, 0, 0]]


def test_values_count_as_often_as_they_stand_there() -> None:
    found = compared(["x", "x", "y"], ["x", "z"])

    assert found == Counted(1, 2, 1)
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == 0.5


def test_nothing_to_find_and_nothing_found_is_no_fault() -> None:
    assert (Counted().precision, Counted().recall, Counted().f1) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([(1.0, True), (1.0, True)], 0.0),
        ([(0.95, True), (0.95, False)], 0.45),
        ([(0.55, True), (0.85, True)], 0.3),
        ([], 0.0),
    ],
)
def test_the_calibration_error_by_hand(answers: list[tuple[float, bool]], error: float) -> None:
    assert calibration_error(answers) == pytest.approx(error)


def test_near_duplicates_are_found_whatever_their_case_and_stops() -> None:
    first = "Bonjour, le robinet de la cuisine goutte depuis lundi, pouvez-vous passer ?"
    texts = [first, "un tout autre message, sur la quittance du mois de mars", first.upper().replace(",", " ;")]

    (pair,) = near_duplicates(texts)

    assert (pair.left, pair.right, pair.similarity) == (0, 2, 1.0)


def test_two_short_thanks_are_no_duplicates() -> None:
    assert near_duplicates(["merci", "merci"]) == ()
