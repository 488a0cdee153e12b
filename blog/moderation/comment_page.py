"""The page of one comment: everything that helps to decide on it, and everything that happened to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import registry as log_registry
from wagtail.models import ModelLogEntry
from wagtail.snippets.views.snippets import InspectView

from blog.colleagues import name_of
from blog.models import Ban, Comment, CommentReport

from .decisions import decisions_for, may_decide
from .forms import RefusalForm
from .marking import mark_findings
from .redaction_form import RedactionForm
from .rows import with_surroundings

IN_THREAD, OF_WRITER = 50, 5


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a comment's history."""

    at: datetime
    what: str
    who: str
    why: str


def read_log(entries: Iterable[ModelLogEntry]) -> list[Happened]:
    """The history in words. What has nobody's name was the machine's or its writer's doing, as the words say."""
    return [
        Happened(entry.timestamp, str(entry.message), name_of(entry.user), _more(entry.data or {})) for entry in entries
    ]


def _more(data: dict[str, Any]) -> str:
    """What the entry says besides, in words; nothing for an entry of another release."""
    parts = [str(data.get("reason") or "")]
    if data.get("parts") or data.get("name"):
        number = int(data.get("parts") or 0)
        parts.append(f"{number} part{'' if number == 1 else 's'}{' and the name' if data.get('name') else ''}")
    if data.get("reports"):
        parts.append(f"{data['reports']} reported it")
    if data.get("place") == "mail":
        parts.append("from a mail")
    return "; ".join(part for part in parts if part)


def _ban_kinds(comment: Comment) -> list[tuple[str, str]]:
    """What of this comment can be banned, and what the button says."""
    if comment.staff_id or not comment.email:
        return []
    network = [(Ban.Kind.NETWORK.value, "Ban this network…")] if comment.ip else []
    return [(Ban.Kind.ADDRESS.value, "Ban this address…"), (Ban.Kind.DOMAIN.value, "Ban its domain…"), *network]


class CommentPageView(InspectView):
    """One comment with the thread around it, its history, its writer and the forms to act on it."""

    template_name = "blog/admin/comment.html"
    page_title = "Comment"
    object: Comment

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; forms and buttons for moderators only."""
        comment = self.object
        is_moderator = may_decide(self.request.user)
        log = log_registry.get_logs_for_instance(comment).select_related("user").order_by("timestamp", "pk")
        return {
            **super().get_context_data(**kwargs),
            "comment": comment,
            "text": mark_findings(comment.text),
            "thread": self._thread(),
            "same_writer": self._same_writer().order_by("-created_at", "-pk")[:OF_WRITER],
            "may_decide": is_moderator,
            "decisions": decisions_for(comment) if is_moderator else [],
            "refusal_form": RefusalForm(),
            "redaction_form": RedactionForm(comment=comment) if is_moderator else None,
            "ban_kinds": _ban_kinds(comment) if is_moderator else [],
            "original": self._original(),
            "reports": comment.reports.select_related("decided_by"),
            "has_open_reports": comment.reports.filter(state=CommentReport.State.OPEN).exists(),
            "checks": comment.akismet_checks.order_by("created_at", "pk"),
            "log": read_log(log),
        }

    def get_queryset(self) -> QuerySet[Comment]:
        """With all that the page names."""
        return with_surroundings(Comment.objects.all())

    def get_edit_url(self) -> None:
        """Nobody edits a reader's words."""

    def _thread(self) -> QuerySet[Comment]:
        """The whole thread, this comment among it."""
        root = self.object.parent_id or self.object.pk
        in_thread = Comment.objects.filter(article=self.object.article_id)
        replies = in_thread.filter(parent=root) | in_thread.filter(pk=root)
        return replies.select_related("answers").order_by("created_at", "pk")[:IN_THREAD]

    def _same_writer(self) -> QuerySet[Comment]:
        comment = self.object
        if not comment.commenter_id:
            return Comment.objects.none()
        others = Comment.objects.filter(commenter=comment.commenter_id).exclude(pk=comment.pk)
        return others.select_related("article")

    def _original(self) -> str:
        """The words before parts were blanked, as long as they are kept."""
        comment = self.object
        until = comment.original_until
        return comment.original_text if until and until > timezone.now() else ""
