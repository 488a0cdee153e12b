"""Who has an issue in hand, in a sentence."""

from blog.colleagues import name_of
from newsletter.models import Dispatch, IssuePage
from newsletter.wall_clock import say_moment

State = Dispatch.State

_HOW_FAR = {
    State.SCHEDULED: "is already scheduled",
    State.HELD: "was already ordered and waits for a decision",
    State.RUNNING: "is already being sent",
    State.PAUSED: "was already started and is paused",
    State.DONE: "was already sent",
}


def who_ordered(issue: IssuePage) -> str:
    """By whom and when the issue's dispatch was ordered, and how far it is, in a sentence."""
    earlier = issue.dispatches.exclude(state=State.CANCELLED).select_related("ordered_by").first()
    if earlier is None:
        return "This issue was ordered a moment ago."
    who = name_of(earlier.ordered_by) or "a command"
    when = say_moment(earlier.ordered_at, earlier.zone)
    return f"This issue {_HOW_FAR[State(earlier.state)]}: ordered by {who} on {when}."
