"""What a campaign is made of, from a frozen dispatch or a trial of one; and why an issue cannot be one."""

from datetime import datetime

from newsletter.campaign_content import CampaignContent, write_campaign
from newsletter.models import Campaign, Dispatch, IssuePage, MailchimpConnection, NewsletterPage
from newsletter.pieces import find_offers_in
from newsletter.rendering import address_line

QUARTER = 15  # minutes


def content_of_campaign(dispatch: Dispatch) -> CampaignContent:
    """The frozen text with Mailchimp's tags."""
    newsletter = NewsletterPage.objects.ancestor_of(dispatch.issue).get()
    lines = dict.fromkeys((address_line(newsletter), newsletter.postal_address))
    return write_campaign(dispatch, preview_line=dispatch.issue.preview_line, address_lines=tuple(filter(None, lines)))


def settings_of_campaign(dispatch: Dispatch) -> dict[str, str]:
    """The fields of a campaign's settings, but for its title."""
    content = content_of_campaign(dispatch)
    return {
        "subject_line": content.subject,
        "preview_text": content.preview,
        "from_name": content.from_name,
        "reply_to": content.address,
    }


def name_of_campaign(campaign: Campaign) -> str:
    """By which it is found again there, should the answer to its making be lost."""
    return f"{campaign.dispatch.issue.label} ({campaign.marker})"


def is_on_quarter(moment: datetime) -> bool:
    """Whether Mailchimp can keep this moment by itself."""
    return not (moment.minute % QUARTER or moment.second or moment.microsecond)


def goes_by_mailchimp(issue: IssuePage) -> bool:
    """Whether this newsletter's issues are sent as campaigns."""
    return NewsletterPage.objects.ancestor_of(issue).filter(sends_with="mailchimp").exists()


def why_no_campaign(issue: IssuePage) -> list[str]:
    """Why the issue cannot go out as a campaign, in words for the editor; empty when it can."""
    found = []
    if not MailchimpConnection.objects.filter(is_on=True).exists():
        found.append("Mailchimp is not connected. Connect it under Settings, Mailchimp, or choose the built-in sender.")
    if issue.second_subject.strip():
        found.append("A campaign has one subject for all. Take the second subject out, or send by the built-in sender.")
    found += [
        f"The offer “{offer.title}” has a code for each reader, and a campaign is the same for all. Take it out, or "
        "send this issue by the built-in sender."
        for offer in find_offers_in(issue)
    ]
    return found
