"""The newsletter's panel on the admin's first page: drafts, dispatches that are not over, questions, alarms."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from newsletter.mail_health import find_alarms
from newsletter.models import Approval, Dispatch, DraftRun, IssuePage
from newsletter.rights import may_approve, may_send

SHOWN = 5


class NewsletterPanel(Component):
    """What waits for somebody who may send: nothing at all when nothing waits."""

    name = "newsletter"
    template_name = "newsletter/admin/home_panel.html"
    order = 130

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """The drafts, the dispatches that are not over, and what is wrong with mail that left."""
        drafts = IssuePage.objects.not_live().exclude(pk__in=_sent_issues()).order_by("-number")
        unfinished = (Dispatch.State.SCHEDULED, Dispatch.State.HELD, Dispatch.State.RUNNING, Dispatch.State.PAUSED)
        dispatches = (
            Dispatch.objects.filter(state__in=unfinished)
            .select_related("issue", "subject_test")
            .order_by("-ordered_at")
        )
        questions = DraftRun.objects.filter(state=DraftRun.State.ASKED).select_related("newsletter")
        return {
            "questions": questions,
            "drafts": drafts[:SHOWN],
            "alarms": find_alarms(),
            "dispatches": dispatches[:SHOWN],
        }


class ApprovalsPanel(Component):
    """The issues that wait for this person's second look."""

    name = "newsletter_approvals"
    template_name = "newsletter/admin/approvals_panel.html"
    order = 129

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Open requests that somebody else has made."""
        waiting = Approval.objects.filter(state=Approval.State.ASKED).select_related("issue", "asked_by")
        return {"approvals": waiting.exclude(asked_by=parent_context["request"].user)}


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For those who may send, or approve, and nobody else."""
    if may_send(request.user):
        panels.append(NewsletterPanel())
    if may_approve(request.user):
        panels.append(ApprovalsPanel())


def _sent_issues() -> Any:
    return Dispatch.objects.exclude(state=Dispatch.State.CANCELLED).values("issue")
