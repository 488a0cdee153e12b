"""What a letter to a follower holds, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.text import get_text_list


@dataclass(frozen=True)
class FollowedItem:
    """One article: what is new of it, because of which wish it is there, and where that wish ends.

    `follow` is the key of the wish, `why` its words; `words` are the article's deck, or what was corrected.
    """

    title: str
    url: str
    follow: int
    why: str
    stop_url: str
    is_change: bool = False
    words: tuple[str, ...] = ()


SAMPLE = FollowedItem(
    title="Sleeping when it hurts",
    url="/",
    follow=1,
    why="new articles by Tomas Vetch",
    stop_url="/",
    words=("Three small things that make a bad night shorter.",),
)


def headline_of(items: Sequence[FollowedItem]) -> str:
    """What the letter is about: the title of a single article, else how many there are."""
    if len(items) == 1:
        return f"Changed: {items[0].title}" if items[0].is_change else f"New: {items[0].title}"
    changed = sum(item.is_change for item in items)
    new = len(items) - changed
    parts = [_count(new, "a new article", "new articles"), _count(changed, "a change", "changes")]
    return " and ".join(part for part in parts if part).capitalize() + " in what you follow"


def wishes_of(items: Sequence[FollowedItem]) -> str:
    """Why the reader gets it: the wishes, each once."""
    return get_text_list(list(dict.fromkeys(item.why for item in items)), "and")


def _count(number: int, one: str, many: str) -> str:
    return one if number == 1 else f"{apnumber(number)} {many}" if number else ""
