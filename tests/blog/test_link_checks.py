"""Links of live articles: collected when published, asked about in their turn, dead only after some days."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from blog import tasks
from blog.actions import links
from blog.models import ArticlePage, OutwardLink, Reference, ReusableNote
from blog.outside.asker import Asker
from blog.outside.verdicts import Sort, Verdict
from blog.outward import outward_links
from config.celery import app
from tests.factories import ArticlePageFactory
from tests.fakes.web import Elsewhere

pytestmark = pytest.mark.django_db

State = OutwardLink.State
BODY = (
    ("text", '<p>See <a href="https://a.example/one#part">one</a> and <a href="mailto:x@a.example">mail</a>.</p>'),
    (
        "callout",
        {"style": "note", "title": "Note", "text": '<p><a href="http://b.example/two?x=1&amp;y=2">two</a></p>'},
    ),
    ("text", '<p><a href="http://testserver/articles/">ours</a> <a linktype="page" id="3">ours</a></p>'),
)
FOUND = {"https://a.example/one", "http://b.example/two?x=1&y=2", "https://doi.org/10.1000/182", "https://c.example/"}


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[Elsewhere]:
    settings.LINK_CHECKS_MAY_REACH_LOOPBACK = True
    with Elsewhere() as server:
        yield server


def article_with_links(**fields: Any) -> ArticlePage:
    article = ArticlePageFactory(**{"body": BODY, **fields})
    Reference.objects.create(article=article, text="A", url="https://c.example", sort_order=0)
    Reference.objects.create(article=article, text="B", doi="10.1000/182", sort_order=1)
    return ArticlePage.objects.get(pk=article.pk)


def publish(article: ArticlePage) -> None:
    article.save_revision().publish()


def urls() -> set[str]:
    return set(OutwardLink.objects.values_list("url", flat=True))


def link_to(server: Elsewhere, path: str, **fields: Any) -> OutwardLink:
    link = OutwardLink.objects.create(url=server.url(path), host="127.0.0.1", **fields)
    link.articles.add(ArticlePageFactory())
    return link


def check(**options: Any) -> int:
    return links.check_due_links(asker=Asker(pause=0), **options)


def test_links_are_found_in_texts_blocks_and_sources() -> None:
    assert outward_links(article_with_links()) == FOUND


def test_links_in_reusable_notes_count_for_the_articles_that_show_them() -> None:
    note = ReusableNote.objects.create(name="Help", title="Help", text='<p><a href="https://help.example/">h</a></p>')
    article = article_with_links(body=[("note", note)])
    assert outward_links(article) == {"https://help.example/", "https://doi.org/10.1000/182", "https://c.example/"}


def test_publishing_collects_and_unpublishing_forgets() -> None:
    article = article_with_links()
    assert urls() == set()
    publish(article)
    assert urls() == FOUND
    assert OutwardLink.objects.get(url="https://a.example/one").host == "a.example"
    article.refresh_from_db()
    article.unpublish()
    assert urls() == set()


def test_a_draft_holds_no_links_until_it_is_published() -> None:
    article = article_with_links()
    publish(article)
    article.body = [("text", '<p><a href="https://new.example/">new</a></p>')]
    article.save_revision()
    assert urls() == FOUND
    publish(article)
    assert urls() == {"https://new.example/", "https://doi.org/10.1000/182", "https://c.example/"}


def test_a_link_stays_while_another_live_article_holds_it() -> None:
    first, second = article_with_links(), article_with_links()
    publish(first)
    publish(second)
    known = set(OutwardLink.objects.values_list("pk", "url"))
    first.refresh_from_db()
    first.unpublish()
    assert set(OutwardLink.objects.values_list("pk", "url")) == known
    ArticlePage.objects.get(pk=second.pk).delete()
    assert urls() == set()


def test_the_collection_finds_what_no_publishing_told() -> None:
    live, draft = (
        article_with_links(),
        article_with_links(live=False, body=[("text", '<a href="https://d.example">d</a>')]),
    )
    draft.outward_links.add(OutwardLink.objects.create(url="https://stale.example/"))
    links.collect_all_links()
    assert urls() == FOUND
    assert live.outward_links.count() == len(FOUND)


def test_publishing_again_writes_nothing_when_no_link_changed(django_assert_num_queries: Any) -> None:
    article = article_with_links()
    links.collect_links(article)
    article = ArticlePage.objects.get(pk=article.pk)
    own = {"testserver"}
    with django_assert_num_queries(4):  # sources, what is held, and a savepoint around it
        links.collect_links(article, own_hosts=own)


def test_a_run_writes_down_what_it_found(elsewhere: Elsewhere) -> None:
    elsewhere.pages |= {"/fine": 200, "/old": (301, "/new"), "/new": 200, "/shy": 403}
    for path in ("/fine", "/old", "/gone", "/shy"):
        link_to(elsewhere, path)
    assert check() == 4
    states = {link.url.rpartition("/")[2]: link.state for link in OutwardLink.objects.all()}
    assert states == {"fine": State.FINE, "old": State.MOVED, "gone": State.FAILING, "shy": State.SKIPPED}
    moved = OutwardLink.objects.get(state=State.MOVED)
    assert moved.moved_to == elsewhere.url("/new")
    assert not OutwardLink.objects.exclude(leased_until=None).exists()
    assert check() == 0


def test_a_good_link_is_asked_again_after_a_fortnight_or_little_more(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/fine"] = 200
    link = link_to(elsewhere, "/fine")
    check()
    link.refresh_from_db()
    assert timedelta(days=13.9) < link.next_check_at - timezone.now() < timedelta(days=16)


def test_a_link_is_dead_after_three_failures_over_three_days(elsewhere: Elsewhere) -> None:
    link = link_to(elsewhere, "/gone")
    states = []
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC)) as clock:
        for _ in range(40):
            check()
            link.refresh_from_db()
            states.append(link.state)
            clock.shift(timedelta(hours=6))
    first_dead = states.index(State.DEAD)
    assert set(states[:first_dead]) == {State.FAILING}
    assert 12 <= first_dead <= 16  # three days, in quarters of a day
    assert set(states[first_dead:]) == {State.DEAD}
    # Day 0, 1, 3, 7: it backs off.
    assert len([p for p in elsewhere.paths() if p == "GET /gone"]) == 4


def test_pressing_the_button_often_kills_no_link_sooner(elsewhere: Elsewhere) -> None:
    link = link_to(elsewhere, "/gone")
    for _ in range(5):
        OutwardLink.objects.update(next_check_at=timezone.now())
        check()
    link.refresh_from_db()
    assert (link.state, link.failures) == (State.FAILING, 5)


def test_a_server_in_trouble_is_given_a_fortnight(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/page"] = 503
    link = link_to(elsewhere, "/page")
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC)) as clock:
        for _ in range(13):
            check()
            clock.shift(timedelta(days=1))
        link.refresh_from_db()
        assert link.state == State.FAILING
        clock.shift(timedelta(days=10))
        check()
    link.refresh_from_db()
    assert link.state == State.DEAD


def test_a_link_that_answers_again_is_fine_again(elsewhere: Elsewhere) -> None:
    since = timezone.now() - timedelta(days=9)
    link = link_to(elsewhere, "/page", state=State.DEAD, failures=4, failing_since=since, answer="gone")
    elsewhere.pages["/page"] = 200
    check()
    link.refresh_from_db()
    assert (link.state, link.failures, link.failing_since, link.answer) == (State.FINE, 0, None, "")


def test_hosts_take_turns_and_none_takes_the_whole_run(elsewhere: Elsewhere) -> None:
    for host in ("127.0.0.1", "localhost"):
        for n in range(9):
            link = OutwardLink.objects.create(url=elsewhere.url(f"/{n}", host), host=host)
            link.articles.add(ArticlePageFactory() if n == 0 else ArticlePage.objects.first())
    claimed = links.claim_due_links(40)
    assert [link.host for link in claimed] == ["127.0.0.1", "localhost"] * 5


def test_a_host_belongs_to_one_worker_at_a_time(elsewhere: Elsewhere) -> None:
    for n in range(9):
        link_to(elsewhere, f"/{n}")
    assert len(links.claim_due_links(40)) == 5
    assert links.claim_due_links(40) == []
    with time_machine.travel(timezone.now() + links.LEASE + timedelta(seconds=1)):
        assert len(links.claim_due_links(40)) == 5  # the worker died


def test_a_worker_whose_lease_is_over_writes_nothing(elsewhere: Elsewhere) -> None:
    link_to(elsewhere, "/page")
    mine = links.claim_due_links(40)[0]
    with time_machine.travel(timezone.now() + links.LEASE + timedelta(seconds=1)):
        theirs = links.claim_due_links(40)[0]
        assert links.record_verdict(mine, Verdict(Sort.GONE, "gone")) == 0
        assert links.record_verdict(theirs, Verdict(Sort.FINE, "")) == 1
    assert OutwardLink.objects.get().state == State.FINE


def test_a_run_ends_in_time_and_gives_back_the_rest(elsewhere: Elsewhere) -> None:
    for n in range(5):
        elsewhere.pages[f"/{n}"] = 200
        link_to(elsewhere, f"/{n}")
    assert links.check_due_links(asker=Asker(pause=0.3), seconds=0.5) in range(1, 4)
    left = OutwardLink.objects.due().count()
    assert left >= 1
    assert check() == left


def test_our_own_network_being_down_harms_no_link(elsewhere: Elsewhere) -> None:
    from blog.outside.errors import NoConnectionError

    def cut_off(_host: str, _port: int) -> list[str]:
        raise NoConnectionError("Nobody knows the name.", is_ours=True)

    link = link_to(elsewhere, "/page")
    assert links.check_due_links(asker=Asker(pause=0, resolve=cut_off)) == 0
    link.refresh_from_db()
    assert (link.state, link.failures) == (State.UNCHECKED, 0)
    assert link.next_check_at > timezone.now()


def test_the_clock_rings_for_tasks_that_there_are() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
    tasks.check_links()
    tasks.collect_links()
    tasks.remind_of_reviews()


def test_switched_off_nobody_is_asked(elsewhere: Elsewhere, settings: Any) -> None:
    settings.LINK_CHECKS = False
    link_to(elsewhere, "/page")
    assert check() == 0
    assert not elsewhere.asked


def test_asking_again_brings_a_link_forward_once_a_minute(elsewhere: Elsewhere) -> None:
    elsewhere.pages["/page"] = 200
    link = link_to(elsewhere, "/page", next_check_at=timezone.now() + timedelta(days=9))
    assert check() == 0
    assert links.ask_again(link)
    assert check() == 1
    link.refresh_from_db()
    assert not links.ask_again(link)
