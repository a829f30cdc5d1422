"""How well mails are read: whole mails, own words and quoted ones, scans.  `python bench/reading.py --pages 3`.

One scanned page of each kind unless `--pages` asks for more; `--pages 0` leaves the scans out.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ocr_recall, reading_mails, reading_quotes
from bench.ocr_spoil import KINDS


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pages", type=int, default=1, help="scanned pages of each kind")
    options = asked.parse_args()
    print("Own mails (tests/mails): right when 95 % of the words, subject, sender and attachments are\n")
    print(reading_mails.table())
    print("\nOwn replies (tests/reading/quotes): words of the writer that were lost, words of others that leaked\n")
    print(reading_quotes.table(reading_quotes.scores()))
    if options.pages > 0:
        print("\nScans: words read, and seconds, against plain `tesseract -l fra` (docs/ocr.md)\n", flush=True)
        for line in ocr_recall.table(KINDS, range(options.pages), held_out=True):
            print(line, flush=True)


if __name__ == "__main__":
    main()
