"""News of a mail provider: django-anymail checks who says it and reads it; what is stored is committed before the 200.

Two locks: a secret in the address, and what the provider has (Mailgun signs a time and a token, Postmark sends the
secret once more). Neither signs all the words, so a third one counts most: news is only about a mail whose name, which
we gave it and signed, it says. Amazon SES is left out: anymail does not check the signature of SNS.
"""

from datetime import timedelta
from typing import Any

from anymail.exceptions import AnymailError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest
from django.utils import timezone

from letters.headers import one_line
from newsletter.actions.told_news import News
from newsletter.bounce_rules import find_status, judge_refusal, status_of_reply
from newsletter.models import MailEvent

WINDOW = timedelta(minutes=5)  # of a signed time, before and after
VIEWS = {"mailgun": MailgunTrackingWebhookView, "postmark": PostmarkTrackingWebhookView}
Kind = MailEvent.Kind


class NotBelieved(Exception):  # noqa: N818 - what it says
    """Not from the provider, or not in its words."""


def read_news(request: HttpRequest) -> list[News]:
    """What the chosen provider says about our mails. Raises NotBelieved."""
    try:
        return [news for event in _read(request) if (news := _news_of(event))]
    except _BAD as error:
        raise NotBelieved(type(error).__name__) from error


_BAD = (
    *(SuspiciousOperation, ImproperlyConfigured, AnymailError, LookupError, ValueError, TypeError, AttributeError),
    *(RecursionError, OverflowError, OSError),
)


def _read(request: HttpRequest) -> list[AnymailTrackingEvent]:
    """What the provider says; raises for whatever it did not say."""
    view = VIEWS[settings.ESP]()
    view.run_validators(request)
    events: list[AnymailTrackingEvent] = view.parse_events(request)
    for event in events:
        signed_at = _signed_at(event)
        if signed_at is not None and abs(timezone.now().timestamp() - signed_at) > WINDOW.total_seconds():
            raise ValueError("signed at another time")
    return events


def _signed_at(event: AnymailTrackingEvent) -> float | None:
    """The second at which Mailgun signed it; Postmark signs none."""
    if settings.ESP != "mailgun":
        return None
    said: Any = event.esp_event
    return float(said["signature"]["timestamp"] if "signature" in said and "event-data" in said else said["timestamp"])


def _news_of(event: AnymailTrackingEvent) -> News | None:
    """What it means to us; None for openings, clicks and whatever else asks for nothing."""
    kind = _kind_of(event)
    told = str((event.metadata or {}).get("wellpress") or "")
    if kind is None or not told:
        return None
    words = _words_of(event)
    at = event.timestamp if event.timestamp and event.timestamp <= timezone.now() else timezone.now()
    event_id = _clean(str(event.event_id or f"{told}.{kind}"))
    return News(settings.ESP, event_id, kind, told, _status_of(event) or status_of_reply(words), words, at)


def _kind_of(event: AnymailTrackingEvent) -> MailEvent.Kind | None:
    if event.event_type == EventType.DELIVERED:
        return Kind.DELIVERED
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type not in {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}:
        return None
    words = _words_of(event)
    status = _status_of(event) or status_of_reply(words)
    if status:
        return judge_refusal(status, words=words)
    if event.reject_reason in {RejectReason.BLOCKED, RejectReason.SPAM}:
        return Kind.BLOCKED
    return _kind_by_name(event) or judge_refusal(words=words)


def _status_of(event: AnymailTrackingEvent) -> str:
    """Mailgun says the enhanced status apart."""
    said = event.esp_event.get("event-data", {}) if isinstance(event.esp_event, dict) else {}
    return find_status(_clean(str((said.get("delivery-status") or {}).get("enhanced-code") or "")))


def _words_of(event: AnymailTrackingEvent) -> str:
    return _clean(str(event.mta_response or event.description or ""))


def _clean(words: str) -> str:
    """What every database takes: no control characters, no halves of a character, 1,000 signs at most."""
    return one_line(words[:1000].encode("utf-8", "replace").decode("utf-8"))


def _kind_by_name(event: AnymailTrackingEvent) -> MailEvent.Kind | None:
    """Postmark gives its verdict a name."""
    name = event.esp_event.get("Type") if isinstance(event.esp_event, dict) else None
    return {"HardBounce": Kind.HARD, "BadEmailAddress": Kind.HARD, "SoftBounce": Kind.SOFT}.get(str(name))
