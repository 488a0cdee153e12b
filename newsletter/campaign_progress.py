"""How far a campaign is, in words: read from its row, nobody is asked."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from newsletter.models import Campaign, Dispatch
from newsletter.wall_clock import say_moment

_AT_MAILCHIMP = {
    "save": "Mailchimp was told to send it and has not begun",
    "sending": "Mailchimp is sending it",
    "canceling": "Mailchimp is stopping it",
    "paused": "Mailchimp has paused it",
    "sent": "Mailchimp has sent it. To whom is read now",
    "canceled": "Mailchimp has stopped it. Who got it before is read now",
}


@dataclass(frozen=True)
class CampaignNews:
    """For the page of a dispatch. `fault` is why it does not go on, or what became of a wish."""

    words: str
    url: str
    fault: str
    is_told: bool
    is_stopping: bool
    sent: int
    report: dict[str, int]
    row: Campaign


def tell_campaign(dispatch: Dispatch) -> CampaignNews | None:
    """None for a dispatch that is no campaign, or was not launched."""
    row = Campaign.objects.filter(dispatch=dispatch.pk).first() if dispatch.is_campaign else None
    if row is None:
        return None
    return CampaignNews(
        words=_say(row, dispatch),
        url=_page_of(row),
        fault=row.fault,
        is_told=row.told_at is not None and row.settled_at is None,
        is_stopping=row.stop_asked_at is not None,
        sent=row.emails_sent,
        report=row.report,
        row=row,
    )


def _say(row: Campaign, dispatch: Dispatch) -> str:
    if row.told_at is None:
        if row.segment_id is None or not row.campaign_id:
            done = dispatch.chunks.filter(pk__lte=row.filled_to).count()
            parts = max(1, dispatch.chunks.count())
            return f"The readers are put together at Mailchimp: {100 * done // parts}%"
        if dispatch.due_at > timezone.now():
            return f"Ready at Mailchimp. It goes out on {say_moment(dispatch.due_at, dispatch.zone)}"
        return "Made at Mailchimp. It is looked over once more, then sent"
    if row.status == "schedule" and row.scheduled_for:
        return f"Mailchimp sends it by itself on {say_moment(row.scheduled_for, dispatch.zone)}"
    return _AT_MAILCHIMP.get(row.status, _AT_MAILCHIMP["save"])


def _page_of(row: Campaign) -> str:
    """Where the team finds it at Mailchimp; empty where that is not known."""
    centre = settings.MAILCHIMP_API_KEY.rpartition("-")[2]
    is_real = (urlsplit(settings.MAILCHIMP_API_URL).hostname or "").endswith(".mailchimp.com")
    if not (row.web_id and centre and is_real):
        return ""
    return f"https://{centre}.admin.mailchimp.com/campaigns/show/?id={row.web_id}"
