"""The monthly draft: made by the clock or by a person, once a month; a month that was missed asks first."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.log_actions import log
from wagtail.permission_policies.pages import PagePermissionPolicy

from newsletter.errors import WrongState
from newsletter.gathering import gather, propose_issue
from newsletter.letters import post_monthly_draft
from newsletter.models import DraftRun, DraftSchedule, IssuePage, NewsletterPage
from newsletter.months import months_after
from newsletter.wall_clock import month_in, say_moment, site_zone

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

WINDOW = timedelta(hours=24)  # a month that is later than this asks before a draft is made
LOOK_BACK = 2  # months; the latest moment that has come is never further back

State = DraftRun.State


def schedules_that_are_on() -> list[int]:
    """Keys of those that the clock looks at."""
    return list(DraftSchedule.objects.filter(is_on=True).values_list("pk", flat=True))


def settle_due_month(pk: int) -> DraftRun | None:
    """Make the draft of the latest month whose moment has come, or ask about it; None when there is nothing to do.

    Rung by any number of clocks at once: the run's row is written first, and the database takes one a month. What
    fails leaves no row behind, so that the next minute tries again.
    """
    schedule = DraftSchedule.objects.select_related("newsletter").filter(pk=pk, is_on=True).first()
    now = timezone.now()
    month = latest_due_month(schedule, now) if schedule else None
    if schedule is None or month is None or _run_of(schedule.newsletter, month):
        return None
    is_missed = now - schedule.due_at(month) > WINDOW
    try:
        with transaction.atomic():
            run = _begin_run(schedule.newsletter, month, state=State.ASKED if is_missed else State.NOTHING, now=now)
            return _tell(run) if is_missed else _fill(run, now=now, by=None)
    except IntegrityError:
        if _run_of(schedule.newsletter, month):
            return None  # another clock was first
        raise


def latest_due_month(schedule: DraftSchedule, now: datetime) -> date | None:
    """The latest month whose moment has come, if that was not before the schedule was set."""
    this = month_in(schedule.zone, now)
    for back in range(-1, LOOK_BACK):
        month = months_after(this, -back)
        if (due := schedule.due_at(month)) <= now:
            return month if due >= schedule.since else None
    return None


def months_ahead(schedule: DraftSchedule, now: datetime, number: int) -> list[date]:
    """So many months whose moment is still to come and whose draft is not made yet, the next one first."""
    taken = set(schedule.newsletter.draft_runs.values_list("period", flat=True))
    month = months_after(month_in(schedule.zone, now), -1)
    found: list[date] = []
    while len(found) < number:
        if month not in taken and schedule.due_at(month) > now:
            found.append(month)
        month = months_after(month, 1)
    return found


def find_month_to_make(newsletter: NewsletterPage, now: datetime) -> tuple[date, DraftRun | None]:
    """The month that it is in the schedule's zone; and its run, if a draft of it is there already."""
    month = month_in(_zone_of(newsletter), now)
    made = newsletter.draft_runs.filter(period=month).exclude(_redoable()).select_related("issue")
    return month, made.first()


def make_draft_now(newsletter: NewsletterPage, *, by: "User") -> DraftRun:
    """Make this month's draft before its moment, or without a schedule. Raises WrongState when there is one."""
    now = timezone.now()
    month, _made = find_month_to_make(newsletter, now)
    earlier = _run_of(newsletter, month)
    if earlier is not None:
        return _settle_again(earlier, to_fill=_redoable(), by=by, now=now)
    try:
        with transaction.atomic():
            return _fill(_begin_run(newsletter, month, state=State.NOTHING, now=now), now=now, by=by)
    except IntegrityError as error:
        raise WrongState("Somebody else has just made a draft or an issue. Look again.") from error


def make_missed_draft(run: DraftRun, *, by: "User") -> DraftRun:
    """Answer the question about a missed month with yes. Raises WrongState when it is answered already."""
    return _settle_again(run, to_fill=Q(state=State.ASKED), by=by, now=timezone.now())


def skip_missed_draft(run: DraftRun, *, by: "User") -> None:
    """Answer it with no. Raises WrongState when it is answered already."""
    asked = DraftRun.objects.filter(pk=run.pk, state=State.ASKED)
    if not asked.update(state=State.SKIPPED, settled_at=timezone.now(), by=by):
        raise WrongState(_already(run.pk))


