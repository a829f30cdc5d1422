"""Hostile bytes are read in a process of their own, which may do little and dies on time."""

from mailbot.sandbox.reader import Limits, SandboxReader

__all__ = ["Limits", "SandboxReader"]
