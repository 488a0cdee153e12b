"""A thousand calls to Mailchimp of which a fifth go wrong, by kind of fault; who is lost, doubled or revived by it."""

import random
import time
from collections import Counter
from datetime import timedelta

from django.conf import settings

from newsletter.actions import campaigning
from newsletter.actions.leaving import unsubscribe
from newsletter.actions.own_page import change_name
from newsletter.models import (
    Delivery,
    Dispatch,
    MailchimpConnection,
    MailchimpErrand,
    MailchimpEvent,
    MailchimpHealth,
    MailchimpMember,
    MailchimpWalk,
    Subscriber,
)
from tests.factories import SubscriberFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.fakes.mailchimp.changing import set_status
from tests.fakes.mailchimp.faults import PASSING
from tests.fakes.mailchimp.server import Call
from tests.newsletter.campaigns import connect as connect_campaigns
from tests.newsletter.campaigns import launched_campaign, readers_there, work
from tests.newsletter.in_step import compare, connect, hear, tell

READERS, RATE, ROUNDS = 120, 0.2, 60
FEW = 5
KINDS = {
    "too many calls (429)": ("429", "429 bare"),
    "an empty 403": ("403 bare",),
    "500 to 503": ("500", "500 bare", "500 html", "502 html", "503"),
    "done, and no answer": ("accepted, no answer",),
    "done, and 500": ("accepted, 500 html", "accepted, 500 bare"),
    "connection reset": ("reset", "accepted, reset"),
    "garbage": ("garbage", "accepted, garbage", "accepted, half"),
    "all of them": tuple(PASSING),
}
OTHERS = 200
CALLS = {"all of them": 1000}


def measure_mailchimp() -> None:
    """Print a line for each kind of fault; stops where anybody is lost, doubled or revived."""
    patience = {name: getattr(settings, name) for name in ("MAILCHIMP_TIMEOUT", "MAILCHIMP_HOLDS_CALLS")}
    settings.MAILCHIMP_TIMEOUT = settings.MAILCHIMP_HOLDS_CALLS = 0.25
    settings.MAILCHIMP_FIRST_PAUSE = 0.001
    print(f"\n{'a fifth of all calls meets':<28}{'calls':>7}{'faults':>8}{'lost':>6}{'doubled':>9}", end="")
    print(f"{'revived':>9}{'seconds':>9}")
    for name, faults in KINDS.items():
        with FakeMailchimp() as fake:
            began = time.monotonic()
            lost, doubled, revived = _meet(fake, faults, calls=CALLS.get(name, OTHERS))
            print(f"{name:<28}{len(fake.calls):>7}{len(fake.faults.met):>8}", end="")
            print(f"{lost:>6}{doubled:>9}{revived:>9}{time.monotonic() - began:>9.1f}")
            if lost or doubled or revived or fake.violations:
                raise SystemExit("\n".join(["Nobody may be.", *fake.violations]))
    _measure_campaigns()
    for name, seconds in patience.items():
        setattr(settings, name, seconds)
    settings.MAILCHIMP_API_KEY = ""


def _meet(fake: FakeMailchimp, faults: tuple[str, ...], *, calls: int) -> tuple[int, int, int]:
    """Readers join, change and leave on both sides until so many calls were made; how many are lost, doubled, revived.

    Of those who leave, a third leave here; a third there, by their own hand or the team's, whom Mailchimp itself would
    let us subscribe again; and a third there at the moment at which a change of theirs arrives.
    """
    _forget()
    fake.add_audience()
    settings.MAILCHIMP_API_KEY, settings.MAILCHIMP_API_URL = fake.key, fake.url
    connect(fake, settings)
    compare()
    people, chance = SubscriberFactory.create_batch(READERS), random.Random(7)
    left: set[int] = set()
    fake.faults.at_random(RATE, seed=7, kinds=faults)
    crossing = _Crossing(fake, left)
    fake.faults.script = crossing
    number = 0
    while len(fake.calls) < calls:
        number += 1
        staying = [person for person in people if person.pk not in left]
        for person in chance.sample(staying, 20):
            change_name(person, f"Name {number}")
        for person, way in zip(chance.sample(staying, 3), ("here", "there", "crossing"), strict=True):
            if way == "here":
                unsubscribe(person, by="header")
                left.add(person.pk)
            elif person.email in fake.members("subscribed"):
                crossing.people[person.email] = person
                if way == "there":
                    with fake.lock:
                        crossing.leave(person.email)
        _work(fake, chance)
    for _ in range(ROUNDS):  # under the same faults, until both sides have told everything
        _work(fake, chance)
        if not MailchimpErrand.objects.exists() and not MailchimpEvent.objects.filter(taken_at=None).exists():
            break
    return _not_as_they_should_be(fake, people, left)


