"""Handing an article to the medical reviewers from the list of what is due."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from blog.models import ArticlePage

from .review_due import find_in_workflow


@require_POST
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the workflow for the newest words of an article, as its editor's own button does."""
    article = get_object_or_404(ArticlePage, pk=pk)
    if not article.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    back = HttpResponseRedirect(get_valid_next_url_from_request(request) or reverse("review_due_report"))
    workflow = article.get_workflow()
    if workflow is None:
        messages.error(request, "Articles go through no workflow here. An administrator can assign one.")
    elif find_in_workflow([article]):
        messages.warning(request, f"“{article.title}” has been handed in already.")
    else:
        if article.latest_revision_id is None:
            article.save_revision(user=request.user)
        workflow.start(article, request.user)
        messages.success(request, f"“{article.title}” waits for “{workflow.name}” now.")
    return back
