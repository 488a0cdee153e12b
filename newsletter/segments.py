"""The rule of a segment: what it may say, and whom it means."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from newsletter.models import Click, EbookGrant, OfferCode, Subscriber
from newsletter.models.subscribers import SubscriberQuerySet

ANY, ALL = "any", "all"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Rule:
    """Every part that is not empty narrows the segment. `topics` are keys, days are ISO dates (a whole day each).

    `paused`, `has_ebook`, `has_redeemed` (a code of their own): "yes", "no" or "". `engaged_days`: gave a sign of life,
    or pressed a link, within so many days, among those who allowed us to count; 0: not asked. `only_big_news`: "yes",
    "no" or "".
    """

    topics: tuple[int, ...] = ()
    topics_match: str = ANY
    joined_from: str = ""
    joined_to: str = ""
    sources: tuple[str, ...] = ()
    paused: str = ""
    has_ebook: str = ""
    has_redeemed: str = ""
    engaged_days: int = 0
    only_big_news: str = ""

    def as_json(self) -> dict[str, Any]:
        """Only what is said."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value != getattr(Rule, name)
        }


EVERYBODY = Rule()


def read_rule(data: Any) -> Rule:
    """The rule from its JSON form. Raises ValueError with words for a person."""
    if not isinstance(data, Mapping) or (strange := set(data) - {field.name for field in fields(Rule)}):
        raise ValueError("This is no rule." if not isinstance(data, Mapping) else f"Unknown: {', '.join(strange)}.")
    return Rule(**{name: _PARTS[name](value) for name, value in data.items()})


def find_people(rule: Rule) -> SubscriberQuerySet:
    """Everybody on the list whom the rule means: one query, however much the rule says."""
    return Subscriber.objects.confirmed().filter(meant_by(rule))


def meant_by(rule: Rule) -> Q:
    """Whether a subscriber is one whom the rule means, as a condition of a query."""
    return reduce(and_, map(Q, _conditions(rule)), Q())


def known_sources() -> list[str]:
    """The ways by which people came so far."""
    return list(Subscriber.objects.exclude(source="").order_by("source").values_list("source", flat=True).distinct())


def _conditions(rule: Rule) -> list[Any]:
    likes = Subscriber.topics.through.objects.filter(subscriber=OuterRef("pk"))
    books = Exists(EbookGrant.objects.filter(subscriber=OuterRef("pk")))
    codes = Exists(OfferCode.objects.filter(subscriber=OuterRef("pk"), state=OfferCode.State.REDEEMED))
    is_paused = Q(paused_until__gt=timezone.localdate())
    found: list[Any] = []
    if rule.topics:
        wanted = [rule.topics] if rule.topics_match == ANY else [[topic] for topic in rule.topics]
        found += [Exists(likes.filter(topic__in=topics)) for topics in wanted]
    if rule.joined_from:
        found.append(Q(confirmed_at__gte=_begin(rule.joined_from)))
    if rule.joined_to:
        found.append(Q(confirmed_at__lt=_begin(rule.joined_to) + timedelta(days=1)))
    if rule.sources:
        found.append(Q(source__in=rule.sources))
    if rule.paused:
        found.append(is_paused if rule.paused == YES else ~is_paused)
    if rule.has_ebook:
        found.append(books if rule.has_ebook == YES else ~books)
    if rule.has_redeemed:
        found.append(codes if rule.has_redeemed == YES else ~codes)
    if rule.only_big_news:
        found.append(Q(only_big_news=rule.only_big_news == YES))
    if rule.engaged_days:
        since = timezone.now() - timedelta(days=rule.engaged_days)
        pressed = Click.objects.filter(subscriber=OuterRef("pk"), verdict=Click.Verdict.PERSON, at__gte=since)
        found.append(Q(may_count=True) & (Q(last_sign_at__gte=since) | Exists(pressed)))
    return found


def _begin(day: str) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time()))


def _keys(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(one) is int for one in value):
        raise ValueError("Topics are a list of numbers.")
    return tuple(value)


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("Sources are a list of words.")
    return tuple(value)


def _day(value: Any) -> str:
    try:
        return value and date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise ValueError("A day is written as 2026-12-01.") from error


def _one_of(*choices: str) -> Callable[[Any], str]:
    def choose(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"Choose one of: {', '.join(choice or 'nothing' for choice in choices)}.")
        return str(value)

    return choose


def _number_of_days(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 3650:  # noqa: PLR2004 - ten years
        raise ValueError("Days are a whole number up to 3650.")
    return value


_PARTS: dict[str, Callable[[Any], Any]] = {
    "topics": _keys,
    "topics_match": _one_of(ANY, ALL),
    "joined_from": _day,
    "joined_to": _day,
    "sources": _words,
    "paused": _one_of("", YES, NO),
    "has_ebook": _one_of("", YES, NO),
    "has_redeemed": _one_of("", YES, NO),
    "engaged_days": _number_of_days,
    "only_big_news": _one_of("", YES, NO),
}
