"""Signed links: for one purpose, for one person, for their time."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsletter import links
from newsletter.errors import BadLink
from newsletter.links import Purpose, make_link, read_link
from newsletter.models import Subscriber
from tests.factories import SubscriberFactory

PAIRS = list(itertools.product(Purpose, Purpose))


@pytest.mark.parametrize(("made_for", "used_for"), PAIRS)
def test_a_link_is_good_for_its_own_purpose_only(made_for: Purpose, used_for: Purpose, subscriber: Subscriber) -> None:
    token = make_link(made_for, subscriber, target=7)
    if made_for == used_for:
        link = read_link(used_for, token)
        assert (link.subscriber, link.target, link.is_late) == (subscriber, 7, False)
    else:
        with pytest.raises(BadLink):
            read_link(used_for, token)


@pytest.mark.parametrize("purpose", Purpose)
def test_no_changed_character_is_accepted(purpose: Purpose, subscriber: Subscriber) -> None:
    token = make_link(purpose, subscriber).encode()
    for place, bit in itertools.product(range(len(token)), range(8)):
        changed = bytearray(token)
        changed[place] ^= 1 << bit
        with pytest.raises(BadLink):
            read_link(purpose, changed.decode("latin-1"))


@pytest.mark.parametrize("token", ["", ".", "1.1.0.1", "a.b.c.d.e", "1" * 5000, "1.1.0.1.", "\x00", "١.1.0.1.x"])
def test_nonsense_is_a_bad_link(token: str, db: None) -> None:
    with pytest.raises(BadLink):
        read_link(Purpose.CONFIRM, token)


def test_another_persons_signature_does_not_fit(subscriber: Subscriber) -> None:
    other = SubscriberFactory()
    mine, theirs = make_link(Purpose.UNSUBSCRIBE, subscriber), make_link(Purpose.UNSUBSCRIBE, other)
    swapped = f"{theirs.rpartition('.')[0]}.{mine.rpartition('.')[2]}"
    with pytest.raises(BadLink):
        read_link(Purpose.UNSUBSCRIBE, swapped)


@pytest.mark.parametrize("purpose", [one for one in Purpose if one not in links.OF_ANY_VERSION])
def test_raising_the_key_version_kills_all_earlier_links(purpose: Purpose, subscriber: Subscriber) -> None:
    token = make_link(purpose, subscriber)
    Subscriber.objects.filter(pk=subscriber.pk).update(key_version=2)
    with pytest.raises(BadLink):
        read_link(purpose, token)


def test_a_link_of_somebody_erased_is_a_bad_link(subscriber: Subscriber) -> None:
    token = make_link(Purpose.UNSUBSCRIBE, subscriber)
    subscriber.delete()
    with pytest.raises(BadLink):
        read_link(Purpose.UNSUBSCRIBE, token)


def test_a_confirm_link_is_late_after_seven_days_and_a_minute_of_grace_and_an_unsubscribe_link_never(
    subscriber: Subscriber,
) -> None:
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        confirm, leave = make_link(Purpose.CONFIRM, subscriber), make_link(Purpose.UNSUBSCRIBE, subscriber)
    for moment, is_late in (
        (now - timedelta(seconds=61), True),
        (now - timedelta(seconds=60), False),
        (now + timedelta(days=7, seconds=60), False),
        (now + timedelta(days=7, seconds=61), True),
    ):
        with time_machine.travel(moment, tick=False):
            assert read_link(Purpose.CONFIRM, confirm).is_late == is_late
            assert not read_link(Purpose.UNSUBSCRIBE, leave).is_late
    with time_machine.travel(now + timedelta(days=3650), tick=False):
        assert not read_link(Purpose.UNSUBSCRIBE, leave).is_late


def test_links_stand_on_the_configured_site(subscriber: Subscriber, settings: pytest.FixtureRequest) -> None:
    settings.SITE_URL = "https://www.meadowsweet.example"
    url = links.unsubscribe_url(subscriber)
    assert url.startswith("https://www.meadowsweet.example/newsletter/unsubscribe/")
    assert len(url) < 200
