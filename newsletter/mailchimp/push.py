"""Telling Mailchimp what changed here, in the worker: batches of 500 for who is new, one call each for the others.

No call here makes a known contact `subscribed`: an unsubscribe that crosses it there wins. Whoever comes back is asked
by Mailchimp itself (`pending`). What is to be done is in rows; a run that is killed loses nothing.
"""

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from newsletter.actions.stopping import stopping
from newsletter.errors import MailchimpError, MailchimpRefused, MailchimpUncertain
from newsletter.mailchimp import adding, changing, going
from newsletter.mailchimp.members import connected, is_done, try_later
from newsletter.mailchimp.planning import Job, Plan, make_plan
from newsletter.models import MailchimpConnection, MailchimpErrand, Subscriber
from newsletter.senders.mailchimp import Mailchimp
from newsletter.senders.mailchimp.members import MOST_IN_A_BATCH

log = logging.getLogger(__name__)

RUN_SECONDS = 300.0
LEASE = timedelta(minutes=15)  # longer than a batch with all its tries


def push_changes() -> bool:
    """Tell what is due, for five minutes at most; whether something is left. Harmless rung twice: one at a time."""
    connection = connected()
    if connection is None or not is_compared(connection):
        return False
    with _turn() as is_ours:
        if not is_ours:
            return False
        until = time.monotonic() + RUN_SECONDS
        going.send_away(connection)
        if len(due_errands()) > adding.FEW and not adding.note_archived(connection):
            return False
        while not stopping.is_set() and time.monotonic() < until:
            errands = due_errands()
            if not errands:
                MailchimpConnection.objects.filter(pk=1).update(last_push_at=timezone.now())
                return False
            if not _push(connection, errands, until=until):
                return False
        return True


def is_compared(connection: MailchimpConnection) -> bool:
    """Whether the audience was looked at since it was connected: before that nobody is pushed."""
    began = connection.connected_at
    return connection.last_pull_at is not None and (began is None or connection.last_pull_at >= began)


def due_errands() -> list[MailchimpErrand]:
    """A batch of what is due: who has left first, whatever else waits."""
    due = MailchimpErrand.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=timezone.now())).order_by("pk")
    left = due.filter(subscriber__state=Subscriber.State.LEFT)
    return list(left[:MOST_IN_A_BATCH]) or list(due[:MOST_IN_A_BATCH])


def _push(connection: MailchimpConnection, errands: Sequence[MailchimpErrand], *, until: float) -> bool:
    """One batch, or as much of it as there is time for. False: Mailchimp is away, and everything waits."""
    port = Mailchimp()
    plan = make_plan(connection, errands)
    for errand in plan.done:
        is_done(errand)
    try:
        for job, work in _one_by_one(plan):
            if stopping.is_set() or time.monotonic() > until:
                return True  # the rest is still due; longer, and the turn would be over
            _do(port, connection, job, work)
        adding.add_many(port, connection, plan.add, until=until)
    except MailchimpRefused as error:  # about the audience or the key: nobody's fault
        log.error("Mailchimp refused to be told: %s", error)  # noqa: TRY400
        try_later(errands, str(error))
        return False
    except MailchimpError as error:
        log.warning("Mailchimp could not be told, and is tried again: %s", error)
        try_later(errands, str(error))
        return False
    return True


def _one_by_one(plan: Plan) -> Iterator[tuple[Job, changing.Work]]:
    yield from ((job, changing.take_off) for job in plan.take_off)
    yield from ((job, changing.move) for job in plan.move)
    yield from ((job, changing.ask_back) for job in plan.ask_back)
    yield from ((job, changing.change) for job in plan.change)


def _do(port: Mailchimp, connection: MailchimpConnection, job: Job, work: changing.Work) -> None:
    """One contact. What is refused of it is its own matter; a lost answer is asked for again, later."""
    try:
        work(port, connection, job)
    except MailchimpUncertain as error:
        try_later([job.errand], str(error))
    except MailchimpRefused as error:
        if error.status in {401, 403}:
            raise
        changing.note_refusal(connection, job, error)
        is_done(job.errand)
    else:
        is_done(job.errand)


@contextmanager
def _turn() -> Iterator[bool]:
    """One run at a time over all processes; a dead one's turn ends by itself."""
    owner, now = uuid.uuid4().hex, timezone.now()
    free = Q(push_owner="") | Q(push_lease_until__lt=now)
    row = MailchimpConnection.objects.filter(pk=1)
    if not row.filter(free).update(push_owner=owner, push_lease_until=now + LEASE):
        yield False
        return
    try:
        yield True
    finally:
        row.filter(push_owner=owner).update(push_owner="", push_lease_until=None)
