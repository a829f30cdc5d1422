"""Replies for a human to send.  Nothing here, or anywhere in Mailbot, can send a mail."""

from mailbot.reply.compose import ReplyContext, compose, recipients
from mailbot.reply.templates import Replies, load_replies

__all__ = ["Replies", "ReplyContext", "compose", "load_replies", "recipients"]
