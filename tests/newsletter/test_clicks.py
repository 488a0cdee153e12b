"""Links of an issue are counted only for whoever allowed that, and programs are told from people."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsletter.actions.clicks import links_to_count
from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.outcomes import record_outcome
from newsletter.actions.own_page import allow_counting
from newsletter.actions.own_record import export_subscriber
from newsletter.actions.retention import forget_what_is_due
from newsletter.audience import read_readers
from newsletter.composing import Skeleton
from newsletter.machine_rules import MANY_AT_ONCE, TRAP, judge_request
from newsletter.models import Click, Dispatch, IssueLink, Subscriber
from newsletter.reporting.figures import figures_of, links_of
from newsletter.segments import Rule, find_people
from newsletter.senders import Outcome, Result
from tests.factories import SubscriberFactory
from tests.newsletter.dispatches import launched
from tests.newsletter.tables import dump_tables

pytestmark = pytest.mark.django_db
PERSON, MACHINE = Click.Verdict.PERSON, Click.Verdict.MACHINE
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1"
_COUNTED = re.compile(r"http://testserver(/newsletter/c/[\w.=-]+/)")


def counted_links(dispatch: Dispatch, reader: Subscriber) -> list[str]:
    """Paths of the counting links in the HTML of this reader's mail, in their order; the trap is last."""
    mail = message_from_bytes(skeleton_of(dispatch).compose(reader).content, policy=policy.default)
    html = mail.get_body(("html",)).get_content()  # type: ignore[attr-defined]
    return list(dict.fromkeys(_COUNTED.findall(html)))


def skeleton_of(dispatch: Dispatch) -> Skeleton:
    """As a run makes it."""
    return Skeleton(dispatch, links=links_to_count(dispatch))


def hand_over(dispatch: Dispatch, reader: Subscriber) -> None:
    record_outcome(dispatch.pk, reader.pk, Outcome(Result.HANDED_OVER, code=250), attempts=1)


def press(client: Client, path: str, *, agent: str = PHONE, method: str = "get") -> Any:
    return getattr(client, method)(path, headers={"user-agent": agent})


@pytest.fixture
def dispatch(subscriber: Subscriber) -> Dispatch:
    """An issue with two articles to a reader who allowed counting, and to others who did not."""
    allow_counting(subscriber, may_count=True)
    dispatch = launched(readers=2)
    subscriber.refresh_from_db()
    hand_over(dispatch, subscriber)
    return dispatch


def test_a_new_installation_sends_no_counting_link(home: Any) -> None:
    dispatch = launched(readers=1)
    reader = Subscriber.objects.get()
    for one in (reader, read_readers(Subscriber.objects.all())[0]):
        content = skeleton_of(dispatch).compose(one).content
        plain = content.replace(b"=\r\n", b"")
        assert b"/newsletter/c/" not in plain
        assert b"%%CLICK" not in plain
        assert b"http://testserver/articles/" in plain


