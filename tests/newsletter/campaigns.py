"""Campaigns for tests: a connected audience that holds our readers, and a newsletter that goes out by it."""

from typing import Any

from newsletter.actions.campaigning import run_campaign
from newsletter.actions.dispatching import order_dispatch
from newsletter.models import Campaign, Dispatch, IssuePage, MailchimpConnection, NewsletterPage, Subscriber
from newsletter.tasks import launch_due_dispatches
from tests.factories import IssuePageFactory, SubscriberFactory, make_site
from tests.fakes.mailchimp import FakeMailchimp

SEND = "POST /campaigns/{campaign_id}/actions/send"
CREATE = "POST /campaigns"


def connect(fake: FakeMailchimp, **fields: Any) -> MailchimpConnection:
    """The fake's first audience, connected; issues go out as campaigns from an address that it believes."""
    make_site()
    audience = next(iter(fake.audiences.values()))
    NewsletterPage.objects.update(sends_with="mailchimp", sender_email="letters@meadowsweet.example")
    values = {"is_on": True, "audience_id": audience.id, "audience_name": audience.name, **fields}
    return MailchimpConnection.objects.update_or_create(pk=1, defaults=values)[0]


def readers_there(fake: FakeMailchimp, number: int, *, status: str = "subscribed") -> list[Subscriber]:
    """So many confirmed readers, who are in the audience as well."""
    people = SubscriberFactory.create_batch(number)
    for person in people:
        fake.add_member(person.email, status, merges={"FNAME": person.name})
    return people


def launched_campaign(issue: IssuePage | None = None, **options: Any) -> Campaign:
    """A campaign of which nothing is at Mailchimp yet."""
    dispatch = order_dispatch(issue or IssuePageFactory(), **options)
    assert launch_due_dispatches() == [dispatch.pk]
    return Campaign.objects.get(dispatch=dispatch)


def work(campaign: Campaign, *, times: int = 1) -> Dispatch:
    """Work at it as a worker does, so many bells long."""
    for _ in range(times):
        Campaign.objects.filter(pk=campaign.pk).update(next_try_at="2026-01-01T00:00:00Z")
        run_campaign(campaign.pk)
    campaign.refresh_from_db()
    dispatch: Dispatch = Dispatch.objects.get(pk=campaign.dispatch_id)
    return dispatch
