import dataclasses
import json
from collections.abc import Callable
from importlib.resources import files
from io import BytesIO

import numpy as np
import pytest

from mailbot.engines.intent import MODEL_FILE, load_weights
from mailbot.engines.urgency import MODEL_FILE as URGENCY_FILE
from mailbot.engines.urgency import load_urgency
from mailbot.errors import Misconfigured, Transient
from mailbot.learning import relearn
from mailbot.learning.corrections import Words, hear
from mailbot.learning.labelled import Labelled, corpus
from mailbot.learning.relearn import learn, material
from mailbot.learning.steps import STEPS, taken
from mailbot.learning.verdict import Figures, worse, worse_urgency
from mailbot.ledger.values import Correction
from mailbot.rules import default_taxonomy

DEFAULT = frozenset(intent.id for intent in default_taxonomy().intents)
OWN = frozenset({"lift", "heat"})


def own(number: int) -> list[Labelled]:
    # Too short to be near-duplicates of one another.
    return [
        Labelled(f"{word} {at}", label) for at in range(number) for word, label in (("lift", "lift"), ("cold", "heat"))
    ]


def correction(case_id: int, intent: str = "lift", *, said: str = "heat", record: str | None = None) -> Correction:
    where = {"account": "accueil", "folder": "F", "uidvalidity": 1, "uid": case_id, "how": "message-id"}
    facts = {"seen_at": 1.0, "fingerprint": "sha256:0", "language": "en"}
    return Correction(case_id=case_id, intent=intent, said=said, record=record, **where, **facts)  # type: ignore[arg-type]


def test_beside_the_corpus_every_example_is_trained_on() -> None:
    some = material(DEFAULT, [Labelled("mein Aufzug steht", "repair.lift", language="de")], ())

    assert len(some.packaged) == len(corpus())
    assert some.measured == corpus(held_out=True)
    assert (some.by_intent, some.held_back, some.left_out) == ({"repair.lift": 1}, 0, 0)


def test_a_mail_like_one_that_is_measured_on_is_not_trained_on() -> None:
    measured = next(mail for mail in corpus(held_out=True) if len(mail.text) > 200)
    near = dataclasses.replace(measured, text=measured.text + " Merci.", hand="x")
    some = material(DEFAULT, [near, Labelled("l'ascenseur est bloqué", "repair.lift")], [measured])

    assert (some.by_intent, some.left_out) == ({"repair.lift": 1}, 2)


def test_of_intents_of_ones_own_a_fifth_is_held_back_always_the_same() -> None:
    mails = own(60)
    some, again = material(OWN, mails, ()), material(OWN, mails[30:], ())

    assert (some.packaged, some.held_back) == ((), len(some.measured))
    assert 10 <= some.held_back <= 40
    assert {mail.text for mail in again.measured} <= {mail.text for mail in some.measured}
    assert not {mail.text for mail in some.new} & {mail.text for mail in some.measured}
    assert len(some.new) + some.held_back + some.left_out == len(mails)


def test_what_staff_corrected_is_never_held_back() -> None:
    staff = [dataclasses.replace(mail, text=f"staff {mail.text}") for mail in own(30)]
    some = material(OWN, own(60), staff)

    assert not {mail.text for mail in staff} & {mail.text for mail in some.measured}


def test_a_taxonomy_that_lacks_some_intents_learns_the_mails_of_the_others() -> None:
    some = material(DEFAULT - {"repair.lift"} | {"own"}, own_intent(), ())

    assert {mail.intent for mail in some.packaged} == DEFAULT - {"repair.lift"}
    assert some.held_back > 0
    assert some.measured[: -some.held_back] == corpus(held_out=True)


def own_intent() -> list[Labelled]:
    return [Labelled(f"parcel {at}", "own") for at in range(40)]


