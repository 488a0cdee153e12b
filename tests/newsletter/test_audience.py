"""Whom an issue goes to: everybody or a segment, as it was at the launch and as readers wish at the last moment."""

import json
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from newsletter.actions.dispatching import cancel_dispatch, launch_dispatch, order_dispatch
from newsletter.actions.own_page import pause_issues
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.audience import count_readers, pack_keys, unpack_keys
from newsletter.errors import CannotSend
from newsletter.models import Delivery, Dispatch, Segment, Subscriber, Suppression
from newsletter.report import count_deliveries
from newsletter.segments import read_rule
from newsletter.senders import Message
from newsletter.senders.memory import MemorySender
from tests.factories import IssuePageFactory, SubscriberFactory, TopicFactory
from tests.newsletter.dispatches import run, sums_up
from tests.newsletter.gate import be_alive

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _memory(settings: Any) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 1
    MemorySender.reset()


@pytest.fixture
def sleepers() -> Segment:
    """Those who like to read of sleep: Ann and Bo. Cy and Di do not."""
    sleep = TopicFactory(name="Sleep")
    for name in ("ann", "bo", "cy", "di"):
        person = SubscriberFactory(email=f"{name}@example.com")
        if name in {"ann", "bo"}:
            person.topics.add(sleep)
    return Segment.objects.create(name="Sleepers", slug="sleepers", rule={"topics": [sleep.pk]})


def launched(segment: Segment | None = None, **issue: Any) -> Dispatch:
    dispatch = order_dispatch(IssuePageFactory(**issue), segment=segment)
    assert launch_dispatch(dispatch)
    dispatch.refresh_from_db()
    return dispatch


def got_it() -> str:
    return " ".join(sorted(message.recipient.partition("@")[0] for message in MemorySender.box))


def who(name: str) -> Subscriber:
    return Subscriber.objects.get(email=f"{name}@example.com")


def skipped() -> dict[str, str]:
    rows = Delivery.objects.filter(state="skipped").select_related("subscriber")
    return {row.subscriber.email.partition("@")[0]: row.reply for row in rows if row.subscriber}


def test_an_issue_to_a_segment_reaches_those_in_it_and_nobody_else(sleepers: Segment) -> None:
    dispatch = run(launched(sleepers))
    assert got_it() == "ann bo"
    assert (dispatch.segment_name, dispatch.segment_words) == ("Sleepers", "those who chose Sleep")
    assert (dispatch.candidates, dispatch.left_out) == (2, {"outside": 2})
    assert sums_up(dispatch)


def test_who_joins_the_segment_after_the_launch_is_not_added_and_who_leaves_it_still_gets_the_issue(
    sleepers: Segment,
) -> None:
    dispatch = launched(sleepers)
    topic = who("ann").topics.get()
    who("ann").topics.clear()
    who("cy").topics.add(topic)
    SubscriberFactory(email="eve@example.com").topics.add(topic)
    run(dispatch)
    assert got_it() == "ann bo"
    assert sums_up(dispatch)


def test_an_order_keeps_the_rule_it_was_given_when_the_segment_is_changed_or_deleted(sleepers: Segment) -> None:
    dispatch = order_dispatch(IssuePageFactory(), segment=sleepers)
    sleepers.rule = {}
    sleepers.save()
    sleepers.delete()
    assert launch_dispatch(dispatch)
    dispatch.refresh_from_db()
    run(dispatch)
    assert got_it() == "ann bo"


def test_nothing_goes_to_a_segment_in_which_there_is_nobody(sleepers: Segment) -> None:
    sleepers.rule = {"sources": ["nowhere"]}
    sleepers.save()
    with pytest.raises(CannotSend, match="no subscribers"):
        order_dispatch(IssuePageFactory(), segment=sleepers)
    assert not Dispatch.objects.exists()


def test_a_segment_that_empties_before_the_launch_waits_and_says_why(sleepers: Segment) -> None:
    dispatch = order_dispatch(IssuePageFactory(), segment=sleepers)
    for person in Subscriber.objects.all():
        person.topics.clear()
    assert not launch_dispatch(dispatch)
    dispatch.refresh_from_db()
    assert "no subscribers" in dispatch.pause_reason
    assert dispatch.state == Dispatch.State.SCHEDULED


def test_who_asked_for_big_news_only_is_left_out_counted_and_gets_the_big_news(sleepers: Segment) -> None:
    Subscriber.objects.filter(email="bo@example.com").update(only_big_news=True)
    dispatch = run(launched())
    assert got_it() == "ann cy di"
    assert dispatch.left_out == {"big_news": 1}
    MemorySender.reset()
    big = run(launched(is_big_news=True))
    assert got_it() == "ann bo cy di"
    assert (big.left_out, big.is_big_news) == ({}, True)


