"""How many words of a scan are read, against plain `tesseract -l fra`: `python bench/ocr_recall.py [KIND…]`.

The pages are made here, with Debian's fonts and invented people, then spoilt in the ways in which tenants spoil them.
`--held-out` takes sentences, people and typefaces that the cleaning was not developed on.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

from PIL import Image

from bench.ocr_pages import HELD_OUT, SEEN, Sheet, sheet, words
from bench.ocr_spoil import KINDS
from mailbot.engines.tesseract import Tesseract
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.recognition import recognise

_HEAD = "| kind | pages | plain recall | our recall | worst plain | worst ours | our precision | seconds, plain = 1 |"
_SOUND = ("clean", "scanned")
"""Kinds that nobody spoilt."""


@dataclass(frozen=True, slots=True)
class Score:
    """One page: shares of its words, and seconds."""

    plain: float
    ours: float
    precision: float
    plain_seconds: float
    our_seconds: float


def plain(image: Image.Image) -> tuple[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        image.save(path)
        started = time.perf_counter()
        done = subprocess.run(["tesseract", path, "-", "-l", "fra"], capture_output=True, text=True, check=False)
        return done.stdout, time.perf_counter() - started


def ours(image: Image.Image, ocr: Tesseract) -> tuple[str, float]:
    budget = Budget(ocr, ("fr", "en"), 30, time.monotonic() + 120, page_seconds=60)
    started = time.perf_counter()
    return recognise(image, budget).text, time.perf_counter() - started


def made(kind: str, seed: int, *, held_out: bool) -> tuple[Sheet, Image.Image]:
    spoil, design = KINDS[kind]
    page = sheet(HELD_OUT if held_out else SEEN, seed, 300 if kind == "clean" and seed % 2 else 200, design)
    chance = random.Random(f"{kind} {seed} {held_out}")  # noqa: S311 - nothing here is secret
    return page, spoil(page.image, chance)


def recall(text: str, page: Sheet) -> float:
    return (page.words & words(text)).total() / page.words.total()


def precision(text: str, page: Sheet) -> float:
    read = words(text)
    return (page.words & read).total() / max(1, read.total())


def score(page: Sheet, image: Image.Image, ocr: Tesseract) -> Score:
    (theirs, slow), (mine, own) = plain(image), ours(image, ocr)
    return Score(recall(theirs, page), recall(mine, page), precision(mine, page), slow, own)


def table(kinds: Iterable[str], seeds: range, *, held_out: bool, keep: Path | None = None) -> Iterator[str]:
    """The lines of a Markdown table, each as soon as it is known; the last one sums up what was spoilt."""
    ocr = Tesseract()
    yield _HEAD
    yield "|---|---|---|---|---|---|---|---|"
    spoilt: list[Score] = []
    for kind in kinds:
        rows = []
        for seed in seeds:
            page, image = made(kind, seed, held_out=held_out)
            if keep is not None:
                keep.mkdir(exist_ok=True)
                image.save(keep / f"{kind.replace(' ', '-')}-{seed}.png")
            rows.append(score(page, image, ocr))
        yield _line(kind, rows)
        spoilt += rows if kind not in _SOUND else []
    if spoilt:
        yield _line("**all that are spoilt**", spoilt)


def _line(kind: str, rows: list[Score]) -> str:
    count = len(rows)
    there, here = sum(row.plain for row in rows) / count, sum(row.ours for row in rows) / count
    worst = f"{min(row.plain for row in rows):.1%} | {min(row.ours for row in rows):.1%}"
    exact = sum(row.precision for row in rows) / count
    ratio = sum(row.our_seconds for row in rows) / sum(row.plain_seconds for row in rows)
    return f"| {kind} | {count} | {there:.1%} | {here:.1%} | {worst} | {exact:.1%} | {ratio:.2f} |"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("kinds", nargs="*", default=list(KINDS))
    asked.add_argument("--pages", type=int, default=3, help="of each kind")
    asked.add_argument("--first", type=int, default=0, help="the first seed")
    asked.add_argument("--held-out", action="store_true")
    asked.add_argument("--save", type=Path, help="keep the pages here")
    options = asked.parse_args()
    seeds = range(options.first, options.first + options.pages)
    for line in table(options.kinds, seeds, held_out=options.held_out, keep=options.save):
        print(line, flush=True)


if __name__ == "__main__":
    main()
