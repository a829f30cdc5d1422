"""Reading to what it is: language, intent, urgency, entities, documents, summary.  Pure but for the engines given."""

from mailbot.understanding.understand import Context, Engines, understand

__all__ = ["Context", "Engines", "understand"]