def test_wishes_of_the_last_moment_are_kept_each_with_its_reason(sleepers: Segment) -> None:
    dispatch = launched()
    Subscriber.objects.filter(email="ann@example.com").update(only_big_news=True)
    pause_issues(who("bo"), months=1)
    suppress_mailbox("cy@example.com", reason=Suppression.Reason.BY_HAND)
    run(dispatch)
    assert got_it() == "di"
    assert skipped() == {"ann": "asked for big news only", "bo": "paused", "cy": "left after the dispatch began"}
    assert count_deliveries(dispatch).skipped == 3
    assert sums_up(dispatch)


def test_those_meant_and_those_left_out_are_together_the_list(sleepers: Segment) -> None:
    for name in ("ann", "cy"):
        Subscriber.objects.filter(email=f"{name}@example.com").update(only_big_news=True)
    SubscriberFactory(state=Subscriber.State.LEFT, left_at=timezone.now())
    issue = IssuePageFactory()
    first = order_dispatch(issue)
    assert launch_dispatch(first)
    first.refresh_from_db()

    def cancel(message: Message) -> None:
        cancel_dispatch(first)

    MemorySender.answer = staticmethod(cancel)
    run(first)
    assert got_it() == "bo"
    again = order_dispatch(issue)
    reach = count_readers(issue)
    assert launch_dispatch(again)
    again.refresh_from_db()
    assert (again.candidates, again.left_out) == (1, {"big_news": 2, "before": 1})
    assert reach.readers == 1
    assert {key: number for key, number in reach.left_out.items() if number} == again.left_out
    assert again.candidates + sum(again.left_out.values()) == Subscriber.objects.confirmed().count()


def test_the_keys_of_a_chunk_come_back_as_they_were_and_are_small() -> None:
    chance = Random(1)
    for keys in ([], [7], list(range(1, 501)), sorted(chance.sample(range(1, 10**12), 500))):
        packed = pack_keys(keys)
        assert unpack_keys(packed) == keys
        assert len(packed) < 60 or keys[-1] > 500


def test_a_chunk_of_a_segment_never_holds_its_neighbours(sleepers: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.actions.freezing.CHUNK_SIZE", 3)
    topic = who("ann").topics.get()
    for number in range(20):
        person = SubscriberFactory(email=f"n{number:02}@example.com")
        if number % 3 == 0:
            person.topics.add(topic)
    dispatch = run(launched(sleepers))
    assert dispatch.candidates == dispatch.deliveries.count() == len(MemorySender.box) == 9
    assert got_it() == "ann bo n00 n03 n06 n09 n12 n15 n18"


def test_the_command_takes_a_segment(sleepers: Segment, capsys: Any) -> None:
    be_alive()
    issue = IssuePageFactory()
    with pytest.raises(CommandError, match="There are: sleepers"):
        call_command("dispatch_issue", issue.slug, "--segment", "dreamers")
    call_command("dispatch_issue", issue.slug, "--segment", "sleepers")
    assert "to those who chose Sleep is ordered" in capsys.readouterr().out
    assert read_rule(Dispatch.objects.get().segment_rule) == read_rule(sleepers.rule)


def test_the_send_page_counts_the_choice_and_orders_it(client: Client, editor: Any, sleepers: Segment) -> None:
    client.force_login(editor)
    be_alive()
    issue = IssuePageFactory()
    at = f"/admin/newsletter/issues/{issue.pk}/"
    Subscriber.objects.filter(email="bo@example.com").update(only_big_news=True)
    assert "Go on with 3 readers…</button>" in client.get(f"{at}send/").content.decode()
    counted = client.post(f"{at}send/", {"segment": sleepers.pk, "when": "now", "count": "yes"}).content.decode()
    assert "Go on with 1 reader…</button>" in counted
    assert "those who chose Sleep" in counted
    assert "Not in the segment <b>2</b>" in " ".join(counted.split())
    assert "Asked for big news only <b>1</b>" in " ".join(counted.split())
    live = json.loads(client.get(f"{at}reach/", {"segment": sleepers.pk}).content)
    assert live["number"] == 1
    assert "Not in the segment <b>2</b>" in " ".join(live["html"].split())
    assert not Dispatch.objects.exists()
    sure = {"segment": sleepers.pk, "when": "now", "step": "send", "expected": "1"}
    client.post(f"{at}send/", sure)
    assert Dispatch.objects.get().segment_name == "Sleepers"


def test_a_segment_that_was_deleted_meanwhile_is_asked_for_again(
    client: Client, editor: Any, sleepers: Segment
) -> None:
    client.force_login(editor)
    gone = sleepers.pk
    sleepers.delete()
    response = client.post(f"/admin/newsletter/issues/{IssuePageFactory().pk}/send/", {"segment": gone, "when": "now"})
    assert "This segment was deleted meanwhile" in response.content.decode()
    assert not Dispatch.objects.exists()
