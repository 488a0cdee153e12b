"""What the writer of a comment meets later: the page that shows what became of it, and what can be done there."""

import contextlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import registry as log_registry

from blog.actions.commenters import ask_for_proof
from blog.actions.comments import withdraw_comment
from blog.actions.editing import can_edit, edit_comment, edit_until
from blog.commenting.danger import sounds_like_danger
from blog.commenting.keeping import WITHDRAWN
from blog.commenting.letters import about
from blog.commenting.links import read_status_token, status_path
from blog.commenting.own_forms import EditForm
from blog.commenting.token_pages import is_read, token_page
from blog.errors import CommentMovedError, TooLateError
from blog.models import Comment
from letters.actions import was_posted

SEE_OTHER, CONFLICT, UNPROCESSABLE = 303, 409, 422


@token_page
@require_safe
def comment_status(request: HttpRequest, token: str) -> HttpResponse:
    """What became of one comment, for its writer."""
    comment = _find_by_token(token)
    return TemplateResponse(request, "blog/comment_status.html", _context(comment, token))


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit_own_comment(request: HttpRequest, token: str) -> HttpResponse:
    """Change the words within the window: 303 to the state page; 422 or 409 with the words kept."""
    comment = _find_by_token(token)
    if is_read(request):
        return _ask_for_words(request, comment, token, EditForm.of(comment))
    form = EditForm(request.POST)
    if not form.is_valid():
        return _ask_for_words(request, comment, token, form, status=UNPROCESSABLE)
    try:
        edit_comment(comment, text=form.cleaned_data["text"], seen_version=form.cleaned_data["version"] or 0)
    except (CommentMovedError, TooLateError) as error:
        return _ask_for_words(request, comment, token, form, refusal=str(error), status=CONFLICT)
    return _to_status(comment)


@token_page
@require_POST
def take_back_comment(request: HttpRequest, token: str) -> HttpResponse:
    """The writer takes the comment back; twice is as good as once."""
    comment = _find_by_token(token)
    with contextlib.suppress(CommentMovedError):  # done already: the page says so
        withdraw_comment(comment)
    return _to_status(comment)


@token_page
@require_POST
def send_proof_again(request: HttpRequest, token: str) -> HttpResponse:
    """The letter that proves the address did not come; another goes out, within the limits of that mailbox."""
    comment = _find_by_token(token)
    is_sent = ask_for_proof(comment)
    context = {"comment": comment, "token": token, "is_sent": is_sent}
    return TemplateResponse(request, "blog/prove_again.html", context)


def _ask_for_words(
    request: HttpRequest, comment: Comment, token: str, form: EditForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    if not can_edit(comment) and not refusal:
        if is_read(request):
            return _to_status(comment)
        refusal = "The time in which you could change this comment is over."
    context = {**_context(comment, token), "form": form, "refusal": refusal}
    context["sounds_like_danger"] = form.is_bound and sounds_like_danger(form.data.get("text", ""))
    return TemplateResponse(request, "blog/comment_edit.html", context, status=status)


def _context(comment: Comment, token: str) -> dict[str, Any]:
    return {
        "comment": comment,
        "token": token,
        "can_edit": can_edit(comment),
        "edit_until": edit_until(comment),
        "is_waiting": comment.state in {"pending", "held", "spam"},
        "was_taken_down": comment.state == "refused" and _was_seen(comment),
        "is_erased": comment.state == "withdrawn" and not comment.text,
        "kept_days": WITHDRAWN.days,
        "asks_for_proof": bool(comment.email and not comment.proven_at and not comment.staff_id),
    }


def _was_seen(comment: Comment) -> bool:
    """Whether readers could see it before it was refused, as the letter about it said."""
    refusals = log_registry.get_logs_for_instance(comment).filter(action="comment.refuse")
    last = refusals.order_by("-timestamp", "-pk").first()
    return (last is not None and last.data.get("was") == "published") or was_posted(about(comment), "comment_published")


def _to_status(comment: Comment) -> HttpResponse:
    return HttpResponseRedirect(status_path(comment), status=SEE_OTHER)


def _find_by_token(token: str) -> Comment:
    key = read_status_token(token)
    if key is None:
        raise Http404
    return get_object_or_404(Comment.objects.select_related("article", "parent", "commenter"), pk=key)
