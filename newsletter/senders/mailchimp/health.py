"""Whether Mailchimp answers: one row for the operator, and the breaker that all processes share."""

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from newsletter.errors import MailchimpError, MailchimpKeyRefused, MailchimpResting
from newsletter.models import MailchimpHealth

LIMIT = 10  # faults in a row
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=15)
_QUIET = timedelta(seconds=20)  # good news is written no more often than that


def ensure_awake() -> None:
    """Raises MailchimpResting while the breaker is open."""
    rests = _row().filter(rests_until__gt=timezone.now()).values_list("rests_until", flat=True).first()
    if rests:
        raise MailchimpResting(f"Mailchimp has not answered for a while; it is asked again at {rests:%H:%M} UTC.")


def note_answer() -> None:
    """It answered, be it with a refusal: the row of faults is over."""
    now = timezone.now()
    news = Q(faults_in_a_row__gt=0) | Q(last_answer_at=None) | Q(last_answer_at__lt=now - _QUIET)
    _ensure_row()
    _row().filter(news).update(faults_in_a_row=0, rests_until=None, last_answer_at=now)


def note_fault(error: MailchimpError) -> None:
    """No answer, or none that helps; the last one in a row that is borne opens the breaker, longer each time."""
    now = timezone.now()
    _ensure_row()
    _row().update(faults_in_a_row=F("faults_in_a_row") + 1, last_fault=str(error)[:250], last_fault_at=now)
    if isinstance(error, MailchimpKeyRefused):
        _row().update(key_refused_at=now)
    faults = _row().values_list("faults_in_a_row", flat=True).get()
    if faults >= LIMIT:
        rest = min(LONGEST_REST, FIRST_REST * 2 ** min(10, faults - LIMIT))
        _row().update(rests_until=now + rest)


def _row() -> QuerySet[MailchimpHealth]:
    return MailchimpHealth.objects.filter(pk=1)


def _ensure_row() -> None:
    if not _row().exists():
        MailchimpHealth.objects.bulk_create([MailchimpHealth(pk=1)], ignore_conflicts=True)
