"""What became of issues after they were handed over, in numbers; as many queries for twelve as for one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from newsletter.models import Campaign, Click, Delivery, Departure, Dispatch, IssueLink, KeptNews, MailEvent
from newsletter.report import Counts, count_all

EARLIER = 12  # dispatches in the comparison
Kind = MailEvent.Kind
Verdict = Click.Verdict


@dataclass(frozen=True)
class Figures:
    """Of one dispatch. Bounced, complained and left are parts of those handed over.

    `delivered` is what a provider told, None where none tells. `people` pressed at least one link, among those who
    allowed us to count; `machines` are presses that were a program's.
    """

    dispatch: Dispatch
    counts: Counts
    delivered: int | None
    bounced: int
    complained: int
    left: int
    people: int
    machines: int

    @property
    def handed_over(self) -> str:
        """Of all readers."""
        return per_cent(self.counts.handed_over, self.counts.candidates)

    @property
    def bounced_share(self) -> str:
        """Of those handed over."""
        return per_cent(self.bounced, self.counts.handed_over)

    @property
    def complained_share(self) -> str:
        """Of those handed over."""
        return per_cent(self.complained, self.counts.handed_over)

    @property
    def left_share(self) -> str:
        """Of those handed over."""
        return per_cent(self.left, self.counts.handed_over)


@dataclass(frozen=True)
class LinkFigures:
    """One link of an issue: people who pressed it, presses of programs, and its share of the link most pressed."""

    link: IssueLink
    people: int
    machines: int
    share: float


def per_cent(number: int, of: int) -> str:
    """With one decimal, rounded down: "100%" only when it is all of them; empty where there is nothing to divide."""
    if not of:
        return ""
    if number == of:
        return "100%"
    tenths = 1000 * number // of
    return "under 0.1%" if number and not tenths else f"{tenths // 10}.{tenths % 10}%"


def earlier_dispatches(dispatch: Dispatch | None = None, *, number: int = EARLIER) -> list[Dispatch]:
    """The latest dispatches that went out, newest first; with one given, that and those before it."""
    sent = Dispatch.objects.exclude(launched_at=None).select_related("issue", "issue__corrects")
    if dispatch is not None:
        sent = sent.filter(launched_at__lte=dispatch.launched_at)
    light = sent.defer("html", "text", "issue__body", "issue__corrects__body")
    return list(light.order_by("-launched_at", "-pk")[:number])


def figures_of(dispatches: Sequence[Dispatch]) -> list[Figures]:
    """The figures of each, in the same order."""
    keys = [dispatch.pk for dispatch in dispatches]
    counts, news, clicks = count_all(dispatches), _count_news(keys), _count_clicks(keys)
    told = _read_reports(keys)
    left = _by_dispatch(Departure.objects.filter(dispatch__in=keys).values_list("dispatch").annotate(Count("pk")))
    return [
        Figures(
            dispatch,
            counts[dispatch.pk],
            delivered=news[dispatch.pk].get(Kind.DELIVERED),
            bounced=max(told[dispatch.pk].get("bounced", 0), _bounced(news[dispatch.pk])),
            complained=max(told[dispatch.pk].get("abuse_reports", 0), news[dispatch.pk].get(Kind.COMPLAINT, 0)),
            left=max(told[dispatch.pk].get("unsubscribed", 0), left.get(dispatch.pk, 0)),
            people=clicks[dispatch.pk][0],
            machines=clicks[dispatch.pk][1],
        )
        for dispatch in dispatches
    ]


def links_of(dispatch: Dispatch) -> list[LinkFigures]:
    """Its links, the most pressed first; the trap, which only programs find, is left out."""
    is_machine = Q(clicks__verdict=Verdict.MACHINE)
    links = dispatch.links.exclude(number=0).annotate(
        new_people=Count("clicks__subscriber", distinct=True, filter=Q(clicks__verdict=Verdict.PERSON)),
        new_machines=Count("clicks", filter=is_machine),
    )
    numbers = [(link, link.people + link.new_people, link.machines + link.new_machines) for link in links]
    most = max((people for _, people, _ in numbers), default=0) or 1
    rows = [LinkFigures(link, people, machines, round(100 * people / most, 1)) for link, people, machines in numbers]
    return sorted(rows, key=lambda row: (-row.people, row.link.number))


def news_about(keys: Iterable[int]) -> QuerySet[MailEvent]:
    """Mail events of these dispatches' mails that came after the hand-over: a refusal by the mail server is none."""
    # From the news to the mails: there are few of the one and may be a million of the other.
    theirs = Exists(Delivery.objects.filter(pk=OuterRef("delivery"), dispatch__in=keys))
    return MailEvent.objects.filter(theirs).exclude(provider="smtp").order_by()


def _count_news(keys: Sequence[int]) -> defaultdict[int, dict[str, int]]:
    """Mails by kind of news, by dispatch: a mail that came back twice is one."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    told = news_about(keys).values_list("delivery__dispatch", "kind").annotate(Count("delivery", distinct=True))
    kept = KeptNews.objects.filter(dispatch__in=keys).values_list("dispatch", "kind", "number")
    for pk, kind, number in [*told, *kept]:
        found[pk][kind] = found[pk].get(kind, 0) + number
    return found


def _bounced(news: dict[str, int]) -> int:
    return sum(news.get(kind, 0) for kind in MailEvent.BOUNCES)


def _read_reports(keys: Sequence[int]) -> defaultdict[int, dict[str, int]]:
    """What Mailchimp counted itself, by dispatch: it knows of readers who were erased here since."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for pk, report in Campaign.objects.filter(dispatch__in=keys).exclude(report={}).values_list("dispatch", "report"):
        bounced = sum(report.get(kind, 0) for kind in ("hard_bounces", "soft_bounces", "syntax_errors"))
        found[pk] = {**report, "bounced": bounced}
    return found


def _count_clicks(keys: Sequence[int]) -> defaultdict[int, tuple[int, int]]:
    """(people who pressed anything, presses of programs) by dispatch."""
    pressed = Click.objects.filter(link__dispatch__in=keys).values_list("link__dispatch")
    people = Count("subscriber", distinct=True, filter=Q(verdict=Verdict.PERSON))
    machines = Count("pk", filter=Q(verdict=Verdict.MACHINE))
    found: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for pk, a, b in pressed.annotate(a=people, b=machines):
        found[pk] = (a, b)
    # What is left of forgotten rows. The trap keeps how many people pressed anything at all.
    kept = IssueLink.objects.filter(dispatch__in=keys).order_by().values_list("dispatch")
    for pk, a, b in kept.annotate(a=Sum("people", filter=Q(number=0)), b=Sum("machines")):
        found[pk] = (found[pk][0] + (a or 0), found[pk][1] + (b or 0))
    return found


def _by_dispatch(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    return dict(rows)
