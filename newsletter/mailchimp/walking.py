"""Comparing the whole audience with the list here, a page of 1,000 at a time: at the start, and each night.

Goes on where a worker that died had come to; holds one page in memory. What it finds it takes in as news of a contact
is (`pull`), and it writes errands for whoever is not there as they should be.
"""

import logging
import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from newsletter.actions.stopping import stopping
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.errors import MailchimpError, MailchimpRefused
from newsletter.mailchimp.members import Status, ToGo, ask_for_push, connected
from newsletter.mailchimp.payload import all_topic_tags, differs, wanted_for
from newsletter.mailchimp.pull import note_missing, reader_at, take_states
from newsletter.models import MailchimpConnection, MailchimpMember, MailchimpWalk, Subscriber, Suppression
from newsletter.senders.mailchimp import Mailchimp
from newsletter.senders.mailchimp.members import MOST_IN_A_PAGE
from newsletter.senders.mailchimp.shapes import Member

log = logging.getLogger(__name__)

EVERY = timedelta(hours=24)
LEASE = timedelta(minutes=10)
_FEW_MISSING = 200  # looked at one by one, to be sure; more are believed

ARCHIVED = "archived"


def begin_walk(connection: MailchimpConnection) -> MailchimpWalk:
    """A new comparison, or the one that is under way."""
    # Who asked to be erased is still erased in the audience that was connected before.
    MailchimpMember.objects.exclude(audience_id=connection.audience_id).exclude(to_go=ToGo.ERASE).delete()
    MailchimpWalk.objects.filter(ended_at=None).exclude(audience_id=connection.audience_id).delete()
    try:
        with transaction.atomic():
            return MailchimpWalk.objects.create(audience_id=connection.audience_id)
    except IntegrityError:
        return MailchimpWalk.objects.get(audience_id=connection.audience_id, ended_at=None)


def walk_if_due() -> bool:
    """Compare if a comparison is under way, or the last is a day old; whether one is unfinished. One at a time."""
    connection = connected()
    if connection is None:
        return False
    walk = MailchimpWalk.objects.filter(audience_id=connection.audience_id, ended_at=None).first()
    if walk is None and not _is_due(connection):
        return False
    walk = walk or begin_walk(connection)
    owner, now = uuid.uuid4().hex, timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    if not MailchimpWalk.objects.filter(free, pk=walk.pk).update(owner=owner, lease_until=now + LEASE):
        return False
    walk.refresh_from_db()
    try:
        return not _walk(connection, walk)
    except MailchimpRefused as error:
        log.error("The audience at Mailchimp cannot be read: %s", error)  # noqa: TRY400
    except MailchimpError as error:
        log.warning("The comparison with Mailchimp goes on later: %s", error)
    finally:
        MailchimpWalk.objects.filter(pk=walk.pk, owner=owner).update(owner="", lease_until=None)
    return False


def _is_due(connection: MailchimpConnection) -> bool:
    last, began = connection.last_pull_at, connection.connected_at
    return last is None or (began is not None and last < began) or timezone.now() - last > EVERY


def _walk(connection: MailchimpConnection, walk: MailchimpWalk) -> bool:
    """All pages that are left; whether it came to the end."""
    port = Mailchimp()
    while not stopping.is_set():
        page = port.list_members(connection.audience_id, offset=walk.offset, status=walk.status)
        with transaction.atomic():
            differing = _take_page(connection, page.members, walk)
            walk.offset += len(page.members)
            is_over = not page.members or walk.offset >= page.total
            if is_over and walk.status != ARCHIVED:
                walk.status, walk.offset, is_over = ARCHIVED, 0, False
            _advance(walk, looked_at=len(page.members), differing=differing)
        if is_over:
            _end(port, connection, walk)
            return True
    return False


def _advance(walk: MailchimpWalk, *, looked_at: int, differing: int) -> None:
    mine = MailchimpWalk.objects.filter(pk=walk.pk, owner=walk.owner)
    if not mine.update(
        status=walk.status,
        offset=walk.offset,
        looked_at=F("looked_at") + looked_at,
        differing=F("differing") + differing,
        lease_until=timezone.now() + LEASE,
    ):
        raise LostWalkError


class LostWalkError(MailchimpError):
    """Another worker has taken the comparison over."""


def _take_page(connection: MailchimpConnection, contacts: list[Member], walk: MailchimpWalk) -> int:
    followed = take_states(connection, contacts, seen_in=walk.pk)
    hashes = [one.pk for one in contacts]
    rows = MailchimpMember.objects.filter(
        audience_id=connection.audience_id, hash__in=hashes, status__in=MailchimpMember.ON_THE_LIST
    )
    by_person = {row.subscriber_id: row for row in rows if row.subscriber_id}
    people = Subscriber.objects.confirmed().filter(pk__in=by_person)
    ours = all_topic_tags()
    wanted = wanted_for(people, connection)
    other = [pk for pk, one in wanted.items() if differs(by_person[pk].pushed, one, ours)]
    ask_for_push(other)
    return followed + len(other)


def _end(port: Mailchimp, connection: MailchimpConnection, walk: MailchimpWalk) -> None:
    """What no page showed is not there; whoever should be and is not is pushed."""
    rows = MailchimpMember.objects.filter(audience_id=connection.audience_id, to_go=ToGo.NO)
    unseen = rows.exclude(seen_in=walk.pk).exclude(status__in=[Status.MISSING, Status.UNSURE])
    unseen = unseen.filter(noted_at__lt=walk.began_at)
    for pk in list(unseen.values_list("hash", flat=True)[:_FEW_MISSING]):
        _look_again(port, connection, pk)
    note_missing(connection, unseen.values_list("hash", flat=True))
    _take_complaints(port, connection)
    _ask_for_absent(connection)
    now = timezone.now()
    MailchimpWalk.objects.filter(pk=walk.pk, owner=walk.owner).update(ended_at=now)
    MailchimpConnection.objects.filter(pk=1, audience_id=connection.audience_id).update(last_pull_at=now)


def _look_again(port: Mailchimp, connection: MailchimpConnection, pk: str) -> None:
    """Pages shift while people come and go: one that seems to be missing is asked for by name."""
    try:
        there = port.read_member(connection.audience_id, pk)
    except MailchimpRefused as error:
        if error.status != 404:  # noqa: PLR2004
            raise
        note_missing(connection, [pk])
        return
    take_states(connection, [there])


def _take_complaints(port: Mailchimp, connection: MailchimpConnection) -> None:
    offset = 0
    while addresses := port.list_complaints(connection.audience_id, offset=offset):
        for address in addresses:
            person = reader_at(address)
            if person is not None and person.state == Subscriber.State.LEFT:
                suppress_mailbox(person.mailbox, reason=Suppression.Reason.COMPLAINED, detail="Mailchimp")
        offset += len(addresses)
        if len(addresses) < MOST_IN_A_PAGE:
            return


def _ask_for_absent(connection: MailchimpConnection) -> None:
    """Errands for confirmed people of whom no contact is known, a thousand at a time."""
    there = MailchimpMember.objects.filter(subscriber=OuterRef("pk"), audience_id=connection.audience_id)
    refused = Q(status=Status.MISSING) & ~Q(problem="")
    absent = Subscriber.objects.confirmed().filter(
        ~Exists(there.exclude(status=Status.MISSING)), ~Exists(there.filter(refused))
    )
    last = 0
    while keys := list(absent.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:1000]):
        ask_for_push(keys)
        last = keys[-1]
