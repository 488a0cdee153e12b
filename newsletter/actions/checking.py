"""Having a worker look at what an issue needs of the world outside: do its links answer, can codes be made."""

import uuid
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from blog.outside.asker import Asker
from blog.outside.verdicts import judge_link
from blog.outward import find_own_hosts
from guard import heartbeats
from guard.bells import ring_after_commit
from letters.headers import one_line
from newsletter.actions.offers import codes_for
from newsletter.actions.stopping import stopping
from newsletter.audience import read_readers
from newsletter.checks.html_part import read_html
from newsletter.checks.outside import outside_links
from newsletter.composing import find_offers
from newsletter.errors import CannotRender
from newsletter.models import CheckRun, IssuePage, Subscriber
from newsletter.rendering import RenderedIssue, render_issue

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

LEASE = timedelta(minutes=2)  # longer than one link may take with its pauses
MOST_LINKS = 80
KEPT = 3  # looks at one issue; earlier ones are forgotten

State = CheckRun.State


def ask_for_check(issue: IssuePage, *, by: "User | None" = None) -> CheckRun:
    """Have a worker look; the look that is under way, if there is one. The row is the order."""
    from newsletter.tasks import run_check  # noqa: PLC0415 - the task calls this module

    try:
        with transaction.atomic():
            run = CheckRun.objects.create(issue=issue, asked_by=by)
            kept = issue.check_runs.values_list("pk", flat=True)[: KEPT + 1]
            issue.check_runs.filter(state=State.DONE).exclude(pk__in=list(kept)).delete()
    except IntegrityError:
        run = issue.check_runs.exclude(state=State.DONE).first() or issue.check_runs.latest("pk")
    ring_after_commit(run_check, run.pk)
    return run


def due_checks() -> QuerySet[CheckRun]:
    """Looks that wait, or that a dead worker left."""
    return CheckRun.objects.filter(_free(timezone.now()))


def run_check(pk: int, *, asker: Asker | None = None) -> bool:
    """Do one look; False when another worker has it or it is done. Harmless when rung twice."""
    heartbeats.beat(heartbeats.WORKER)
    run = _claim(pk)
    if run is None:
        return False
    try:
        mail = render_issue(run.issue)
    except CannotRender:  # the pages about the issue say so; a look that is repeated for ever helps nobody
        return _note(run, state=State.DONE, finished_at=timezone.now(), lease_until=None)
    urls = list(islice(outside_links(read_html(mail.html).links, find_own_hosts()), MOST_LINKS))
    urls = urls if settings.LINK_CHECKS else []
    if not _note(run, total=len(urls), done=0):
        return False
    answers: dict[str, tuple[str, str]] = {}
    asker = asker or Asker()
    for url in urls:
        if stopping.is_set():
            _note(run, state=State.WAITING, lease_until=None, owner="")
            return False
        found = judge_link(url, asker=asker)
        answers[url] = (found.sort.value, found.words)
        if not _note(run, done=len(answers), answers=answers):
            return False
    return _note(run, state=State.DONE, finished_at=timezone.now(), lease_until=None, fault=_try_codes(mail))


def _free(now: datetime) -> Q:
    return Q(state=State.WAITING) | Q(state=State.RUNNING, lease_until__lt=now)


def _claim(pk: int) -> CheckRun | None:
    now, owner = timezone.now(), uuid.uuid4().hex
    free = CheckRun.objects.filter(_free(now), pk=pk)
    if not free.update(state=State.RUNNING, owner=owner, lease_until=now + LEASE):
        return None
    return CheckRun.objects.select_related("issue").get(pk=pk)


def _note(run: CheckRun, **changes: object) -> bool:
    """Write down how far it is and keep the lease; False when another worker has taken it over."""
    mine = CheckRun.objects.filter(pk=run.pk, owner=run.owner, state=State.RUNNING)
    return bool(mine.update(**{"lease_until": timezone.now() + LEASE, **changes}))


def _try_codes(mail: RenderedIssue) -> str:
    """Make codes for one reader and take them back: why that cannot be done, or nothing."""
    readers = read_readers(Subscriber.objects.confirmed().order_by("pk")[:1])
    try:
        with transaction.atomic():
            codes_for(find_offers(mail.text + mail.html), readers)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return one_line(str(error))[:250]
    return ""
