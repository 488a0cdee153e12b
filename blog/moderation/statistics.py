"""What the desk has done lately, counted from the comments and from the log of decisions; four queries."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Min, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone
from wagtail.models import ModelLogEntry

from blog.models import Comment

State = Comment.State
BY_PEOPLE = {"comment.approve": "published", "comment.refuse": "refused", "comment.spam": "spam"}
UNDONE = "comment.undo"
OWN_WORDS = "In a moderator's own words"


@dataclass(frozen=True)
class Share:
    """One part of a whole. `percent` is a whole number."""

    label: str
    number: int
    percent: int


@dataclass
class Week:
    """What came in and what was decided in the week that begins on `start`, a Monday."""

    start: date
    received: int = 0
    published: int = 0
    refused: int = 0
    spam: int = 0


@dataclass(frozen=True)
class Decision:
    """One decision of a person. `waited`: seconds from the comment to it; None where it was not the first."""

    at: datetime
    to: str
    was: str
    usual: str
    waited: int | None
    by: str


@dataclass
class Statistics:
    """All that the report shows for `days`; times in seconds."""

    days: int
    waiting: int = 0
    oldest: int | None = None
    received: int = 0
    called_spam: int = 0  # by the machine
    overturned: int = 0  # of those, or of those that were there before, how often a person said otherwise
    decisions: list[Decision] = field(default_factory=list)
    weeks: list[Week] = field(default_factory=list)

    @property
    def median_wait(self) -> int | None:
        """From a comment's coming in to a person's first decision."""
        waits = self._waits()
        return int(median(waits)) if waits else None

    @property
    def longest_wait(self) -> int | None:
        """Nine of ten comments waited no longer."""
        waits = self._waits()
        return waits[min(len(waits) - 1, int(len(waits) * 0.9))] if waits else None

    @property
    def outcomes(self) -> list[Share]:
        """What people decided."""
        names = {"published": "Published", "refused": "Refused", "spam": "Spam"}
        found = Counter(decision.to for decision in self.decisions)
        return _shares([(label, found[name]) for name, label in names.items()])

    @property
    def reasons(self) -> list[Share]:
        """Why comments were refused, the commonest first."""
        why = Counter(decision.usual or OWN_WORDS for decision in self.decisions if decision.to == "refused")
        return _shares(why.most_common())

    @property
    def people(self) -> list[Share]:
        """Who decided how often."""
        return _shares(Counter(decision.by for decision in self.decisions).most_common())

    @property
    def busiest(self) -> int:
        """The largest number of comments that came in within a week; at least 1, to draw bars by."""
        return max([1, *(week.received for week in self.weeks)])

    def _waits(self) -> list[int]:
        return sorted(decision.waited for decision in self.decisions if decision.waited is not None)


def count_comments(days: int) -> Statistics:
    """Count the last `days` days, up to now."""
    now = timezone.now()
    since = now - timedelta(days=days)
    waits = Comment.objects.undecided().aggregate(number=Count("pk"), first=Min("created_at"))
    came = Comment.objects.filter(created_at__gte=since, staff=None)
    counted = came.aggregate(number=Count("pk"), spam=Count("pk", filter=Q(verdict=Comment.Verdict.SPAM)))
    found = Statistics(days, waiting=waits["number"], received=counted["number"], called_spam=counted["spam"])
    found.oldest = int((now - waits["first"]).total_seconds()) if waits["first"] else None
    found.decisions = _read_decisions(since)
    found.overturned = sum(decision.was == State.SPAM and decision.to != "spam" for decision in found.decisions)
    weekly = came.annotate(week=TruncWeek("created_at")).values_list("week").annotate(Count("pk")).order_by("week")
    found.weeks = _by_week(since, now, dict(weekly), found.decisions)
    return found


def _read_decisions(since: datetime) -> list[Decision]:
    """What people decided and did not take back; the machine's own publishing has no person and does not count."""
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Comment),
        action__in=[*BY_PEOPLE, UNDONE],
        timestamp__gte=since,
        user__isnull=False,
    ).order_by("timestamp", "pk")
    columns = ("object_id", "timestamp", "action", "data", "user__first_name", "user__last_name", "user__username")
    found: dict[str, list[Decision]] = defaultdict(list)
    for comment, at, action, data, first, last, username in entries.values_list(*columns).iterator():
        known = data if isinstance(data, dict) else {}
        if action != UNDONE:
            found[comment].append(_decision(at, action, known, by=f"{first} {last}".strip() or username))
        elif found[comment] and found[comment][-1].to == BY_PEOPLE.get(known.get("undid", "")):
            found[comment].pop()
    return sorted((decision for decisions in found.values() for decision in decisions), key=lambda one: one.at)


def _decision(at: datetime, action: str, known: dict[str, Any], *, by: str) -> Decision:
    waited = known.get("waited")
    return Decision(
        at=at,
        to=BY_PEOPLE[action],
        was=str(known.get("was", "")),
        usual=str(known.get("usual", "")),
        waited=waited if isinstance(waited, int) else None,
        by=by,
    )


def _by_week(since: datetime, now: datetime, came: dict[Any, int], decisions: list[Decision]) -> list[Week]:
    """Every week of the time, also those in which nothing happened, the newest first."""
    monday = _monday(since)
    weeks = {}
    while monday <= timezone.localdate(now):
        weeks[monday] = Week(monday)
        monday += timedelta(days=7)
    for moment, number in came.items():  # a clock that was set back may have left some in weeks to come
        if week := weeks.get(timezone.localdate(moment)):
            week.received = number
    for decision in decisions:
        if week := weeks.get(_monday(decision.at)):
            setattr(week, decision.to, getattr(week, decision.to) + 1)
    return list(reversed(weeks.values()))


def _monday(moment: datetime) -> date:
    day = timezone.localdate(moment)
    return day - timedelta(days=day.weekday())


def _shares(counted: list[tuple[str, int]]) -> list[Share]:
    total = sum(number for _, number in counted) or 1
    return [Share(label, number, round(100 * number / total)) for label, number in counted]
