"""The danger net: words for danger that no model can lower, with what takes them back again.

A rule counts unless what it names is denied, past, supposed or repaired within its own sentence.
"""

from mailbot.understanding.danger.net import COLD_MONTHS, Danger, find, hits
from mailbot.understanding.danger.words import Sightings, fold, sightings

__all__ = ["COLD_MONTHS", "Danger", "Sightings", "find", "fold", "hits", "sightings"]
