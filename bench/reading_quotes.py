"""How well fresh words are told from quoted ones, on the project's own replies: `python bench/reading_quotes.py`.

Prints the table of docs/reading.md (`--markdown`), or one line for each reply that is not clean (`--misses`).
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mailbot.model import Account, ReadingRequest
from mailbot.reading import read_message

FIXTURES = Path(__file__).parent.parent / "tests" / "reading" / "quotes"
CLEAN = 0.02
"""Share of lost, and of leaked, words below which a reply counts as clean."""
REQUEST = ReadingRequest(Account("accueil", ("contact@toit-et-vallee.example",)))


@dataclass(frozen=True, slots=True)
class Score:
    """One reply: shares of the writer's words that were lost, and of words taken for fresh that are not."""

    name: str
    client: str
    language: str
    lost: float
    leaked: float
    author_right: bool

    @property
    def clean(self) -> bool:
        return self.lost < CLEAN and self.leaked < CLEAN and self.author_right


def scores(folder: Path = FIXTURES) -> tuple[Score, ...]:
    return tuple(_score(path) for path in sorted(folder.glob("*.eml")))


def _score(path: Path) -> Score:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    reading = read_message(path.read_bytes(), REQUEST).reading
    wanted, got = _words(expected["fresh"]), _words(reading.text.fresh)
    author = reading.original_sender.address if reading.original_sender else None
    return Score(
        path.stem,
        expected["client"],
        expected["language"],
        lost=(wanted - got).total() / max(wanted.total(), 1),
        leaked=(got - wanted).total() / max(got.total(), 1),
        author_right=author == expected.get("original_sender"),
    )


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def table(results: Iterable[Score]) -> str:
    """One Markdown line per language and per mail program."""
    results = tuple(results)
    lines = ["| replies | n | clean | words lost | words leaked |", "|---|---|---|---|---|"]
    for label, group in _groups(results):
        lost = sum(score.lost for score in group) / len(group)
        leaked = sum(score.leaked for score in group) / len(group)
        clean = sum(score.clean for score in group)
        lines.append(f"| {label} | {len(group)} | {clean} | {lost:.1%} | {leaked:.1%} |")
    return "\n".join(lines)


def _groups(results: tuple[Score, ...]) -> Iterable[tuple[str, list[Score]]]:
    for language in sorted({score.language for score in results}):
        yield language, [score for score in results if score.language == language]
    for client in sorted({score.client for score in results}):
        yield client, [score for score in results if score.client == client]
    yield "**all**", list(results)


def main() -> None:
    results = scores()
    if "--misses" in sys.argv:
        for score in results:
            if not score.clean:
                print(f"{score.name}: lost {score.lost:.1%}, leaked {score.leaked:.1%}, author {score.author_right}")
    print(table(results))


if __name__ == "__main__":
    main()
