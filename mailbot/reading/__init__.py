"""Bytes to Reading: MIME, text, quotes and signatures, automatic mail, attachments."""

from mailbot.reading.message import Message, RawPart
from mailbot.reading.reader import read_message

__all__ = ["Message", "RawPart", "read_message"]
