"""Pausing a dispatch whose mails come back or are reported as spam: a person looks before it goes on."""

from django.utils import timezone

from newsletter.models import Delivery, Dispatch, MailEvent

FIRST = 500  # outcomes in which a bad list shows itself
MOST_GONE, LEAST_GONE = 5, 10  # per cent of them; and so many, or a short list would stop for two old addresses
MOST_COMPLAINTS, LEAST_COMPLAINTS = 3, 5  # per thousand; and so many

Kind = MailEvent.Kind


def watch_dispatch(dispatch_id: int, kind: MailEvent.Kind) -> None:
    """After news of a dispatch: pause it where too many mailboxes do not exist or too many people complain.

    Once only: whoever resumes it has decided. Joins the caller's transaction.
    """
    running = Dispatch.objects.running().filter(pk=dispatch_id, alarmed_at=None)
    if kind not in {Kind.HARD, Kind.COMPLAINT} or not running.exists():
        return
    if reason := _find_reason(dispatch_id, kind):
        running.update(state=Dispatch.State.PAUSED, pause_reason=reason, alarmed_at=timezone.now())


def _find_reason(dispatch_id: int, kind: MailEvent.Kind) -> str:
    rows = Delivery.objects.filter(dispatch=dispatch_id)
    told = MailEvent.objects.filter(delivery__dispatch=dispatch_id, kind=kind).count()
    if kind == Kind.HARD:
        outcomes = rows[: FIRST + 1].count()
        if outcomes <= FIRST and told >= LEAST_GONE and told * 100 > outcomes * MOST_GONE:
            return f"{told} of the first {outcomes} mailboxes do not exist. Look where these addresses came from."
        return ""
    handed_over = rows.filter(state=Delivery.State.HANDED_OVER).count()
    if told >= LEAST_COMPLAINTS and told * 1000 > handed_over * MOST_COMPLAINTS:
        return f"{told} of {handed_over} readers have reported this issue as spam."
    return ""
