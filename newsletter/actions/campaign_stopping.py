"""Beginning a campaign, and stopping what Mailchimp may have been told to send: a wish at first, then what came."""

import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from newsletter.actions.leased_rows import note
from newsletter.actions.outcomes import close_open_deliveries
from newsletter.errors import MailchimpRefused, WrongState
from newsletter.models import Campaign, Dispatch, MailchimpConnection
from newsletter.senders.campaign_calls import SCHEDULED, STOPPING, WAITING
from newsletter.senders.mailchimp import Mailchimp
from newsletter.senders.mailchimp.shapes import Campaign as Found

State = Dispatch.State


def begin_campaign(dispatch: Dispatch) -> None:
    """At the launch, in its transaction: the row from which workers go on."""
    connection = MailchimpConnection.objects.get(is_on=True)
    Campaign.objects.create(dispatch=dispatch, audience_id=connection.audience_id, marker=uuid.uuid4().hex[:12])


def refuse_pause(dispatch_id: int) -> None:
    """Raises WrongState where Mailchimp sends it already: no campaign can be paused."""
    told = Campaign.objects.filter(dispatch=dispatch_id, told_at__isnull=False, settled_at=None)
    if told.filter(Q(scheduled_for=None) | Q(scheduled_for__lte=timezone.now())).exists():
        raise WrongState("Mailchimp is sending it, and cannot pause. You can ask it to stop for good.")


def look_at_once(dispatch_id: int) -> None:
    """After a pause or a resumption: whatever it waited for, it is due now. Joins the caller's transaction."""
    Campaign.objects.filter(dispatch=dispatch_id, settled_at=None).update(next_try_at=timezone.now(), tries=0)


def ask_to_stop(dispatch_id: int) -> bool:
    """Note that it shall be stopped for good; False where Mailchimp was not told anything yet."""
    told = Campaign.objects.filter(
        dispatch=dispatch_id,
        told_at__isnull=False,
        settled_at=None,
        dispatch__state__in=(State.RUNNING, State.PAUSED),
    )
    now = timezone.now()
    return bool(told.update(stop_asked_at=now, next_try_at=now, tries=0, fault=""))


def after_stop(row: Campaign, port: Mailchimp, state: Found) -> bool:
    """Do at Mailchimp what a pause or a cancellation means there; False when there is only to wait."""
    if state.status == SCHEDULED:
        return _unschedule(row, port)
    if state.status == STOPPING:
        return False
    if row.stop_asked_at is None:
        # Too late for a pause: it is being sent.
        Dispatch.objects.filter(pk=row.dispatch_id, state=State.PAUSED).update(state=State.RUNNING, pause_reason="")
        return True
    try:
        port.cancel(row.campaign_id)
    except MailchimpRefused as error:
        words = f"Mailchimp does not stop it: {error} Not every plan allows that. It goes on."
        return note(row, stop_asked_at=None, fault=words[:300])
    return note(row, stop_asked_at=None, fault="Mailchimp was told to stop it.")


def is_taken_back(row: Campaign, state: Found | None) -> bool:
    """Whether somebody at Mailchimp unscheduled or deleted what waited there for its moment."""
    if row.status != SCHEDULED or row.stop_asked_at is not None:
        return False
    return waits_for_its_moment(row) if state is None else state.status == WAITING


def waits_for_its_moment(row: Campaign) -> bool:
    """Whether it was seen waiting there for a moment that is still to come. After that it may have gone out."""
    return row.status == SCHEDULED and row.scheduled_for is not None and row.scheduled_for > timezone.now()


@transaction.atomic
def wait_for_a_person(row: Campaign) -> bool:
    """What somebody took back is not told again by itself."""
    running = Dispatch.objects.filter(pk=row.dispatch_id, state=State.RUNNING)
    running.update(state=State.PAUSED, pause_reason="It was taken back at Mailchimp. Resume it here, or cancel it.")
    return note(row, told_at=None, scheduled_for=None, status=WAITING)


def _unschedule(row: Campaign, port: Mailchimp) -> bool:
    try:
        port.unschedule(row.campaign_id)
    except MailchimpRefused as error:  # its moment may just have come: the next look tells
        note(row, fault=str(error)[:300])
        return False
    return take_back(row)


def take_back(row: Campaign) -> bool:
    """It is not told any more: the dispatch ends here if that was the wish. False where another worker has it."""
    is_over = row.stop_asked_at is not None
    if not note(row, told_at=None, scheduled_for=None, stop_asked_at=None, status=WAITING):
        return False
    if is_over:
        moving = Dispatch.objects.filter(pk=row.dispatch_id, state__in=(State.RUNNING, State.PAUSED))
        moving.update(state=State.CANCELLED, finished_at=timezone.now(), pause_reason="")
        close_open_deliveries(row.dispatch_id)
    return True
