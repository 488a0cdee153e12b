"""A test of an issue, to a few people of the team."""

from datetime import timedelta
from typing import TYPE_CHECKING

from guard.addresses import InvalidAddressError, as_written
from letters.models import Letter
from newsletter.actions.campaign_trials import ask_for_trial
from newsletter.actions.campaign_words import goes_by_mailchimp, why_no_campaign
from newsletter.errors import CannotSend
from newsletter.models import IssuePage
from newsletter.render_faults import rendering
from newsletter.samples import TEST, post_test

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

TOGETHER = timedelta(seconds=20)  # one after the other, each rendered anew
MOST = 10  # addresses; more is a dispatch, not a test


def send_test(issue: IssuePage, *, to: str, by: "User | None" = None) -> list[str]:
    """Post the newest saved words of an issue to the addresses in `to` (commas, blanks or lines between them).

    Where Mailchimp sends the issues, a worker has it send the test.

    Returns the addresses. Raises CannotSend in words for the editor; nothing is posted then.
    """
    given = list(dict.fromkeys(to.replace(",", " ").replace(";", " ").split()))
    if not given:
        raise CannotSend("Enter at least one email address for the test.")
    if len(given) > MOST:
        raise CannotSend(f"A test goes to {MOST} addresses at most. You entered {len(given)}.")
    addresses = [_read(address) for address in given]
    if goes_by_mailchimp(issue):
        with rendering(issue):
            reasons = why_no_campaign(issue)
        if reasons:
            raise CannotSend(reasons[0])
        ask_for_trial(issue, by=by, to=addresses)
        return addresses
    newest = issue.get_latest_revision_as_object()
    for address in addresses:
        post_test(newest, to=address)
    return addresses


def last_test_list() -> list[str]:
    """To whom the last test went, as long as letters are kept: nobody types the team's addresses each time."""
    tests = Letter.objects.filter(kind=TEST)
    newest = tests.order_by("-pk").values_list("created_at", flat=True).first()
    if newest is None:
        return []
    together = tests.filter(created_at__gte=newest - TOGETHER).order_by("pk")
    return list(dict.fromkeys(together.values_list("to", flat=True)))[-MOST:]


def _read(address: str) -> str:
    try:
        return as_written(address)
    except InvalidAddressError as error:
        raise CannotSend(f"“{address}” is not an email address.") from error
