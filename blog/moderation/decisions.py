"""The buttons of the desk: which there are for a state, and the view that presses them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.log_actions import get_active_log_context

from blog.actions import comments
from blog.errors import BlogError
from blog.models import Comment

from .forms import RefusalForm
from .tabs import count_tabs

State = Comment.State
OK, CONFLICT = 200, 409


@dataclass(frozen=True, slots=True)
class Decision:
    """One button: its address part, its label, the action it calls, what is said afterwards, its look."""

    name: str
    label: str
    act: Callable[..., Comment]
    done: str
    target: State
    look: str = "button-secondary"
    asks_why: bool = False
    key: str = ""  # on the keyboard, in the queue


DECISIONS = {
    decision.name: decision
    for decision in (
        Decision(
            "approve", "Approve", comments.approve_comment, "Readers can see it now", State.PUBLISHED, "", key="a"
        ),
        Decision("refuse", "Refuse…", comments.refuse_comment, "Refused", State.REFUSED, asks_why=True, key="r"),
        Decision("spam", "Spam", comments.mark_comment_as_spam, "Put with the spam", State.SPAM, key="s"),
        Decision("hold", "Hold again", comments.hold_comment, "It waits for a decision again", State.HELD),
    )
}


def decisions_for(comment: Comment) -> list[Decision]:
    """The buttons that make sense for the state of this comment."""
    return [decision for decision in DECISIONS.values() if comment.state in comments.ALLOWED[decision.target]]


def may_decide(user: Any) -> bool:
    """Whether this person is a moderator."""
    return bool(user.has_perm("blog.change_comment"))


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int, decision: str) -> HttpResponse:
    """Carry out one decision and say what happened. Looking at the address changes nothing."""
    if not may_decide(request.user):
        raise PermissionDenied
    if decision not in DECISIONS:
        raise Http404
    comment = get_object_or_404(Comment.objects.select_related("article"), pk=pk)
    page = reverse("comments:inspect", args=[pk])
    if request.method != "POST":
        return HttpResponseRedirect(page)
    try:
        _carry_out(request, comment, DECISIONS[decision])
    except BlogError as error:
        return answer(request, str(error), status=CONFLICT, back=page)
    return answer(request, f"{DECISIONS[decision].done}: {comment}.", undo=undo_address())


def undo_address() -> str:
    """Where what was decided by this request is taken back; empty outside of the admin, which marks requests."""
    mark = get_active_log_context().uuid
    return reverse("comments:undo", args=[mark]) if mark else ""


def answer(request: HttpRequest, said: str, *, undo: str = "", status: int = OK, back: str = "") -> HttpResponse:
    """To the queue's script as JSON {said, undo, counts}; to a form as a message on the page that it came from.

    `back`: where a form is led that does not say where it came from; without one, to the queue.
    """
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return JsonResponse({"said": said, "undo": undo, "counts": count_tabs()}, status=status)
    buttons = [messages.button(undo, "Undo")] if undo else None
    tell = messages.success if status == OK else messages.error
    tell(request, said, buttons=buttons)
    origin = back if status != OK else get_valid_next_url_from_request(request) or back
    return HttpResponseRedirect(origin or reverse("comments:list"))


def _carry_out(request: HttpRequest, comment: Comment, decision: Decision) -> None:
    more: dict[str, Any] = {}
    if decision.asks_why:
        form = RefusalForm(request.POST)
        more = form.decision if form.is_valid() else {"reason": ""}
    decision.act(comment, by=request.user, seen=comments.Seen.read(request.POST.get("seen", "")), **more)