def set_schedule(schedule: DraftSchedule, *, told: Any) -> DraftSchedule:
    """Save what a form has put into it. A new day, time or zone counts from now: no month is missed by that."""
    before = DraftSchedule.objects.filter(pk=schedule.pk).first()
    if before is None or _rule_of(before) != _rule_of(schedule):
        schedule.since = timezone.now()
    with transaction.atomic():
        schedule.save()
        schedule.told.set(told)
    return schedule


def people_to_tell(newsletter: NewsletterPage) -> list[Any]:
    """Who gets the letters: those whom the schedule names and who may still publish, else all who may."""
    may = people_who_may_publish(newsletter)
    schedule = DraftSchedule.objects.filter(newsletter=newsletter).first()
    named = may.filter(pk__in=schedule.told.values("pk")) if schedule else may.none()
    return list(named) or list(may)


def people_who_may_publish(newsletter: NewsletterPage) -> Any:
    """Colleagues with an open account and an address, by name."""
    people = PagePermissionPolicy().users_with_permission_for_instance("publish", newsletter)
    return people.filter(is_active=True).exclude(email="").order_by("last_name", "first_name", "pk")


def _begin_run(newsletter: NewsletterPage, month: date, *, state: State, now: datetime) -> DraftRun:
    """The row that makes this month ours; an open question about a month before is no question any more."""
    schedule = DraftSchedule.objects.filter(newsletter=newsletter).first()
    run = DraftRun.objects.create(
        newsletter=newsletter,
        period=month,
        state=state,
        due_at=schedule.due_at(month) if schedule else now,
        zone=_zone_of(newsletter),
        settled_at=now,
    )
    older = DraftRun.objects.filter(newsletter=newsletter, state=State.ASKED, period__lt=month)
    older.update(state=State.SKIPPED, settled_at=now)
    return run


def _settle_again(run: DraftRun, *, to_fill: Q, by: "User", now: datetime) -> DraftRun:
    """Make the draft of a month that has a run without one. The conditional update lets one person through."""
    try:
        with transaction.atomic():
            if not DraftRun.objects.filter(to_fill, pk=run.pk, settled_at=run.settled_at).update(settled_at=now):
                raise WrongState(_already(run.pk))
            return _fill(DraftRun.objects.select_related("newsletter").get(pk=run.pk), now=now, by=by)
    except IntegrityError as error:
        raise WrongState("Somebody else has just made an issue with the same number. Try again.") from error


def _redoable() -> Q:
    return ~Q(state=State.MADE) | Q(issue=None)


def _fill(run: DraftRun, *, now: datetime, by: "User | None") -> DraftRun:
    """Make the draft, if there is anything for it, and tell people. Part of the transaction that claimed the run."""
    gathered = gather(run.newsletter, until=now)
    run.state, run.by, run.until, run.articles = State.NOTHING, by, None, len(gathered.articles)
    if gathered.articles:
        issue = propose_issue(run.newsletter, gathered, month=run.period)
        run.state, run.until, run.issue = State.MADE, now, _add_draft(run.newsletter, issue, by=by)
    run.save()
    return _tell(run, left_out=len(gathered.left_out))


def _add_draft(newsletter: NewsletterPage, issue: IssuePage, *, by: "User | None") -> IssuePage:
    issue.owner = by
    added: IssuePage = NewsletterPage.objects.get(pk=newsletter.pk).add_child(instance=issue)
    added.save_revision(user=by)
    log(added, "wagtail.create", user=by, content_changed=True)
    return added


def _tell(run: DraftRun, *, left_out: int = 0) -> DraftRun:
    for person in people_to_tell(run.newsletter):
        if person != run.by:  # who pressed the button is looking at it
            post_monthly_draft(person, run, left_out=left_out)
    return run


def _run_of(newsletter: NewsletterPage, month: date) -> DraftRun | None:
    return DraftRun.objects.select_related("newsletter").filter(newsletter=newsletter, period=month).first()


def _zone_of(newsletter: NewsletterPage) -> str:
    zone: str | None = DraftSchedule.objects.filter(newsletter=newsletter).values_list("zone", flat=True).first()
    return zone or site_zone()


def _rule_of(schedule: DraftSchedule) -> tuple[Any, ...]:
    return schedule.is_on, schedule.day, schedule.at, schedule.zone


def _already(pk: int) -> str:
    run = DraftRun.objects.get(pk=pk)
    which = date_format(run.period, "F Y")
    words = {
        State.MADE: f"The draft of {which} was made on {say_moment(run.settled_at, run.zone)}.",
        State.SKIPPED: f"{which} was left out.",
        State.NOTHING: f"There was nothing new for {which}.",
        State.ASKED: f"{which} waits for a decision.",
    }
    return words[State(run.state)]
