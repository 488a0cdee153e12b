"""Addresses of the comments that readers see: the pages of an article's thread."""

from urllib.parse import urlencode


def thread_path(
    article_url: str,
    number: int = 1,
    *,
    order: str = "",
    thread: int | None = None,
    reply: int | None = None,
    comment: int | None = None,
) -> str:
    """Page `number` of an article's comments in that order, or of the one `thread` that a key names.

    At the form that answers `reply`, or at `comment`, where one is given.
    """
    asked = {"thread": thread, "order": order, "comments": number if number > 1 else None, "reply": reply}
    query = urlencode({name: value for name, value in asked.items() if value})
    place = "comment-form" if reply else f"comment-{comment}" if comment else "comments"
    return f"{article_url}{'?' if query else ''}{query}#{place}"
