"""The counting address of a link in an issue: it leads to the page that was frozen with the issue, and nowhere else."""

from django.http import HttpRequest, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from newsletter.actions.clicks import follow_link
from newsletter.subscribing.token_pages import token_page


@token_page
@require_http_methods(["GET", "HEAD"])
def click(request: HttpRequest, token: str) -> HttpResponseRedirect:
    """On to the page. No cookie is set, and what the browser says of itself is looked at and not kept."""
    agent = request.headers.get("User-Agent", "")
    return HttpResponseRedirect(follow_link(token, method=request.method or "GET", agent=agent))
