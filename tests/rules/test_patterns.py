"""Patterns of an admin cost time in proportion to the text, whatever they are (H52)."""

import time

import pytest

from mailbot.errors import Misconfigured
from mailbot.rules import parse_rules
from mailbot.rules.book import compiled

BOOK = """
mailboxes: {{a: {{host: imap.example, user: a@example.org, password: {{secret: a}}}}}}
rules:
  - {{name: x, when: {{matches: {{text: '{pattern}'}}}}, then: {{file: F}}}}
  - {{name: y, when: always, then: {{file: F}}}}
"""


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_a_pattern_that_grows_without_bound_elsewhere_is_linear(pattern: str) -> None:
    parse_rules(BOOK.format(pattern=pattern))
    started = time.process_time()

    assert compiled(pattern).search("a" * 100_000 + "!") is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize("pattern", ["a" * 501, r"(a)\1", "(?=a)b", "((a{999}){999}){9}"])
def test_a_pattern_that_would_not_be_linear_or_is_huge_is_refused(pattern: str) -> None:
    with pytest.raises(Misconfigured, match="is not a pattern"):
        parse_rules(BOOK.format(pattern=pattern))
