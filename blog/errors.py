"""What can go wrong with articles and comments; actions raise these, the edge translates them."""

from collections.abc import Sequence

from blog.spam.findings import Finding


class BlogError(Exception):
    """Any refusal of the blog, in words for a person."""


class CommentsClosedError(BlogError):
    """The article takes no comments, or not any more."""


class TooManyCommentsError(BlogError):
    """This address, network or article had too many lately; the words say when to try again.

    `retry_after`: the same in seconds.
    """

    def __init__(self, words: str, *, retry_after: int) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class PersonalDataError(BlogError):
    """The words seem to give somebody away, and nobody has asked yet whether they shall; `found`: where."""

    def __init__(self, found: Sequence[Finding]) -> None:
        super().__init__("The words seem to hold personal data.")
        self.found = found


class TooLateError(BlogError):
    """The time in which a writer may change a comment is over."""


class AnswerRefusedError(BlogError):
    """An answer of the team that cannot be published like this."""


class CommentMovedError(BlogError):
    """Somebody else has decided on this comment since it was shown."""


class AnsweredIsGoneError(BlogError):
    """Readers do not see the comment any more that somebody answers."""

    def __init__(self) -> None:
        super().__init__(
            "The comment that you were answering is gone. Your words are kept: send them again as a comment of their "
            "own."
        )


class ReasonMissingError(BlogError):
    """A refusal must say why: the writer is told."""


class BanRefusedError(BlogError):
    """What a moderator wants to ban cannot be read, or means too many."""


class NothingToBlankError(BlogError):
    """What a moderator wants to blank does not stand in the comment."""


class ReviewRefusedError(BlogError):
    """This person cannot have reviewed this article in this way."""


class TextMovedError(ReviewRefusedError):
    """The words are others than those that were shown to whoever signs."""


class AkismetFaultError(BlogError):
    """Akismet gave no answer about a comment; the words hold nothing that was sent.

    `alert_code`, `alert`: what it said of the account in the same breath.
    """

    alert_code = ""
    alert = ""


class AkismetKeyError(AkismetFaultError):
    """Akismet refuses the key, or this site's address with it."""


class AkismetSilentError(AkismetFaultError):
    """Nothing came that could be understood.

    `is_down`: the fault is the service's or the line's, not that of one comment. `retry_after`: seconds; 0: not said.
    """

    def __init__(self, words: str, *, is_down: bool = True, retry_after: int = 0) -> None:
        super().__init__(words)
        self.is_down = is_down
        self.retry_after = retry_after
