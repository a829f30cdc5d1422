"""A throw-away IMAP server: pymap in memory, with the cures for its gaps.

Started by the demo as `python -m mailbot.demo.server PORT USER PASSWORD`.
"""

import sys
from typing import Any, cast

from pymap import main as pymap_main
from pymap.backend.dict.mailbox import MailboxData
from pymap.parsing.response.fetch import EnvelopeStructure
from pymap.parsing.specials.flag import Flag, Wildcard


def _cure() -> None:
    """Keywords are kept; a message with a date that is none no longer ends the connection."""
    defined = cast("property", MailboxData.permanent_flags).fget
    build = EnvelopeStructure.__init__

    def with_keywords(self: MailboxData) -> frozenset[Flag]:
        standard: frozenset[Flag] = defined(self) if defined is not None else frozenset()
        return standard | {Wildcard}

    def tolerant(self: EnvelopeStructure, date: Any, *rest: Any) -> None:  # noqa: ANN401 - pymap's own types
        build(self, date if date is not None and date.datetime is not None else None, *rest)

    # The class attributes are replaced from outside: pymap has no setting for either.
    setattr(MailboxData, "permanent_flags", property(with_keywords))  # noqa: B010
    setattr(EnvelopeStructure, "__init__", tolerant)  # noqa: B010


def main() -> None:
    """Serve on the loopback interface until killed."""
    port, user, password = sys.argv[1:4]
    _cure()
    sys.argv = [
        "pymap",
        "--no-service",
        "admin",
        "--no-service",
        "managesieve",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--no-tls",
    ]
    sys.argv += ["dict", "--demo-user", user, "--demo-password", password]
    pymap_main.main()


if __name__ == "__main__":
    main()
