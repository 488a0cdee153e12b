"""Codes at the practice: whether one is good, using it up exactly once, taking that back."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from guard.limits import Limits, network_wait, take_network_turn, take_turn, turn_wait
from newsletter.codes import is_well_formed, read_code
from newsletter.errors import NotAllowed, TooManyTries
from newsletter.models import Offer, OfferCode, Partner, Redemption, Subscriber

UNDO_FOR = timedelta(minutes=10)
# Of codes that pass their check digit and that nobody has; slips of the finger are not counted.
WRONG_TRIES: Limits = ((timedelta(hours=1), 30), (timedelta(hours=24), 100))
NETWORK_WRONG_TRIES: Limits = ((timedelta(hours=1), 60), (timedelta(hours=24), 200))

SLIP = "There is a slip in this code. Please compare it character by character and type it again."
UNKNOWN = "We do not know this code here. Please compare it with the letter once more."
NOT_ANY_MORE = "This code is not good any more."


@dataclass(frozen=True)
class Verdict:
    """What a practice is told of a code. `refusal`: why it is not good, in words; empty when it is."""

    refusal: str
    offer: Offer | None = None
    code: OfferCode | None = None

    @property
    def is_good(self) -> bool:
        """Whether it can be used now."""
        return not self.refusal


def check_code(partner: Partner, typed: str, *, network: str = "") -> Verdict:
    """Look a code up among a partner's offers; changes nothing but the count of wrong tries.

    `network` is the address that asks. Raises TooManyTries when the link or the network was wrong too often.
    """
    waits = (turn_wait(_key(partner), WRONG_TRIES), network_wait(network, kind="redeem", limits=NETWORK_WRONG_TRIES))
    if wait := max(waits):
        raise TooManyTries(f"Too many codes were wrong. Please try again in {math.ceil(wait / 60)} minutes.")
    code = read_code(typed)
    if not is_well_formed(code):
        return Verdict(SLIP)
    found = _find(partner, code)
    if found.offer is None:
        take_turn(_key(partner), WRONG_TRIES)
        take_network_turn(network, kind="redeem", limits=NETWORK_WRONG_TRIES)
    return found


def redeem_code(partner: Partner, typed: str, *, press: UUID) -> Redemption:
    """Use a code up. Of two at once for one code exactly one wins; the same `press` again is the same redemption.

    Raises NotAllowed with the reason.
    """
    with transaction.atomic():
        found = _find(partner, read_code(typed))
        if found.offer is None:
            raise NotAllowed(found.refusal)
        # Whoever wants a code of this offer waits here; what they see afterwards is what the winner left.
        offer = Offer.objects.select_for_update().get(pk=found.offer.pk)
        if earlier := Redemption.objects.filter(press=press, partner=partner, offer=offer).first():
            return earlier
        now = _find(partner, read_code(typed))
        if not now.is_good:
            raise NotAllowed(now.refusal)
        if now.code is not None:
            still_open = OfferCode.objects.filter(pk=now.code.pk, state=OfferCode.State.OPEN)
            if not still_open.update(state=OfferCode.State.REDEEMED, redeemed_at=timezone.now()):
                raise NotAllowed(NOT_ANY_MORE)
        Offer.objects.filter(pk=offer.pk).update(redeemed=F("redeemed") + 1)
        return Redemption.objects.create(offer=offer, code=now.code, partner=partner, press=press)


@transaction.atomic
def take_back(partner: Partner, pk: int) -> None:
    """Undo a redemption of this partner's own, within ten minutes; the code is good again. Raises NotAllowed."""
    late = timezone.now() - UNDO_FOR
    own = Redemption.objects.filter(pk=pk, partner=partner, taken_back_at=None, at__gt=late)
    if not own.update(taken_back_at=timezone.now()):
        raise NotAllowed("This can be taken back for ten minutes only, and once.")
    Offer.objects.filter(redemptions=pk).update(redeemed=F("redeemed") - 1)
    used = OfferCode.objects.filter(redemptions=pk, state=OfferCode.State.REDEEMED)
    used.update(state=OfferCode.State.OPEN, redeemed_at=None)


def redemptions_of_today(partner: Partner) -> QuerySet[Redemption]:
    """What was marked as used today at this partner's and not taken back, newest first."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Redemption.objects.filter(partner=partner, taken_back_at=None, at__gte=midnight)
    return today.select_related("offer", "code")


def can_take_back(redemption: Redemption) -> bool:
    """Whether there is still time."""
    return redemption.taken_back_at is None and timezone.now() - redemption.at < UNDO_FOR


def void_code(offer: Offer, typed: str) -> None:
    """Take a code back that was not used, so that it never can be. Raises NotAllowed."""
    code = offer.codes.filter(code=read_code(typed)).first()
    if code is None:
        raise NotAllowed("No such code was made for this offer.")
    if not OfferCode.objects.filter(pk=code.pk, state=OfferCode.State.OPEN).update(state=OfferCode.State.VOID):
        raise NotAllowed("This code was used already, or taken back.")


def renew_link(partner: Partner) -> None:
    """Make the partner's private link anew; the one they have leads nowhere from now on."""
    Partner.objects.filter(pk=partner.pk).update(key_version=F("key_version") + 1)


def _find(partner: Partner, code: str) -> Verdict:
    own = OfferCode.objects.select_related("offer__partner", "subscriber").filter(code=code, offer__partner=partner)
    if (found := own.first()) is not None:
        return Verdict(_refuse_code(found) or _refuse_offer(found.offer), found.offer, found)
    shared = Offer.objects.filter(shared_code=code, partner=partner, kind=Offer.Kind.SHARED)
    if (offer := shared.select_related("partner").first()) is not None:
        return Verdict(_refuse_offer(offer), offer)
    return Verdict(UNKNOWN)


def _refuse_code(code: OfferCode) -> str:
    if code.state == OfferCode.State.REDEEMED and code.redeemed_at:
        return f"This code was used already, on {_moment(code.redeemed_at)}."
    is_on_list = code.subscriber is not None and code.subscriber.state == Subscriber.State.CONFIRMED
    is_kept = is_on_list or code.offer.outlives_leaving
    return "" if is_kept and code.state == OfferCode.State.OPEN else NOT_ANY_MORE


def _refuse_offer(offer: Offer) -> str:
    today = timezone.localdate()
    if not offer.is_active:
        return NOT_ANY_MORE
    if today < offer.valid_from:
        return f"This offer begins on {_day(offer.valid_from)}."
    if today > offer.valid_until:
        return f"This offer ended on {_day(offer.valid_until)}."
    if offer.most is not None and offer.redeemed >= offer.most:
        return f"All {offer.most} of this offer have been used."
    return ""


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")


def _key(partner: Partner) -> str:
    return f"redeem:{partner.pk}"
