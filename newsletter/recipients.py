"""Who gets an issue, in numbers: how many, and how many of the others do not, and why."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from newsletter.audience import choose_readers, count_readers
from newsletter.models import IssuePage, Subscriber, Suppression
from newsletter.segments import EVERYBODY, Rule

State = Subscriber.State
LEAST_CHANGE, MOST_CHANGE = 10, 1  # readers, per cent: by more than both the list is another one


@dataclass(frozen=True)
class Recipients:
    """`number` of readers; `left_out` says in words who is not among them, with how many they are."""

    number: int
    left_out: tuple[tuple[str, int], ...] = ()


def count_recipients(issue: IssuePage, rule: Rule = EVERYBODY, *, on: date) -> Recipients:
    """Who would get the issue on that day, as the list is now."""
    reach = count_readers(issue, rule)
    paused = choose_readers(issue, rule).filter(left_out="", paused_until__gt=on).count()
    states = dict(Subscriber.objects.values_list("state").annotate(number=Count("pk")))
    reasons = {
        "paused by themselves": paused,
        **dict(reach.reasons),
        "not confirmed yet": states.get(State.PENDING, 0),
        "left": states.get(State.LEFT, 0),
        "must not be mailed (suppressed)": Suppression.objects.count(),
    }
    return Recipients(reach.readers - paused, tuple((words, number) for words, number in reasons.items() if number))


def is_another_list(expected: int, now: int) -> bool:
    """Whether the list has changed so much that whoever ordered should look again."""
    change = abs(now - expected)
    return change >= LEAST_CHANGE and change * 100 > expected * MOST_CHANGE
