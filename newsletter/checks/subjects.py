"""What a test of two subjects can tell with this list: advice before it goes out."""

from typing import Any

from django.db.models import Count, Q

from newsletter.checks.findings import Check, Level
from newsletter.models import IssuePage, Subscriber
from newsletter.subject_figures import say_least_difference

TOO_FEW = 50  # readers in a lot: fewer, and two or three people decide for all


def tell_lots(issue: IssuePage, number: int) -> dict[str, Any] | None:
    """About how many of so many readers are in each lot, and how many of them let us count; None without a test."""
    if not issue.second_subject.strip():
        return None
    on_list = Subscriber.objects.confirmed().aggregate(all=Count("pk"), allowed=Count("pk", filter=Q(may_count=True)))
    each = number * issue.test_share // 200
    allowed = each * on_list["allowed"] // on_list["all"] if on_list["all"] else 0
    is_by_hand = issue.test_choice == IssuePage.Choice.HAND
    return {
        "second": issue.second_subject.strip(),
        "each": each,
        "rest": number - 2 * each,
        "allowed": allowed,
        "share": issue.test_share,
        "hours": issue.test_hours,
        "is_by_hand": is_by_hand,
    }


def check_lots(issue: IssuePage, number: int) -> list[Check]:
    """How large a difference must be before it says anything."""
    lots = tell_lots(issue, number)
    if lots is None:
        return []
    each, allowed = lots["each"], lots["allowed"]
    words = (
        f"Two subjects: about {each:,} readers get each, and about {allowed:,} of those let us count what they press"
    )
    if each < TOO_FEW:
        return [
            Check(f"{words}. So few cannot tell which is better: test with more of them, or not at all", Level.NOTE)
        ]
    return [Check(f"{words}. {say_least_difference(allowed)}".rstrip("."), Level.NOTE)]
