"""A second opinion on comments that our own check is unsure about: asked by a worker, never in a request.

An `AkismetCheck` row is the order. The comment is held meanwhile, and stays so when no answer comes.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from blog.actions import akismet_status, judging
from blog.actions.akismet_feedback import may_be_told, report_decision
from blog.actions.akismet_orders import ask_about, order_check
from blog.actions.akismet_status import Permit, trouble
from blog.commenting.rules import settings_for
from blog.errors import AkismetFaultError, AkismetKeyError
from blog.models import AkismetCheck, Comment
from blog.spam import Outcome, Reason, akismet
from blog.spam.akismet_values import as_written

__all__ = ["ask_about", "ask_akismet", "find_due_checks", "report_decision", "trouble"]

State, Said = AkismetCheck.State, AkismetCheck.Answer
WAITING = {Comment.State.PENDING, Comment.State.HELD}
EMAIL = "comment_author_email"
LEASE = timedelta(minutes=2)  # longer than `blog.spam.akismet_line.DEADLINE` and a name server's patience
WAITS = (1, 5, 20, 60, 120, 240, 240, 480)  # minutes before the next try
PATIENCE = timedelta(hours=24)  # then a person decides without it
MOST_ATTEMPTS = 20  # a comment that kills every worker is not asked about for ever
MOST_RECHECKS = 3
BELL_IS_LOST = timedelta(seconds=20)
RUNG_AT_ONCE = 300

_REASONS = {
    Said.HAM: (Outcome.CLEAR, "Akismet: not spam"),
    Said.SPAM: (Outcome.SPAM, "Akismet: spam"),
    Said.DISCARD: (Outcome.SPAM, "Akismet: blatant spam"),
}
_PROVISIONAL = "Akismet: not spam so far; it wants to be asked again in a while"


def ask_akismet(pk: int) -> bool:
    """Ask about one comment whose turn it is, and write down what came; False: not due, or nobody may ask now."""
    claim = _claim(pk)
    if claim is None:
        return False
    check, permit = claim
    try:
        answer = akismet.check_values(check.values)
    except AkismetFaultError as error:
        akismet_status.record_fault(error, permit)
        _put_off(check, error)
    else:
        _write_answer(check, answer)
        akismet_status.record_answer(answer.remarks)
        if permit.token is not None:
            ring_for_due_checks()  # it answers again: nobody waits for the next minute
    akismet_status.tell_operator()
    return True


def find_due_checks() -> list[int]:
    """Keys of questions that should be asked now: all, one after a pause, none while nobody may ask."""
    _give_up_old()
    if not akismet_status.may_ask():
        return []
    due = AkismetCheck.objects.filter(state=State.WAITING, next_try_at__lte=timezone.now() - BELL_IS_LOST)
    free = due.exclude(lease_until__gt=timezone.now()).order_by("next_try_at", "pk")
    return list(free.values_list("pk", flat=True)[: 1 if akismet_status.is_probing() else RUNG_AT_ONCE])


def ring_for_due_checks() -> None:
    """Let a worker look for what is due."""
    from blog.tasks import sweep_akismet  # noqa: PLC0415 - the task calls this module

    transaction.on_commit(sweep_akismet.delay, robust=True)


def _claim(pk: int) -> tuple[AkismetCheck, Permit] | None:
    """Lease the question and take leave to ask, both or neither; the attempt counts before it is made."""
    now = timezone.now()
    with transaction.atomic():
        _drop_needless(pk)
        due = AkismetCheck.objects.filter(pk=pk, state=State.WAITING, next_try_at__lte=now)
        free = due.exclude(lease_until__gt=now)
        permit = akismet_status.take_permit() if free.exists() else None
        if permit is None:
            return None
        if not free.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
            akismet_status.give_back(permit)
            return None
        return AkismetCheck.objects.get(pk=pk), permit


def _drop_needless(pk: int) -> None:
    """Send nothing that nobody needs or wants any more: the comment is decided, the settings were changed."""
    waiting = AkismetCheck.objects.filter(pk=pk, state=State.WAITING)
    check = waiting.select_related("comment__article").first()
    if check is None:
        return
    over = {"state": State.GIVEN_UP, "lease_until": None}
    if check.comment.state not in WAITING:
        waiting.update(**over, fault="Decided before it was asked about.")
    elif not may_be_told(check.comment):
        waiting.update(**over, fault="Akismet was switched off.")
    elif EMAIL in check.values and not settings_for(check.comment.article).akismet_gets_email:
        waiting.update(values={name: value for name, value in check.values.items() if name != EMAIL})


def _write_answer(check: AkismetCheck, answer: akismet.Answer) -> None:
    said = Said(answer.word)
    with transaction.atomic():
        mine = AkismetCheck.objects.filter(pk=check.pk, state=State.WAITING, lease_until=check.lease_until)
        written = mine.update(
            state=State.ANSWERED,
            answer=said,
            guid=answer.remarks.guid,
            fault="",
            lease_until=None,
            answered_at=timezone.now(),
        )
        comment = Comment.objects.select_related("article").filter(pk=check.comment_id).first()
        if not written or comment is None or as_written(comment) != check.values.get("comment_content"):
            return  # another worker was asked to go on, or these are no longer the words
        outcome, words = _REASONS[said]
        if said == Said.HAM and _recheck(comment, check, answer.remarks.recheck_after):
            outcome, words = Outcome.UNSURE, _PROVISIONAL
        judging.refine_judgement(comment.pk, outcome=outcome, reason=Reason("akismet", words), version=comment.version)
        report_decision(Comment.objects.get(pk=comment.pk))  # a person may have been faster


def _recheck(comment: Comment, check: AkismetCheck, after: int) -> bool:
    """Order the question once more, if Akismet wants that and a person has not decided yet."""
    wants = after > 0 and comment.state in WAITING
    made = AkismetCheck.objects.filter(comment=comment, values__recheck_reason="recheck-after").count()
    if not wants or made >= MOST_RECHECKS:
        return False
    order_check(comment, {**check.values, "recheck_reason": "recheck-after"}, after=timedelta(seconds=after))
    return True


def _put_off(check: AkismetCheck, error: AkismetFaultError) -> None:
    wait = timedelta(minutes=WAITS[min(check.attempts, len(WAITS)) - 1])
    wait = max(wait, timedelta(seconds=getattr(error, "retry_after", 0)))
    if isinstance(error, AkismetKeyError):
        wait = timedelta(0)  # as soon as the key is mended
    mine = AkismetCheck.objects.filter(pk=check.pk, state=State.WAITING, lease_until=check.lease_until)
    mine.update(next_try_at=timezone.now() + wait, lease_until=None, fault=str(error)[:250])
    _give_up_old()


def _give_up_old() -> None:
    """After a day, or too many tries: the moderator is told that there was no answer."""
    now = timezone.now()
    waiting = AkismetCheck.objects.filter(state=State.WAITING).exclude(lease_until__gt=now)
    old = waiting.filter(Q(created_at__lt=now - PATIENCE) | Q(attempts__gte=MOST_ATTEMPTS))
    for check in old.select_related("comment")[:RUNG_AT_ONCE]:
        _give_up(check)


def _give_up(check: AkismetCheck) -> None:
    why = check.fault.rstrip(".")
    words = f"Akismet gave no answer ({why})" if why else "Akismet gave no answer"
    with transaction.atomic():
        waiting = AkismetCheck.objects.filter(pk=check.pk, state=State.WAITING)
        if waiting.update(state=State.GIVEN_UP, lease_until=None):
            reason = Reason("akismet", words)
            version = check.comment.version
            judging.refine_judgement(check.comment_id, outcome=Outcome.UNSURE, reason=reason, version=version)
