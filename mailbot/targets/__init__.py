"""Downstream systems, one file each."""

from mailbot.targets.webhook import Webhook

__all__ = ["Webhook"]
