"""SMTP for tests of silence: nobody waits ten minutes."""

from newsletter.senders.mail import MailSender


class ImpatientSender(MailSender):
    """Gives up on the last reply after a third of a second."""

    def __init__(self) -> None:
        super().__init__(last_reply_seconds=0.3)
