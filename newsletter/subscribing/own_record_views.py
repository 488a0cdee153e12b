"""Taking everything along, and having it erased: only by a link that was mailed within the last day."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.own_record import export_subscriber
from newsletter.links import Purpose, read_link
from newsletter.subscribing.own_views import too_late
from newsletter.subscribing.token_pages import is_read, page, token_page


@token_page
@require_safe
def own_copy(request: HttpRequest, token: str) -> HttpResponseBase:
    """Everything that is kept, as a JSON file."""
    link = read_link(Purpose.OWN_FRESH, token)
    if link.is_late:
        return too_late(request, link.subscriber)
    response = JsonResponse(export_subscriber(link.subscriber), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="my-letter-{timezone.localdate():%Y-%m-%d}.json"'
    return response


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def own_erase(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what would go; POST erases it."""
    link = read_link(Purpose.OWN_FRESH, token)
    if link.is_late:
        return too_late(request, link.subscriber)
    if is_read(request):
        return page(request, "own_erase", email=link.subscriber.email, token=token)
    erase_subscriber(link.subscriber)
    return page(request, "own_erased")
