"""A second person looks at an issue before it goes out. Their yes is bound to its rendered text, to the letter."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from blog.colleagues import name_of
from newsletter.approval_letters import post_approval_answer, post_approval_wanted
from newsletter.errors import NotApproved, WrongState
from newsletter.models import Approval, IssuePage, NewsletterPage
from newsletter.rendering import render_issue
from newsletter.rights import APPROVE

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

State = Approval.State


def ask_for_approval(issue: IssuePage, *, by: "User", words: str = "") -> Approval:
    """Ask for a second look at the newest saved words, and write to whoever may give it.

    An open request for other words is withdrawn. Raises NotApproved when nobody else may approve, WrongState when
    these words are being looked at already. Renders the issue: not inside a transaction.
    """
    newest = newest_text(issue)
    digest, wanted = render_issue(newest).digest, [one for one in approvers() if one.pk not in hands_on(issue, by)]
    if not wanted:
        raise NotApproved(
            "Nobody else may approve issues. Put somebody into the group “Approvers”, or switch the second person off "
            "on the newsletter’s page."
        )
    try:
        with transaction.atomic():
            issue.approvals.filter(state=State.ASKED).exclude(digest=digest).update(state=State.WITHDRAWN)
            approval = Approval.objects.create(issue=issue, digest=digest, asked_by=by, words=words.strip()[:500])
            for person in wanted:
                post_approval_wanted(approval, person)
    except IntegrityError as error:
        raise WrongState("Approval was asked for already, and nobody has answered yet.") from error
    return approval


def approve(approval: Approval, *, by: "User", seen: str, words: str = "") -> None:
    """Say yes to the text that was `seen` (its digest). Raises NotApproved, WrongState."""
    _check_eyes(approval, by=by)
    if seen != approval.digest or render_issue(newest_text(approval.issue)).digest != seen:
        raise NotApproved("The issue was changed since approval was asked for. Approval must be asked for again.")
    _decide(approval, State.APPROVED, by=by, words=words)


def send_back(approval: Approval, *, by: "User", words: str) -> None:
    """Say no, with what should change. Raises NotApproved, WrongState."""
    _check_eyes(approval, by=by)
    if not words.strip():
        raise NotApproved("Say what should change, so that it can be changed.")
    _decide(approval, State.SENT_BACK, by=by, words=words)


def why_not_approved(issue: IssuePage, digest: str, *, by: "User | None") -> str:
    """Why this text may not go out by that person's order, where a second person approves; empty when it may."""
    if not needs_approval(issue):
        return ""
    given = issue.approvals.filter(state=State.APPROVED).select_related("decided_by")
    these = [one for one in given if one.digest == digest]
    if any(one.decided_by_id is not None and (by is None or one.decided_by_id != by.pk) for one in these):
        return ""
    if these:
        return "You approved it yourself. Somebody else sends it, or one more person approves it."
    last = given.first()
    if last is None or last.decided_at is None:
        return "A second person has to approve it first."
    when = date_format(timezone.localtime(last.decided_at), "j F Y, H:i")
    return (
        f"It was changed since {name_of(last.decided_by) or 'somebody'} approved it on {when}. Ask for approval again."
    )


def needs_approval(issue: IssuePage) -> bool:
    """Whether the newsletter's page says that a second person approves."""
    return NewsletterPage.objects.ancestor_of(issue).filter(needs_approval=True).exists()


def approvers() -> Sequence["User"]:
    """Who may approve; administrators only where nobody has the right by name."""
    people = get_user_model().objects
    named = people.with_perm(APPROVE, include_superusers=False).order_by("pk")
    return list(named) or list(people.filter(is_active=True, is_superuser=True).order_by("pk"))


def newest_text(issue: IssuePage) -> IssuePage:
    """The newest saved words: they may not be published yet, and have the same digest when they are."""
    found: IssuePage = issue.get_latest_revision_as_object()
    return found


def hands_on(issue: IssuePage, *people: "User | None") -> set[int]:
    """The keys of those who are no second person: who saved the newest words, and these."""
    latest = issue.latest_revision
    editor = latest.user_id if latest is not None else None
    return {pk for pk in (editor, *(one.pk for one in people if one is not None)) if pk is not None}


def _check_eyes(approval: Approval, *, by: "User") -> None:
    if not by.has_perm(APPROVE):
        raise NotApproved("You do not have the right to approve issues.")
    if by.pk in hands_on(approval.issue, approval.asked_by):
        raise NotApproved("You wrote it or asked for the approval yourself: a second person has to look.")


@transaction.atomic
def _decide(approval: Approval, state: State, *, by: "User", words: str) -> None:
    changes = {"state": state, "decided_by": by, "decided_at": timezone.now(), "answer": words.strip()[:1000]}
    if not Approval.objects.filter(pk=approval.pk, state=State.ASKED).update(**changes):
        raise WrongState("Somebody has answered this request already, or it was asked again.")
    approval.refresh_from_db()
    post_approval_answer(approval)