@pytest.mark.parametrize(
    ("mails", "said"),
    [
        ((), "fewer than two intents"),
        (own(1), "fewer than two intents"),
        ([mail for mail in own(40) if mail.intent == "lift"], "fewer than two intents"),
        ([Labelled("aaaa", "lift"), Labelled("bbbb", "lift"), Labelled("c", "heat"), Labelled("d", "heat")], "measure"),
    ],
)
def test_too_little_to_learn_from_is_said(mails: list[Labelled], said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        material(OWN, mails, ())


def test_kept_words_are_taken_from_the_ledger_and_others_are_read_again() -> None:
    record = json.dumps({"subject": "s", "text": {"fresh": "kept"}})
    asked: list[int] = []

    def read_again(one: Correction) -> Words | None:
        asked.append(one.case_id)
        return Words("", "again") if one.case_id == 2 else None

    heard = hear([correction(1, record=record), correction(2, said="lift"), correction(3)], OWN, read_again)

    assert [(mail.subject, mail.text, mail.intent, mail.language) for mail in heard.mails] == [
        ("s", "kept", "lift", "en"),
        ("", "again", "lift", "en"),
    ]
    assert asked == [2, 3]
    assert (heard.otherwise, heard.gone, heard.outdated, heard.problems) == (1, 1, 0, ())


def test_a_mailbox_that_cannot_be_read_is_one_line_and_stops_nothing() -> None:
    def away(_: Correction) -> Words | None:
        raise Transient("mailbox accueil: away")

    record = json.dumps({"subject": "", "text": {"fresh": "kept"}})
    heard = hear([correction(1), correction(2), correction(3, record=record), correction(4, "gone")], OWN, away)

    assert len(heard.mails) == 1
    assert (heard.gone, heard.outdated, heard.problems) == (0, 1, ("mailbox accueil: away",))


def figures(intent: float, urgency: float = 0.8, critical: float = 0.9) -> Figures:
    return Figures(100, intent, {}, 100, urgency, critical)


@pytest.mark.parametrize(
    ("compare", "new", "said"),
    [
        (worse, figures(0.9), ()),
        (worse, figures(0.91), ()),
        (worse, figures(0.899), ("right intents 89.9%, in use 90.0%",)),
        (worse, figures(0.95, critical=0.8), ("critical mails found 80.0%, in use 90.0%",)),
        (worse, figures(0.9, urgency=0.1), ()),
        (worse_urgency, figures(0.1), ()),
        (worse_urgency, figures(0.9, urgency=0.79), ("right urgencies 79.0%, before 80.0%",)),
        (worse_urgency, figures(0.9, 0.9, 0.89), ("critical mails found 89.0%, before 90.0%",)),
    ],
)
def test_a_model_is_worse_by_figures_alone(
    compare: Callable[[Figures, Figures], tuple[str, ...]], new: Figures, said: tuple[str, ...]
) -> None:
    assert compare(new, figures(0.9)) == said


def changed(**changes: object) -> bytes:
    """The shipped model with some of its arrays exchanged."""
    shipped = files("mailbot.engines").joinpath("models", MODEL_FILE).read_bytes()
    with np.load(BytesIO(shipped), allow_pickle=False) as saved:
        arrays = {name: saved[name] for name in saved.files}
    out = BytesIO()
    np.savez_compressed(out, **(arrays | changes))
    return out.getvalue()


def test_half_a_step_lies_between_two_models() -> None:
    shipped = load_weights()
    new = changed(sense_bias=shipped.sense_bias + 1, words=-shipped.words)
    whole, half = taken(new, STEPS[0]), taken(new, STEPS[1])

    assert whole == new
    assert half is not None
    found = load_weights(half)
    assert np.allclose(found.sense_bias, shipped.sense_bias + 0.5)
    assert np.array_equal(found.sense, shipped.sense)
    # Halfway between a weight and its opposite there is nothing.
    assert np.abs(found.words * found.scale).max() < 0.01
    assert np.abs(found.concepts * found.concepts_scale - shipped.concepts * shipped.concepts_scale).max() < 0.01


def test_the_words_can_be_taken_alone() -> None:
    shipped = load_weights()
    said = json.loads(str(np.load(BytesIO(changed()))["said"]))
    new = changed(
        sense_bias=shipped.sense_bias + 1,
        words_bias=shipped.words_bias + 1,
        said=np.array(json.dumps({**said, "unsure": 0.9, "trained_on": "x"})),
    )
    words = taken(new, STEPS[2])

    assert words is not None
    found = load_weights(words)
    assert np.array_equal(found.sense_bias, shipped.sense_bias)
    assert np.allclose(found.words_bias, shipped.words_bias + 1)
    assert (found.unsure, found.trained_on) == (shipped.unsure, "x")


def test_of_models_of_different_intents_only_the_whole_is_taken() -> None:
    said = json.loads(str(np.load(BytesIO(changed()))["said"]))
    other = changed(said=np.array(json.dumps({**said, "labels": said["labels"][::-1]})))

    assert [taken(other, step) for step in STEPS] == [other, None, None, None]


def test_urgencies_are_learned_only_when_new_mails_tell_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    # All of the corpus takes minutes.
    few = [mail for mail in corpus() if mail.intent in {"repair.gas_safety", "other.thanks"}][::6]
    monkeypatch.setattr(relearn, "corpus", lambda *, held_out=False: () if held_out else tuple(few))
    intents = {"repair.gas_safety", "other.thanks"}
    plain = [*own_intent(), Labelled("ça sent le gaz", "repair.gas_safety"), Labelled("merci", "other.thanks")]
    some = material({*intents, "own"}, plain, ())
    told = dataclasses.replace(plain[-1], urgency="low")

    assert set(learn(some, "fr")) == {MODEL_FILE}
    files = learn(dataclasses.replace(some, new=(*some.new, told)), "fr")
    assert set(files) == {MODEL_FILE, URGENCY_FILE}
    assert load_weights(files[MODEL_FILE]).labels == ("other.thanks", "own", "repair.gas_safety")
    # No mail of "own" says how urgent it is.
    assert load_urgency(files[URGENCY_FILE]).intents == ("other.thanks", "repair.gas_safety")
