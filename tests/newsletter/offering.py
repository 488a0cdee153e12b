"""Offers for tests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from newsletter.actions.offers import mint_codes
from newsletter.models import Offer, OfferCode, Partner, Subscriber


def make_partner(**fields: Any) -> Partner:
    return Partner.objects.create(**{"name": "Quiet Room Practice", "place": "3 Mill Lane, Ashby", **fields})


def make_offer(**fields: Any) -> Offer:
    """One that runs for a month and has a code for each subscriber."""
    return Offer.objects.create(
        **{
            "partner": fields.pop("partner", None) or make_partner(),
            "title": "A third off the class for stiff backs",
            "what": "Six evenings in small groups.",
            "terms": "Book by phone. Not together with other offers.",
            "evidence": "Exercise helps some people with back pain a little.",
            "valid_until": timezone.localdate() + timedelta(days=30),
            **fields,
        }
    )


def code_of(offer: Offer, subscriber: Subscriber) -> OfferCode:
    mint_codes(offer, [subscriber])
    return OfferCode.objects.get(offer=offer, subscriber=subscriber)
