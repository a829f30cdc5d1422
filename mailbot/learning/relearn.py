"""Learning anew: the packaged corpus, an admin's examples and what staff corrected, and what to measure the result on.

Always from the beginning: a mail that was erased is not in the next model.
"""

import hashlib
import multiprocessing
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Final

from mailbot.engines.intent import MODEL_FILE as INTENT_FILE
from mailbot.engines.intent import digest_of, pieces
from mailbot.engines.urgency import MODEL_FILE as URGENCY_FILE
from mailbot.errors import Misconfigured
from mailbot.learning.benchmark import OUT
from mailbot.learning.duplicates import near_duplicates
from mailbot.learning.labelled import Labelled, corpus
from mailbot.learning.train import train
from mailbot.learning.urgency import train_urgency, usable
from mailbot.learning.vectors import Vectors

_HELD_BACK: Final = 5
"""One example in so many of an intent that the packaged held-out mails lack is kept to measure on."""
_FEWEST: Final = 2
_HANDS: Final = 6


@dataclass(frozen=True, slots=True)
class Material:
    """What is trained on, and what is not."""

    packaged: tuple[Labelled, ...]
    """Of the corpus: the mails whose intent there is."""
    new: tuple[Labelled, ...]
    """Examples and corrections, without those that are held back or left out."""
    measured: tuple[Labelled, ...]
    """Nothing is trained on these.  Those whose intent there is not are measured for their urgency alone."""
    held_back: int
    """Of the examples."""
    left_out: int
    """New mails that are nearly the same as a measured one."""

    @property
    def by_intent(self) -> Mapping[str, int]:
        """How many new mails of which intents, most first."""
        return dict(Counter(mail.intent or OUT for mail in self.new).most_common())

    @property
    def urgencies(self) -> int:
        """New mails that say how urgent they are."""
        return sum(mail.urgency is not None for mail in self.new)


def material(intents: Collection[str], examples: Sequence[Labelled], corrections: Sequence[Labelled]) -> Material:
    """Raises Misconfigured when it is too little to learn from, or to measure on."""
    packaged = tuple(mail for mail in corpus() if mail.intent in intents)
    held_out = corpus(held_out=True)
    covered = {mail.intent for mail in held_out} & set(intents)
    back = [mail for mail in examples if mail.intent is not None and mail.intent not in covered and _held_back(mail)]
    offered = [*(mail for mail in examples if mail not in back), *corrections]
    # The packaged ones say nothing of a model of other intents, unless urgencies are learned as well.
    measured = (*held_out, *back) if covered or any(mail.urgency for mail in offered) else tuple(back)
    known = _alike(offered, measured)
    new = tuple(mail for at, mail in enumerate(offered) if at not in known)
    told = Counter(mail.intent for mail in (*packaged, *new) if mail.intent is not None)
    if sum(count >= _FEWEST for count in told.values()) < _FEWEST:
        raise Misconfigured("there are fewer than two intents with two mails each to learn from; add examples")
    if not any(mail.intent in intents for mail in measured):
        raise Misconfigured(
            "there is nothing to measure the new model on: the packaged held-out mails have none of your intents, and "
            f"the fifth of the examples that is held back for it is empty; give more than {len(examples)} examples"
        )
    return Material(packaged, new, measured, len(back), len(known))


def _held_back(mail: Labelled) -> bool:
    """The same mails each time, whatever stands beside them in the file."""
    said = " ".join(f"{mail.subject} {mail.text}".split()).casefold()
    return hashlib.sha256(said.encode()).digest()[0] % _HELD_BACK == 0


def _alike(offered: Sequence[Labelled], measured: Sequence[Labelled]) -> frozenset[int]:
    """Places of those that are the same as a measured mail, or nearly."""
    texts = [mail.text for mail in (*measured, *offered)]
    first = len(measured)
    near = {pair.right - first for pair in near_duplicates(texts) if pair.left < first <= pair.right}
    same = {(mail.subject, mail.text) for mail in measured}
    return frozenset(near | {at for at, mail in enumerate(offered) if (mail.subject, mail.text) in same})


def learn(some: Material, main_language: str) -> Mapping[str, bytes]:
    """The model files: intents, and urgencies when new mails tell theirs.  Takes minutes on both cores.

    Raises Misconfigured when the embedding package is absent.
    """
    vectors = Vectors.packaged()
    mails = [*some.packaged, *_dealt(some)]
    try:
        if not some.urgencies:
            return {INTENT_FILE: train(mails, vectors, main_language)}
        # How urgent a mail is does not depend on the intents there are: all of the corpus is used.
        told = usable([*corpus(), *_dealt(some)])
        # Embedded before a second process needs them: it could not start processes of its own.
        vectors.of([digest_of(pieces(mail.subject, mail.text)) for mail in told])
        # Spawned, not forked: the embedding's threads do not survive a fork.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            urgency = pool.submit(train_urgency, told, vectors, main_language)
            return {INTENT_FILE: train(mails, vectors, main_language), URGENCY_FILE: urgency.result()}
    except BrokenProcessPool as error:
        raise Misconfigured("the second training process was killed, probably for want of memory; free some") from error
    except RuntimeError as error:
        raise Misconfigured(f"{error}; install it, as `make setup` does") from error


def _dealt(some: Material) -> list[Labelled]:
    """The new mails as training wants them.

    Beside the corpus they are dealt out to hands of their own, each intent to all of them: the margins that calibrate a
    new intent come from models that know it.  A mail that fits no intent gets a label that is none: what is like it is
    left to a person.
    """
    seen: Counter[str] = Counter()
    found = []
    for mail in some.new:
        label = mail.intent or OUT
        hand = f"new {seen[label] % _HANDS}" if some.packaged else ""
        seen[label] += 1
        found.append(replace(mail, intent=label, hand=hand))
    return found
