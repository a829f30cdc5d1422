from pathlib import Path

import pytest

from mailbot.errors import Misconfigured
from mailbot.learning.labelled import corpus, read_labelled


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_and_tables_say_the_same(tmp_path: Path) -> None:
    lines = written(
        tmp_path, "a.jsonl", '{"text": "my card is lost", "intent": "card"}\n{"text": "hm", "intent": null}\n'
    )
    table = written(tmp_path, "a.csv", 'text;intent\n"my card is lost";card\nhm;\n')

    assert read_labelled(lines) == read_labelled(table)
    assert [mail.intent for mail in read_labelled(lines)] == ["card", None]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.jsonl", "card lost", "a.jsonl:1: not a JSON object"),
        ("a.jsonl", '{"intent": "x"}', "a.jsonl:1: `text` is missing"),
        ("a.jsonl", '{"text": "a", "intent": "x"}\n{"text": "b"}', "a.jsonl:2: `intent` is missing"),
        ("a.jsonl", '{"text": "a", "intent": 3}', "a.jsonl:1: `intent` is not a text"),
        ("a.jsonl", '{"text": "a", "intent": "x", "urgency": "soon"}', "write one of critical, high, normal, low"),
        ("a.jsonl", '{"text": "a", "intent": "x", "date": "soon"}', "write it like 2026-02-28"),
        ("a.jsonl", '{"text": "a", "intent": "x", "also": 5}', "`also` is not a list of intents"),
        ("a.csv", "text,intent\n" + "x" * 200_000 + ",b\n", "a.csv:2: not readable as a table"),
        ("a.jsonl", "", "no labelled text in it"),
        ("a.csv", "text,label\na,b\n", "a.csv:1: no column `intent`"),
    ],
)
def test_a_mistake_names_its_line_and_what_to_write(tmp_path: Path, name: str, text: str, problem: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read_labelled(written(tmp_path, name, text))

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('{"text": "a", "intent": "lost_crd"}', "a.jsonl:1: there is no intent 'lost_crd'; did you mean 'lost_card'?"),
        ('{"text": "a", "intent": "zzz"}', "a.jsonl:1: there is no intent 'zzz'; write one of lost_card, rates"),
        ('{"text": "a", "intent": null, "also": ["rate"]}', "there is no intent 'rate'; did you mean 'rates'?"),
    ],
)
def test_a_label_that_is_no_intent_is_a_mistake_where_intents_are_known(tmp_path: Path, row: str, problem: str) -> None:
    file = written(tmp_path, "a.jsonl", row)
    with pytest.raises(Misconfigured) as caught:
        read_labelled(file, ("lost_card", "rates"))

    assert problem in str(caught.value)
    assert read_labelled(file)


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="check the path"):
        read_labelled(tmp_path / "none.jsonl")


def test_no_hand_wrote_both_to_train_and_to_measure() -> None:
    trained, held_out = corpus(), corpus(held_out=True)

    assert trained
    assert not {mail.hand for mail in trained} & {mail.hand for mail in held_out}
    assert not {mail.text for mail in trained} & {mail.text for mail in held_out if len(mail.text) > 40}
