"""A subscriber's own page: what the link in an issue opens, and what it must not give away."""

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from blog.models import Topic
from newsletter.actions.own_page import months_after, pause_issues
from newsletter.links import own_url
from newsletter.models import Consent, Delivery, Subscriber
from newsletter.senders.memory import MemorySender
from tests.factories import SubscriberFactory, TopicFactory
from tests.newsletter.dispatches import launched, run, sums_up
from tests.newsletter.joining import joined

pytestmark = pytest.mark.django_db
Act = Consent.Act


def own(subscriber: Subscriber) -> str:
    return urlsplit(own_url(subscriber)).path


def press(client: Client, subscriber: Subscriber, act: str, **fields: Any) -> Any:
    answer = client.post(own(subscriber), {"act": act, **fields}, follow=True)
    subscriber.refresh_from_db()
    return answer


def acts(subscriber: Subscriber) -> list[str]:
    return [consent.act for consent in subscriber.consents.all()]


@pytest.fixture
def margaret(home: Any) -> Subscriber:
    return SubscriberFactory(email="margaret@example.com", name="Margaret")


def test_the_page_says_what_was_agreed_to_in_the_words_of_then(client: Client, margaret: Subscriber) -> None:
    joined(margaret)
    wording = margaret.consents.all()[0].wording
    assert wording
    type(wording).objects.create(text="Other words, later.")
    page = client.get(own(margaret)).text
    assert "Asked to join" in page
    assert wording.text in page
    assert f"version {wording.pk}" in page
    assert "Other words" not in page.partition("<footer")[0]  # where they stand beside the button of today


def test_in_other_hands_the_page_tells_no_address_and_no_article(client: Client, margaret: Subscriber) -> None:
    Consent.objects.create(
        subscriber=margaret, act=Act.REASON, form="link", source_url="/articles/sore-knees/", detail="It hurts me"
    )
    page = client.get(own(margaret)).text
    assert "m…t@example.com" in page
    for secret in ("margaret@", "sore-knees", "It hurts me"):
        assert secret not in page


@pytest.mark.parametrize(
    ("fields", "act"),
    [
        ({"act": "name", "name": "Maggie"}, Act.NAME),
        ({"act": "pause", "months": "3"}, Act.PAUSED),
        ({"act": "counting", "may_count": "yes"}, Act.COUNTING_ON),
        ({"act": "frequency", "issues": "big news"}, Act.BIG_NEWS),
        ({"act": "topics", "topics": ["{topic}"]}, Act.TOPICS),
    ],
)
def test_each_choice_is_done_once_recorded_and_a_sign_of_life(
    client: Client, margaret: Subscriber, fields: dict[str, Any], act: str
) -> None:
    sleep = TopicFactory(name="Sleep")
    sent = {name: [str(sleep.pk)] if name == "topics" else value for name, value in fields.items()}
    with time_machine.travel(datetime(2026, 5, 14, 9, tzinfo=None).astimezone(), tick=False):
        for _ in range(2):
            answer = press(client, margaret, **sent)
            assert answer.redirect_chain[0][1] == 303
            assert 'id="done"' in answer.text
    assert acts(margaret) == [act]
    assert margaret.consents.all()[0].form == "own page"
    assert margaret.last_sign_at is not None


def test_the_name_is_changed_and_one_with_a_link_refused_with_what_was_typed(
    client: Client, margaret: Subscriber
) -> None:
    press(client, margaret, "name", name="  Maggie ")
    assert margaret.name == "Maggie"
    answer = press(client, margaret, "name", name="win at evil.example")
    assert answer.status_code == 422
    assert "win at evil.example" in answer.text
    assert "Only a first name" in answer.text
    press(client, margaret, "name", name="")
    assert margaret.name == ""


def test_topics_are_chosen_and_shown(client: Client, margaret: Subscriber) -> None:
    sleep, heart = TopicFactory(name="Sleep"), TopicFactory(name="Heart")
    press(client, margaret, "topics", topics=[str(sleep.pk), str(heart.pk)])
    assert {topic.name for topic in margaret.topics.all()} == {"Sleep", "Heart"}
    assert len(re.findall(r'name="topics"[^>]*checked', client.get(own(margaret)).text)) == 2
    press(client, margaret, "topics")
    assert not margaret.topics.exists()
    assert [consent.detail for consent in margaret.consents.all()] == ["Heart, Sleep", "none"]
    assert press(client, margaret, "topics", topics=["999999"]).status_code == 422
    assert Topic.objects.count() == 2


