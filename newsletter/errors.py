"""What can go wrong with subscribers and issues; actions raise these, the edge translates them."""

from collections.abc import Sequence


class NewsletterError(Exception):
    """Any refusal of the newsletter, in words for a person."""


class BadLink(NewsletterError):
    """A signed link that is altered, for another purpose, revoked, or of somebody who is no longer known."""


class LateLink(NewsletterError):
    """A signed link that was good once; a new one can be asked for."""


class NotAllowed(NewsletterError):
    """A step that this person cannot take as things are."""


class CannotSend(NewsletterError):
    """An issue that is not ready to go out, or a site that may not send."""


class CannotRender(CannotSend):
    """An issue that cannot be written as a mail: something in it, or the program, is broken."""


class NeedsReason(CannotSend):
    """The checks have `doubts`, and nobody has said why the issue shall go out all the same."""

    def __init__(self, doubts: Sequence[str]) -> None:
        super().__init__("Say why the issue shall go out although the checks have doubts.")
        self.doubts = doubts


class ListChanged(CannotSend):
    """There are many more or fewer readers than whoever ordered has agreed to."""


class NotApproved(CannotSend):
    """A second person has not said yes to this text, or may not by this person."""


class AlreadyOrdered(NewsletterError):
    """The issue has a dispatch already."""


class WrongState(NewsletterError):
    """A dispatch that cannot make this move from where it is."""


class UnreadableFile(NewsletterError):
    """A file that is no list of people as it stands; the words say in which line, and what to do."""


class TooManyTries(NewsletterError):
    """Somebody was wrong so often that they may be guessing."""


class MailchimpError(NewsletterError):
    """A call of Mailchimp that brought nothing, in words without secrets and addresses. All of it can be pickled."""


class MailchimpRefused(MailchimpError):
    """For good: the same call again brings the same. `title` and `status` are Mailchimp's; decide on these."""

    def __init__(self, words: str, status: int = 0, title: str = "", fields: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.status, self.title, self.fields = status, title, tuple(fields)


class MailchimpKeyRefused(MailchimpRefused):
    """The key is missing, wrong, or of another data centre (401)."""


class MailchimpUncertain(MailchimpError):
    """It may have been done: the answer was lost or made no sense. Look before you repeat what cannot be repeated."""


class MailchimpAway(MailchimpError):
    """It was not done, and may be tried later."""


class MailchimpThrottled(MailchimpAway):
    """Too many at once (429, a 403 without words), or all our lines are taken."""


class MailchimpUnreachable(MailchimpAway):
    """No connection came about."""


class MailchimpResting(MailchimpAway):
    """After many faults in a row nobody asks for a while."""
