"""Why another server could not be asked, or gave no answer; the words are for an editor."""

from blog.errors import BlogError


class NotAskedError(BlogError):
    """We do not send a request there: not a public web address, or its robots.txt asks machines to stay away."""


class NoAnswerError(BlogError):
    """Asked, and nothing usable came back."""


class NoConnectionError(NoAnswerError):
    """Nobody listens there, or nobody knows the name. `is_ours`: our own network may be the reason."""

    def __init__(self, words: str, *, is_ours: bool = False) -> None:
        super().__init__(words)
        self.is_ours = is_ours
