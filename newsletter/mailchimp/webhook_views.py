"""The door for Mailchimp's news: `/newsletter/mailchimp/<MAILCHIMP_WEBHOOK_SECRET>/`."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from letters.actions import is_sending_enabled
from newsletter.mailchimp.events import is_signed, store_event
from newsletter.mailchimp.members import connected
from newsletter.sealed import is_lost, unseal

MOST_BYTES = 256_000

log = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def take_mailchimp_webhook(request: HttpRequest, secret: str) -> HttpResponse:
    """GET: 200, as Mailchimp asks before it registers. POST: check, store, commit, then 200."""
    if not settings.MAILCHIMP_WEBHOOK_SECRET or not constant_time_compare(secret, settings.MAILCHIMP_WEBHOOK_SECRET):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return HttpResponse()
    return HttpResponse(status=_too_long(request) or _take(request))


def _too_long(request: HttpRequest) -> int:
    """The status of a refusal, 0 for none. Nothing of the body has been read yet."""
    length = request.headers.get("Content-Length") or ""
    if not length.isdecimal():
        return HTTPStatus.LENGTH_REQUIRED
    is_long = len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if is_long else 0


def _take(request: HttpRequest) -> int:
    if not is_sending_enabled():  # a copy of the site: the news is not about its rows
        return HTTPStatus.SERVICE_UNAVAILABLE
    connection = connected()
    if connection is None:
        return HTTPStatus.OK  # what was told meanwhile is found by the comparison
    signing = unseal(connection.webhook_signing_secret)
    if is_lost(connection.webhook_signing_secret):
        # The address holds a secret too, and what news tells of is read back: better than to miss who leaves there.
        log.warning(
            "SECRET_KEY has changed: the signature of Mailchimp's news cannot be checked until it is set up anew"
        )
    if signing and not is_signed(request.body, request.headers.get("X-Mailchimp-Signature", ""), signing):
        log.warning("News of Mailchimp was not believed: its signature is missing, wrong or old")
        return HTTPStatus.FORBIDDEN
    try:
        fields = QueryDict(request.body, encoding="utf-8")
    except (SuspiciousOperation, UnicodeDecodeError, ValueError):
        return HTTPStatus.BAD_REQUEST
    store_event(fields, audience=connection.audience_id)
    return HTTPStatus.OK
