"""The offer of the demo: a class whose codes all subscribers have, some of them used."""

from datetime import datetime, timedelta

from django.utils import timezone

from newsletter.actions.offers import mint_codes
from newsletter.models import Offer, OfferCode, Partner, Redemption, Subscriber

BEGAN, RUNS, USED = 20, 120, 9  # days before the load, days from then on, codes that were redeemed


def add_offer(*, now: datetime) -> Offer:
    """“A third off a class for stiff backs”, with a code for everybody on the list."""
    today = timezone.localtime(now).date()
    partner = Partner.objects.create(name="Quiet Room Practice", place="3 Mill Lane, Ashby")
    offer = Offer.objects.create(
        partner=partner,
        title="A third off the class for stiff backs",
        what="Six evenings in a group of eight, with a physiotherapist: gentle movements that you can do at home.",
        for_whom="Adults whose back has hurt for more than six weeks and who were told that they may move.",
        terms="Book by phone and name the code. One place for each code. Not together with other offers.",
        evidence="Exercise helps many people with lasting back pain a little, whatever its kind. This class by itself "
        "was not studied.",
        valid_from=today - timedelta(days=BEGAN),
        valid_until=today + timedelta(days=RUNS),
    )
    mint_codes(offer, list(Subscriber.objects.confirmed()))
    for number, code in enumerate(offer.codes.order_by("pk")[:USED]):
        at = now - timedelta(days=BEGAN - 1 - 2 * number, hours=number)
        OfferCode.objects.filter(pk=code.pk).update(state=OfferCode.State.REDEEMED, redeemed_at=at)
        Redemption.objects.create(offer=offer, code=code, partner=partner, at=at)
    Offer.objects.filter(pk=offer.pk).update(redeemed=USED)
    return offer
