"""Offers: who gets a code, where it is shown, and that one inbox never has two."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter import codes
from newsletter.actions import offers as actions
from newsletter.actions.offers import mint_codes, offers_of, order_minting
from newsletter.actions.sign_up import confirm_subscription
from newsletter.errors import WrongState
from newsletter.models import Offer, OfferCode, Subscriber
from newsletter.tasks import mint_for_all, sweep_gifts
from tests.factories import SubscriberFactory
from tests.newsletter.joining import letters_to, make_ebook
from tests.newsletter.offering import code_of, make_offer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def _pending() -> Subscriber:
    return SubscriberFactory(email="vera@example.org", state=Subscriber.State.PENDING, confirmed_at=None)


def test_who_confirms_finds_the_code_in_the_welcome_letter_with_all_that_belongs_to_it(home: Any) -> None:
    make_ebook()
    offer = make_offer(for_whom="For adults.")
    person = _pending()
    confirm_subscription(person)
    (letter,) = letters_to(person.email, "welcome")
    code = str(OfferCode.objects.get(offer=offer, subscriber=person))
    last_day = f"{offer.valid_until:%-d %B %Y}"
    for part in (" ".join(letter.text.split()), " ".join(letter.html.split())):
        for words in (
            code,
            offer.terms,
            last_day,
            offer.partner.place,
            "Our own service",
            "For adults",
            offer.evidence,
        ):
            assert words in part, words
        assert "For adults." in part
    assert max(len(line) for line in letter.text.split("\n") if not line.startswith("http")) <= 76


def test_a_letter_without_offers_says_nothing_of_them(home: Any) -> None:
    make_offer(is_for_new=False)
    person = _pending()
    confirm_subscription(person)
    (letter,) = letters_to(person.email, "welcome")
    assert "Your code" not in letter.text + letter.html
    assert "\n\n\n" not in letter.text.strip()
    assert not OfferCode.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"is_active": False},
        {"valid_from": timezone.localdate() + DAY, "valid_until": timezone.localdate() + 2 * DAY},
        {"valid_from": timezone.localdate() - 2 * DAY, "valid_until": timezone.localdate() - DAY},
    ],
    ids=["off", "not begun", "over"],
)
def test_new_subscribers_get_only_offers_that_run(home: Any, fields: dict[str, Any]) -> None:
    make_offer(**fields)
    confirm_subscription(_pending())
    assert not OfferCode.objects.exists()


def test_one_inbox_has_one_code_whatever_stands_behind_the_plus() -> None:
    offer = make_offer()
    people = [SubscriberFactory(email=f"joan+{n}@example.com") for n in range(5)]
    for person in people:
        mint_codes(offer, [person])
    mint_codes(offer, people)
    assert OfferCode.objects.get().subscriber == people[0]


def test_who_is_erased_and_comes_back_has_the_same_code_and_not_a_second() -> None:
    offer = make_offer()
    person = SubscriberFactory(email="vera@example.org")
    first = code_of(offer, person)
    person.delete()
    first.refresh_from_db()
    assert first.subscriber is None
    again = SubscriberFactory(email="Vera@example.org", mailbox="vera@example.org")
    assert code_of(offer, again) == first


def test_a_changed_address_earns_no_second_code(subscriber: Subscriber) -> None:
    offer = make_offer()
    first = code_of(offer, subscriber)
    Subscriber.objects.filter(pk=subscriber.pk).update(mailbox="other@example.org")
    subscriber.refresh_from_db()
    assert code_of(offer, subscriber) == first
    assert OfferCode.objects.count() == 1


def test_a_code_that_somebody_has_is_made_again(monkeypatch: pytest.MonkeyPatch, subscriber: Subscriber) -> None:
    offer = make_offer()
    first = code_of(offer, SubscriberFactory())
    made = [first.code, codes.make_code()]
    monkeypatch.setattr(OfferCode._meta.get_field("code"), "_get_default", lambda: made.pop(0))
    assert code_of(offer, subscriber).code != first.code
    assert made == []


def test_everybody_on_the_list_gets_a_code_in_steps_that_can_be_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    offer = make_offer()
    one, *_ = SubscriberFactory.create_batch(8)
    SubscriberFactory(state=Subscriber.State.LEFT)
    SubscriberFactory(email=one.email.replace("@", "+x@"))  # the same inbox
    order_minting(offer)
    with pytest.raises(WrongState, match="just now"):
        order_minting(offer)
    assert actions.mint_some(offer.pk)
    assert OfferCode.objects.count() == 3
    rung: list[int] = []
    monkeypatch.setattr(mint_for_all, "delay", rung.append)
    sweep_gifts()
    assert rung == [offer.pk]
    for _ in range(2):
        mint_for_all(offer.pk)
    assert OfferCode.objects.filter(offer=offer).count() == 8
    offer.refresh_from_db()
    assert offer.minting_since is None
    order_minting(offer)


def test_codes_are_made_only_where_they_make_sense() -> None:
    with pytest.raises(WrongState, match="one code for all"):
        order_minting(make_offer(kind=Offer.Kind.SHARED))
    today = timezone.localdate()
    with pytest.raises(WrongState, match="has ended"):
        order_minting(make_offer(valid_from=today - 9 * DAY, valid_until=today - DAY))


def test_a_reader_sees_what_they_can_redeem(subscriber: Subscriber) -> None:
    own = make_offer()
    code = code_of(own, subscriber)
    shared = make_offer(kind=Offer.Kind.SHARED, title="Ten per cent off", valid_until=timezone.localdate() + DAY)
    make_offer(title="Without a code")
    shown = offers_of(subscriber)
    assert [(one.offer, one.is_used) for one in shown] == [(shared, False), (own, False)]
    assert shown[1].code == str(code)
    OfferCode.objects.update(state=OfferCode.State.REDEEMED)
    assert [one.is_used for one in offers_of(subscriber)] == [False, True]
    OfferCode.objects.update(state=OfferCode.State.VOID)
    assert [one.offer for one in offers_of(subscriber)] == [shared]
    with time_machine.travel(timezone.now() + 60 * DAY):
        assert offers_of(subscriber) == []


@pytest.mark.parametrize("outlives", [True, False])
def test_who_left_sees_only_what_outlives_it(subscriber: Subscriber, outlives: bool) -> None:
    offer = make_offer(outlives_leaving=outlives)
    code_of(offer, subscriber)
    make_offer(kind=Offer.Kind.SHARED)
    subscriber.state = Subscriber.State.LEFT
    assert [one.offer for one in offers_of(subscriber)] == ([offer] if outlives else [])


def test_an_offer_for_health_says_what_it_rests_on_and_ends_after_it_begins() -> None:
    with pytest.raises(ValidationError, match="If nobody knows, say that"):
        make_offer(evidence=" ").full_clean()
    make_offer(evidence="", about_health=False).full_clean()
    today = timezone.localdate()
    wrong = make_offer()
    wrong.valid_from, wrong.valid_until = today, today - DAY
    with pytest.raises(ValidationError, match="before the first one"):
        wrong.full_clean(validate_constraints=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong.save()


def test_the_own_page_shows_codes_and_mails_books(client: Any, home: Any, subscriber: Subscriber) -> None:
    from newsletter.links import Purpose, make_link

    offer = make_offer()
    code = code_of(offer, subscriber)
    book = make_ebook()
    url = f"/newsletter/mine/{make_link(Purpose.OWN, subscriber)}/"
    page = client.get(url).text
    assert str(code) in page
    assert offer.terms in page
    assert "What the evidence says" in page
    answer = client.post(url, {"act": "ebook", "book": book.pk}, follow=True)
    assert "look in your inbox" in answer.text
    assert letters_to(subscriber.email, "ebook_link")
    for odd in ("", "0", "9" * 40, "x"):
        assert client.post(url, {"act": "ebook", "book": odd}).status_code == 409
    assert len(letters_to(subscriber.email, "ebook_link")) == 1
