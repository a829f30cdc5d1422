"""Hostile bytes are read in a process of their own, which may do little and dies on time."""

from mailbot.sandbox.process import Limits
from mailbot.sandbox.reader import SandboxReader

__all__ = ["Limits", "SandboxReader"]
