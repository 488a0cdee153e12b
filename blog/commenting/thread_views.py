"""Where a comment stands: its lasting address."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from blog.commenting.thread import path_to
from blog.models import Comment


@require_safe
def go_to_comment(_request: HttpRequest, pk: int) -> HttpResponse:
    """302 to where it stands now, whatever page that is by then; 404 while nobody sees it."""
    seen = Comment.objects.published().filter(article__live=True).select_related("article")
    return HttpResponseRedirect(path_to(get_object_or_404(seen, pk=pk)))
