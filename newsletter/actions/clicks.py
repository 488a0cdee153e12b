"""Counting what readers press in an issue: only those who allowed it, and programs apart from people."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from newsletter.counted_links import find_links
from newsletter.keeping import CLICKS
from newsletter.links import read_click
from newsletter.machine_rules import AT_ONCE, MANY_AT_ONCE, NEAR_TRAP, TRAP, judge_request
from newsletter.models import Click, Delivery, Dispatch, IssueLink, NewsletterPage, Subscriber
from newsletter.pieces import find_articles, page_address

MOST_ROWS = 20  # of one reader and one link: whoever presses on is led there, and no row is written

Verdict = Click.Verdict


def freeze_links(dispatch: Dispatch) -> None:
    """At the launch: a row for each link to a page of this site, and the trap. Joins the caller's transaction."""
    titles = {page_address(article): article.title for article in find_articles(dispatch.issue)}
    urls = find_links(dispatch.html)
    if not urls:
        return
    trap = page_address(NewsletterPage.objects.ancestor_of(dispatch.issue).first())
    rows = [IssueLink(dispatch=dispatch, number=0, url=trap or urls[0])]
    for number, url in enumerate(urls, start=1):
        rows.append(IssueLink(dispatch=dispatch, number=number, url=url[:2000], title=titles.get(url, "")[:255]))
    IssueLink.objects.bulk_create(rows)


def links_to_count(dispatch: Dispatch) -> list[tuple[int, str, int]]:
    """(key, address, number) of each, as a Skeleton takes them."""
    return list(dispatch.links.values_list("pk", "url", "number"))


def follow_link(token: str, *, method: str, agent: str) -> str:
    """Where a counting link leads; writes the press down if its reader still allows that. Raises BadLink.

    It leads on also for somebody who was erased or has taken the permission back: nothing is counted then.
    """
    found = read_click(token)
    with transaction.atomic():
        # Locked, so that two links pressed at once see each other.
        reader = Subscriber.objects.select_for_update().filter(pk=found.subscriber_id, may_count=True).first()
        if reader is not None and reader.key_version == found.key_version and _is_young(found.link):
            _count(found.link, reader, method=method, agent=agent)
    return found.link.url


def forget_clicks(subscriber: Subscriber) -> None:
    """Whoever takes the permission back takes along what it brought; joins the caller's transaction."""
    Click.objects.filter(subscriber=subscriber).delete()


def fold_old_clicks() -> int:
    """Of dispatches older than the rule says, only the numbers stay. Returns how many rows went."""
    old = Dispatch.objects.filter(launched_at__lt=timezone.now() - CLICKS.time, links__clicks__isnull=False)
    return sum(_fold(pk) for pk in old.values_list("pk", flat=True).distinct())


@transaction.atomic
def _fold(dispatch_id: int) -> int:
    """Each link keeps its numbers; the trap, which no person presses, keeps how many people pressed anything."""
    rows = Click.objects.filter(link__dispatch=dispatch_id)
    by_people = rows.filter(verdict=Verdict.PERSON)
    all_people = by_people.aggregate(number=Count("subscriber", distinct=True))["number"]
    people = dict(by_people.order_by().values_list("link").annotate(Count("subscriber", distinct=True)))
    machines = dict(rows.filter(verdict=Verdict.MACHINE).order_by().values_list("link").annotate(Count("pk")))
    for link in IssueLink.objects.filter(dispatch=dispatch_id):
        more = all_people if link.is_trap else people.get(link.pk, 0)
        IssueLink.objects.filter(pk=link.pk).update(
            people=F("people") + more, machines=F("machines") + machines.get(link.pk, 0)
        )
    return rows.delete()[0]


def _is_young(link: IssueLink) -> bool:
    launched = link.dispatch.launched_at
    return launched is not None and launched > timezone.now() - CLICKS.time


def _count(link: IssueLink, reader: Subscriber, *, method: str, agent: str) -> None:
    now = timezone.now()
    if Click.objects.filter(link=link, subscriber=reader).count() >= MOST_ROWS:
        return
    handed_over = Delivery.objects.filter(
        dispatch=link.dispatch_id, subscriber=reader, state=Delivery.State.HANDED_OVER
    ).first()
    since: timedelta | None = now - handed_over.at if handed_over else None
    mine = Click.objects.filter(subscriber=reader, link__dispatch=link.dispatch_id)
    near = mine.filter(at__gte=now - AT_ONCE).exclude(link=link)
    reason = judge_request(method=method, agent=agent, is_trap=link.is_trap, since_hand_over=since)
    if not reason and mine.filter(link__number=0, at__gte=now - NEAR_TRAP).exists():
        reason = TRAP
    if near.exists():
        reason = reason or MANY_AT_ONCE
        near.filter(verdict=Verdict.PERSON).update(verdict=Verdict.MACHINE, reason=MANY_AT_ONCE)
    if link.is_trap:
        lately = mine.filter(at__gte=now - NEAR_TRAP, verdict=Verdict.PERSON)
        lately.update(verdict=Verdict.MACHINE, reason=TRAP)
    verdict = Verdict.MACHINE if reason else Verdict.PERSON
    Click.objects.create(link=link, subscriber=reader, verdict=verdict, reason=reason[:80], at=now)
