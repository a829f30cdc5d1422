"""What `mailbot check` wants to know of a mailbox."""

from dataclasses import dataclass

from mailbot.errors import MailbotError
from mailbot.imap.filing import ImapMailbox
from mailbot.imap.session import Login, Session


@dataclass(frozen=True, slots=True)
class Probe:
    capabilities: tuple[str, ...]
    folders: tuple[str, ...]
    drafts: str | None
    problems: tuple[str, ...]
    """One line each: what, where, what to do."""


def probe(login: Login, watch: tuple[str, ...]) -> Probe:
    """Log in and look around; changes nothing.  Never raises for what the server does."""
    session = Session(login)
    problems: list[str] = []
    try:
        with session.commands() as client:
            capabilities = tuple(sorted(c.decode("ascii", "replace") for c in client.capabilities()))
            listed = client.list_folders()
        folders = tuple(sorted(session.plain(name) for _, _, name in listed))
        problems += [
            f"mailbox {login.account}: there is no folder '{name}' to watch; known are {', '.join(folders)}"
            for name in watch
            if name.upper() != "INBOX" and name not in folders
        ]
    except MailbotError as error:
        return Probe((), (), None, (str(error),))
    finally:
        session.logout()
    if "MOVE" not in capabilities and "UIDPLUS" not in capabilities:
        problems.append(
            f"mailbox {login.account}: the server can neither MOVE nor UIDPLUS; mails will be flagged, not filed"
        )
    mailbox = ImapMailbox(login)
    drafts = None
    try:
        drafts = mailbox.drafts_folder()
    except MailbotError as error:
        problems.append(str(error))
    finally:
        mailbox.close()
    return Probe(capabilities, folders, drafts, tuple(problems))
