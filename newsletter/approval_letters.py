"""Letters between whoever writes an issue and whoever approves it."""

from django.contrib.auth.models import AbstractUser

from blog.colleagues import name_of
from letters.actions import post_letter
from newsletter import links
from newsletter.models import Approval


def post_approval_wanted(approval: Approval, person: AbstractUser) -> None:
    """To a colleague who may approve: an issue waits for a second look."""
    if not person.email:
        return
    context = {
        "issue": approval.issue,
        "by": name_of(approval.asked_by),
        "words": approval.words,
        "url": links.absolute("newsletter_approve", str(approval.pk)),
        "name": person.first_name,
    }
    post_letter("approval_wanted", to=person.email, context=context)


def post_approval_answer(approval: Approval) -> None:
    """To whoever asked for a second look: yes, or what should change."""
    if approval.asked_by is None or not approval.asked_by.email:
        return
    context = {
        "issue": approval.issue,
        "by": name_of(approval.decided_by),
        "is_yes": approval.state == Approval.State.APPROVED,
        "words": approval.answer,
        "url": links.absolute("newsletter_send", str(approval.issue_id)),
        "name": approval.asked_by.first_name,
    }
    post_letter("approval_answer", to=approval.asked_by.email, context=context)
