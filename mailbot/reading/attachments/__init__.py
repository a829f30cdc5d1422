"""One attachment's bytes to Parts, itself and the files in it.

Type by content, never by name; every limit a partial result with a defect.
Runs in the limited child process: the libraries behind it read hostile files.
"""

from mailbot.reading.attachments.budget import Budget, Watcher
from mailbot.reading.attachments.decoration import repeated
from mailbot.reading.attachments.dispatch import read_attachment

__all__ = ["Budget", "Watcher", "read_attachment", "repeated"]
