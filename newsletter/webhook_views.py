"""The door for a mail provider's news: `/newsletter/mail/<ESP_WEBHOOK_SECRET>/`."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from letters.actions import is_sending_enabled
from newsletter.actions.told_news import take_news

MOST_BYTES = 1_000_000

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def take_webhook(request: HttpRequest, secret: str) -> HttpResponse:
    """Check, store, commit, then 200: what is not stored yet is told once more."""
    if not settings.ESP_WEBHOOK_SECRET or not constant_time_compare(secret, settings.ESP_WEBHOOK_SECRET):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    length = request.headers.get("Content-Length") or ""
    if not length.isdecimal():
        return HttpResponse(status=HTTPStatus.LENGTH_REQUIRED)
    if len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not is_sending_enabled():
        # A copy of the site: the news is not about its rows. No 200, or the news would be lost.
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    from newsletter import mail_webhooks  # noqa: PLC0415 - only who has a provider need load its library

    try:
        told = mail_webhooks.read_news(request)
    except mail_webhooks.NotBelieved as error:
        log.warning("A webhook of %s was not believed or not understood: %s", settings.ESP, error)
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    with transaction.atomic():
        for news in told:
            take_news(news)
    return HttpResponse()
