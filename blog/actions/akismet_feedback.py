"""Telling Akismet of its mistakes: once for each decision of a person that goes against what it believes."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from blog.actions import akismet_status
from blog.commenting.rules import settings_for
from blog.errors import AkismetFaultError, AkismetKeyError
from blog.models import AkismetCheck, AkismetFeedback, Comment
from blog.spam import akismet
from blog.spam.akismet_values import as_written

Kind, State = AkismetFeedback.Kind, AkismetFeedback.State
UNDO_TIME = timedelta(minutes=5)  # a decision that is taken back so soon is told to nobody
LEASE = timedelta(minutes=2)
WAITS = (1, 5, 20, 60, 120, 240, 480, 1440)  # minutes before the next try
MOST_ATTEMPTS = 20
PATIENCE = timedelta(days=25)  # before what was sent is forgotten
RUNG_AT_ONCE = 300

_WANTED = {Comment.State.PUBLISHED: Kind.HAM, Comment.State.SPAM: Kind.SPAM}


def may_be_told(comment: Comment) -> bool:
    """Whether there is a key, and the site's editors want Akismet to know of comments."""
    return bool(settings.AKISMET_API_KEY) and settings_for(comment.article).use_akismet


def report_decision(comment: Comment) -> None:
    """After a person's decision, in its transaction: order that Akismet is told, or take such an order back.

    A refusal says nothing about spam. What was told before is what Akismet believes: the contrary is told as well.
    """
    check = _last_answered(comment)
    if check is None or not may_be_told(comment):
        return
    wanted = _WANTED.get(Comment.State(comment.state)) if comment.decided_by_id else None
    waiting = check.feedback.filter(state=State.WAITING).exclude(lease_until__gt=timezone.now())
    waiting.exclude(kind=wanted or "").delete()
    if wanted and wanted != _belief(check) and not check.feedback.filter(kind=wanted, state=State.WAITING).exists():
        now = timezone.now()
        fresh = {"state": State.WAITING, "attempts": 0, "created_at": now, "next_try_at": now + UNDO_TIME}
        AkismetFeedback.objects.update_or_create(check_row=check, kind=wanted, defaults={**fresh, "lease_until": None})


def send_feedback(pk: int) -> bool:
    """Tell of one mistake; False when it is not due, or nobody may ask now."""
    now = timezone.now()
    with transaction.atomic():
        free = _free().filter(pk=pk, next_try_at__lte=now)
        permit = akismet_status.take_permit() if free.exists() else None
        if permit is None:
            return False
        if not free.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
            akismet_status.give_back(permit)
            return False
        feedback = AkismetFeedback.objects.select_related("check_row__comment__article").get(pk=pk)
    values = feedback.check_row.values
    if not values or not may_be_told(feedback.check_row.comment):
        akismet_status.give_back(permit)
        _finish(feedback, State.GIVEN_UP)
        return False
    try:
        remarks = akismet.submit_values(values, is_spam=feedback.kind == Kind.SPAM)
    except AkismetFaultError as error:
        akismet_status.record_fault(error, permit)
        _put_off(feedback, error)
    else:
        _finish(feedback, State.DONE)
        akismet_status.record_answer(remarks)
    akismet_status.tell_operator()
    return True


def find_due_feedback() -> list[int]:
    """Keys of what should be told now."""
    now = timezone.now()
    tired = Q(created_at__lt=now - PATIENCE) | Q(attempts__gte=MOST_ATTEMPTS) | Q(check_row__values={})
    _free().filter(tired).update(state=State.GIVEN_UP)
    if not akismet_status.may_ask():
        return []
    due = _free().filter(next_try_at__lte=now).order_by("next_try_at", "pk")
    return list(due.values_list("pk", flat=True)[: 1 if akismet_status.is_probing() else RUNG_AT_ONCE])


def _free() -> QuerySet[AkismetFeedback]:
    return AkismetFeedback.objects.filter(state=State.WAITING).exclude(lease_until__gt=timezone.now())


def _last_answered(comment: Comment) -> AkismetCheck | None:
    """What Akismet said last about these words, while what was sent is still known."""
    answered = comment.akismet_checks.filter(state=AkismetCheck.State.ANSWERED).order_by("-answered_at", "-pk").first()
    is_same = answered is not None and answered.values.get("comment_content") == as_written(comment)
    return answered if is_same else None


def _belief(check: AkismetCheck) -> str:
    """What Akismet takes the comment for: what it was told last (or is being told now), else its own answer."""
    told = check.feedback.filter(Q(state=State.DONE) | Q(state=State.WAITING, lease_until__gt=timezone.now()))
    last = told.order_by("-created_at", "-pk").first()
    if last is not None:
        return last.kind
    return Kind.HAM if check.answer == AkismetCheck.Answer.HAM else Kind.SPAM


def _put_off(feedback: AkismetFeedback, error: AkismetFaultError) -> None:
    wait = timedelta(minutes=WAITS[min(feedback.attempts, len(WAITS)) - 1])
    wait = max(wait, timedelta(seconds=getattr(error, "retry_after", 0)))
    mine = AkismetFeedback.objects.filter(pk=feedback.pk, state=State.WAITING, lease_until=feedback.lease_until)
    is_key = isinstance(error, AkismetKeyError)
    mine.update(next_try_at=timezone.now() + (timedelta(0) if is_key else wait), lease_until=None)


def _finish(feedback: AkismetFeedback, state: AkismetFeedback.State) -> None:
    mine = AkismetFeedback.objects.filter(pk=feedback.pk, state=State.WAITING, lease_until=feedback.lease_until)
    mine.update(state=state, lease_until=None)
