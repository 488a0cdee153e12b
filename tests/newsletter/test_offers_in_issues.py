"""An offer in an issue: each reader's own code in the mail, nobody's on the web, and none that cannot be redeemed."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.actions.dispatching import why_not_send
from newsletter.actions.offers import offers_of
from newsletter.models import IssuePage, Offer, OfferCode, Subscriber
from newsletter.rendering import SAMPLE_CODE, preview_issue
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.fakes.smtp import Sink
from tests.newsletter.dispatches import launched, run
from tests.newsletter.offering import make_offer

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def issue_with(*offers: Offer) -> IssuePage:
    return IssuePageFactory(body=[("offer", {"offer": offer, "words": "For you:"}) for offer in offers])


def bodies(sink: Sink) -> dict[str, tuple[str, str]]:
    """Address -> text and HTML part."""
    found = {}
    for mail in sink.messages:
        read: Any = message_from_bytes(bytes(mail), policy=policy.default)
        parts = [read.get_body((kind,)).get_content() for kind in ("plain", "html")]
        found[str(read["To"])] = (parts[0], parts[1])
    return found


def test_each_reader_gets_a_code_of_their_own_in_both_parts(sink: Sink) -> None:
    offer = make_offer()
    run(launched(readers=5, issue=issue_with(offer)))
    got = bodies(sink)
    assert len(got) == 5
    codes = set()
    for email, (text, html) in got.items():
        (own,) = offers_of(Subscriber.objects.get(email=email))
        codes.add(own.code)
        assert own.code in text
        assert own.code in html
        assert "%%" not in text + re.sub(r"width:\d+%", "", html)
    assert len(codes) == OfferCode.objects.filter(offer=offer).count() == 5


def test_a_code_from_before_stays_and_two_offers_do_not_mix(sink: Sink) -> None:
    first, second = make_offer(), make_offer(title="A free hour", kind=Offer.Kind.SHARED)
    issue = issue_with(first, second)
    run(launched(readers=2, issue=issue))
    before = {code.subscriber_id: code.code for code in OfferCode.objects.all()}
    again = issue_with(first)
    sink.messages.clear()
    run(launched(readers=0, issue=again))
    assert {code.subscriber_id: code.code for code in OfferCode.objects.all()} == before
    for email, (text, _) in bodies(sink).items():
        assert {one.code for one in offers_of(Subscriber.objects.get(email=email))} & set(text.split())


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"valid_from": "2020-01-01", "valid_until": "2020-02-01"}, "ended on 1 February 2020"),
        ({"is_active": False}, "is switched off"),
        ({"valid_from": timezone.localdate() + timedelta(days=2)}, "begins only on"),
    ],
)
def test_an_issue_with_an_offer_that_nobody_can_redeem_is_not_sent(fields: dict[str, Any], why: str) -> None:
    SubscriberFactory()
    offer = make_offer()
    issue = issue_with(offer)
    assert why_not_send(issue) == []
    Offer.objects.filter(pk=offer.pk).update(**fields)
    (reason,) = why_not_send(IssuePage.objects.get(pk=issue.pk))
    assert why in reason
    assert offer.title in reason


def test_the_web_page_and_the_preview_show_nobodys_code(client: Client, subscriber: Subscriber) -> None:
    offer = make_offer()
    issue = issue_with(offer)
    run(launched(readers=1, issue=issue))
    codes = [one.code for person in Subscriber.objects.all() for one in offers_of(person)]
    page, mail = client.get(issue.url).text, preview_issue(issue)
    assert codes
    for shown in (page, mail.html, mail.text):
        assert offer.title in shown
        assert "What the evidence says" in shown
        assert not any(code in shown for code in codes)
    assert "%%CODE" not in page + mail.html + mail.text
    assert SAMPLE_CODE in mail.text


def test_an_offer_that_was_deleted_leaves_the_issue_whole(client: Client, subscriber: Subscriber) -> None:
    offer = make_offer()
    issue = issue_with(offer)
    offer.delete()
    issue = IssuePage.objects.get(pk=issue.pk)
    assert client.get(issue.url).status_code == 200
    assert "%%CODE" not in preview_issue(issue).text
