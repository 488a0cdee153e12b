"""What can go wrong with articles and comments; actions raise these, the edge translates them."""


class BlogError(Exception):
    """Any refusal of the blog, in words for a person."""


class CommentsClosedError(BlogError):
    """The article takes no comments, or not any more."""


class TooManyCommentsError(BlogError):
    """This address, network or article had too many lately; the words say when to try again."""


class TooLateError(BlogError):
    """The time in which a writer may change a comment is over."""


class CommentMovedError(BlogError):
    """Somebody else has decided on this comment since it was shown."""


class ReasonMissingError(BlogError):
    """A refusal must say why: the writer is told."""


class ReviewRefusedError(BlogError):
    """This person cannot have reviewed this article in this way."""


class TextMovedError(ReviewRefusedError):
    """The words are others than those that were shown to whoever signs."""
