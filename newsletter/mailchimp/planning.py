"""What is to be done at Mailchimp for each subscriber who changed. Reads rows only."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.mailchimp.members import link_rows
from newsletter.mailchimp.payload import Wanted, all_topic_tags, differs, wanted_for
from newsletter.models import MailchimpConnection, MailchimpErrand, MailchimpMember, Subscriber
from newsletter.senders.mailchimp import hash_of

State, Status, Problem = Subscriber.State, MailchimpMember.Status, MailchimpMember.Problem


@dataclass(frozen=True, slots=True)
class Job:
    """One errand with what it is about; `row` is what is known of the contact there."""

    errand: MailchimpErrand
    wanted: Wanted
    row: MailchimpMember | None = None


@dataclass(slots=True)
class Plan:
    """Errands by what they lead to. `done`: nothing is to be told."""

    done: list[MailchimpErrand] = field(default_factory=list)
    add: list[Job] = field(default_factory=list)
    change: list[Job] = field(default_factory=list)
    move: list[Job] = field(default_factory=list)
    take_off: list[Job] = field(default_factory=list)
    ask_back: list[Job] = field(default_factory=list)


def make_plan(connection: MailchimpConnection, errands: Sequence[MailchimpErrand]) -> Plan:
    """Sort errands, with a few queries for all of them."""
    people = Subscriber.objects.in_bulk([errand.subscriber_id for errand in errands])
    rows = link_rows(connection.audience_id, people.values())
    wanted = wanted_for(people.values(), connection)
    ours = all_topic_tags()
    plan = Plan()
    for errand in errands:
        person = people.get(errand.subscriber_id)
        if person is None:
            plan.done.append(errand)
            continue
        job = Job(errand, wanted[person.pk], rows.get(person.pk))
        _place(plan, job, person, ours)
    return plan


def _place(plan: Plan, job: Job, person: Subscriber, ours: set[str]) -> None:
    if person.state == State.CONFIRMED:
        _place_confirmed(plan, job, person, ours)
        return
    has_left = person.state == State.LEFT or person.left_at is not None
    may_be_on = job.row is not None and job.row.status in {*MailchimpMember.ON_THE_LIST, Status.UNSURE}
    if has_left and may_be_on:
        plan.take_off.append(job)
    else:  # who has not confirmed yet is nobody's business
        plan.done.append(job.errand)


def _place_confirmed(plan: Plan, job: Job, person: Subscriber, ours: set[str]) -> None:
    row = job.row
    if row and row.problem and not job.errand.has_asked and row.status == Status.MISSING:
        plan.done.append(job.errand)  # asking again would bring the same refusal
    elif row is None or row.status in {Status.MISSING, Status.UNSURE}:
        plan.add.append(job)
    elif row.hash != hash_of(person.mailbox):
        plan.move.append(job)
    elif row.status in {*MailchimpMember.OFF, Status.ARCHIVED} and job.errand.has_asked:
        plan.ask_back.append(job)
    elif row.status in {*MailchimpMember.OFF, Status.ARCHIVED}:
        plan.done.append(job.errand)  # nobody is revived by sync
    elif differs(row.pushed, job.wanted, ours):
        plan.change.append(job)
    else:
        plan.done.append(job.errand)
