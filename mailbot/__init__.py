"""Mailbot: decide purely, act once, put before a human what it cannot understand."""

__version__ = "0.1.0"
