"""The worker's part in issues: bells that may ring twice or never; the work is in rows."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from guard import heartbeats
from letters.actions import is_sending_enabled
from newsletter.actions import (
    address_changes,
    asking,
    batch_run,
    campaign_reports,
    campaign_trials,
    campaigning,
    checking,
    choosing_subject,
    connecting,
    dispatching,
    drafting,
    follow_news,
    import_runs,
    lapsing,
    leases,
    leaving,
    mailbox_visits,
    offers,
    series,
    sign_up_alarm,
    telling,
)
from newsletter.actions.stopping import stopping
from newsletter.mail_health import MAILBOX
from newsletter.mailboxes import MailboxAway
from newsletter.mailchimp import tasks as mailchimp_tasks  # noqa: F401 - Celery finds tasks in this module alone
from newsletter.mailchimp_desk import tasks as campaign_tasks
from newsletter.models import Dispatch
from newsletter.models.dispatches import CAMPAIGNS

log = logging.getLogger(__name__)


def _do_each(act: Callable[[int], object], keys: Iterable[int], words: str) -> None:
    """One that fails does not hold up the others."""
    for pk in keys:
        try:
            act(pk)
        except Exception:
            log.exception(words, pk)


def launch_due_dispatches() -> list[int]:
    """Start what is due; returns the keys. One whose issue cannot be written does not hold up the others."""
    launched = []
    for dispatch in Dispatch.objects.due().select_related("issue", "ordered_by"):
        try:
            if dispatching.launch_due_dispatch(dispatch):
                launched.append(dispatch.pk)
        except Exception as error:
            log.exception("Dispatch %s could not start, and is tried again in a minute", dispatch.pk)
            dispatching.note_failed_launch(dispatch, error)
    return launched


@shared_task
def tick_dispatches() -> None:
    """Launch what is due, find what a dead worker left, close what is finished, ring for what has nobody at it."""
    heartbeats.beat(heartbeats.WORKER)
    launch_due_dispatches()
    leases.reap_dead_leases()
    leases.close_cancelled()
    choosing_subject.open_left_chunks()
    _do_each(choosing_subject.settle_test, choosing_subject.undecided_tests(), "Test of two subjects %s failed")
    for due in (campaigning.due_campaigns(), campaign_reports.due_reports()):
        for pk in due.values_list("pk", flat=True):
            campaign_tasks.run_campaign.delay(pk)
    for dispatch in Dispatch.objects.running().exclude(backend=CAMPAIGNS):
        if leases.close_if_finished(dispatch) or not leases.leasable_chunks(dispatch).exists():
            continue
        for _ in range(settings.NEWSLETTER_PROCESSES - leases.live_runs(dispatch)):
            run_dispatch.delay(dispatch.pk)


@shared_task
def run_dispatch(pk: int) -> None:
    """Hand over what is due of one dispatch, for ten minutes at most; then ring the successor."""
    dispatch = Dispatch.objects.running().filter(pk=pk).first()
    if dispatch is None or not is_sending_enabled() or not leases.wait_for_turn(dispatch):
        return
    try:
        run = batch_run.make_run(dispatch)
    except ImportError as error:
        dispatching.pause_dispatch(dispatch, reason=f"What this dispatch began to be sent with is gone: {error}")
        return
    run.go()
    if run.is_work_left and not stopping.is_set() and not run.is_broken:
        run_dispatch.delay(pk)


@shared_task
def resume_dispatches() -> None:
    """At a worker's start: go on with what is running, as soon as the leases of killed workers are over."""
    tick_dispatches()
    for pk in Dispatch.objects.running().exclude(backend=CAMPAIGNS).values_list("pk", flat=True):
        run_dispatch.delay(pk)


@shared_task
def make_monthly_drafts() -> None:
    """Make the draft of a month whose moment has come, or ask about one that was missed; any number may ring."""
    words = "The monthly draft of schedule %s could not be made, and is tried again in a minute"
    _do_each(drafting.settle_due_month, drafting.schedules_that_are_on(), words)


@shared_task
def run_check(pk: int) -> None:
    """Look at an issue's links and codes; harmless when rung twice."""
    checking.run_check(pk)


