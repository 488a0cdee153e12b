"""Giving subscribers their codes: one for each inbox and offer, however often it is asked for."""

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from guard.addresses import fingerprint, without_tag
from guard.bells import ring_after_commit
from newsletter.audience import Reader
from newsletter.codes import show_code
from newsletter.errors import WrongState
from newsletter.models import Offer, OfferCode, Subscriber
from newsletter.models.offers import OfferQuerySet, OwnOffer

AT_ONCE = 500  # codes in one transaction
TRIES = 3  # one of two equal codes among 100,000 is made once in 25 times that many are


def offers_of(subscriber: Subscriber) -> list[OwnOffer]:
    """What this subscriber can redeem, soonest to end first; then what was redeemed and has not ended yet.

    Who left sees the codes that outlive it. A shared code is for everybody on the list.
    """
    is_on_list = subscriber.state == Subscriber.State.CONFIRMED
    running = Offer.objects.filter(is_active=True, partner__is_active=True, valid_until__gte=timezone.localdate())
    if not is_on_list:
        running = running.filter(outlives_leaving=True)
    own = OfferCode.objects.filter(subscriber=subscriber, offer__in=running.filter(kind=Offer.Kind.OWN))
    codes = own.exclude(state=OfferCode.State.VOID).select_related("offer__partner")
    found = [OwnOffer(c.offer, show_code(c.code), is_used=c.state == OfferCode.State.REDEEMED) for c in codes]
    if is_on_list:
        shared = running.current().filter(kind=Offer.Kind.SHARED).select_related("partner")
        found += [OwnOffer(offer, show_code(offer.shared_code or "")) for offer in shared]
    return sorted(found, key=lambda one: (one.is_used, one.offer.valid_until, one.offer.pk))


def mint_for_new(subscriber: Subscriber) -> list[OwnOffer]:
    """Give somebody who has just confirmed a code for each offer that is for new subscribers; all they can redeem."""
    for offer in Offer.objects.current().filter(kind=Offer.Kind.OWN, is_for_new=True):
        mint_codes(offer, [subscriber])
    return [one for one in offers_of(Subscriber.objects.get(pk=subscriber.pk)) if not one.is_used]


@transaction.atomic
def mint_codes(offer: Offer, people: Sequence[Subscriber | Reader]) -> None:
    """Make the codes that are missing. Two rows of one inbox (name+shop@…) share one: the first row has it.

    Who has one keeps it when the address changes; who was erased has it back on returning with the same address.
    """
    have = set(offer.codes.filter(subscriber__in=[one.pk for one in people]).values_list("subscriber", flat=True))
    wanted: dict[str, int] = {}
    for one in people:
        if one.pk not in have:
            wanted.setdefault(holder_of(offer, one), one.pk)
    for _ in range(TRIES):
        there = {code.holder: code for code in OfferCode.objects.filter(holder__in=wanted)}
        for holder, code in there.items():
            if code.subscriber_id is None:
                OfferCode.objects.filter(pk=code.pk, subscriber=None).update(subscriber=wanted[holder])
        missing = [
            OfferCode(offer=offer, subscriber_id=pk, holder=holder)
            for holder, pk in wanted.items()
            if holder not in there
        ]
        if not missing:
            return
        # A code that somebody has already, or a twin that was made meanwhile, is left out and looked at again.
        OfferCode.objects.bulk_create(missing, ignore_conflicts=True)
    if OfferCode.objects.filter(holder__in=wanted).count() < len(wanted):
        raise IntegrityError("No code could be made that nobody else has.")


def holder_of(offer: Offer, subscriber: Subscriber | Reader) -> str:
    """The keyed hash of an offer and the inbox behind a subscriber's mailbox."""
    return fingerprint(f"offer.{offer.pk}:{without_tag(subscriber.mailbox)}")


def order_minting(offer: Offer) -> None:
    """Have codes made for everybody who is on the list. The row is the order. Raises WrongState."""
    from newsletter.tasks import mint_for_all  # noqa: PLC0415 - the task calls this module

    if offer.kind != Offer.Kind.OWN:
        raise WrongState("This offer has one code for all: there is nothing to make.")
    if offer.is_over:
        raise WrongState("This offer has ended.")
    with transaction.atomic():
        if not Offer.objects.filter(pk=offer.pk, minting_since=None).update(minting_since=timezone.now()):
            raise WrongState("Codes are being made just now.")
        ring_after_commit(mint_for_all, offer.pk)


def unfinished_mintings() -> OfferQuerySet:
    """Offers for which not everybody has a code yet."""
    return Offer.objects.filter(minting_since__isnull=False)


@transaction.atomic
def mint_some(pk: int) -> bool:
    """Make the next codes of one order; False when everybody has one, which ends it."""
    offer = unfinished_mintings().select_for_update().filter(pk=pk).first()
    if offer is None:
        return False
    has_one = OfferCode.objects.filter(offer=offer, subscriber=OuterRef("pk"))
    without = Subscriber.objects.confirmed().filter(~Exists(has_one), pk__gt=offer.minted_up_to).order_by("pk")
    people = list(without[:AT_ONCE])
    mint_codes(offer, people)
    changes = {"minted_up_to": people[-1].pk} if people else {"minting_since": None, "minted_up_to": 0}
    Offer.objects.filter(pk=pk).update(**changes)
    return bool(people)


def codes_for(offers: Iterable[int], people: Sequence[Subscriber | Reader]) -> dict[tuple[int, int], str]:
    """(offer, subscriber) -> the code as it is shown, made where it is missing; for the readers of one chunk.

    Who has used theirs, or had it taken back, is left out.
    """
    found: dict[tuple[int, int], str] = {}
    for offer in Offer.objects.filter(pk__in=list(offers)):
        if offer.kind == Offer.Kind.SHARED:
            found |= {(offer.pk, one.pk): show_code(offer.shared_code or "") for one in people}
            continue
        mint_codes(offer, people)
        holders = {one.pk: holder_of(offer, one) for one in people}
        mine = Q(subscriber__in=list(holders)) | Q(holder__in=holders.values())  # two rows of one inbox share a code
        by_person, by_holder = {}, {}
        for code in offer.codes.filter(mine, state=OfferCode.State.OPEN):
            by_person[code.subscriber_id] = by_holder[code.holder] = show_code(code.code)
        for pk, holder in holders.items():
            if shown := by_person.get(pk) or by_holder.get(holder):
                found[offer.pk, pk] = shown
    return found
