"""The gate before an order: what the checks say, how many readers, who has the issue in hand."""

from datetime import datetime
from typing import TYPE_CHECKING

from blog.colleagues import name_of
from newsletter.actions.approving import why_not_approved
from newsletter.actions.dispatching import order_dispatch
from newsletter.actions.order_words import who_ordered
from newsletter.checks import Examined, examine_issue
from newsletter.errors import AlreadyOrdered, CannotSend, ListChanged, NeedsReason, NotApproved
from newsletter.models import Dispatch, IssuePage, Segment
from newsletter.recipients import is_another_list
from newsletter.segments import EVERYBODY, read_rule

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

LEAST_REASON = 3  # letters: a blank is no reason


def order_through_gate(
    issue: IssuePage,
    *,
    at: datetime | None = None,
    by: "User | None" = None,
    segment: Segment | None = None,
    reason: str = "",
    expected: int | None = None,
) -> Dispatch:
    """What the Send button and the command do: order the issue if nothing stops it.

    `reason` is what a person says to what is doubtful; `expected` the number of readers that they were shown. Raises
    CannotSend, of which NeedsReason, ListChanged and NotApproved are kinds, or AlreadyOrdered. Renders the issue: not
    inside a transaction.
    """
    if issue.current_dispatch is not None:
        raise AlreadyOrdered(who_ordered(issue))
    if words := why_locked(issue, by=by):
        raise CannotSend(words)
    found = examine_issue(issue, read_rule(segment.rule) if segment else EVERYBODY, at=at)
    _check(found, reason=reason, expected=expected)
    if words := why_not_approved(issue, found.mail.digest, by=by):
        raise NotApproved(words)
    return order_dispatch(
        issue,
        at=at,
        by=by,
        segment=segment,
        expected=found.recipients.number,
        doubts=[str(doubt) for doubt in found.doubts],
        reason=reason.strip() if found.doubts else "",
    )


def why_locked(issue: IssuePage, *, by: "User | None") -> str:
    """Why this person may not send the issue for now: Wagtail's lock or workflow. Empty when they may."""
    lock = issue.get_lock()
    if lock is not None and (by is None or lock.for_user(by)):
        who = name_of(issue.locked_by) if issue.locked_by_id else ""
        return f"The issue is locked{f' by {who}' if who else ''}. It can be sent when the lock is taken off."
    if issue.workflow_in_progress:
        return "The issue is in a workflow. It can be sent when that is finished or cancelled."
    return ""


def _check(found: Examined, *, reason: str, expected: int | None) -> None:
    if found.stops:
        raise CannotSend(str(found.stops[0]))
    number = found.recipients.number
    if expected is not None and is_another_list(expected, number):
        raise ListChanged(f"The list has changed since you looked: {expected:,} readers then, {number:,} now.")
    if found.doubts and len(reason.strip()) < LEAST_REASON:
        raise NeedsReason([str(doubt) for doubt in found.doubts])
