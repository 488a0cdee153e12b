"""Undoing an import. Runs inside the transaction of a chunk."""

from django.db.models import Exists, OuterRef, Q

from newsletter.importing.people import Refusal
from newsletter.models import Consent, EbookGrant, ImportLine, Subscriber, SubscriberImport

_NOT_THEIR_ACTS = (Consent.Act.IMPORTED, Consent.Act.RETURNED_MAIL)


def take_back(found: SubscriberImport, *, after: int, at_most: int) -> tuple[int, int, list[Refusal]]:
    """Delete those of some people of the import who did nothing since.

    Looks at keys greater than `after`. Returns the greatest key it looked at (0: there is nobody left), how many it
    removed, and a line for each who stays.
    """
    people = Subscriber.objects.filter(came_with=found, pk__gt=after).order_by("pk")
    chunk = list(people.select_for_update()[:at_most])
    if not chunk:
        return 0, 0, []
    acted = set(_who_acted([person.pk for person in chunk]))
    idle = [person.pk for person in chunk if person.pk not in acted]
    Subscriber.objects.filter(pk__in=idle).delete()
    stayed = [Refusal(0, ImportLine.Kind.STAYED, person.email, _why(person)) for person in chunk if person.pk in acted]
    return chunk[-1].pk, len(idle), stayed


def _who_acted(keys: list[int]) -> list[int]:
    acts = Consent.objects.filter(subscriber=OuterRef("pk")).exclude(act__in=_NOT_THEIR_ACTS)
    books = EbookGrant.objects.filter(subscriber=OuterRef("pk"), downloads__gt=0)
    did_something = Q(last_sign_at__isnull=False) | Q(state=Subscriber.State.LEFT) | Exists(acts) | Exists(books)
    return list(Subscriber.objects.filter(did_something, pk__in=keys).values_list("pk", flat=True))


def _why(person: Subscriber) -> str:
    if person.state == Subscriber.State.LEFT:
        return "left since; that must not be forgotten"
    return "did something since: see their page"
