"""What is wrong with mail that has left, counted from its events: for the first page of the admin."""

from datetime import timedelta
from itertools import chain
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from guard import heartbeats
from letters.actions import is_sending_enabled
from newsletter.actions.mail_alarms import LEAST_GONE, MOST_GONE, domain_rates
from newsletter.models import Delivery, Dispatch, MailEvent

MAILBOX = "returned mail"  # the name under which a visit of the mailbox is noted
UNREAD_AFTER = timedelta(hours=1)
LOOK_BACK = timedelta(days=30)
BLOCKED_SINCE = timedelta(days=7)
LEAST_BLOCKED = 3  # one server's whim is no alarm
WARN_COMPLAINTS, WARN_LEAST = 1, 2  # per thousand, and so many; at three times that a running dispatch is paused

Kind = MailEvent.Kind


class Alarm(NamedTuple):
    """One line: `about` what, `words` what is wrong, `url` where to look."""

    about: str
    words: str
    url: str


def find_alarms() -> list[Alarm]:
    """Issues of the last month whose mailboxes do not exist or whose readers complain; servers that block us."""
    launched = Dispatch.objects.filter(launched_at__gt=timezone.now() - LOOK_BACK).select_related("issue")
    counted = launched.annotate(
        gone=Count("deliveries__mail_events", filter=Q(deliveries__mail_events__kind=Kind.HARD)),
        complaints=Count("deliveries__mail_events", filter=Q(deliveries__mail_events__kind=Kind.COMPLAINT)),
    )
    told = counted.filter(Q(gone__gte=LEAST_GONE) | Q(complaints__gte=WARN_LEAST)).order_by("-launched_at")
    found = [_look_at(dispatch, gone=dispatch.gone, complaints=dispatch.complaints) for dispatch in told]
    return [*chain.from_iterable(found), *_domains(), *_blocked(), *_mailbox()]


def _look_at(dispatch: Dispatch, *, gone: int, complaints: int) -> list[Alarm]:
    states = (Delivery.State.HANDED_OVER, Delivery.State.REFUSED)
    tried = dispatch.deliveries.filter(state__in=states).count()
    found = []
    if gone >= LEAST_GONE and gone * 100 > tried * MOST_GONE:
        found.append(f"{gone} of {tried} mailboxes do not exist. Where did these addresses come from?")
    if complaints >= WARN_LEAST and complaints * 1000 >= tried * WARN_COMPLAINTS:
        found.append(f"{complaints} of {tried} readers reported it as spam.")
    url = reverse("newsletter_dispatch", args=[dispatch.pk])
    return [Alarm(dispatch.issue.label, words, url) for words in found]


def _domains() -> list[Alarm]:
    """Mail providers whose readers complain: each judges us by its own alone."""
    url = f"{reverse('wagtailsnippets_newsletter_mailevent:list')}?kind={Kind.COMPLAINT}"
    return [
        Alarm(
            f"Readers at {rate.domain}",
            f"{rate.complaints} reported our mail as spam within a day, of {rate.mails} mails to them.",
            url,
        )
        for rate in domain_rates(least=WARN_LEAST)
        if rate.complaints * 1000 >= rate.mails * WARN_COMPLAINTS
    ]


def _blocked() -> list[Alarm]:
    lately = MailEvent.objects.filter(kind=Kind.BLOCKED, at__gt=timezone.now() - BLOCKED_SINCE)
    number, last = lately.count(), lately.first()
    if number < LEAST_BLOCKED or last is None:
        return []
    words = f"{number} mails in a week were refused for our sake, not the reader’s."
    url = f"{reverse('wagtailsnippets_newsletter_mailevent:list')}?kind={Kind.BLOCKED}"
    return [Alarm("Mail servers block us", f"{words} The last words: {last.diagnostic or last.status}", url)]


def _mailbox() -> list[Alarm]:
    """The mailbox of returned mail, when nobody could read it for long."""
    if not settings.RETURNED_MAIL_URL or not is_sending_enabled():
        return []
    last = heartbeats.last_beats().get(MAILBOX)
    if last is not None and timezone.now() - last < UNREAD_AFTER:
        return []
    since = f"since {date_format(timezone.localtime(last), 'j F, H:i')}" if last else "yet"
    words = f"It could not be read {since}. The worker’s log says why; so does the command take_returned_mail."
    return [Alarm("The mailbox of returned mail", words, reverse("wagtailsnippets_newsletter_mailevent:list"))]
