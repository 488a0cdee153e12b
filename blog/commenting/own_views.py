"""What the writer of a comment meets later: the page that shows what became of it."""

import contextlib

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from blog.actions.comments import withdraw_comment
from blog.commenting.links import read_status_token, status_path
from blog.commenting.privacy import private
from blog.errors import CommentMovedError
from blog.models import Comment

SEE_OTHER = 303


@require_safe
def comment_status(request: HttpRequest, token: str) -> HttpResponse:
    """What became of one comment, for its writer."""
    comment = _find_by_token(token)
    return private(TemplateResponse(request, "blog/comment_status.html", {"comment": comment, "token": token}))


@csrf_exempt  # the token in the address is the proof, and no other site knows it
@require_POST
def take_back_comment(request: HttpRequest, token: str) -> HttpResponse:
    """The writer takes the comment back; twice is as good as once."""
    comment = _find_by_token(token)
    with contextlib.suppress(CommentMovedError):  # done already: the page says so
        withdraw_comment(comment)
    return private(HttpResponseRedirect(status_path(comment), status=SEE_OTHER))


def _find_by_token(token: str) -> Comment:
    return get_object_or_404(Comment.objects.select_related("article", "parent"), pk=read_status_token(token))
