"""Campaigns and their reports. What sends is never repeated by itself: read the status first."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from newsletter.senders.mailchimp.calling import Caller
from newsletter.senders.mailchimp.shapes import Campaign, Checklist

MOST_LISTED = 1000
TRACKED = ("opens", "html_clicks", "text_clicks")  # what readers open and press is their own business


class CampaignCalls(Caller):
    """Calls about campaigns. After MailchimpUncertain of a create: `find_campaign` by its title; else: its status."""

    def create_campaign(self, *, recipients: Mapping[str, Any], settings: Mapping[str, Any]) -> Campaign:
        """A regular campaign with nothing tracked. Write its `pk` down before the next call."""
        body = {
            "type": "regular",
            "recipients": dict(recipients),
            "settings": dict(settings),
            "tracking": dict.fromkeys(TRACKED, False),
        }
        return self.call(self.campaigns.create, body, is_repeatable=False, read=Campaign.read)

    def find_campaign(self, audience: str, *, title: str, since: datetime) -> Campaign | None:
        """The campaign of that title that was made since then, for whoever lost the answer to its creation."""
        found = self.call(
            self.campaigns.list,
            is_repeatable=True,
            read=lambda answer: [Campaign.read(one) for one in answer["campaigns"]],
            list_id=audience,
            since_create_time=_iso(since),
            count=MOST_LISTED,
        )
        return next((one for one in found if one.title == title), None)

    def read_campaign(self, pk: str) -> Campaign:
        """The campaign as it stands. Raises MailchimpRefused (404) where there is none."""
        return self.call(self.campaigns.get, pk, is_repeatable=True, read=Campaign.read)

    def change_campaign(
        self, pk: str, *, settings: Mapping[str, Any], recipients: Mapping[str, Any] | None = None
    ) -> Campaign:
        """`settings` needs subject_line, from_name and reply_to together. Only while it is not scheduled or sent."""
        body = {"settings": dict(settings), **({"recipients": dict(recipients)} if recipients else {})}
        return self.call(self.campaigns.update, pk, body, is_repeatable=True, read=Campaign.read)

    def set_content(self, pk: str, *, html: str, text: str) -> None:
        """Both parts, merge tags byte for byte."""
        body = {"html": html, "plain_text": text}
        self.call(self.campaigns.set_content, pk, body, is_repeatable=True)

    def read_checklist(self, pk: str) -> Checklist:
        """What Mailchimp would say before it sends."""
        return self.call(self.campaigns.get_send_checklist, pk, is_repeatable=True, read=Checklist.read)

    def send_test(self, pk: str, *, to: Sequence[str]) -> None:
        """A test to some addresses."""
        body = {"test_emails": list(to), "send_type": "html"}
        self.call(self.campaigns.send_test_email, pk, body, is_repeatable=False)

    def send(self, pk: str) -> None:
        """Send now. After MailchimpUncertain read the status before anything else."""
        self.call(self.campaigns.send, pk, is_repeatable=False)

    def schedule(self, pk: str, *, at: datetime) -> None:
        """Send then: a quarter-hour in the future."""
        self.call(self.campaigns.schedule, pk, {"schedule_time": _iso(at)}, is_repeatable=False)

    def unschedule(self, pk: str) -> None:
        """Only while it is scheduled."""
        self.call(self.campaigns.unschedule, pk, is_repeatable=False)

    def cancel(self, pk: str) -> None:
        """Only while it is sending, and only where the plan allows it."""
        self.call(self.campaigns.cancel_send, pk, is_repeatable=False)

    def delete_campaign(self, pk: str) -> None:
        """Take away one that is not sent."""
        self.call(self.campaigns.remove, pk, is_repeatable=True)

    def read_report(self, pk: str) -> dict[str, Any]:
        """GET /reports/{campaign_id}, as it comes. Raises MailchimpRefused (404) before it is sent."""
        return self.call(self.reports.get_campaign_report, pk, is_repeatable=True, read=dict)

    def list_recipients(self, pk: str, *, offset: int = 0) -> dict[str, Any]:
        """A page of GET /reports/{campaign_id}/sent-to: `sent_to`, `total_items`."""
        query = {"count": MOST_LISTED, "offset": offset}
        return self.call(self.reports.get_campaign_recipients, pk, is_repeatable=True, read=dict, **query)

    def list_clicks(self, pk: str) -> dict[str, Any]:
        """GET /reports/{campaign_id}/click-details: `urls_clicked`."""
        args = (self.reports.get_campaign_click_details, pk)
        return self.call(*args, is_repeatable=True, read=dict, count=MOST_LISTED)

    def list_leavers(self, pk: str, *, offset: int = 0) -> dict[str, Any]:
        """A page of GET /reports/{campaign_id}/unsubscribed: `unsubscribes`, `total_items`."""
        query = {"count": MOST_LISTED, "offset": offset}
        return self.call(self.reports.get_unsubscribed_list_for_campaign, pk, is_repeatable=True, read=dict, **query)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
