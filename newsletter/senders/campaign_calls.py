"""What Mailchimp's words for the state of a campaign mean, and the pages of its report as one row after the other."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from newsletter.errors import MailchimpRefused
from newsletter.senders.mailchimp import Mailchimp
from newsletter.senders.mailchimp.shapes import Campaign, Checklist, moment

CALLS = 3  # tries of one call: the row is leased meanwhile
TOGETHER = 500  # members in one call about a segment
GONE = 404
WAITING, SCHEDULED, STOPPING, STOPPED = "save", "schedule", "canceling", "canceled"
DELETED, MAKING = "deleted", "making"  # our own words: it is not there any more, and not known to be there yet
OVER = ("sent", STOPPED, "archived")


def is_told(campaign: Campaign) -> bool:
    """Whether it has been told to go, by whomever."""
    return campaign.status not in {WAITING, "paused"}


def first_error(said: Checklist) -> str:
    """Why a campaign is not ready, in Mailchimp's words."""
    bad = [item for item in said.items if item.kind == "error"] or said.items
    return f"{bad[0].heading}: {bad[0].details}" if bad else "It says that the campaign is not ready."


def gone_is_good(delete: Callable[..., None], *args: Any) -> None:
    """Delete something there, or find it gone already."""
    try:
        delete(*args)
    except MailchimpRefused as error:
        if error.status != GONE:
            raise


def receipts(port: Mailchimp, campaign_id: str) -> Iterator[tuple[str, str]]:
    """(address in small letters, sent | hard | soft) of everybody it was sent to."""
    for one in _rows(lambda offset: port.list_recipients(campaign_id, offset=offset), "sent_to"):
        yield str(one["email_address"]).lower(), str(one["status"])


def leavers(port: Mailchimp, campaign_id: str) -> Iterator[tuple[str, datetime | None]]:
    """(address in small letters, when) of those who left through it."""
    for one in _rows(lambda offset: port.list_leavers(campaign_id, offset=offset), "unsubscribes"):
        yield str(one["email_address"]).lower(), moment(one.get("timestamp"))


def read_numbers(port: Mailchimp, campaign_id: str) -> dict[str, int]:
    """The numbers of Mailchimp's own report, as far as ours has a place for them."""
    found = port.read_report(campaign_id)
    bounces: dict[str, Any] = found.get("bounces") or {}
    numbers = {name: found.get(name) for name in ("emails_sent", "unsubscribed", "abuse_reports")}
    numbers |= {name: bounces.get(name) for name in ("hard_bounces", "soft_bounces", "syntax_errors")}
    return {name: int(number or 0) for name, number in numbers.items()}


def _rows(page: Callable[[int], dict[str, Any]], key: str) -> Iterator[dict[str, Any]]:
    offset = 0
    while True:
        found = page(offset)
        rows = list(found.get(key) or ())
        yield from rows
        offset += len(rows)
        if not rows or offset >= int(found.get("total_items") or 0):
            return
