"""The engine on somebody else's labels: trained on one file, scored on another."""

import dataclasses
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from mailbot.engines.embedding import Embedding
from mailbot.engines.intent import IntentModel, load_weights
from mailbot.errors import Misconfigured
from mailbot.learning.labelled import Labelled
from mailbot.learning.measure import accuracy, calibration_error, macro_f1
from mailbot.learning.train import train
from mailbot.learning.vectors import Vectors

OUT: Final = "(out of scope)"
"""The label of training texts whose intent is null."""
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Shares are 0 to 1; a share of nothing is None."""

    trained_on: int
    scored_on: int
    labels: int
    accuracy: float
    """Of all texts: the right intent, or left alone when it is null."""
    top_1: float | None
    """Best guesses that are right, among texts that have an intent."""
    macro_f1: float | None
    in_scope_accuracy: float | None
    """Right and not left alone, among texts that have an intent."""
    out_of_scope_recall: float | None
    """Left alone, among texts whose intent is null."""
    calibration_error: float | None
    threshold: float
    milliseconds: float
    """Median of one text."""
    training_seconds: float


def benchmark(trained: Sequence[Labelled], scored: Sequence[Labelled]) -> Benchmark:
    """Raises Misconfigured when there is nothing to tell apart."""
    labels = {mail.intent for mail in trained if mail.intent is not None}
    if len(labels) < _FEWEST:
        raise Misconfigured("the training file needs at least two intents; add examples of another one")
    spoken = Counter(mail.language for mail in trained).most_common(1)[0][0]
    started = time.perf_counter()
    learned = [dataclasses.replace(mail, intent=mail.intent or OUT) for mail in trained]
    model = IntentModel(load_weights(train(learned, Vectors(), spoken)), Embedding())
    seconds = time.perf_counter() - started
    model.classify("", scored[0].text, spoken)
    guesses, times = [], []
    for mail in scored:
        began = time.perf_counter()
        label, share = model.classify(mail.subject, mail.text, mail.language).ranking[0]
        times.append((time.perf_counter() - began) * 1000)
        guesses.append((label, share))
    alone = [label == OUT or share < model.threshold for label, share in guesses]
    has = [at for at, mail in enumerate(scored) if mail.intent is not None]
    lacks = [at for at, mail in enumerate(scored) if mail.intent is None]
    pairs = [(guesses[at][0], str(scored[at].intent)) for at in has]
    right = [not alone[at] and guesses[at][0] == scored[at].intent for at in has]
    return Benchmark(
        trained_on=len(trained),
        scored_on=len(scored),
        labels=len(labels),
        accuracy=(sum(right) + sum(alone[at] for at in lacks)) / len(scored) if lacks else accuracy(pairs),
        top_1=accuracy(pairs) if has else None,
        macro_f1=macro_f1(pairs) if has else None,
        in_scope_accuracy=sum(right) / len(has) if has else None,
        out_of_scope_recall=sum(alone[at] for at in lacks) / len(lacks) if lacks else None,
        calibration_error=calibration_error(
            [(guesses[at][1], pair[0] == pair[1]) for at, pair in zip(has, pairs, strict=True)]
        )
        if has
        else None,
        threshold=model.threshold,
        milliseconds=median(times),
        training_seconds=seconds,
    )
