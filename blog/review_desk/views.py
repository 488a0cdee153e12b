"""Reading and signing an article, and writing down that somebody else has read it."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.models import Revision, TaskState

from blog.actions.reviews import find_base, last_reading, record_review, sign_review
from blog.errors import ReviewRefusedError
from blog.models import ArticlePage, MedicalReviewTask, ReusableNote
from blog.sanitiser import plain_text

from .changes import compare
from .forms import DRAFT, LIVE, RecordForm, SignForm

_END = re.compile(r"</(?:p|li)>|<br\s*/?>")


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The words that wait, what is new in them, and the form with which a reviewer signs. GET changes nothing."""
    user: Any = request.user
    state = get_object_or_404(TaskState.objects.select_related("workflow_state"), pk=pk)
    task, article = state.task.specific, state.workflow_state.content_object.specific
    if not isinstance(task, MedicalReviewTask) or task.reader_for(article, user) is None:
        raise PermissionDenied
    if state.status != TaskState.STATUS_IN_PROGRESS:
        messages.warning(request, f"“{article.title}” does not wait for a review any more.")
        return redirect("wagtailadmin_home")
    reading = _reading(article, article.get_latest_revision())
    form = SignForm(request.POST or None, initial=reading["initial"], may_read_changes=reading["base"] is not None)
    if request.method == "POST" and form.is_valid():
        try:
            sign_review(state, by=user, **form.cleaned_data)
        except ReviewRefusedError as error:
            messages.error(request, str(error))
            form = SignForm(initial=reading["initial"], may_read_changes=reading["base"] is not None)
        else:
            messages.success(request, f"You have signed “{article.title}”. An editor publishes it now.")
            return redirect("wagtailadmin_home")
    reviewer = task.reader_for(article, user)
    context = {**reading, "form": form, "task_state": state, "task": task, "reviewer": reviewer}
    return render(request, "blog/admin/sign_review.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """All readings of an article, and the form for one by somebody without a log-in. `words` in the query: which."""
    article = get_object_or_404(ArticlePage, pk=pk)
    user: Any = request.user
    if not user.has_perm("blog.add_review") or not article.permissions_for_user(user).can_edit():
        raise PermissionDenied
    which, revision = _which_words(request, article)
    reading = _reading(article, revision)
    form = RecordForm(request.POST or None, initial=reading["initial"], may_read_changes=reading["base"] is not None)
    if request.method == "POST" and form.is_valid():
        try:
            review = record_review(article, revision=revision, recorded_by=user, **form.cleaned_data)
        except ReviewRefusedError as error:
            form.add_error(None, str(error))
            form.data = {**request.POST.dict(), "seen": reading["digest"]}
        else:
            messages.success(request, f"Written down: {review}.")
            return redirect(reverse("record_review", args=[article.pk]))
    reviews = article.reviews.select_related("reviewer", "recorded_by").newest_first()
    context = {**reading, "form": form, "which": which, "reviews": reviews}
    context["has_two"] = article.live and article.has_unpublished_changes
    return render(request, "blog/admin/record_review.html", context)


def _which_words(request: HttpRequest, article: ArticlePage) -> tuple[str, Revision | None]:
    """The draft unless readers see the same, or the live words are asked for."""
    newest = article.get_latest_revision()
    if newest is None or (article.live and not article.has_unpublished_changes):
        return LIVE, None
    return (LIVE, None) if article.live and request.GET.get("words") == LIVE else (DRAFT, newest)


def _reading(article: ArticlePage, revision: Revision | None) -> dict[str, Any]:
    """What both pages show: the words, the reading they can build on, what differs from it."""
    words = revision.as_object() if revision else article
    digest, passages = words.digest_text(), words.review_passages()
    base = find_base(article, digest=digest)
    last = last_reading(base) if base else None
    return {
        "article": article,
        "words": words,
        "digest": digest,
        "passages": compare(last.words if last else passages, passages),
        "base": base,
        "last": last,
        "notes": _notes_in(words),
        "initial": {"seen": digest},
    }


def _notes_in(words: ArticlePage) -> list[tuple[str, list[str]]]:
    """Title and plain paragraphs of each reusable note in the words, in their order; one query, none without notes."""
    wanted = [block["value"] for block in words.body.raw_data if block["type"] == "note"]
    found = ReusableNote.objects.in_bulk(wanted) if wanted else {}
    notes = [found[pk] for pk in dict.fromkeys(wanted) if pk in found]
    return [(note.title, [line for part in _END.split(note.text) if (line := plain_text(part))]) for note in notes]