def test_counting_is_off_until_somebody_switches_it_on(client: Client, margaret: Subscriber) -> None:
    assert not margaret.may_count
    press(client, margaret, "counting", may_count="yes")
    assert margaret.may_count
    press(client, margaret, "counting", may_count="no")
    assert not margaret.may_count
    assert acts(margaret) == [Act.COUNTING_ON, Act.COUNTING_OFF]


def test_every_issue_comes_until_somebody_asks_for_big_news_only(client: Client, margaret: Subscriber) -> None:
    assert "You get every issue" in client.get(own(margaret)).text
    answer = press(client, margaret, "frequency", issues="big news")
    assert margaret.only_big_news
    assert "You get only big news" in answer.text
    assert "Only big news comes to" in answer.text
    press(client, margaret, "frequency", issues="every issue")
    assert not margaret.only_big_news
    assert acts(margaret) == [Act.BIG_NEWS, Act.EVERY_ISSUE]


def test_a_pause_ends_by_itself_or_at_once(client: Client, margaret: Subscriber) -> None:
    with time_machine.travel(datetime(2026, 5, 31, 9).astimezone(), tick=False):
        answer = press(client, margaret, "pause", months="1")
        assert margaret.paused_until == date(2026, 6, 30)
        assert "until 30 June 2026" in answer.text
    with time_machine.travel(datetime(2026, 6, 30, 9).astimezone(), tick=False):
        assert "30 June 2026" not in client.get(own(margaret)).text.partition("What you agreed to")[0]
        assert not Subscriber.objects.paused().exists()
    with time_machine.travel(datetime(2026, 6, 1, 9).astimezone(), tick=False):
        press(client, margaret, "resume")
    assert margaret.paused_until is None
    assert acts(margaret) == [Act.PAUSED, Act.RESUMED]


@pytest.mark.parametrize("months", ["0", "2", "12", "x", ""])
def test_only_the_offered_pauses_are_taken(client: Client, margaret: Subscriber, months: str) -> None:
    assert press(client, margaret, "pause", months=months).status_code == 422
    assert margaret.paused_until is None


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 6, 15), 6, date(2026, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("when", ["before the launch", "after the launch"])
def test_a_pause_over_the_day_of_an_issue_skips_it_and_says_so(settings: Any, when: str) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    paused, over = SubscriberFactory(), SubscriberFactory(paused_until=date(2026, 1, 1))
    if when == "before the launch":
        pause_issues(paused, months=1)
    dispatch = launched(readers=2)
    if when == "after the launch":
        pause_issues(paused, months=1)
    run(dispatch)
    delivery = Delivery.objects.get(subscriber=paused)
    assert (delivery.state, delivery.reply) == (Delivery.State.SKIPPED, "paused")
    got = {message.recipient for message in MemorySender.box}
    assert len(got) == 3
    assert over.email in got
    assert paused.email not in got
    assert sums_up(dispatch)


@pytest.mark.parametrize("state", [Subscriber.State.LEFT, Subscriber.State.PENDING])
def test_off_the_list_there_is_nothing_to_set(client: Client, margaret: Subscriber, state: str) -> None:
    Subscriber.objects.update(state=state)
    before = list(Subscriber.objects.values())
    for act in ("name", "topics", "frequency", "pause", "resume", "counting"):
        answer = press(client, margaret, act, name="X", months="1", may_count="yes")
        assert "is not on our list" in answer.text
    assert list(Subscriber.objects.values()) == before
    assert acts(margaret) == []


def test_looking_changes_nothing_and_unknown_fields_do_neither(client: Client, margaret: Subscriber) -> None:
    joined(margaret)
    before = list(Subscriber.objects.values()), list(Consent.objects.values())
    for method in (client.get, client.head):
        assert method(own(margaret), {"act": "pause", "months": "6", "done": "<script>"}).status_code == 200
    extra = {
        "state": "left",
        "email": "x@example.com",
        "mailbox": "x",
        "key_version": "9",
        "paused_until": "2030-01-01",
    }
    press(client, margaret, "nonsense", **extra)
    assert (list(Subscriber.objects.values()), list(Consent.objects.values())) == before


def test_the_page_is_kept_by_nobody(client: Client, margaret: Subscriber) -> None:
    answer = client.get(own(margaret))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies
    assert client.get("/newsletter/mine/1.1.0.1.abc/").status_code == 404
