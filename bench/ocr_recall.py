"""How many words of a scan are read, against plain `tesseract -l fra`: `python bench/ocr_recall.py [KIND…]`.

The pages are made here, with Debian's fonts and invented people, then spoilt in the ways in which tenants spoil them.
`--held-out` takes sentences, people and typefaces that nothing was ever adjusted to.
"""

import argparse
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"

from PIL import Image

from bench.ocr_pages import HELD_OUT, SEEN, Sheet, sheet, words
from bench.ocr_spoil import KINDS
from mailbot.engines.tesseract import Tesseract
from mailbot.reading.attachments.budget import Budget
from mailbot.reading.attachments.recognition import recognise

_HEAD = "| kind | pages | plain recall | our recall | worst plain | worst ours | our precision | seconds, plain = 1 |"


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


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("kinds", nargs="*", default=list(KINDS))
    asked.add_argument("--pages", type=int, default=4)
    asked.add_argument("--first", type=int, default=0, help="the first seed")
    asked.add_argument("--held-out", action="store_true")
    asked.add_argument("--save", type=Path, help="keep the pages here")
    options = asked.parse_args()
    ocr = Tesseract()
    print(_HEAD + "\n|---|---|---|---|---|---|---|---|")
    for kind in options.kinds:
        rows = []
        for seed in range(options.first, options.first + options.pages):
            page, image = made(kind, seed, held_out=options.held_out)
            if options.save:
                options.save.mkdir(exist_ok=True)
                image.save(options.save / f"{kind.replace(' ', '-')}-{seed}.png")
            (theirs, slow), (mine, own) = plain(image), ours(image, ocr)
            rows.append((recall(theirs, page), recall(mine, page), precision(mine, page), slow, own))
        there, here, exact, slow, own = (sum(column) / len(rows) for column in zip(*rows, strict=True))
        worst = f"{min(row[0] for row in rows):.1%} | {min(row[1] for row in rows):.1%}"
        print(
            f"| {kind} | {len(rows)} | {there:.1%} | {here:.1%} | {worst} | {exact:.1%} | {own / slow:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
