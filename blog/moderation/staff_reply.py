"""Answering a reader from the desk."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from blog.actions.comments import Seen
from blog.actions.staff_replies import LONGEST, answer_comment, may_answer_as
from blog.errors import BlogError
from blog.models import Comment, SavedReply

from .decisions import may_decide

UNPROCESSABLE = 422


class AnswerForm(forms.Form):
    """The answer. `saved` begins it with one of the team's usual answers."""

    text = forms.CharField(
        label="Your answer", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6, "class": "desk-answer"})
    )

    @property
    def saved(self) -> list[SavedReply]:
        """What there is to begin with."""
        return list(SavedReply.objects.all())


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows the form, begun with the saved reply that `?saved=` names; POST publishes the answer."""
    if not may_decide(request.user):
        raise PermissionDenied
    comment = get_object_or_404(Comment.objects.select_related("article", "parent"), pk=pk)
    if request.method != "POST":
        return _show(request, comment, AnswerForm(initial={"text": _saved_text(request.GET.get("saved", ""))}))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, comment, form, status=UNPROCESSABLE)
    seen = Seen.read(request.POST.get("seen", ""))
    try:
        answer_comment(comment, text=form.cleaned_data["text"], by=request.user, seen=seen)  # type: ignore[arg-type]
    except BlogError as error:
        form.add_error(None, str(error))
        return _show(request, comment, form, status=UNPROCESSABLE)
    messages.success(request, f"Your answer to {comment.author_name} is published.")
    return HttpResponseRedirect(get_valid_next_url_from_request(request) or reverse("comments:list"))


def _saved_text(key: str) -> str:
    if not (key.isascii() and key.isdigit() and len(key) < 19):  # noqa: PLR2004 - what a database key can be
        return ""
    found = SavedReply.objects.filter(pk=int(key)).first()
    return found.text if found else ""


def _show(request: HttpRequest, comment: Comment, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"comment": comment, "form": form, "author": may_answer_as(request.user)}  # type: ignore[arg-type]
    return TemplateResponse(request, "blog/admin/answer_comment.html", context, status=status)
