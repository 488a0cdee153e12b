"""An issue that goes out as a campaign: every step, over real HTTP, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsletter.actions import campaigning
from newsletter.actions.connecting import ask_for_step
from newsletter.actions.dispatching import cancel_dispatch, pause_dispatch, resume_dispatch
from newsletter.actions.leaving import unsubscribe
from newsletter.errors import WrongState
from newsletter.models import Campaign, Delivery, Dispatch, MailchimpStep, Subscriber
from newsletter.report import count_deliveries
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.campaigns import CREATE, SEND, connect, launched_campaign, readers_there, work
from tests.newsletter.dispatches import sums_up

pytestmark = pytest.mark.django_db
State = Dispatch.State


@pytest.fixture(autouse=True)
def soon(monkeypatch: Any) -> None:
    """Looks at what is being sent follow each other at once."""
    monkeypatch.setattr(campaigning, "BETWEEN_LOOKS", 0.01)


def states(dispatch: Dispatch) -> dict[str, int]:
    rows = dispatch.deliveries.values_list("state", flat=True)
    return {state: list(rows).count(state) for state in set(rows)}


def test_an_issue_goes_to_exactly_its_readers_and_the_ledger_says_so(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    people = readers_there(mailchimp, 5)
    mailchimp.add_member("not-ours@example.com")
    dispatch = work(launched_campaign())
    assert mailchimp.copies() == {person.email: 1 for person in people}
    assert dispatch.state == State.DONE
    assert states(dispatch) == {"handed_over": 5}
    assert sums_up(dispatch)


def test_who_is_not_in_the_audience_is_skipped_and_told_why(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 2)
    readers_there(mailchimp, 1, status="unsubscribed")
    dispatch = work(launched_campaign())
    assert states(dispatch) == {"handed_over": 2, "skipped": 1}
    assert "not in the audience" in dispatch.deliveries.get(state=Delivery.State.SKIPPED).reply
    assert sums_up(dispatch)


def test_the_campaign_is_written_down_before_the_next_call(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 1)
    campaign = launched_campaign()
    mailchimp.faults.order("500", path="/content", times=9)
    work(campaign)
    (there,) = mailchimp.campaigns.values()
    assert (campaign.campaign_id, campaign.web_id) == (there.id, str(there.web_id))
    assert there.settings["title"].endswith(f"({campaign.marker})")
    assert there.tracking == {"opens": False, "html_clicks": False, "text_clicks": False}
    assert not mailchimp.sent


@pytest.mark.parametrize("fault", ["accepted, no answer", "accepted, reset", "accepted, 500 html", "accepted, garbage"])
def test_a_lost_answer_to_the_sending_does_not_send_it_twice(mailchimp: FakeMailchimp, fault: str) -> None:
    connect(mailchimp)
    people = readers_there(mailchimp, 3)
    mailchimp.faults.order(fault, path="/actions/send")
    dispatch = work(launched_campaign(), times=2)
    assert mailchimp.copies() == {person.email: 1 for person in people}
    assert len(mailchimp.named(SEND)) == 1
    assert (dispatch.state, states(dispatch)) == (State.DONE, {"handed_over": 3})


@pytest.mark.parametrize("fault", ["no answer", "reset", "500 html", "garbage"])
def test_what_was_not_sent_is_sent_after_a_look(mailchimp: FakeMailchimp, fault: str, monkeypatch: Any) -> None:
    # By our clock Mailchimp has given the call up already.
    monkeypatch.setattr(campaigning, "LEEWAY", timedelta(minutes=-10))
    connect(mailchimp)
    people = readers_there(mailchimp, 2)
    mailchimp.faults.order(fault, path="/actions/send")
    dispatch = work(launched_campaign(), times=3)
    assert mailchimp.copies() == {person.email: 1 for person in people}
    assert dispatch.state == State.DONE


def test_a_call_that_may_still_be_worked_at_is_waited_for(mailchimp: FakeMailchimp, settings: Any) -> None:
    settings.MAILCHIMP_HOLDS_CALLS = 120
    connect(mailchimp)
    readers_there(mailchimp, 1)
    mailchimp.faults.order("reset", path="/actions/send")
    campaign = launched_campaign()
    work(campaign, times=3)
    assert len(mailchimp.named(SEND)) == 1
    assert campaign.next_try_at > timezone.now() + timedelta(seconds=100)


@pytest.mark.parametrize("fault", ["accepted, no answer", "accepted, half", "accepted, 500 bare"])
@pytest.mark.parametrize("path", ["/campaigns", "/segments"])
def test_what_was_made_by_a_lost_call_is_found_again(mailchimp: FakeMailchimp, fault: str, path: str) -> None:
    connect(mailchimp)
    people = readers_there(mailchimp, 2)
    mailchimp.faults.order(fault, method="POST", path=path)
    dispatch = work(launched_campaign(), times=3)
    assert dispatch.state == State.DONE
    assert len(mailchimp.campaigns) == 1
    assert len(mailchimp.named(CREATE)) == 1
    assert mailchimp.copies() == {person.email: 1 for person in people}


def test_who_leaves_before_it_is_told_gets_nothing(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    first, second, third = readers_there(mailchimp, 3)
    campaign = launched_campaign()
    unsubscribe(first, by="link")
    Subscriber.objects.filter(pk=second.pk).update(paused_until=timezone.localdate() + timedelta(days=9))
    dispatch = work(campaign)
    assert mailchimp.copies() == {third.email: 1}
    assert states(dispatch) == {"handed_over": 1, "skipped": 2}
    assert {row.reply for row in dispatch.deliveries.filter(state="skipped")} == {
        "left after the dispatch began",
        "paused",
    }


def test_a_no_of_mailchimp_pauses_it_and_marks_nobody(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 2)
    mailchimp.verified_domains.clear()
    campaign = launched_campaign()
    dispatch = work(campaign)
    assert dispatch.state == State.PAUSED
    assert "Verify the domain" in dispatch.pause_reason
    assert not dispatch.deliveries.exists()
    mailchimp.verified_domains.add("meadowsweet.example")
    resume_dispatch(dispatch)
    assert work(campaign).state == State.DONE


def test_a_moment_on_the_quarter_is_kept_by_mailchimp_and_can_be_taken_back(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 2)
    campaign = launched_campaign(at=_next_quarter())
    dispatch = work(campaign)
    assert mailchimp.campaigns[campaign.campaign_id].status == "schedule"
    assert campaign.scheduled_for == dispatch.due_at
    pause_dispatch(dispatch, reason="a mistake")
    assert work(campaign).state == State.PAUSED
    assert mailchimp.campaigns[campaign.campaign_id].status == "save"
    resume_dispatch(dispatch)
    work(campaign)
    assert mailchimp.campaigns[campaign.campaign_id].status == "schedule"
    cancel_dispatch(dispatch)
    dispatch = work(campaign, times=2)
    assert dispatch.state == State.CANCELLED
    assert not mailchimp.campaigns
    assert not mailchimp.sent
    assert count_deliveries(dispatch).cancelled == 2


def test_where_the_plan_does_not_schedule_it_waits_here(mailchimp: FakeMailchimp) -> None:
    mailchimp.plan = "forever_free"
    connect(mailchimp)
    readers_there(mailchimp, 1)
    campaign = launched_campaign(at=_next_quarter())
    assert work(campaign).state == State.RUNNING
    assert campaign.told_at is None
    assert campaign.next_try_at == campaign.dispatch.due_at
    Dispatch.objects.update(due_at=timezone.now())
    assert work(campaign).state == State.DONE


def test_what_is_being_sent_cannot_be_paused_but_stopped_where_the_plan_allows_it(mailchimp: FakeMailchimp) -> None:
    mailchimp.sending_looks, mailchimp.first_share = 1000, 0.5
    connect(mailchimp)
    readers_there(mailchimp, 4)
    campaign = launched_campaign()
    dispatch = work(campaign)
    assert campaign.status == "sending"
    with pytest.raises(WrongState, match="cannot pause"):
        pause_dispatch(dispatch, reason="x")
    cancel_dispatch(dispatch)
    work(campaign)
    mailchimp.sending_looks = 1
    dispatch = work(campaign, times=2)
    assert dispatch.state == State.CANCELLED
    counts = count_deliveries(dispatch)
    assert (counts.handed_over, counts.cancelled) == (len(mailchimp.sent), 4 - len(mailchimp.sent))
    assert sums_up(dispatch)


def test_what_was_to_stop_before_mailchimp_heard_of_it_is_not_told_again(
    mailchimp: FakeMailchimp, monkeypatch: Any
) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 1)
    mailchimp.faults.order("reset", path="/actions/send")
    campaign = launched_campaign()
    cancel_dispatch(work(campaign))
    monkeypatch.setattr(campaigning, "LEEWAY", timedelta(minutes=-10))
    assert work(campaign, times=2).state == State.CANCELLED
    assert not mailchimp.sent
    assert not mailchimp.campaigns


def test_where_the_plan_does_not_stop_it_the_page_says_so_and_it_goes_on(mailchimp: FakeMailchimp) -> None:
    mailchimp.sending_looks, mailchimp.pro = 1000, False
    connect(mailchimp)
    readers_there(mailchimp, 2)
    campaign = launched_campaign()
    dispatch = work(campaign)
    cancel_dispatch(dispatch)
    dispatch = work(campaign)
    assert dispatch.state == State.RUNNING
    assert "does not stop it" in campaign.fault
    mailchimp.sending_looks = 1
    assert work(campaign).state == State.DONE


def test_a_campaign_that_somebody_sends_at_mailchimp_is_not_told_again(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    people = readers_there(mailchimp, 2)
    campaign = launched_campaign()
    mailchimp.faults.order("500", path="/send-checklist", times=9)
    work(campaign)
    from tests.fakes.mailchimp.sending import begin, recipients_of

    there = mailchimp.campaigns[campaign.campaign_id]
    begin(mailchimp, there, [one.hash for one in recipients_of(mailchimp, there)])
    mailchimp.faults.stop()
    assert work(campaign).state == State.DONE
    assert not mailchimp.named(SEND)
    assert mailchimp.copies() == {person.email: 1 for person in people}


def test_two_workers_do_not_work_at_one_campaign(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 1)
    campaign = launched_campaign()
    Campaign.objects.update(owner="another", lease_until=timezone.now() + timedelta(seconds=60))
    work(campaign)
    assert not mailchimp.calls


def _next_quarter() -> Any:
    now = timezone.now().replace(second=0, microsecond=0)
    return now + timedelta(minutes=15 - now.minute % 15 if now.minute % 15 < 12 else 30 - now.minute % 15)


def test_what_somebody_takes_back_at_mailchimp_waits_for_a_person(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 1)
    campaign = launched_campaign(at=_next_quarter())
    work(campaign)
    mailchimp.campaigns[campaign.campaign_id].status = "save"
    Campaign.objects.update(told_at=timezone.now() - timedelta(hours=1))
    dispatch = work(campaign, times=2)
    assert dispatch.state == State.PAUSED
    assert "taken back at Mailchimp" in dispatch.pause_reason
    assert mailchimp.campaigns[campaign.campaign_id].status == "save"
    resume_dispatch(dispatch)
    work(campaign)
    assert mailchimp.campaigns[campaign.campaign_id].status == "schedule"


def test_what_is_deleted_at_mailchimp_before_it_went_can_be_cancelled(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 2)
    campaign = launched_campaign(at=_next_quarter())
    work(campaign)
    del mailchimp.campaigns[campaign.campaign_id]
    dispatch = work(campaign)
    assert dispatch.state == State.PAUSED
    cancel_dispatch(dispatch)
    dispatch = work(campaign, times=2)
    assert dispatch.state == State.CANCELLED
    assert count_deliveries(dispatch).cancelled == 2
    assert sums_up(dispatch)


@pytest.mark.parametrize("is_scheduled", [True, False])
def test_what_is_deleted_at_mailchimp_after_it_may_have_gone_ends_with_held_readers(
    mailchimp: FakeMailchimp, *, is_scheduled: bool
) -> None:
    mailchimp.sending_looks = 1000
    connect(mailchimp)
    readers_there(mailchimp, 2)
    campaign = launched_campaign(**({"at": _next_quarter()} if is_scheduled else {}))
    work(campaign)
    Campaign.objects.filter(scheduled_for__isnull=False).update(scheduled_for=timezone.now() - timedelta(minutes=1))
    del mailchimp.campaigns[campaign.campaign_id]
    dispatch = work(campaign, times=2)
    assert dispatch.state == State.PAUSED
    assert "nobody here can say to whom it went" in dispatch.pause_reason
    resume_dispatch(dispatch)
    assert work(campaign).state == State.PAUSED
    cancel_dispatch(dispatch)
    dispatch = work(campaign)
    assert dispatch.state == State.CANCELLED
    assert states(dispatch) == {"held": 2}
    assert "deleted at Mailchimp" in dispatch.deliveries.first().reply
    assert sums_up(dispatch)
    calls = len(mailchimp.calls)
    work(campaign)
    assert len(mailchimp.calls) == calls
    assert ask_for_step(MailchimpStep.Kind.DISCONNECT).state == "waiting"


def test_a_stop_and_a_deletion_there_before_the_moment_hold_nobody(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    readers_there(mailchimp, 2)
    campaign = launched_campaign(at=_next_quarter())
    dispatch = work(campaign)
    cancel_dispatch(dispatch)
    del mailchimp.campaigns[campaign.campaign_id]
    dispatch = work(campaign, times=2)
    assert dispatch.state == State.CANCELLED
    assert count_deliveries(dispatch).cancelled == 2


def test_a_campaign_that_may_still_be_in_the_making_is_not_made_twice(
    mailchimp: FakeMailchimp, settings: Any, monkeypatch: Any
) -> None:
    settings.MAILCHIMP_HOLDS_CALLS = 120
    connect(mailchimp)
    people = readers_there(mailchimp, 1)
    mailchimp.faults.order("reset", method="POST", path="/campaigns")
    campaign = launched_campaign()
    dispatch = work(campaign)
    pause_dispatch(dispatch, reason="a look")
    resume_dispatch(dispatch)
    work(campaign, times=2)
    assert len(mailchimp.named(CREATE)) == 1
    assert campaign.next_try_at > timezone.now() + timedelta(seconds=100)
    monkeypatch.setattr(campaigning, "LEEWAY", timedelta(minutes=-10))
    assert work(campaign).state == State.DONE
    assert len(mailchimp.named(CREATE)) == 2
    assert mailchimp.copies() == {people[0].email: 1}