@time_machine.travel(timezone.now(), tick=False)  # a link says in which second it was made
def test_only_the_links_to_pages_of_this_site_are_counted_and_only_by_consent(
    dispatch: Dispatch, subscriber: Subscriber
) -> None:
    links = counted_links(dispatch, subscriber)
    assert len(links) == 3  # two articles and the trap
    other = Subscriber.objects.exclude(pk=subscriber.pk)[0]
    assert counted_links(dispatch, other) == []
    mail = message_from_bytes(skeleton_of(dispatch).compose(subscriber).content, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert sorted(_COUNTED.findall(text)) == sorted(links[:2])
    assert "/newsletter/unsubscribe/" in text
    assert max(len(line) for line in skeleton_of(dispatch).compose(subscriber).content.split(b"\r\n")) <= 998


def test_a_counting_link_leads_to_its_article_and_nowhere_else(
    client: Client, dispatch: Dispatch, subscriber: Subscriber
) -> None:
    first, second, trap = counted_links(dispatch, subscriber)
    targets = dict(IssueLink.objects.values_list("number", "url"))
    for path, number in ((first, 1), (second, 2), (trap, 0)):
        answer = press(client, f"{path}?next=https://evil.example/")
        assert (answer.status_code, answer["Location"]) == (302, targets[number])
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies
    assert press(client, first[:-6] + "AAAAA/").status_code == 404
    assert client.post(first).status_code == 405


def test_a_press_some_time_after_the_hand_over_is_a_persons(
    client: Client, dispatch: Dispatch, subscriber: Subscriber
) -> None:
    first, *_ = counted_links(dispatch, subscriber)
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
        press(client, first)
        press(client, first)
    assert list(Click.objects.values_list("verdict", flat=True)) == [PERSON, PERSON]
    (figures,) = figures_of([dispatch])
    assert (figures.people, figures.machines) == (1, 0)
    assert [(row.people, row.machines) for row in links_of(dispatch)] == [(1, 0), (0, 0)]


def test_a_scanner_that_opens_everything_is_a_machine_even_what_it_opened_first(
    client: Client, dispatch: Dispatch, subscriber: Subscriber
) -> None:
    first, second, trap = counted_links(dispatch, subscriber)
    start = timezone.now() + timedelta(hours=1)
    with time_machine.travel(start, tick=False) as clock:
        press(client, first)
        assert Click.objects.get().verdict == PERSON
        clock.shift(1)
        press(client, second)
        assert list(Click.objects.values_list("verdict", "reason")) == [(MACHINE, MANY_AT_ONCE)] * 2
        clock.shift(30)
        press(client, first)
        clock.shift(10)
        press(client, trap)
        assert set(Click.objects.order_by("-pk").values_list("verdict", "reason")[:2]) == {(MACHINE, TRAP)}
    (figures,) = figures_of([dispatch])
    assert (figures.people, figures.machines) == (0, 4)


HITS = [
    # method, agent, trap, seconds since the hand-over, is it a machine in truth?
    ("GET", PHONE, False, 60, False),
    (
        "GET",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
        False,
        9000,
        False,
    ),
    ("GET", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", False, 7, False),
    (
        "GET",
        "Mozilla/5.0 (Linux; Android 16; SM-S931B) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36",
        False,
        500,
        False,
    ),
    (
        "GET",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.1 Safari/605.1.15",
        False,
        30,
        False,
    ),
    ("HEAD", PHONE, False, 600, True),
    ("GET", "", False, 600, True),
    ("GET", PHONE, True, 600, True),
    ("GET", PHONE, False, 1, True),
    ("GET", PHONE, False, None, True),
    ("GET", "python-requests/2.32", False, 600, True),
    ("GET", "curl/8.9", False, 600, True),
    ("GET", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False, 600, True),
    ("GET", "BarracudaCentral/1.0", False, 600, True),
    ("GET", "Mozilla/5.0 (compatible; Proofpoint URL Defense)", False, 600, True),
    ("GET", "Slackbot-LinkExpanding 1.0", False, 600, True),
    ("GET", "Mozilla/5.0 HeadlessChrome/142.0", False, 600, True),
    ("GET", "Go-http-client/2.0", False, 600, True),
]


@pytest.mark.parametrize(("method", "agent", "is_trap", "seconds", "is_machine"), HITS)
def test_a_labelled_hit_is_told_apart(
    method: str, agent: str, *, is_trap: bool, seconds: Any, is_machine: bool
) -> None:
    since = None if seconds is None else timedelta(seconds=seconds)
    reason = judge_request(method=method, agent=agent, is_trap=is_trap, since_hand_over=since)
    assert bool(reason) == is_machine


def test_who_takes_the_permission_back_is_led_on_and_leaves_no_press(
    client: Client, dispatch: Dispatch, subscriber: Subscriber
) -> None:
    first, *_ = counted_links(dispatch, subscriber)
    press(client, first)
    assert Click.objects.count() == 1
    allow_counting(subscriber, may_count=False)
    assert not Click.objects.exists()
    before = dump_tables()
    assert press(client, first).status_code == 302
    assert dump_tables() == before


def test_an_erased_reader_takes_their_presses_along_and_the_old_link_still_leads_on(
    client: Client, dispatch: Dispatch, subscriber: Subscriber
) -> None:
    first, *_ = counted_links(dispatch, subscriber)
    press(client, first)
    assert len(export_subscriber(subscriber)["click"]) == 1
    erase_subscriber(subscriber)
    assert not Click.objects.exists()
    assert press(client, first).status_code == 302
    assert not Click.objects.exists()


def test_one_reader_who_presses_without_end_writes_a_few_rows(
    client: Client, dispatch: Dispatch, subscriber: Subscriber
) -> None:
    first, *_ = counted_links(dispatch, subscriber)
    for _ in range(25):
        assert press(client, first).status_code == 302
    assert Click.objects.count() == 20


def test_presses_are_forgotten_and_their_numbers_stay(
    client: Client, dispatch: Dispatch, subscriber: Subscriber
) -> None:
    first, second, trap = counted_links(dispatch, subscriber)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False) as clock:
        for path in (first, first, second):
            press(client, path)
            clock.shift(100)
        press(client, trap)
    before = figures_of([dispatch])[0], [(row.people, row.machines) for row in links_of(dispatch)]
    assert (before[0].people, before[0].machines, before[1]) == (1, 1, [(1, 0), (1, 0)])
    with time_machine.travel(timezone.now() + timedelta(days=397), tick=False):
        assert forget_what_is_due()["clicks"] == 4
        assert not Click.objects.exists()
        after = figures_of([dispatch])[0], [(row.people, row.machines) for row in links_of(dispatch)]
        assert (after[0].people, after[0].machines, after[1]) == (1, 1, [(1, 0), (1, 0)])
        press(client, first)
        assert not Click.objects.exists()


def test_who_pressed_a_link_is_engaged_and_a_machine_is_not(
    client: Client, dispatch: Dispatch, subscriber: Subscriber
) -> None:
    Subscriber.objects.update(last_sign_at=None)
    first, _, trap = counted_links(dispatch, subscriber)
    engaged = Rule(engaged_days=30)
    press(client, trap)
    assert not find_people(engaged).exists()
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        press(client, first)
        assert list(find_people(engaged)) == [subscriber]
        SubscriberFactory(may_count=True)
        assert list(find_people(engaged)) == [subscriber]
