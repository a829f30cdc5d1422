"""`make model`: the shipped models, trained on the packaged corpus."""

from pathlib import Path

from mailbot.engines.intent import MODEL_FILE as INTENT_FILE
from mailbot.engines.urgency import MODEL_FILE as URGENCY_FILE
from mailbot.learning.apart import ready, unseen
from mailbot.learning.labelled import corpus
from mailbot.learning.train import intent_model
from mailbot.learning.urgency import urgency_model
from mailbot.learning.vectors import KEPT, Vectors


def main() -> None:
    """Train both and write them where the engines look for them."""
    root = Path(__file__).parent.parent
    vectors = Vectors.packaged()
    some = ready(corpus(), vectors)
    apart = unseen(some)
    for name, content in ((INTENT_FILE, intent_model(some, apart)), (URGENCY_FILE, urgency_model(some, apart))):
        (root / "engines" / "models" / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")  # noqa: T201 - a command for developers
    vectors.keep(root / "corpus" / KEPT)


if __name__ == "__main__":
    main()
