"""Where the list here and the audience at Mailchimp differ: which people, and what may be done. Reads rows only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value

from newsletter.models import MailchimpConnection, MailchimpErrand, MailchimpMember, Subscriber

Status, Problem, ToGo = MailchimpMember.Status, MailchimpMember.Problem, MailchimpMember.ToGo
_FORM = (Problem.FORGOTTEN, Problem.COMPLIANCE)


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to differ. `by_itself`: the worker sees to it. `act`: what the team may press, as (name, label)."""

    name: str
    label: str
    words: str
    rows: Callable[[MailchimpConnection], QuerySet[Any]]
    by_itself: bool = False
    act: tuple[str, str] | None = None
    act_on_all: tuple[str, str] | None = None


def _members(connection: MailchimpConnection) -> QuerySet[MailchimpMember]:
    return MailchimpMember.objects.filter(audience_id=connection.audience_id, to_go=ToGo.NO)


def _of_state(*states: str) -> Callable[[MailchimpConnection], QuerySet[MailchimpMember]]:
    """Contacts in these states of people who are on the list here."""

    def rows(connection: MailchimpConnection) -> QuerySet[MailchimpMember]:
        confirmed = Subscriber.State.CONFIRMED
        found = _members(connection).filter(subscriber__state=confirmed, status__in=states, problem="")
        return _shown(found)

    return rows


def _shown(rows: QuerySet[MailchimpMember]) -> QuerySet[MailchimpMember]:
    return rows.annotate(shown=F("subscriber__email"), why=F("problem_words")).order_by("pk")


def _strangers(connection: MailchimpConnection) -> QuerySet[MailchimpMember]:
    found = _members(connection).filter(subscriber=None, status=Status.SUBSCRIBED).exclude(email="")
    return found.annotate(shown=F("email"), why=Value("", output_field=CharField())).order_by("pk")


def _refused(*problems: str) -> Callable[[MailchimpConnection], QuerySet[MailchimpMember]]:
    def rows(connection: MailchimpConnection) -> QuerySet[MailchimpMember]:
        confirmed = Subscriber.State.CONFIRMED
        return _shown(_members(connection).filter(subscriber__state=confirmed, problem__in=problems))

    return rows


def _left_here(connection: MailchimpConnection) -> QuerySet[MailchimpMember]:
    left = Q(subscriber__state=Subscriber.State.LEFT)
    rows = MailchimpMember.objects.filter(audience_id=connection.audience_id, status__in=MailchimpMember.ON_THE_LIST)
    found = rows.filter(left | Q(to_go=ToGo.LEAVE))
    return found.annotate(shown=F("subscriber__email"), why=F("subscriber__mailchimp_errand__fault")).order_by("pk")


def _absent(connection: MailchimpConnection) -> QuerySet[Subscriber]:
    there = MailchimpMember.objects.filter(subscriber=OuterRef("pk"), audience_id=connection.audience_id)
    lacking = ~Exists(there.exclude(status__in=[Status.MISSING, Status.UNSURE])) & ~Exists(there.exclude(problem=""))
    found = Subscriber.objects.confirmed().filter(lacking)
    return found.annotate(shown=F("email"), why=F("mailchimp_errand__fault")).order_by("pk")


def _waiting(connection: MailchimpConnection) -> QuerySet[MailchimpErrand]:
    found = MailchimpErrand.objects.filter(subscriber__mailchimp_member__audience_id=connection.audience_id)
    return found.annotate(shown=F("subscriber__email"), why=F("fault")).order_by("pk")


KINDS = (
    Kind(
        "only-there",
        "Subscribed there, unknown here",
        "They get campaigns, and nobody here knows of it. Bring them in: a dry run shows first who would be taken. "
        "Nobody who left here comes back by it.",
        _strangers,
        act_on_all=("bring-in", "Bring them in…"),
    ),
    Kind(
        "form",
        "On the list here; there only Mailchimp’s own form helps",
        "They left, bounced, complained or were deleted there once. They have a letter with the form if they joined "
        "anew here. Until they use it, campaigns do not reach them.",
        _refused(*_FORM),
        act=("letter", "Send the letter again"),
    ),
    Kind(
        "refused",
        "Mailchimp does not take the address",
        "It believes that the address is invented, or belongs to nobody. If you know the person, ask for another one.",
        _refused(Problem.ADDRESS, Problem.OTHER),
        act=("again", "Try again"),
    ),
    Kind(
        "off-there",
        "On the list here, unsubscribed or bounced there",
        "They joined again here after they had left there. No sync makes anybody subscribed again: Mailchimp can ask "
        "them, by a mail with a button.",
        _of_state(Status.UNSUBSCRIBED, Status.CLEANED),
        act=("ask", "Have Mailchimp ask them"),
    ),
    Kind(
        "archived",
        "On the list here, archived there",
        "Somebody archived the contact at Mailchimp. Restore it there, have Mailchimp ask the person, or take the "
        "person off here on their page.",
        _of_state(Status.ARCHIVED),
        act=("ask", "Have Mailchimp ask them"),
    ),
    Kind(
        "pending",
        "Asked by Mailchimp, no answer yet",
        "They have a mail of Mailchimp’s with a button. Campaigns reach them once it is pressed.",
        _of_state(Status.PENDING),
    ),
    Kind(
        "left-here",
        "Left here, still subscribed there",
        "They are unsubscribed there with the next telling.",
        _left_here,
        by_itself=True,
    ),
    Kind("absent", "On the list here, not there yet", "They are told with the next telling.", _absent, by_itself=True),
    Kind(
        "waiting",
        "Changed here, not told yet",
        "Name, topics or address are told with the next telling.",
        _waiting,
        by_itself=True,
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Counted:
    """A kind, and how many there are of it now."""

    kind: Kind
    number: int


def count_drift(connection: MailchimpConnection) -> list[Counted]:
    """Each kind with its number; one query a kind."""
    return [Counted(kind, kind.rows(connection).count()) for kind in KINDS]


def count_there(connection: MailchimpConnection) -> dict[str, int]:
    """How many contacts are known of each state, by its label."""
    rows = MailchimpMember.objects.filter(audience_id=connection.audience_id)
    found = {status.label: rows.filter(status=status).count() for status in Status}
    return {label: number for label, number in found.items() if number}
