"""Which links live articles hold, asking about those that are due, and what is written down of the answers."""

import time
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone

from blog.models import ArticlePage, OutwardLink
from blog.outside.addresses import host_of
from blog.outside.asker import Asker
from blog.outside.verdicts import Sort, Verdict, judge_link
from blog.outward import find_own_hosts, outward_links

State = OutwardLink.State

RUN_SECONDS = 25.0  # after which a run begins no other link
RUN_LINKS = 40
HOST_LINKS = 5  # of one host in one run
LEASE = timedelta(minutes=5)  # longer than a run and the last link it began
EVERY = timedelta(days=14)
NOT_AGAIN_WITHIN = timedelta(minutes=1)
# Failures in a row, and days since the first of them, after which a link counts as dead.
DEAD_AFTER = (3, timedelta(days=3))
DEAD_AFTER_TROUBLE = (5, timedelta(days=14))  # a server in trouble mostly comes back


def collect_links(article: ArticlePage, *, own_hosts: Iterable[str] | None = None) -> int:
    """Note what a live article points at, and forget what no live article holds any more; returns how many it holds.

    For an article that is not live, that is nothing. Asks nobody.
    """
    wanted = outward_links(article, own_hosts=own_hosts) if article.live else set()
    with transaction.atomic():
        held = set(article.outward_links.values_list("url", flat=True))
        if held != wanted:
            OutwardLink.objects.bulk_create(
                [OutwardLink(url=url, host=host_of(url)) for url in sorted(wanted - held)], ignore_conflicts=True
            )
            article.outward_links.set(OutwardLink.objects.filter(url__in=wanted))
            forget_links()
    return len(wanted)


def collect_all_links() -> None:
    """Go through all live articles: what imports and older versions left out is found. For the clock, not a request."""
    own_hosts = find_own_hosts()
    for article in ArticlePage.objects.live().prefetch_related("references").iterator(chunk_size=100):
        collect_links(article, own_hosts=own_hosts)
    for article in ArticlePage.objects.not_live().filter(outward_links__isnull=False).distinct():
        article.outward_links.clear()
    forget_links()


def forget_links() -> None:
    """Delete links that no article holds."""
    OutwardLink.objects.filter(articles=None).delete()


def ask_again(link: OutwardLink) -> bool:
    """Let the next run ask about this link, whenever its turn would be; False if it was asked just now."""
    from blog.tasks import check_links  # noqa: PLC0415 - the task calls this module

    now = timezone.now()
    if link.checked_at and link.checked_at > now - NOT_AGAIN_WITHIN:
        return False
    OutwardLink.objects.filter(pk=link.pk).update(next_check_at=now)
    transaction.on_commit(check_links.delay, robust=True)
    return True


def check_due_links(*, asker: Asker | None = None, seconds: float = RUN_SECONDS, most: int = RUN_LINKS) -> int:
    """Ask about links that are due, a few of each host in turn; returns how many were judged.

    A host belongs to one worker at a time, so that the pause between two requests holds for all of them together.
    """
    if not settings.LINK_CHECKS:
        return 0
    asker = asker or Asker()
    until = time.monotonic() + seconds
    claimed = claim_due_links(most)
    judged, in_doubt = 0, []
    for link in claimed:
        if time.monotonic() >= until:
            break
        verdict = judge_link(link.url, asker=asker)
        if verdict.is_ours:
            in_doubt.append((link, verdict))
            continue
        judged += record_verdict(link, verdict)
    for link, verdict in in_doubt:
        # Where nobody at all answered, the fault is more likely on our side.
        judged += record_verdict(link, verdict) if judged else _put_off(link)
    _give_back(claimed)
    return judged


def claim_due_links(most: int) -> list[OutwardLink]:
    """Lease hosts that have links due and no other worker; their links, one of each host in turn."""
    hosts = OutwardLink.objects.due().values("host").annotate(first=Min("next_check_at")).order_by("first", "host")
    shelves: list[list[OutwardLink]] = []
    for host in hosts.values_list("host", flat=True)[:most]:
        shelves.append(_claim_host(host))
        if sum(map(len, shelves)) >= most:
            break
    return list(_in_turn(shelves))[:most]


def _claim_host(host: str) -> list[OutwardLink]:
    now = timezone.now()
    with transaction.atomic():
        of_host = OutwardLink.objects.filter(host=host)
        # The lock on the host's rows lets two workers at the same moment find out about each other.
        rows = list(of_host.select_for_update().order_by("pk").values_list("pk", "leased_until"))
        if any(leased_until and leased_until >= now for _, leased_until in rows):
            return []
        chosen = list(of_host.due().order_by("next_check_at", "pk").values_list("pk", flat=True)[:HOST_LINKS])
        OutwardLink.objects.filter(pk__in=chosen).update(leased_until=now + LEASE)
        return list(OutwardLink.objects.filter(pk__in=chosen).order_by("next_check_at", "pk"))


def _in_turn(shelves: list[list[OutwardLink]]) -> Iterator[OutwardLink]:
    for row in zip_longest(*shelves):
        yield from (link for link in row if link is not None)


def record_verdict(link: OutwardLink, verdict: Verdict) -> int:
    """Write down what was found; 1, or 0 if this worker's lease is over and another has the link."""
    now = timezone.now()
    found: dict[str, Any]
    if verdict.sort in {Sort.FINE, Sort.MOVED, Sort.UNKNOWN}:
        again = now + EVERY + _jitter(link, EVERY)
        found = {"state": _STATES[verdict.sort], "failures": 0, "failing_since": None, "next_check_at": again}
    else:
        found = _count_failure(link, verdict, now)
    found |= {"answer": verdict.words[:250], "moved_to": verdict.moved_to, "checked_at": now, "leased_until": None}
    return OutwardLink.objects.filter(pk=link.pk, leased_until=link.leased_until).update(**found)


def _count_failure(link: OutwardLink, verdict: Verdict, now: datetime) -> dict[str, Any]:
    failures, since = link.failures + 1, link.failing_since or now
    most, days = DEAD_AFTER_TROUBLE if verdict.sort is Sort.TROUBLE else DEAD_AFTER
    is_dead = link.state == State.DEAD or (failures >= most and now - since >= days)
    wait = min(timedelta(days=2 ** min(failures - 1, 4)), EVERY)
    return {
        "state": State.DEAD if is_dead else State.FAILING,
        "failures": F("failures") + 1,
        "failing_since": since,
        "next_check_at": now + wait + _jitter(link, wait),
    }


def _put_off(link: OutwardLink) -> int:
    soon = timezone.now() + timedelta(hours=1)
    OutwardLink.objects.filter(pk=link.pk).update(next_check_at=soon)
    return 0


def _give_back(links: list[OutwardLink]) -> None:
    for link in links:
        OutwardLink.objects.filter(pk=link.pk, leased_until=link.leased_until).update(leased_until=None)


def _jitter(link: OutwardLink, wait: timedelta) -> timedelta:
    """Up to an eighth of the wait, always the same for one address, so that links do not fall due all at once."""
    return wait / 8 * (zlib.crc32(link.url.encode()) % 1000 / 1000)


_STATES = {Sort.FINE: State.FINE, Sort.MOVED: State.MOVED, Sort.UNKNOWN: State.SKIPPED}
