"""A test of an issue, to a few people of the team."""

from guard.addresses import InvalidAddressError, as_written
from newsletter.errors import CannotSend
from newsletter.models import IssuePage
from newsletter.samples import post_test

MOST = 10  # addresses; more is a dispatch, not a test


def send_test(issue: IssuePage, *, to: str) -> list[str]:
    """Post the newest saved words of an issue to the addresses in `to` (commas, blanks or lines between them).

    Returns the addresses. Raises CannotSend in words for the editor; nothing is posted then.
    """
    given = list(dict.fromkeys(to.replace(",", " ").replace(";", " ").split()))
    if not given:
        raise CannotSend("Enter at least one email address for the test.")
    if len(given) > MOST:
        raise CannotSend(f"A test goes to {MOST} addresses at most. You entered {len(given)}.")
    addresses = [_read(address) for address in given]
    newest = issue.get_latest_revision_as_object()
    for address in addresses:
        post_test(newest, to=address)
    return addresses


def _read(address: str) -> str:
    try:
        return as_written(address)
    except InvalidAddressError as error:
        raise CannotSend(f"“{address}” is not an email address.") from error
