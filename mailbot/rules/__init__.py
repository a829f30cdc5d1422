"""rules.yaml to a RuleBook, and a RuleBook's verdict on a case.  The admin's room."""

from mailbot.rules.book import RuleBook, default_taxonomy, parse_rules
from mailbot.rules.judge import judge, try_examples

__all__ = ["RuleBook", "default_taxonomy", "judge", "parse_rules", "try_examples"]
