"""Who looks after the review of an article, in words, and whether a reminder can reach anybody."""

from typing import Any

from blog.actions.reminders import can_be_reminded
from blog.colleagues import name_of


def responsible_words(article: Any) -> str:
    """Who is responsible; whoever made the page stands in, and is said to do so."""
    if article.responsible:
        return name_of(article.responsible) + _out_of_reach(article.responsible)
    if article.owner:
        return f"{name_of(article.owner)}, who made the page{_out_of_reach(article.owner)}"
    return "Nobody"


def deputy_words(article: Any) -> str:
    """The deputy, if there is one."""
    return name_of(article.deputy) + _out_of_reach(article.deputy) if article.deputy else ""


def _out_of_reach(person: Any) -> str:
    if can_be_reminded(person):
        return ""
    return " (gets no reminder: account closed)" if not person.is_active else " (gets no reminder: no address)"
