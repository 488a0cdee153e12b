"""The words that the editors of a site watch for, from its comment settings."""

from collections.abc import Iterator

from blog.commenting.rules import rules_for
from blog.models import Comment

from . import Reason
from .patterns import is_useful, occurs, plain

SHORTEST = 2  # letters; one would hold every comment
SHOWN = 5


def watched_reasons(comment: Comment, *, hint: int, certain: int) -> Iterator[Reason]:
    """What to tell the moderator: `hint` for words that hold, `certain` for words that make spam."""
    site = rules_for(comment.article).site
    text = plain(f"{comment.author_name}\n{comment.text}")
    for code, title, words, weight in (
        ("hold_word", "Holds words that this site watches", site.hold_words, hint),
        ("spam_word", "Holds words that this site calls spam", site.spam_words, certain),
    ):
        if found := find_watched(words, text):
            yield Reason(code, f"{title}: “{'”, “'.join(found[:SHOWN])}”", weight)


def find_watched(words: str, text: str) -> list[str]:
    """The lines of `words` that stand in the text, which is `plain`. `*` stands for anything."""
    lines = (plain(line) for line in words.splitlines())
    return [line for line in lines if is_useful(line, least=SHORTEST) and occurs(line, text)]
