"""Mails per second, inbox to filed with a draft, as a ratio to a floor taken in the same run.

The floor is what cannot be saved: a bare imapclient loop (fetch, append a draft, move, one by one) over the same mails
on the same server, plus decide() alone on the same bytes.  `make bench` prints floor, total and their ratio.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

from mailbot import settings
from mailbot.pipeline import decide
from mailbot.wire import Shop, account_of
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot
from tests.servers.mailbot import Installation, installation

_WORDS = [
    "bonjour",
    "le",
    "robinet",
    "de",
    "ma",
    "cuisine",
    "fuit",
    "depuis",
    "hier",
    "merci",
    "de",
    "passer",
    "quand",
    "vous",
    "pouvez",
    "je",
    "suis",
    "la",
    "le",
    "matin",
]


def mails(count: int) -> list[bytes]:
    """Text mails of about 2 kB, each with words of its own."""
    made = []
    for number in range(count):
        text = " ".join(_WORDS[(number * 7 + at) % len(_WORDS)] for at in range(300))
        made.append(
            f"From: Anne Martin <anne{number}@example.org>\r\nTo: contact@toit.example\r\nSubject: demande {number}\r\n"
            f"Message-ID: <b{number}@example.org>\r\nDate: Tue, 10 Feb 2026 09:15:00 +0100\r\n\r\n{text}\r\n".encode()
        )
    return made


def bare_loop(server: Dovecot, batch: list[bytes]) -> float:
    """Seconds for fetch, append, move of each mail over one connection."""
    server.deliver(*batch, user="floor")
    with server.client("floor") as client:
        client.create_folder("Filed")
        client.select_folder("INBOX")
        started = time.perf_counter()
        for uid in client.search(["ALL"]):
            client.fetch([uid], ["BODY.PEEK[]"])
            client.append("Drafts", b"Subject: Re: x\r\n\r\n" + b"answer\r\n" * 80, flags=[b"\\Draft", b"\\Seen"])
            client.move([uid], "Filed")
        return time.perf_counter() - started


def deciding(made: Installation, batch: list[bytes]) -> float:
    """Seconds for decide() alone, warm."""
    shop = Shop(settings.load(made.environment()))
    shop.warm()
    tools, book = shop.tools(), shop.book()
    account = account_of(book, "accueil")
    decide(batch[0], "warm", account, tools, _now())
    started = time.perf_counter()
    for raw in batch:
        decide(raw, "bench", account, tools, _now())
    spent = time.perf_counter() - started
    shop.close()
    return spent


def embedded(server: Dovecot, made: Installation, batch: list[bytes]) -> float:
    """Seconds from the first decided to the last filed, of the whole daemon, started and warm."""
    made.start()
    made.until(lambda: '"started"' in made.log.read_text())
    time.sleep(1)
    started = time.perf_counter()
    server.deliver(*batch, user="daemon")
    made.wait(len(batch), seconds=600)
    spent = time.perf_counter() - started
    made.stop(signal.SIGTERM)
    return spent


def _now() -> datetime:

    return datetime.now(UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=200)
    options = parser.parse_args()
    batch = mails(options.mails)
    with dovecot(("floor", "daemon")) as server, tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ledger.db"
        with installation(Path(folder), port=server.port, user="daemon", database_url=url) as made:
            made.extra |= {"MAILBOT_SECRET_ACCUEIL": PASSWORD, "MAILBOT_LEASE_SECONDS": "300"}
            loop = bare_loop(server, batch)
            core = deciding(made, batch)
            whole = embedded(server, made, batch)
    count = len(batch)
    print(f"bare IMAP loop      {loop / count * 1000:8.1f} ms per mail")
    print(f"decide() alone      {core / count * 1000:8.1f} ms per mail")
    print(f"embedded daemon     {whole / count * 1000:8.1f} ms per mail   ({count / whole:.0f} mails/s)")
    print(f"ratio to the floor  {whole / (loop + core):8.2f}      (goal 1.3)")


if __name__ == "__main__":
    main()
