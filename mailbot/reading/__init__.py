"""Bytes to Reading: MIME, text, quotes and signatures, automatic mail, attachments."""

from mailbot.reading.message import Message, RawPart

__all__ = ["Message", "RawPart"]
