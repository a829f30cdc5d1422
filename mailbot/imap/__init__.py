"""The mailbox: sessions with absolute deadlines, watching, filing.  Reading marks nothing as seen."""

from mailbot.imap.filing import ImapMailbox
from mailbot.imap.lookout import Arrivals, Arrived, Lookout
from mailbot.imap.probe import Probe, probe
from mailbot.imap.session import Deadlines, Login
from mailbot.imap.watch import Swept, Watcher

__all__ = [
    "Arrivals",
    "Arrived",
    "Deadlines",
    "ImapMailbox",
    "Login",
    "Lookout",
    "Probe",
    "Swept",
    "Watcher",
    "probe",
]
