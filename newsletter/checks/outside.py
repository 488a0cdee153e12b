"""Links to other sites: what a worker found out about them, and how old that is."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from blog.outside.verdicts import Sort
from newsletter.checks.findings import Check, Level, number_of
from newsletter.checks.own_links import is_own
from newsletter.models import CheckRun

GOOD_FOR = timedelta(days=1)
_WEB = ("http://", "https://")
_FINE = {Sort.FINE.value, Sort.MOVED.value}


def outside_links(links: Iterable[str], own_hosts: Iterable[str]) -> list[str]:
    """The addresses that are not on this site, in reading order."""
    own = set(own_hosts)
    return [url for url in dict.fromkeys(links) if url.startswith(_WEB) and not is_own(url, own)]


def check_outside(urls: list[str], run: CheckRun | None) -> Check:
    """What is known about these addresses. Who was not asked, or did not answer, needs somebody to look."""
    if not urls:
        return Check("There is no link to another site")
    if not settings.LINK_CHECKS:
        return Check(
            "Links to other sites were not asked: LINK_CHECKS=no. Open each of them", Level.AMBER, details=tuple(urls)
        )
    if run is None or run.finished_at is None:
        return Check("Links to other sites were not asked yet", Level.AMBER, details=tuple(urls))
    if timezone.now() - run.finished_at > GOOD_FOR:
        return Check("Links to other sites were asked too long ago. Check again", Level.AMBER, details=tuple(urls))
    return _judge(urls, run.verdicts)


def _judge(urls: list[str], verdicts: Mapping[str, tuple[str, str]]) -> Check:
    gone, unsure, moved = [], [], []
    all_of = number_of(len(urls), "link")
    for url in urls:
        sort, words = verdicts.get(url, ("", "New since the last look: check again."))
        line = f"{url}: {words}"
        if sort == Sort.GONE.value:
            gone.append(line)
        elif sort not in _FINE:
            unsure.append(line)
        elif sort == Sort.MOVED.value:
            moved.append(line)
    if gone:
        return Check("A link leads to a page that is gone", Level.RED, (*gone, *unsure))
    if unsure:
        return Check("A link did not answer, or was not asked. Open it yourself", Level.AMBER, tuple(unsure))
    if moved:
        return Check(f"Links to other sites answer, but some have moved: {all_of}", Level.NOTE, tuple(moved))
    return Check(f"Links to other sites answer: {all_of}")


def check_codes(run: CheckRun | None, *, offers: bool) -> list[Check]:
    """Whether the worker could make readers' codes."""
    if not offers or run is None or run.finished_at is None:
        return []
    return [Check(f"Codes cannot be made: {run.fault}", Level.RED) if run.fault else Check("Codes can be made")]
