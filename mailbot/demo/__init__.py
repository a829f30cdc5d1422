"""`mailbot demo`: the whole thing on sample mails, with a mail server that lives in memory."""
