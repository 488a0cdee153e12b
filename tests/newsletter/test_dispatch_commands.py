"""`dispatch_issue` and `dispatch_status`."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter.actions.outcomes import record_outcome
from newsletter.models import Dispatch, Subscriber
from newsletter.senders import Outcome, Result
from tests.factories import IssuePageFactory
from tests.newsletter.dispatches import launched
from tests.newsletter.gate import be_alive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alive(db: None) -> None:
    be_alive()


def call(*args: Any) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_an_issue_is_ordered_by_its_slug(subscriber: Subscriber) -> None:
    issue = IssuePageFactory()
    assert "is ordered and starts now" in call("dispatch_issue", issue.slug)
    assert Dispatch.objects.get().issue_id == issue.pk
    with pytest.raises(CommandError, match="already scheduled"):
        call("dispatch_issue", issue.slug)


def test_a_moment_without_a_zone_is_in_the_sites_zone(subscriber: Subscriber, settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    day = timezone.localdate() + timedelta(days=30)
    call("dispatch_issue", IssuePageFactory().slug, "--at", f"{day}T07:00")
    zone = ZoneInfo("Pacific/Auckland")
    assert Dispatch.objects.get().due_at == datetime(day.year, day.month, day.day, 7, tzinfo=zone)


@pytest.mark.parametrize(
    ("at", "words"),
    [("tomorrow", "no date and time"), ("2020-01-01T07:00", "has passed"), ("2026-13-01T07:00", "no date")],
)
def test_a_bad_moment_is_refused(subscriber: Subscriber, at: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call("dispatch_issue", IssuePageFactory().slug, "--at", at)
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize("command", ["dispatch_issue", "dispatch_status"])
def test_an_unknown_slug_is_named_with_those_there_are(command: str) -> None:
    IssuePageFactory(slug="november")
    with pytest.raises(CommandError, match=r"There is no issue 'decembre'\. The newest are: november"):
        call(command, "decembre")


def test_the_status_is_for_people_and_for_programs() -> None:
    dispatch = launched(readers=3)
    words = call("dispatch_status", dispatch.issue.slug)
    assert "readers         3" in words
    assert "still to do         3" in words
    assert "in doubt" not in words
    data = json.loads(call("dispatch_status", dispatch.issue.slug, "--json"))
    assert (data["state"], data["candidates"], data["open"], data["handed_over"]) == ("running", 3, 3, 0)


def test_the_status_says_who_may_have_got_it_twice() -> None:
    dispatch = launched(readers=2)
    first, second = Subscriber.objects.order_by("pk")
    record_outcome(dispatch.pk, first.pk, Outcome(Result.UNKNOWN), attempts=1)
    for reader in (first, second):
        record_outcome(dispatch.pk, reader.pk, Outcome(Result.HANDED_OVER, code=250), attempts=2)
    data = json.loads(call("dispatch_status", dispatch.issue.slug, "--json"))
    assert (data["candidates"], data["handed_over"], data["perhaps_twice"]) == (2, 2, 1)
    assert "Of those handed over, 1 in doubt before" in call("dispatch_status", dispatch.issue.slug)


def test_the_second_order_hears_how_far_the_first_one_is() -> None:
    dispatch = launched(readers=1)
    slug = dispatch.issue.slug
    for state, words in (
        ("running", "already being sent"),
        ("paused", "is paused"),
        ("done", "was already sent: ordered"),
    ):
        Dispatch.objects.filter(pk=dispatch.pk).update(state=state)
        with pytest.raises(CommandError, match=words):
            call("dispatch_issue", slug)


def test_an_issue_that_was_never_ordered_has_no_status() -> None:
    with pytest.raises(CommandError, match="not been ordered"):
        call("dispatch_status", IssuePageFactory().slug)
