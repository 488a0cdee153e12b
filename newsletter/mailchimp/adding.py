"""Whoever is new there, 500 a call. Known contacts are not touched by it: they come back as errors."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from newsletter.actions.stopping import stopping
from newsletter.errors import MailchimpError, MailchimpRefused, MailchimpUncertain
from newsletter.mailchimp import changing
from newsletter.mailchimp.members import Status, is_done, note_asked, try_later
from newsletter.mailchimp.planning import Job
from newsletter.mailchimp.pull import take_states
from newsletter.models import MailchimpConnection, MailchimpErrand, MailchimpMember
from newsletter.senders.mailchimp import Mailchimp, hash_of
from newsletter.senders.mailchimp.members import MOST_IN_A_PAGE
from newsletter.senders.mailchimp.shapes import BatchResult, Member

log = logging.getLogger(__name__)

FEW = 3  # a call for each is no dearer
_LOOK_BACK = timedelta(minutes=5)  # their clock and ours
_MOST_LOOKED_AT = 5 * MOST_IN_A_PAGE


def add_many(port: Mailchimp, connection: MailchimpConnection, jobs: Sequence[Job], *, until: float) -> None:
    """Add them; what the batch refuses is looked at one by one. Raises MailchimpError if nobody could be told.

    `until`, by the monotonic clock, or told to end: whoever is left is still due, and is read back first.
    """
    waiting = list(jobs) if len(jobs) <= FEW else _look_first(port, connection, jobs)
    if not waiting:
        return
    began = timezone.now()
    with transaction.atomic():
        note_asked(connection.audience_id, [job.wanted for job in waiting])
    if len(waiting) <= FEW:
        _settle_each(port, connection, waiting, until=until)
        return
    try:
        result = port.add_members(connection.audience_id, [_body(connection, job) for job in waiting])
    except MailchimpUncertain:
        _find_again(port, connection, waiting, since=began - _LOOK_BACK)
        return
    _note_added(connection, waiting, result)
    refused = [job for job in waiting if _hash(job) in result.errors]
    _settle_each(port, connection, refused, until=until)


def note_archived(connection: MailchimpConnection) -> bool:
    """Before batches: who was archived since the last comparison, for a batch would revive them. False: it is away."""
    since = connection.last_pull_at or timezone.now()
    port, offset = Mailchimp(), 0
    try:
        while True:
            page = port.list_members(
                connection.audience_id, offset=offset, status="archived", changed_since=since - _LOOK_BACK
            )
            take_states(connection, page.members)
            offset += len(page.members)
            if not page.members or offset >= page.total:
                return True
    except MailchimpError as error:
        log.warning("Mailchimp could not be asked who was archived: %s", error)
        return False


def _body(connection: MailchimpConnection, job: Job) -> dict[str, object]:
    return job.wanted.body(status=connection.new_members, tags=list(job.wanted.tags))


def _hash(job: Job) -> str:
    return hash_of(job.wanted.subscriber.mailbox)


def _look_first(port: Mailchimp, connection: MailchimpConnection, jobs: Sequence[Job]) -> list[Job]:
    """Those of whom it is not in doubt whether they are there; the others are read back first."""
    doubtful = [job for job in jobs if job.row is not None and job.row.status == Status.UNSURE]
    if doubtful:
        since = min(job.row.noted_at for job in doubtful if job.row is not None) - _LOOK_BACK
        _find_again(port, connection, doubtful, since=since)
        known = set(
            MailchimpMember.objects.filter(audience_id=connection.audience_id, hash__in=map(_hash, doubtful))
            .exclude(status=Status.UNSURE)
            .values_list("hash", flat=True)
        )
        return [job for job in jobs if _hash(job) not in known]
    return list(jobs)


def _find_again(port: Mailchimp, connection: MailchimpConnection, jobs: Sequence[Job], *, since: object) -> None:
    """After a lost answer: which of them are there? A page or two instead of a call for each."""
    by_hash = {_hash(job): job for job in jobs}
    offset, found = 0, list[Member]()
    while True:
        page = port.list_members(connection.audience_id, offset=offset, changed_since=since)  # type: ignore[arg-type]
        found += [one for one in page.members if one.pk in by_hash]
        offset += len(page.members)
        if not page.members or offset >= page.total or offset >= _MOST_LOOKED_AT:
            break
    take_states(connection, found)


def _note_added(connection: MailchimpConnection, jobs: Sequence[Job], result: BatchResult) -> None:
    """In one transaction: rows and errands of those who were taken."""
    with transaction.atomic():
        rows = {
            row.hash: row
            for row in MailchimpMember.objects.filter(audience_id=connection.audience_id, hash__in=result.created)
        }
        changed, over = [], []
        for job in jobs:
            there, row = result.created.get(_hash(job)), rows.get(_hash(job))
            if there is None or row is None:
                continue
            row.pk = None
            row.status, row.changed_there_at = there.status, there.changed_at
            row.opted_in_at, row.noted_at = there.opted_in_at, timezone.now()
            row.pushed, row.problem, row.problem_words = job.wanted.known, "", ""
            changed.append(row)
            over.append(job.errand)
        fields = ["status", "changed_there_at", "opted_in_at", "noted_at", "pushed", "problem", "problem_words"]
        MailchimpMember.objects.bulk_create(  # all of them exist; ten times as fast as `bulk_update`
            changed, update_conflicts=True, unique_fields=["audience_id", "hash"], update_fields=fields
        )
        _are_done(over)


def _are_done(errands: Sequence[MailchimpErrand]) -> None:
    """Like `is_done`, with a few statements for many: locked, so that nobody changes between the look and the end."""
    rows = MailchimpErrand.objects.select_for_update().filter(pk__in=[one.pk for one in errands]).order_by("pk")
    now = dict(rows.values_list("pk", "version"))
    same = [one.pk for one in errands if now.get(one.pk) == one.version]
    MailchimpErrand.objects.filter(pk__in=same).delete()


def _settle_each(port: Mailchimp, connection: MailchimpConnection, jobs: Sequence[Job], *, until: float) -> None:
    for job in jobs:
        if stopping.is_set() or time.monotonic() > until:
            return
        _settle(port, connection, job)


def _settle(port: Mailchimp, connection: MailchimpConnection, job: Job) -> None:
    try:
        changing.settle(port, connection, job)
    except MailchimpRefused as error:
        if error.status in {401, 403}:
            raise
        changing.note_refusal(connection, job, error)
        is_done(job.errand)
    except MailchimpUncertain as error:
        try_later([job.errand], str(error))
    else:
        is_done(job.errand)
