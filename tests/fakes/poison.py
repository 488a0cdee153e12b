"""A sender that dies, with the whole worker, at one reader."""

import os

from newsletter.senders import Message, Outcome
from newsletter.senders.mail import MailSender


class PoisonSender(MailSender):
    """SMTP, but for whoever is called poison."""

    def begin(self, message: Message, *, upcoming: Message | None = None) -> Outcome | None:
        """No error that anything could catch."""
        if message.recipient.startswith("poison@"):
            os.abort()
        return super().begin(message, upcoming=upcoming)
