"""Too many sign-ups that nobody confirms: every form asks one question more, and people are told."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from guard.limits import last_turn, take_turn
from newsletter import letters
from newsletter.models import SignUpRequest

UNCONFIRMED_AN_HOUR = 200
HOUR = timedelta(hours=1)
ALARM_EVERY = ((HOUR, 1),)
SHOWN_FOR = timedelta(hours=24)
RIGHT = "newsletter.view_subscriber"  # whoever has it looks after the list
_KEY = "sign-up alarm"


def is_flooded() -> bool:
    """Whether more than `UNCONFIRMED_AN_HOUR` sign-ups of the last hour are unconfirmed; the same for every address."""
    return _unconfirmed().order_by("asked_at")[UNCONFIRMED_AN_HOUR : UNCONFIRMED_AN_HOUR + 1].exists()


def count_unconfirmed() -> int:
    """Sign-ups of the last hour whose owner has not pressed the button."""
    return _unconfirmed().count()


def last_alarm() -> datetime | None:
    """When people were told last, within `SHOWN_FOR`."""
    at = last_turn(_KEY)
    return at if at and at > timezone.now() - SHOWN_FOR else None


@transaction.atomic
def raise_alarm() -> int:
    """Post a letter to each colleague who looks after the list, once an hour while it lasts; how many were posted."""
    if not is_flooded() or not take_turn(_KEY, ALARM_EVERY):
        return 0
    people = list_managers()
    for person in people:
        letters.post_sign_up_flood(person, unconfirmed=count_unconfirmed(), limit=UNCONFIRMED_AN_HOUR)
    return len(people)


def list_managers() -> list[AbstractUser]:
    """Colleagues with an open account and an address who may see the list, administrators among them."""
    people: Any = get_user_model().objects
    return list(people.with_perm(RIGHT).exclude(email="").order_by("pk"))


def _unconfirmed() -> Any:
    return SignUpRequest.objects.filter(asked_at__gt=timezone.now() - HOUR)
