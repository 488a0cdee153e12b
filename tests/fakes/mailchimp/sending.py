"""How a campaign goes out: at once or at its time, sending for a while, and then sent."""

from datetime import timedelta
from typing import Any

from tests.fakes.mailchimp.segments import members_of
from tests.fakes.mailchimp.selecting import now
from tests.fakes.mailchimp.state import Audience, Campaign, Member

LONGEST = timedelta(minutes=1)  # after which it is sent, looked at or not


def recipients_of(fake: Any, campaign: Campaign) -> list[Member]:
    """Who would get it now: the subscribed ones of the audience, or of one tag."""
    audience: Audience = fake.audiences[campaign.list_id]
    wanted = (campaign.segment_opts or {}).get("saved_segment_id")
    if wanted is not None:
        return members_of(audience, audience.segments[wanted]) if wanted in audience.segments else []
    return [one for one in audience.members.values() if one.status == "subscribed"]


def begin(fake: Any, campaign: Campaign, hashes: list[str]) -> None:
    """Freeze who gets it, and hand out the first part."""
    campaign.status, campaign.began_at, campaign.send_at = "sending", now(), now()
    campaign.waiting = hashes
    _hand_out(fake, campaign, round(len(hashes) * fake.first_share))


def _hand_out(fake: Any, campaign: Campaign, number: int) -> None:
    audience = fake.audiences[campaign.list_id]
    part, campaign.waiting = campaign.waiting[:number], campaign.waiting[number:]
    for one in part:
        member = audience.members.get(one)
        if member and member.status == "subscribed":
            campaign.got[one] = "sent"
            fake.sent.append((campaign.id, member.email))


def finish(fake: Any, campaign: Campaign) -> None:
    """End what is under way: sent, or canceled."""
    audience = fake.audiences[campaign.list_id]
    if campaign.status == "sending":
        _hand_out(fake, campaign, len(campaign.waiting))
        campaign.status = "sent"
        fake.webhooks.tell_of_campaign(audience, campaign, "sent")
    elif campaign.status == "canceling":
        campaign.status = "canceled"
        fake.webhooks.tell_of_campaign(audience, campaign, "canceled")


def look(fake: Any, campaign: Campaign) -> None:
    """A look at a campaign that is under way: the first ones find it so."""
    if campaign.status in {"sending", "canceling"}:
        campaign.looks += 1
        if campaign.looks > fake.sending_looks:
            finish(fake, campaign)


def tick(fake: Any) -> None:
    """Do what is due by the clock."""
    for campaign in fake.campaigns.values():
        if campaign.status == "schedule" and campaign.send_at and campaign.send_at <= now():
            begin(fake, campaign, [one.hash for one in recipients_of(fake, campaign)])
        elif campaign.began_at and campaign.began_at + LONGEST <= now():
            finish(fake, campaign)
