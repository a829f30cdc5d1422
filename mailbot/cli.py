"""The admin's commands.  Imports what a command needs when it runs: `mailbot --help` must be quick."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mailbot import __version__
from mailbot.errors import MailbotError, Misconfigured

OK, ATTENTION, MISCONFIGURED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 well, 1 something needs a human, 2 something must be configured differently."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except Misconfigured as error:
        for problem in error.problems:
            print(f"mailbot: {problem}", file=sys.stderr)
        return MISCONFIGURED
    except MailbotError as error:
        print(f"mailbot: {error}", file=sys.stderr)
        return ATTENTION
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mailbot",
        description="Reads a shared mailbox, files each mail and leaves a draft reply for a human to send.",
    )
    parser.add_argument("--version", action="version", version=f"mailbot {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument(
            "--rules", type=Path, metavar="FILE", help="the rule book (default: MAILBOT_RULES or rules.yaml)"
        )
        return made

    run = command("run", "watch the mailboxes and do everything in this one process")
    poll = command("poll", "watch the mailboxes only; Celery workers do the rest (needs MAILBOT_BROKER_URL)")
    for made in (run, poll):
        made.add_argument(
            "--include-existing", action="store_true", help="treat the mails that are there at the first start, too"
        )
    check = command("check", "is everything right? rules, settings, secrets, mailboxes")
    check.add_argument("--offline", action="store_true", help="do not log into the mailboxes")
    explain = command("explain", "what would be done with these mails, and why; changes nothing")
    explain.add_argument("--json", action="store_true", help="one decision record per line")
    explain.add_argument("paths", nargs="+", metavar="PATH", help=".eml file, mbox, Maildir, folder of .eml, or -")
    evaluation = command("eval", "how well mails are understood, measured on labelled mails")
    evaluation.add_argument("--json", action="store_true", help="one JSON object")
    evaluation.add_argument(
        "--data", type=Path, metavar="FILE", help="labelled mails to score on: JSONL or CSV with `text` and `intent`"
    )
    evaluation.add_argument(
        "--train", type=Path, metavar="FILE", help="train the engine on this file first, for labels of your own"
    )
    evaluation.add_argument("--report", type=Path, metavar="FILE", help="write a Markdown page and a picture, too")
    learn = command("learn", "train anew with your examples and with what staff corrected; taken up only if no worse")
    learn.add_argument(
        "--examples",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="your labelled mails: JSONL or CSV with `text` and `intent` (and subject, language, also, urgency)",
    )
    learn.add_argument("--dry-run", action="store_true", help="train and measure, install nothing")
    learn.add_argument("--undo", action="store_true", help="bring the model before the one in use back")
    learn.add_argument("--json", action="store_true", help="one JSON object")
    command("status", "per mailbox: last success, open, parked, oldest; exit 1 when something needs a human")
    retry = command("retry", "bring a parked case back")
    retry.add_argument("id", type=int, metavar="ID", help="the number that `mailbot status` shows")
    resume = command("resume", "go on with a mailbox that was paused after a UIDVALIDITY change")
    resume.add_argument("mailbox", metavar="MAILBOX")
    demo = commands.add_parser("demo", help="see it work on sample mails with a throw-away mail server")
    demo.add_argument("--keep", action="store_true", help="leave the mail server up afterwards, until Ctrl-C")
    return parser


def _run(options: argparse.Namespace) -> int:
    # Each command's room is imported only here: the others would make every command slow to start.
    match options.command:
        case "demo":
            from mailbot.demo.show import run_demo  # noqa: PLC0415 - only when it runs

            return run_demo(keep=options.keep)
        case "explain":
            from mailbot.commands.explain import explain  # noqa: PLC0415 - only when it runs

            return explain(options.paths, rules=options.rules, as_lines=options.json)
        case "eval":
            from mailbot.commands.evaluate import evaluate  # noqa: PLC0415 - only when it runs

            return evaluate(
                rules=options.rules, as_json=options.json, train=options.train, data=options.data, report=options.report
            )
        case "learn":
            # Before numpy: the same mails then give the same bytes as `make model`.
            os.environ.setdefault("OMP_NUM_THREADS", "1")
            from mailbot.commands.learn import run_learn, run_undo  # noqa: PLC0415 - only when it runs

            if options.undo:
                return run_undo(rules=options.rules, as_json=options.json)
            return run_learn(
                rules=options.rules, examples=options.examples, dry_run=options.dry_run, as_json=options.json
            )
        case "check":
            from mailbot.commands.check import check  # noqa: PLC0415 - only when it runs

            return check(rules=options.rules, offline=options.offline)
        case "status" | "retry" | "resume":
            from mailbot.commands import cases  # noqa: PLC0415 - only when it runs

            return cases.run(options)
        case _:
            from mailbot.commands.serve import serve  # noqa: PLC0415 - only when it runs

            embedded = options.command == "run"
            return serve(rules=options.rules, include_existing=options.include_existing, embedded=embedded)


if __name__ == "__main__":
    sys.exit(main())
