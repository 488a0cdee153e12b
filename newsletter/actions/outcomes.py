"""Writing down what became of one message: the only place that makes or changes a Delivery."""

import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from letters.headers import one_line
from newsletter.actions.mail_events import take_refusal
from newsletter.models import Delivery, Dispatch, MailEvent, SubjectTest, Subscriber
from newsletter.senders import Outcome, Result, holds_unknown

# After a passing refusal. Short at first, because greylisting and a full moment are over in minutes; the last wait is
# repeated until three days are over, then the reader counts as refused.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
GIVES_UP_AFTER = timedelta(hours=72)
TOGETHER = 15  # seconds
JITTER = 0.1  # of each wait, so that those who were deferred together do not come back together
MOST_TRIES = len(WAITS) + (GIVES_UP_AFTER - sum(WAITS, timedelta())) // WAITS[-1] + 1

State = Delivery.State
Row = dict[str, Any]  # columns of a Delivery


def record_outcome(dispatch_id: int, subscriber_id: int, outcome: Outcome, *, attempts: int) -> None:
    """Write the outcome of an attempt into the caller's transaction. `attempts` counts this one.

    Never takes "handed over" back. Unknown is sent again after the first doubt, held after the second, or at once
    when NEWSLETTER_UNKNOWN_POLICY says hold or the dispatch was cancelled.
    """
    row: Row = {"attempts": attempts, "reply_code": outcome.code, "reply": one_line(outcome.reply)[:250]}
    if outcome.result is Result.HANDED_OVER:
        _write(dispatch_id, subscriber_id, State.HANDED_OVER, **row)
    elif outcome.result is Result.REFUSED:
        _write_refused(dispatch_id, subscriber_id, outcome, row=row)
    elif outcome.result is Result.DEFERRED:
        _write_deferred(dispatch_id, subscriber_id, outcome, attempts=attempts, row=row)
    else:
        _write_unknown(dispatch_id, subscriber_id, row=row)


def record_skipped(dispatch_id: int, subscriber_id: int, *, why: str) -> None:
    """This reader must not be mailed any more; joins the caller's transaction."""
    _write(dispatch_id, subscriber_id, State.SKIPPED, attempts=0, reply=why)


def record_evidence(dispatch_id: int, subscriber_id: int) -> None:
    """A worker that was thought dead reports that its message was accepted: unknown becomes handed over."""
    row = {"reply": "accepted, reported late"}
    changed = _rows(dispatch_id, subscriber_id).update(state=State.HANDED_OVER, at=timezone.now(), **row)
    if not changed:
        _insert(dispatch_id, subscriber_id, state=State.HANDED_OVER, **row)


def forget_reader(subscriber_id: int) -> None:
    """Before a person is erased: nobody is tried again, and no reply of a mail server keeps the address."""
    rows = Delivery.objects.filter(subscriber=subscriber_id)
    rows.filter(state__in=Delivery.OPEN_STATES).update(state=State.CANCELLED, next_try_at=None)
    rows.exclude(reply="").update(reply="")
    MailEvent.objects.filter(subscriber=subscriber_id).exclude(diagnostic="").update(diagnostic="")


def close_open_deliveries(dispatch_id: int) -> None:
    """After a cancellation nobody is tried again: deferred ends as cancelled, unknown waits for a person."""
    rows = Delivery.objects.filter(dispatch=dispatch_id)
    rows.filter(state=State.DEFERRED).update(state=State.CANCELLED, next_try_at=None)
    rows.filter(state=State.UNKNOWN).update(state=State.HELD, next_try_at=None)


def _write_refused(dispatch_id: int, subscriber_id: int, outcome: Outcome, *, row: Row) -> None:
    _write(dispatch_id, subscriber_id, State.REFUSED, **row)
    refused = _rows(dispatch_id, subscriber_id).filter(state=State.REFUSED).select_related("subscriber").first()
    if refused is not None:
        take_refusal(refused, outcome)


def _write_deferred(dispatch_id: int, subscriber_id: int, outcome: Outcome, *, attempts: int, row: Row) -> None:
    if attempts >= MOST_TRIES:
        _write_refused(dispatch_id, subscriber_id, outcome, row=row)
    elif _is_cancelled(dispatch_id):
        _write(dispatch_id, subscriber_id, State.CANCELLED, **row)
    else:
        _write(dispatch_id, subscriber_id, State.DEFERRED, next_try_at=_next_try_after(attempts), **row)


def _next_try_after(attempts: int) -> datetime:
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    moment = timezone.now() + wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
    # Who is due within the same few seconds shares connections.
    return datetime.fromtimestamp(math.ceil(moment.timestamp() / TOGETHER) * TOGETHER, tz=UTC)


def _write_unknown(dispatch_id: int, subscriber_id: int, *, row: Row) -> None:
    doubts = (_rows(dispatch_id, subscriber_id).values_list("doubts", flat=True).first() or 0) + 1
    is_held = doubts > 1 or _must_hold(dispatch_id)
    if is_held:
        _write(dispatch_id, subscriber_id, State.HELD, doubts=doubts, **row)
    else:
        _write(dispatch_id, subscriber_id, State.UNKNOWN, doubts=doubts, next_try_at=timezone.now(), **row)


def _write(dispatch_id: int, subscriber_id: int, state: str, **row: Any) -> None:
    row = {"next_try_at": None, "reply_code": None, **row, "state": state, "at": timezone.now()}
    if not _rows(dispatch_id, subscriber_id).exclude(state=State.HANDED_OVER).update(**row):
        _insert(dispatch_id, subscriber_id, **row)


def _insert(dispatch_id: int, subscriber_id: int, **row: Any) -> None:
    # Erased while the message was under way: the outcome is counted, of nobody.
    known = Subscriber.objects.filter(pk=subscriber_id).exists()
    test = SubjectTest.objects.filter(dispatch=dispatch_id).first()
    row["lot"] = test.lot_of(subscriber_id) if test else ""
    delivery = Delivery(dispatch_id=dispatch_id, subscriber_id=subscriber_id if known else None, **row)
    # The constraint keeps a row that says "handed over" already.
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)


def _rows(dispatch_id: int, subscriber_id: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(dispatch=dispatch_id, subscriber=subscriber_id)


def _must_hold(dispatch_id: int) -> bool:
    """Whether doubt waits for a person at once: by the setting, or because the sender would send to many twice."""
    if settings.NEWSLETTER_UNKNOWN_POLICY == "hold" or _is_cancelled(dispatch_id):
        return True
    return holds_unknown(Dispatch.objects.values_list("backend", flat=True).get(pk=dispatch_id))


def _is_cancelled(dispatch_id: int) -> bool:
    return Dispatch.objects.filter(pk=dispatch_id, state=Dispatch.State.CANCELLED).exists()
