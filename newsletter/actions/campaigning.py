"""A dispatch that goes out as a campaign: step by step, each written down, nothing repeated that might be there twice.

Whatever happens to a worker between two steps, the next one goes on from the row. What was made by a call whose
answer was lost is found by its name; a campaign that may have been told to go is asked for its status first, and
Mailchimp itself sends one campaign once only.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from letters.actions import is_sending_enabled
from letters.headers import one_line
from newsletter.actions.campaign_readers import addresses_of, who_is_gone
from newsletter.actions.campaign_settling import LOST, settle_campaign, settle_lost
from newsletter.actions.campaign_stopping import (
    after_stop,
    is_taken_back,
    take_back,
    wait_for_a_person,
    waits_for_its_moment,
)
from newsletter.actions.campaign_words import content_of_campaign, is_on_quarter, name_of_campaign, settings_of_campaign
from newsletter.actions.leased_rows import claim, give_back, is_free, note, try_later
from newsletter.actions.outcomes import record_skipped
from newsletter.actions.stopping import stopping
from newsletter.audience import unpack_keys
from newsletter.errors import MailchimpAway, MailchimpError, MailchimpRefused
from newsletter.models import Campaign, Dispatch
from newsletter.senders.campaign_calls import (
    CALLS,
    DELETED,
    GONE,
    MAKING,
    OVER,
    SCHEDULED,
    WAITING,
    first_error,
    gone_is_good,
    is_told,
)
from newsletter.senders.mailchimp import Mailchimp
from newsletter.senders.mailchimp.shapes import Campaign as Found
from newsletter.sending_hours import rests_until

LOOKS, BETWEEN_LOOKS = 15, 1.0  # at a campaign that is being sent, in one run; seconds
LEEWAY = timedelta(seconds=5)
UNDER_WAY_AGAIN = timedelta(seconds=20)
SOON = timedelta(minutes=1)  # a moment that is nearer is waited for here: Mailchimp takes none that has passed

State = Dispatch.State


def due_campaigns() -> QuerySet[Campaign]:
    """Those at which there is something to do now, and nobody at it."""
    told = Q(told_at__isnull=False)
    running = Q(dispatch__state=State.RUNNING)
    stopped = Q(dispatch__state__in=(State.PAUSED, State.CANCELLED)) & told
    left_behind = Q(dispatch__state=State.CANCELLED) & ~Q(campaign_id="") & ~Q(status=DELETED)
    return Campaign.objects.filter(is_free(timezone.now()), running | stopped | left_behind, settled_at=None)


def run_campaign(pk: int) -> None:
    """Go on with one campaign, if it is due and free."""
    row = Campaign.objects.select_related("dispatch").filter(pk=pk).first()
    if row is not None:
        CampaignRun(row.dispatch).go()


class CampaignRun:
    """One worker at one campaign, until there is nothing to do but to wait."""

    is_work_left = is_broken = False  # the tick finds what is due

    def __init__(self, dispatch: Dispatch, **_: Any) -> None:
        self.dispatch = dispatch

    def go(self) -> None:
        """Take the campaign, if it is free, and go on with it. A fault that passes is tried again later."""
        if not is_sending_enabled():
            return
        row = claim(due_campaigns(), Campaign.objects.values_list("pk", flat=True).get(dispatch=self.dispatch.pk))
        if row is None:
            return
        work = _Work(row)
        try:
            while not stopping.is_set() and work.step():
                pass
        except MailchimpRefused as error:
            work.refused(error)
        except MailchimpError as error:
            try_later(row, str(error))
        finally:
            give_back(row)


class _Work:
    """The steps at one campaign that is in hand."""

    def __init__(self, campaign: Campaign) -> None:
        self.row = campaign
        self.dispatch = campaign.dispatch
        self.port = Mailchimp(tries=CALLS)
        self._looks = 0

    def step(self) -> bool:
        """The next one; False when there is none for now."""
        if not note(self.row):
            return False
        self.dispatch.refresh_from_db(fields=["state", "due_at"])
        self.row.refresh_from_db(fields=["stop_asked_at", "told_at"])
        if self.row.told_at is not None:
            return self._look()
        if self.dispatch.state == State.CANCELLED:
            return self._clear_away()
        return self.dispatch.state == State.RUNNING and self._prepare()

    def refused(self, error: MailchimpRefused) -> None:
        """Mailchimp says no for good: a person looks. Nobody is marked for it."""
        words = one_line(f"Mailchimp refused it. {error}")[:250]
        Dispatch.objects.filter(pk=self.dispatch.pk, state=State.RUNNING).update(state=State.PAUSED, pause_reason=words)
        try_later(self.row, words)

    def _prepare(self) -> bool:
        row = self.row
        if row.segment_id is None:
            return self._find_or_make_segment()
        chunk = self.dispatch.chunks.filter(pk__gt=row.filled_to).order_by("pk").first()
        if chunk is not None:
            if addresses := addresses_of(unpack_keys(chunk.members)):
                self.port.tag_many(row.audience_id, row.segment_id, add=addresses)
            return note(row, filled_to=chunk.pk)
        if not row.campaign_id:
            return self._find_or_make_campaign()
        if row.content_at is None:
            content = content_of_campaign(self.dispatch)
            self.port.set_content(row.campaign_id, html=content.html, text=content.text)
            return note(row, content_at=timezone.now())
        said = self.port.read_checklist(row.campaign_id)
        note(row, checklist=[asdict(item) for item in said.items])
        if not said.is_ready:
            raise MailchimpRefused(first_error(said))
        return self._tell()

    def _find_or_make_segment(self) -> bool:
        # A try before may have made it and not heard of it: it is looked for by its name.
        segment_id = self.port.ensure_segment(self.row.audience_id, name=name_of_campaign(self.row))
        return note(self.row, segment_id=segment_id, tries=0, fault="")

    def _find_or_make_campaign(self) -> bool:
        row, name = self.row, name_of_campaign(self.row)
        since = row.began_at - timedelta(days=1)
        to = {"list_id": row.audience_id, "segment_opts": {"saved_segment_id": row.segment_id}}
        made = self.port.find_campaign(row.audience_id, title=name, since=since)
        if made is None and row.status == MAKING and (until := _may_come_until(row.status_at)) > timezone.now():
            return self._wait(until)
        if made is None:
            note(row, status=MAKING, status_at=timezone.now())
            try:
                made = self.port.create_campaign(
                    recipients=to, settings={**settings_of_campaign(self.dispatch), "title": name}
                )
            except (MailchimpRefused, MailchimpAway):
                note(row, status="", status_at=None)  # it was surely not done
                raise
        # At once, before the next call: from here on there is one campaign, and no other is made.
        return note(row, campaign_id=made.pk, web_id=made.web_id, status="", status_at=None, tries=0, fault="")

    def _tell(self) -> bool:
        """Have it sent now, or at its moment. First its status is read, and “told” is written down."""
        row = self.row
        state = self._read_state()
        if state is None:
            return note(row, campaign_id="", web_id="", content_at=None)  # deleted there: it is made anew
        if is_told(state):  # somebody pressed Send at Mailchimp
            return note(row, told_at=timezone.now())
        now = timezone.now()
        # On any other minute it waits here: Mailchimp takes the quarters of an hour alone.
        is_later = self.dispatch.due_at > now + SOON and is_on_quarter(self.dispatch.due_at)
        if not is_later and (opens_at := max(rests_until(self.dispatch) or now, self.dispatch.due_at)) > now:
            give_back(row, next_try_at=opens_at)
            return False
        self._leave_out()
        if not self._mark_told(self.dispatch.due_at if is_later else None):
            return False
        try:
            if is_later:
                self.port.schedule(row.campaign_id, at=self.dispatch.due_at)
            else:
                self.port.send(row.campaign_id)
        except MailchimpRefused as error:
            return self._was_not_told(error, is_later=is_later)
        except MailchimpAway:
            note(row, told_at=None, scheduled_for=None)  # it was surely not done
            raise
        except MailchimpError as error:
            note(row, fault=str(error)[:300])  # perhaps it was: the next step asks
        return True

    def _mark_told(self, moment: Any) -> bool:
        with transaction.atomic():
            dispatch = Dispatch.objects.select_for_update().only("state").get(pk=self.dispatch.pk)
            return dispatch.state == State.RUNNING and note(self.row, told_at=timezone.now(), scheduled_for=moment)

    def _was_not_told(self, error: MailchimpRefused, *, is_later: bool) -> bool:
        state = self._read_state()
        if state is not None and is_told(state):
            return True
        note(self.row, told_at=None, scheduled_for=None)
        if not is_later:
            raise error
        # Not every plan may schedule: then it waits here for its moment.
        give_back(self.row, next_try_at=self.dispatch.due_at, fault=f"It waits here for its moment: {error}"[:300])
        return False

    def _look(self) -> bool:
        """How far a campaign is that was told to go, and what follows."""
        row = self.row
        state = self._read_state()
        if is_taken_back(row, state):
            return wait_for_a_person(row)
        if state is None:
            return self._is_lost()
        return self._follow(state)

    def _is_lost(self) -> bool:
        """Deleted there after it may have gone out. A person looks first: a wrong account has nothing either."""
        if self.row.stop_asked_at is None:
            raise MailchimpRefused(LOST, GONE)
        return take_back(self.row) if waits_for_its_moment(self.row) else settle_lost(self.row)

    def _follow(self, state: Found) -> bool:
        row = self.row
        note(row, status=state.status, status_at=timezone.now(), emails_sent=state.emails_sent, sent_at=state.send_time)
        if state.status in OVER:
            return settle_campaign(row, self.port)
        if state.status == WAITING:
            return self._tell_again()
        if state.status == SCHEDULED and row.scheduled_for is None:
            note(row, scheduled_for=self.dispatch.due_at)  # by somebody at Mailchimp
        if row.stop_asked_at or self.dispatch.state != State.RUNNING:
            return self._stop(state)
        if state.status == SCHEDULED:
            return self._wait(max(timezone.now() + UNDER_WAY_AGAIN, row.scheduled_for or timezone.now()))
        self._looks += 1
        if self._looks < LOOKS and not stopping.wait(BETWEEN_LOOKS):
            return True
        return self._wait(timezone.now() + UNDER_WAY_AGAIN)

    def _tell_again(self) -> bool:
        """Its status says that it was not told. A call that nobody waits for any more may still be worked at there."""
        until = _may_come_until(self.row.told_at)
        return self._wait(until) if until > timezone.now() else take_back(self.row)

    def _stop(self, state: Found) -> bool:
        return after_stop(self.row, self.port, state) or self._wait(timezone.now() + UNDER_WAY_AGAIN)

    def _wait(self, until: Any) -> bool:
        give_back(self.row, next_try_at=until)
        return False

    def _read_state(self) -> Found | None:
        """None: it is not there any more."""
        try:
            return self.port.read_campaign(self.row.campaign_id)
        except MailchimpRefused as error:
            if error.status == GONE:
                return None
            raise

    def _leave_out(self) -> None:
        """Who left, paused or is suppressed since the launch gets nothing: this is the last moment for it."""
        segment_id = self.row.segment_id
        for chunk in self.dispatch.chunks.order_by("pk"):
            gone = who_is_gone(unpack_keys(chunk.members), is_big_news=self.dispatch.is_big_news)
            if gone and segment_id is not None:
                self.port.tag_many(self.row.audience_id, segment_id, add=(), remove=[one[1] for one in gone])
                with transaction.atomic():
                    for pk, _, why in gone:
                        record_skipped(self.dispatch.pk, pk, why=why)
            note(self.row)

    def _clear_away(self) -> bool:
        """Cancelled before it was told: the draft goes, so that nobody sends it by mistake."""
        if self.row.campaign_id:
            gone_is_good(self.port.delete_campaign, self.row.campaign_id)
        if self.row.segment_id is not None:
            gone_is_good(self.port.delete_segment, self.row.audience_id, self.row.segment_id)
        give_back(self.row, status=DELETED)
        return False


def _may_come_until(began: datetime | None) -> datetime:
    """So long Mailchimp may still be at a call that began then, though nobody waits for its answer any more."""
    return (began or timezone.now()) + timedelta(seconds=settings.MAILCHIMP_HOLDS_CALLS) + LEEWAY
