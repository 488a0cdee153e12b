"""Parts of the list: whom each rule means, in one query, and the form that puts one together."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletter.models import EbookGrant, OfferCode, Segment, Subscriber
from tests.factories import SubscriberFactory, TopicFactory
from tests.newsletter.joining import make_ebook
from tests.newsletter.offering import make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, Any]:
    """Ann likes sleep and heart, Bo sleep; Cy was imported, Di paused and wants big news only, Ed has a book."""
    now = timezone.now()
    sleep, heart = TopicFactory(name="Sleep"), TopicFactory(name="Heart")
    found = {
        name: SubscriberFactory(email=f"{name}@example.com", source="page") for name in ("ann", "bo", "cy", "di", "ed")
    }
    found["ann"].topics.set([sleep, heart])
    found["bo"].topics.set([sleep])
    Subscriber.objects.filter(pk=found["cy"].pk).update(source="import", confirmed_at=now - timedelta(days=400))
    Subscriber.objects.filter(pk=found["di"].pk).update(
        paused_until=timezone.localdate() + timedelta(days=9), last_sign_at=now, only_big_news=True
    )
    Subscriber.objects.filter(pk=found["ed"].pk).update(may_count=True, last_sign_at=now - timedelta(days=20))
    EbookGrant.objects.create(ebook=make_ebook(), subscriber=found["ed"])
    offer = make_offer()
    for name, state in (("ann", OfferCode.State.OPEN), ("bo", OfferCode.State.REDEEMED)):
        OfferCode.objects.create(offer=offer, subscriber=found[name], holder=name, state=state)
    SubscriberFactory(email="gone@example.com", state=Subscriber.State.LEFT, source="page")
    SubscriberFactory(email="waits@example.com", state=Subscriber.State.PENDING, source="page")
    return {"sleep": sleep.pk, "heart": heart.pk}


def _whom(rule: dict[str, Any]) -> str:
    emails = Segment(name="x", slug="x", rule=rule).people().values_list("email", flat=True)
    return " ".join(sorted(email.partition("@")[0] for email in emails))


def _year_ago() -> str:
    return (timezone.localdate() - timedelta(days=365)).isoformat()


def test_each_part_of_a_rule_narrows_the_segment(people: dict[str, Any]) -> None:
    both = [people["sleep"], people["heart"]]
    assert _whom({}) == "ann bo cy di ed"
    assert _whom({"topics": both}) == "ann bo"
    assert _whom({"topics": both, "topics_match": "all"}) == "ann"
    assert _whom({"joined_from": _year_ago()}) == "ann bo di ed"
    assert _whom({"joined_to": _year_ago()}) == "cy"
    assert _whom({"sources": ["import"]}) == "cy"
    assert _whom({"paused": "yes"}) == "di"
    assert _whom({"paused": "no"}) == "ann bo cy ed"
    assert _whom({"only_big_news": "yes"}) == "di"
    assert _whom({"only_big_news": "no"}) == "ann bo cy ed"
    assert _whom({"has_ebook": "yes"}) == "ed"
    assert _whom({"has_ebook": "no"}) == "ann bo cy di"
    assert _whom({"has_redeemed": "yes"}) == "bo"
    assert _whom({"has_redeemed": "no"}) == "ann cy di ed"
    assert _whom({"topics": both, "sources": ["import"]}) == ""


def test_engaged_are_only_those_who_allowed_counting(people: dict[str, Any]) -> None:
    assert _whom({"engaged_days": 30}) == "ed"
    assert _whom({"engaged_days": 10}) == ""


def test_a_topic_that_is_gone_means_nobody_never_everybody(people: dict[str, Any]) -> None:
    assert _whom({"topics": [99999]}) == ""


def test_a_rule_of_any_length_is_one_query(people: dict[str, Any]) -> None:
    every = {"topics": [people["sleep"]], "topics_match": "all", "joined_from": _year_ago(), "sources": ["page"]}
    every |= {
        "paused": "no",
        "has_ebook": "no",
        "has_redeemed": "no",
        "engaged_days": 30,
        "joined_to": timezone.localdate().isoformat(),
    }
    for rule in ({}, every):
        with CaptureQueriesContext(connection) as caught:
            Segment(rule=rule).people().count()
        assert len(caught) == 1


@pytest.mark.parametrize(
    "rule",
    [
        [],
        {"tpoics": [1]},
        {"topics": "1"},
        {"topics": [True]},
        {"topics_match": "some"},
        {"joined_from": "yesterday"},
        {"sources": "page"},
        {"paused": True},
        {"engaged_days": -1},
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_and_never_saved(rule: Any) -> None:
    with pytest.raises(ValidationError):
        Segment(name="x", slug="x", rule=rule).save()
    assert not Segment.objects.exists()


@pytest.fixture
def manager(client: Client, home: Any, manager_of_the_list: Any) -> Client:
    client.force_login(manager_of_the_list)
    return client


def test_a_segment_is_put_together_counted_saved_and_deleted(manager: Client, people: dict[str, Any]) -> None:
    url = reverse("newsletter_new_segment")
    sent = {"name": "Sleepers", "topics": [people["sleep"]], "topics_match": "any"}
    assert manager.post(reverse("newsletter_count_segment"), sent).json() == {"number": 2}
    assert "<b>2</b>" in manager.post(url, {**sent, "count": ""}).text, "the button does what the script does"
    assert not Segment.objects.exists(), "counting saves nothing"
    manager.post(url, {**sent, "save": ""})
    segment = Segment.objects.get()
    assert (segment.slug, segment.rule) == ("sleepers", {"topics": [people["sleep"]]})
    assert "Sleepers" in manager.get(reverse("newsletter_segments")).text
    page = manager.get(reverse("newsletter_segment", args=[segment.pk])).text
    assert "checked" in page
    manager.post(reverse("newsletter_delete_segment", args=[segment.pk]))
    assert not Segment.objects.exists()


def test_what_makes_no_sense_is_not_saved(manager: Client) -> None:
    sent = {"name": "", "joined_from": "2026-05-01", "joined_to": "2026-04-01", "topics_match": "any"}
    answer = manager.post(reverse("newsletter_new_segment"), {**sent, "save": ""})
    assert answer.status_code == 422
    assert "before the first one" in answer.text
    assert not Segment.objects.exists()
    assert manager.post(reverse("newsletter_count_segment"), sent).json() == {"number": None}
