"""Codes at the practice: exactly one of many wins, the reasons are told, guessing is stopped."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from newsletter.actions.redeeming import (
    NOT_ANY_MORE,
    SLIP,
    UNKNOWN,
    check_code,
    redeem_code,
    redemptions_of_today,
    renew_link,
    take_back,
    void_code,
)
from newsletter.codes import make_code, show_code
from newsletter.errors import BadLink, NotAllowed, TooManyTries
from newsletter.models import Offer, OfferCode, Redemption, Subscriber
from newsletter.partner_links import partner_url, read_partner_link
from tests.factories import SubscriberFactory
from tests.newsletter.offering import code_of, make_offer, make_partner

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def use(code: OfferCode, **options: Any) -> Redemption:
    return redeem_code(code.offer.partner, str(code), press=options.pop("press", None) or uuid4())


def test_a_code_is_good_once(subscriber: Subscriber) -> None:
    code = code_of(make_offer(), subscriber)
    partner = code.offer.partner
    assert check_code(partner, str(code).lower()).is_good
    use(code)
    code.refresh_from_db()
    assert (code.state, code.offer.redemptions.count()) == (OfferCode.State.REDEEMED, 1)
    assert "was used already, on " in check_code(partner, str(code)).refusal
    with pytest.raises(NotAllowed, match="used already"):
        use(code)
    assert Offer.objects.get().redeemed == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_a_hundred_at_once_exactly_one_wins() -> None:
    code = code_of(make_offer(), SubscriberFactory())
    answers: list[str] = []
    start = threading.Barrier(100)

    def claim() -> None:
        start.wait()
        try:
            use(code)
            answers.append("won")
        except NotAllowed as error:
            answers.append(str(error)[:26])
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["This code was used already"] * 99 + ["won"]
    assert Redemption.objects.count() == Offer.objects.get().redeemed == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_shared_code_is_counted_up_to_its_limit_however_many_press_at_once() -> None:
    offer = make_offer(kind=Offer.Kind.SHARED, most=7)
    answers: list[bool] = []

    def claim() -> None:
        try:
            redeem_code(offer.partner, offer.shared_code or "", press=uuid4())
            answers.append(True)
        except NotAllowed as error:
            answers.append("All 7" not in str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 23 + [True] * 7
    assert Redemption.objects.count() == Offer.objects.get().redeemed == 7


def test_the_same_press_twice_is_one_redemption(subscriber: Subscriber) -> None:
    shared = make_offer(kind=Offer.Kind.SHARED)
    press = uuid4()
    twice = [redeem_code(shared.partner, shared.shared_code or "", press=press) for _ in range(2)]
    assert twice[0] == twice[1]
    code = code_of(make_offer(), subscriber)
    press = uuid4()
    assert use(code, press=press) == use(code, press=press)
    assert Redemption.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"valid_from": timezone.localdate() + DAY}, "begins on"),
        ({"valid_from": timezone.localdate() - 2 * DAY, "valid_until": timezone.localdate() - DAY}, "ended on"),
        ({"is_active": False}, NOT_ANY_MORE),
        ({"most": 3, "redeemed": 3}, "All 3 of this offer have been used"),
    ],
)
@pytest.mark.parametrize("kind", list(Offer.Kind))
def test_an_offer_that_does_not_run_is_refused_with_the_reason(
    subscriber: Subscriber, kind: Offer.Kind, fields: dict[str, Any], words: str
) -> None:
    offer = make_offer(kind=kind, **fields)
    typed = offer.shared_code or str(code_of(offer, subscriber))
    assert words in check_code(offer.partner, typed).refusal
    with pytest.raises(NotAllowed, match=words):
        redeem_code(offer.partner, typed, press=uuid4())
    assert not Redemption.objects.exists()


def test_the_last_day_counts_and_the_day_after_does_not(subscriber: Subscriber) -> None:
    code = code_of(make_offer(), subscriber)
    last = timezone.localtime().replace(hour=23, minute=59) + timedelta(days=30)
    with time_machine.travel(last):
        assert check_code(code.offer.partner, str(code)).is_good
    with time_machine.travel(last + timedelta(minutes=2)):
        assert "ended on" in check_code(code.offer.partner, str(code)).refusal


@pytest.mark.parametrize("outlives", [True, False])
@pytest.mark.parametrize("how", ["leaves", "is erased"])
def test_after_leaving_the_rule_of_the_offer_holds(subscriber: Subscriber, how: str, outlives: bool) -> None:
    code = code_of(make_offer(outlives_leaving=outlives), subscriber)
    if how == "leaves":
        Subscriber.objects.filter(pk=subscriber.pk).update(state=Subscriber.State.LEFT)
    else:
        subscriber.delete()
    assert check_code(code.offer.partner, str(code)).refusal == ("" if outlives else NOT_ANY_MORE)
    if how == "leaves":  # and comes back
        Subscriber.objects.filter(pk=subscriber.pk).update(state=Subscriber.State.CONFIRMED)
        assert check_code(code.offer.partner, str(code)).is_good


def test_a_code_of_another_practice_is_as_unknown_as_none(subscriber: Subscriber) -> None:
    code = code_of(make_offer(), subscriber)
    other = make_partner(name="Another practice")
    assert check_code(other, str(code)) == check_code(other, make_code())
    with pytest.raises(NotAllowed):
        redeem_code(other, str(code), press=uuid4())
    assert code.offer.partner.redemptions.count() == 0


def test_a_slip_is_told_apart_and_not_counted_as_a_guess(subscriber: Subscriber) -> None:
    code = code_of(make_offer(), subscriber)
    wrong = ("3" if code.code[0] != "3" else "4") + code.code[1:]
    for _ in range(200):
        assert check_code(code.offer.partner, wrong).refusal == SLIP
    assert check_code(code.offer.partner, str(code)).is_good


def test_guessing_through_one_link_is_stopped_even_for_a_right_code(subscriber: Subscriber) -> None:
    code = code_of(make_offer(), subscriber)
    partner = code.offer.partner
    for _ in range(30):
        assert check_code(partner, make_code()).refusal == UNKNOWN
    with pytest.raises(TooManyTries, match="in 60 minutes"):
        check_code(partner, str(code))
    other = code_of(make_offer(), subscriber)
    assert check_code(other.offer.partner, str(other)).is_good
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert check_code(partner, str(code)).is_good


def test_a_hundred_guesses_a_day_are_the_most() -> None:
    partner, wrong = make_partner(), 0
    for hour in range(24):
        with time_machine.travel(timezone.now() + timedelta(hours=hour, seconds=hour)):
            try:
                for _ in range(40):
                    check_code(partner, make_code())
                    wrong += 1
            except TooManyTries:
                continue
    assert wrong == 100


def test_guessing_from_one_network_through_many_links_is_stopped() -> None:
    partners = [make_partner(name=f"Practice {n}") for n in range(3)]
    for partner in partners[:2]:
        for _ in range(30):
            check_code(partner, make_code(), network="8.8.4.4")
    with pytest.raises(TooManyTries):
        check_code(partners[2], make_code(), network="8.8.4.4")
    assert check_code(partners[2], make_code(), network="9.9.9.9").refusal == UNKNOWN


def test_ten_minutes_long_it_can_be_taken_back_and_the_code_is_good_again(subscriber: Subscriber) -> None:
    code = code_of(make_offer(most=1), subscriber)
    partner = code.offer.partner
    redemption = use(code)
    take_back(partner, redemption.pk)
    assert check_code(partner, str(code)).is_good
    assert not redemptions_of_today(partner).exists()
    assert Offer.objects.get().redeemed == 0
    with pytest.raises(NotAllowed):
        take_back(partner, redemption.pk)
    again = use(code)
    with pytest.raises(NotAllowed):
        take_back(make_partner(name="Another"), again.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)), pytest.raises(NotAllowed):
        take_back(partner, again.pk)
    assert Offer.objects.get().redeemed == 1


def test_a_code_that_was_taken_back_by_an_editor_is_refused(subscriber: Subscriber) -> None:
    code = code_of(make_offer(), subscriber)
    void_code(code.offer, show_code(code.code).lower())
    assert check_code(code.offer.partner, str(code)).refusal == NOT_ANY_MORE
    with pytest.raises(NotAllowed, match="used already, or taken back"):
        void_code(code.offer, code.code)
    with pytest.raises(NotAllowed, match="No such code"):
        void_code(code.offer, make_code())


def test_a_partners_link_dies_when_it_is_made_anew_or_the_partner_is_switched_off() -> None:
    partner = make_partner()
    token = partner_url(partner).rstrip("/").rpartition("/")[2]
    assert read_partner_link(token) == partner
    for altered in (token[:-1], token + "A", token.replace("1.", "2.", 1), "", "1.1"):
        with pytest.raises(BadLink):
            read_partner_link(altered)
    renew_link(partner)
    with pytest.raises(BadLink):
        read_partner_link(token)
    partner.refresh_from_db()
    fresh = partner_url(partner).rstrip("/").rpartition("/")[2]
    assert read_partner_link(fresh) == partner
    partner.is_active = False
    partner.save()
    with pytest.raises(BadLink):
        read_partner_link(fresh)
