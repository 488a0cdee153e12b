"""Who may send issues, and who may say yes to one: rights of their own, apart from publishing pages."""

from typing import Any

SEND, APPROVE = "newsletter.send_issue", "newsletter.approve_issue"


def may_send(user: Any) -> bool:
    """Whether this person may order, watch and stop dispatches."""
    return bool(user.has_perm(SEND))


def may_approve(user: Any) -> bool:
    """Whether this person may say yes to an issue that somebody else has written."""
    return bool(user.has_perm(APPROVE))
