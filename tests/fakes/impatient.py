"""SMTP for tests of silence: nobody waits ten minutes."""

from newsletter.senders.mail import MailSender


class ImpatientSender(MailSender):
    """Gives up on the last reply after a third of a second."""

    def __init__(self) -> None:
        super().__init__(last_reply_seconds=0.3)


class PatientSender(MailSender):
    """Waits for some seconds: time enough for others to overtake."""

    def __init__(self) -> None:
        super().__init__(last_reply_seconds=6)