class _Crossing:
    """Asked at each call before it is worked at: whoever it is about leaves if they are among `people`."""

    def __init__(self, fake: FakeMailchimp, left: set[int]) -> None:
        self.fake, self.left = fake, left
        self.people: dict[str, Subscriber] = {}

    def __call__(self, call: Call) -> None:
        audience = next(iter(self.fake.audiences.values()))
        member = audience.members.get(call.path.rpartition("/")[2])
        if call.method == "PUT" and member and member.email in self.people and member.status == "subscribed":
            self.leave(member.email)

    def leave(self, email: str) -> None:
        """There, every other one by the team's hand; the fake's lock is held."""
        person = self.people.pop(email)
        audience = next(iter(self.fake.audiences.values()))
        member = audience.find(email)
        member.barred = "unsubscribed" if person.pk % 2 else ""
        set_status(self.fake, audience, member, "unsubscribed", by="user" if member.barred else "admin")
        self.left.add(person.pk)


def _work(fake: FakeMailchimp, chance: random.Random) -> None:
    MailchimpHealth.objects.update(rests_until=None)
    tell()
    hear(fake, times=2, order=lambda events: chance.sample(events, len(events)))


def _not_as_they_should_be(fake: FakeMailchimp, people: list[Subscriber], left: set[int]) -> tuple[int, int, int]:
    there, lost, revived = fake.members(), 0, len(set(fake.revived))
    for person in people:
        person.refresh_from_db()
        contact = there.get(person.email)
        is_on = contact is not None and contact.status in {"subscribed", "pending"}
        if person.pk in left:
            revived += is_on or person.state != Subscriber.State.LEFT
        else:
            lost += not is_on or contact is None or contact.merges.get("FNAME", "") != person.name
    doubled = len(there) - len({person.email for person in people} & set(there))
    rows = Counter(MailchimpMember.objects.exclude(subscriber=None).values_list("subscriber", flat=True))
    return lost, doubled + sum(many - 1 for many in rows.values()), revived


def _measure_campaigns() -> None:
    """Issues as campaigns until a thousand calls were made: each reader of each gets it once."""
    campaigning.BETWEEN_LOOKS, campaigning.LEEWAY = 0.01, timedelta(seconds=0.1)
    with FakeMailchimp() as fake:
        _forget()
        fake.add_audience()
        settings.MAILCHIMP_API_KEY, settings.MAILCHIMP_API_URL = fake.key, fake.url
        connect_campaigns(fake)
        readers = readers_there(fake, FEW)
        fake.faults.at_random(RATE, seed=7)
        began, issues, open_ones = time.monotonic(), 0, 0
        while len(fake.calls) < CALLS["all of them"]:
            campaign, issues = launched_campaign(), issues + 1
            for _ in range(ROUNDS):
                MailchimpHealth.objects.update(rests_until=None)
                dispatch = work(campaign)
                if dispatch.state == Dispatch.State.DONE:
                    break
                time.sleep(0.1)
            else:
                open_ones += 1
        got = Counter(
            (fake.campaigns[pk].settings["title"], address) for pk, address in fake.sent
        )  # each has its title
        twice, missed = sum(many > 1 for many in got.values()), (issues - open_ones) * len(readers) - len(got)
        ledger = Delivery.objects.filter(state=Delivery.State.HANDED_OVER).count()
        print(f"\n{f'{issues} campaigns to {FEW} readers each':<44}{len(fake.calls)} calls")
        print(f"{'faults':<44}{len(fake.faults.met)}")
        print(f"{'sent twice to a reader':<44}{twice}")
        print(f"{'not sent to a reader':<44}{missed}")
        print(f"{'dispatches not ended':<44}{open_ones}")
        print(f"{'handed over, by the ledger':<44}{ledger} of {issues * FEW}")
        print(f"{'drafts left at Mailchimp':<44}{sum(one.status == 'save' for one in fake.campaigns.values())}")
        print(f"{'seconds':<44}{time.monotonic() - began:.0f}")
        if twice or missed or open_ones or ledger != issues * FEW or fake.violations:
            raise SystemExit("\n".join(["Each has to get each once.", *fake.violations]))


def _forget() -> None:
    for model in (
        MailchimpErrand,
        MailchimpEvent,
        MailchimpMember,
        MailchimpWalk,
        MailchimpHealth,
        MailchimpConnection,
    ):
        model.objects.all().delete()
    Subscriber.objects.update(state=Subscriber.State.PENDING)  # nobody of the part before is told of
