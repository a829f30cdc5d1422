"""Hostile bytes are read in a process of their own, which may do little and dies on time."""

from mailbot.sandbox.clamd import Clamd
from mailbot.sandbox.confinement import LAYERS
from mailbot.sandbox.process import Limits
from mailbot.sandbox.reader import SandboxReader

__all__ = ["LAYERS", "Clamd", "Limits", "SandboxReader"]
