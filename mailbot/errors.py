"""The three words for what can go wrong outside a mail.  What is wrong *in* a mail is a Defect (model.py)."""


class MailbotError(Exception):
    """What Mailbot itself raises.  Its text is one line for a person and holds no mail content, address or secret."""


class Transient(MailbotError):
    """The world is in the way (server down, timeout, disk full): the same work may succeed later."""

    def __init__(self, text: str, *, wait: float | None = None) -> None:
        super().__init__(text)
        self.wait = wait
        """Seconds before it is worth trying again, when known (a full quota: an hour)."""


class Permanent(MailbotError):
    """Trying again cannot help: a human must look."""


class Fenced(MailbotError):
    """The lease on this case was lost to another worker: stop at once, write nothing."""


class LoginRefused(Transient):
    """The server refused the user name or password.  Trying on and on would lock the account."""


class Misconfigured(MailbotError):
    """The admin or operator must change something.  The process ends with status 2.

    `problems` are whole lines: what, where, what to do (`rules.yaml:14: unknown key 'form'; did you mean 'from'?`).
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