@shared_task
def sweep_checks() -> None:
    """Ring for looks, also those of Mailchimp, whose bell was lost, or whose worker died."""
    for pk in checking.due_checks().values_list("pk", flat=True):
        run_check.delay(pk)
    for pk in campaign_trials.due_trials().values_list("pk", flat=True):
        campaign_tasks.run_trial.delay(pk)
    for pk in connecting.due_steps().values_list("pk", flat=True):
        campaign_tasks.take_mailchimp_step.delay(pk)


@shared_task
def tick_imports() -> None:
    """Ring for imports that wait, or that a dead worker left."""
    for pk in import_runs.due_imports():
        run_import.delay(pk)


@shared_task
def run_import(pk: int) -> None:
    """Check, take or undo one list of people; harmless when rung twice."""
    import_runs.run_import(pk)


@shared_task
def tell_earlier_readers(pk: int) -> None:
    """Tell everybody who is left of one telling; harmless when rung twice."""
    while not stopping.is_set() and telling.tell_some(pk):
        pass


@shared_task
def mint_for_all(pk: int) -> None:
    """Make the codes that are left of one order; harmless when rung twice."""
    while not stopping.is_set() and offers.mint_some(pk):
        pass


@shared_task
def sweep_gifts() -> None:
    """Ring for what is unfinished: its bell was lost, or its worker died."""
    for pk in telling.unfinished_tellings().values_list("pk", flat=True):
        tell_earlier_readers.delay(pk)
    for pk in offers.unfinished_mintings().values_list("pk", flat=True):
        mint_for_all.delay(pk)


@shared_task
def post_welcome_series() -> None:
    """Post what is due of the welcome series; one that cannot be written does not hold up the others."""
    _do_each(series.post_series_letter, series.due_series_letters(), "Series letter %s could not be posted")


@shared_task
def tell_followers() -> None:
    """Tell readers what is new in what they follow; one letter that cannot be written does not hold up the others."""
    for pk in follow_news.due_news():
        while not stopping.is_set() and follow_news.gather_some(pk):
            pass
    for reader in follow_news.due_readers():
        if stopping.is_set():
            return
        try:
            follow_news.post_follow_letter(reader)
        except Exception:
            log.exception("News of what subscriber %s follows could not be posted", reader)


@shared_task
def settle_sign_up(pk: int) -> None:
    """Answer one sign-up; harmless when rung twice."""
    asking.settle_sign_up(pk)


@shared_task
def sweep_sign_ups() -> None:
    """Ring for sign-ups whose bell was lost, and tell people of a flood of them."""
    for pk in asking.find_waiting_sign_ups():
        settle_sign_up.delay(pk)
    sign_up_alarm.raise_alarm()


@shared_task
def settle_address_change(pk: int) -> None:
    """Post the letter to a subscriber's new address; harmless when rung twice."""
    address_changes.settle_address_change(pk)


@shared_task
def settle_leave_request(pk: int) -> None:
    """Answer somebody who typed an address to leave; harmless when rung twice."""
    leaving.settle_leave_request(pk)


@shared_task
def sweep_own_wishes() -> None:
    """Ring for changes of address and requests to leave whose bell was lost."""
    for pk in address_changes.find_waiting_changes():
        settle_address_change.delay(pk)
    for pk in leaving.find_waiting_leave_requests():
        settle_leave_request.delay(pk)


@shared_task(time_limit=600)
def visit_mailbox() -> None:
    """Read what came back. A mailbox that is away is looked at again at the next tick."""
    try:
        mailbox_visits.visit_mailbox()
        heartbeats.beat(MAILBOX)
    except MailboxAway as error:
        log.error("RETURNED_MAIL_URL: the mailbox of returned mail cannot be read: %s", error)  # noqa: TRY400


@shared_task
def ask_lapsed() -> None:
    """Ask readers without a sign of life whether they still read; take those off who were asked and did not answer."""
    lapsing.let_lapsed_go()
    lapsing.ask_lapsed()


@worker_ready.connect
def ring_at_start(**_: Any) -> None:
    """A worker that starts again must not wait for the next minute, nor be taken for none while it has much to do."""
    heartbeats.beat(heartbeats.WORKER)
    resume_dispatches.delay()
    tick_imports.delay()
    make_monthly_drafts.delay()


@worker_shutting_down.connect
def stop_handing_out(**_: Any) -> None:
    """Told to end: every connection finishes its message, writes the outcome down and says goodbye."""
    stopping.set()
