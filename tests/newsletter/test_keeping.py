"""What is kept of subscribers, and that nothing is kept longer."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from guard.keeping import Rule
from home.tasks import keep_house
from newsletter.actions.consents import record_consent
from newsletter.actions.leaving import unsubscribe
from newsletter.actions.retention import forget_what_is_due
from newsletter.keeping import RULES
from newsletter.models import (
    AddressChange,
    CampaignTrial,
    Click,
    Consent,
    ConsentOrigin,
    Follow,
    FollowNews,
    FollowNotice,
    ImportLine,
    MailchimpEvent,
    MailchimpMember,
    MailchimpStep,
    MailchimpWalk,
    MailEvent,
    OfferCode,
    SignUpRequest,
    Subscriber,
    SubscriberImport,
    Suppression,
)
from newsletter.subscribing.wording import current_wording
from tests.factories import ArticlePageFactory, IssuePageFactory, SubscriberFactory, TopicFactory
from tests.newsletter.dispatches import launched
from tests.newsletter.lists import upload
from tests.newsletter.offering import code_of, make_offer

pytestmark = pytest.mark.django_db
State = Subscriber.State


class Case(NamedTuple):
    """`make` something as old as now; `count` how many rows still hold what the rule forgets."""

    make: Callable[[], Any]
    count: Callable[[], int]


def _ask() -> None:
    SubscriberFactory(state=State.PENDING, confirmed_at=None)


def _take_none() -> None:
    over = SubscriberImport.objects.create(state=SubscriberImport.State.DONE, finished_at=timezone.now())
    ImportLine.objects.create(of=over, number=2, kind=ImportLine.Kind.MALFORMED)


def _sign_up() -> None:
    wording = current_wording()
    SignUpRequest.objects.create(fingerprint="f", form="page", wording=wording, settled_at=timezone.now())


def _origin() -> None:
    person = SubscriberFactory(state=State.LEFT)
    record_consent(person, Consent.Act.ASKED, form="page", network="9.9.9.9/32")


def _move() -> None:
    person = SubscriberFactory(state=State.LEFT)
    AddressChange.objects.create(subscriber=person, old_email=person.email, new_email="other@example.com")


def _leave() -> None:
    SubscriberFactory(state=State.LEFT, left_at=timezone.now())


def _code() -> None:
    code_of(make_offer(valid_until=timezone.localdate()), SubscriberFactory(state=State.LEFT))


def _wish() -> None:
    Follow.objects.create(subscriber=SubscriberFactory(state=State.LEFT), topic=TopicFactory())


def _notice() -> None:
    news = FollowNews.objects.create(
        article=ArticlePageFactory(), kind="new", day=timezone.localdate(), due_at=timezone.now()
    )
    FollowNotice.objects.create(news=news, subscriber=SubscriberFactory(state=State.LEFT), state="posted")


def _news() -> None:
    MailEvent.objects.create(provider="smtp", event_id="1", kind=MailEvent.Kind.SOFT)


def _click() -> None:
    dispatch = launched(readers=0, issue=IssuePageFactory()) if Subscriber.objects.exists() else launched(readers=1)
    reader = Subscriber.objects.order_by("pk").first()
    Click.objects.create(link=dispatch.links.all()[1], subscriber=reader, verdict=Click.Verdict.PERSON)


def _work() -> None:
    now = timezone.now()
    MailchimpStep.objects.create(kind="look", state="failed", finished_at=now)
    CampaignTrial.objects.create(issue=IssuePageFactory(), state="done", marker=uuid.uuid4().hex, finished_at=now)
    MailchimpWalk.objects.create(audience_id="a", ended_at=now)


def _work_left() -> int:
    return sum(table.objects.count() for table in (MailchimpStep, CampaignTrial, MailchimpWalk))


def _farewell() -> None:
    MailchimpMember.objects.create(audience_id="a", hash=uuid.uuid4().hex, status="unsure", to_go="erase")


CASES: dict[str, Case] = {
    "unconfirmed": Case(_ask, Subscriber.objects.pending().count),
    "import files": Case(lambda: upload("email\na@example.com\n"), SubscriberImport.objects.count),
    "import reports": Case(_take_none, ImportLine.objects.count),
    "sign-ups": Case(_sign_up, SignUpRequest.objects.count),
    "consent origins": Case(_origin, ConsentOrigin.objects.count),
    "address changes": Case(_move, AddressChange.objects.count),
    "left": Case(_leave, Subscriber.objects.filter(state=State.LEFT).count),
    "offer codes": Case(_code, OfferCode.objects.count),
    "follow wishes": Case(_wish, Follow.objects.count),
    "follow notices": Case(_notice, FollowNotice.objects.count),
    "mail events": Case(_news, MailEvent.objects.count),
    "clicks": Case(_click, Click.objects.count),
    "mailchimp news": Case(
        lambda: MailchimpEvent.objects.create(key=uuid.uuid4().hex, kind="profile"), MailchimpEvent.objects.count
    ),
    "mailchimp work": Case(_work, _work_left),
    "mailchimp farewells": Case(_farewell, MailchimpMember.objects.count),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_nothing_is_older_than_its_rule_says(rule: Rule) -> None:
    make, count = CASES[rule.name]
    make()
    assert count() > 0
    with later(rule.days - 1):
        keep_house()
        assert count() > 0
    with later(rule.days):
        keep_house()
        assert count() == 0
        assert forget_what_is_due()[rule.name] == 0, "a second look finds something to do"


def test_who_is_on_the_list_is_never_forgotten(subscriber: Subscriber) -> None:
    for case in CASES.values():
        case.make()
    with later(5000):
        keep_house()
    assert list(Subscriber.objects.exclude(state=State.LEFT)) == [subscriber]


def test_who_left_long_ago_is_forgotten_but_not_that_they_left(subscriber: Subscriber) -> None:
    unsubscribe(subscriber, by="link")
    with later(730):
        keep_house()
    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().reason == Suppression.Reason.LEFT


def test_of_what_was_done_at_mailchimp_the_last_look_stays_for_the_page_of_the_connection() -> None:
    looks = [MailchimpStep.objects.create(kind="look", state="done") for _ in range(2)]
    MailchimpStep.objects.create(kind="set_up", state="done")
    with later(1000):
        keep_house()
    assert MailchimpStep.objects.get() == looks[1]


def test_the_page_about_what_is_kept_says_what_the_rules_say() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "what-is-kept.md").read_text(encoding="utf-8")
    of_subscribers = page.partition("# What is kept of subscribers")[2]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in of_subscribers.splitlines() if "|" in line]
    told = [row for row in rows if row[0] in {rule.name for rule in RULES}]
    assert told == [[rule.name, rule.words, str(rule.days), rule.since] for rule in RULES]


def later(days: float) -> Any:
    """A little after so many days."""
    return time_machine.travel(timezone.now() + timedelta(days=days, minutes=1))
