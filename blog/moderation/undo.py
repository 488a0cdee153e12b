"""“Undo”: the page with the button, and what the button does."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from blog.actions.undoing import Undone, find_decisions, undo_decisions
from blog.models import Comment

from .decisions import CONFLICT, OK, answer, may_decide

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Ask, and on POST put back what was decided by one press of a button. Looking changes nothing."""
    if not may_decide(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _ask(request, batch)
    undone = undo_decisions(batch, by=request.user)  # type: ignore[arg-type]
    return answer(request, _in_words(undone), status=OK if undone.back else CONFLICT)


def _ask(request: HttpRequest, batch: UUID) -> HttpResponse:
    entries = list(find_decisions(batch).order_by("pk"))
    comments = Comment.objects.select_related("article").in_bulk([int(entry.object_id) for entry in entries])
    context = {
        "page_title": "Undo",
        "header_icon": "undo",
        "batch": batch,
        "entries": entries[:SHOWN],
        "more": max(0, len(entries) - SHOWN),
        "count": len(entries),
        "comments": [comments[int(entry.object_id)] for entry in entries[:SHOWN] if int(entry.object_id) in comments],
    }
    return TemplateResponse(request, "blog/admin/decision_undo.html", context)


def _in_words(undone: Undone) -> str:
    if not undone.back and not undone.left:
        return "Nothing was undone: a decision can be taken back for an hour."
    done = {0: "Nothing was undone.", 1: "Undone: the comment is what it was."}
    said = done.get(undone.back, f"Undone: {undone.back} comments are what they were.")
    if not undone.left:
        return said
    rest = "One stays as it is" if undone.left == 1 else f"{undone.left} stay as they are"
    return f"{said} {rest}: it was decided on or changed since."
