"""The rule of a segment in words, as it is kept with a dispatch that went to it."""

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format

from blog.models import Topic
from newsletter.segments import ALL, EVERYBODY, YES, Rule

_EITHER = {
    "paused": ("have paused", "have not paused"),
    "has_ebook": ("were given an e-book", "were given no e-book"),
    "has_redeemed": ("redeemed a code of their own", "redeemed no code of their own"),
    "only_big_news": ("asked for big news only", "did not ask for big news only"),
}


def tell_rule(rule: Rule) -> str:
    """Whom the rule means: "everybody on the list", or "those who chose Sleep or Heart, and have not paused"."""
    return "everybody on the list" if rule == EVERYBODY else f"those who {', and '.join(_parts(rule))}"


def _parts(rule: Rule) -> Iterator[str]:
    if rule.topics:
        known = dict(Topic.objects.filter(pk__in=rule.topics).values_list("pk", "name"))
        names = [known.get(pk, "a topic that is gone") for pk in rule.topics]
        yield f"chose {(' and ' if rule.topics_match == ALL else ' or ').join(names)}"
    if rule.joined_from:
        yield f"joined on or after {_in_words(rule.joined_from)}"
    if rule.joined_to:
        yield f"joined on or before {_in_words(rule.joined_to)}"
    if rule.sources:
        yield f"came by {' or '.join(rule.sources)}"
    for name, (if_yes, if_no) in _EITHER.items():
        if said := getattr(rule, name):
            yield if_yes if said == YES else if_no
    if rule.engaged_days:
        yield f"gave a sign of life within {rule.engaged_days} days and allowed us to count"


def _in_words(day: str) -> str:
    return date_format(date.fromisoformat(day), "j F Y")
