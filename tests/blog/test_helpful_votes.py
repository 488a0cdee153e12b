"""Readers say that a comment helped: once each, without an account and without anybody knowing who."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.actions.retention import forget_what_is_due
from blog.actions.votes import count_helpful_votes, take_vote_back, vote_helpful, voter_of
from blog.models import Comment, HelpfulVote
from blog.tasks import count_helpful_votes as count_task
from guard.forms import make_token
from pagecache.models import Generation
from tests.factories import ArticlePageFactory, CommentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment() -> Any:
    return CommentFactory(article=ArticlePageFactory(slug="it"))


def press(client: Client, comment: Comment, reader: str = "192.0.2.1", **more: str) -> Any:
    data = {"form_token": make_token("helpful"), **more}
    return client.post(f"/comments/helpful/{comment.pk}/", data, REMOTE_ADDR=reader, HTTP_USER_AGENT="Browser")


def by_script(client: Client, comment: Comment, reader: str = "192.0.2.1", **more: str) -> Any:
    data = {"form_token": make_token("helpful"), **more}
    headers = {"Accept": "application/json", "User-Agent": "Browser"}
    return client.post(f"/comments/helpful/{comment.pk}/", data, REMOTE_ADDR=reader, headers=headers)


def number_of(comment: Comment) -> int:
    comment.refresh_from_db()
    return comment.helpful_count


def test_a_press_without_script_leads_to_a_page_that_says_so(client: Client, comment: Any) -> None:
    answer = press(client, comment)
    assert (answer.status_code, answer["Location"]) == (303, f"/comments/helpful/{comment.pk}/")
    seen = client.get(answer["Location"], REMOTE_ADDR="192.0.2.1", HTTP_USER_AGENT="Browser")
    assert "You found it helpful" in seen.content.decode()
    assert (seen["Cache-Control"], seen["X-Robots-Tag"]) == ("no-store", "noindex")
    other = client.get(answer["Location"], REMOTE_ADDR="192.0.2.2", HTTP_USER_AGENT="Browser")
    assert "Did this comment help you?" in other.content.decode()


def test_each_reader_counts_once_however_often_they_press(client: Client, comment: Any) -> None:
    for reader in ("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.1"):
        press(client, comment, reader)
    count_helpful_votes()
    assert number_of(comment) == 2


def test_a_vote_can_be_taken_back_before_and_after_it_was_counted(client: Client, comment: Any) -> None:
    press(client, comment, take_back="1")  # nothing to take back
    press(client, comment)
    press(client, comment, take_back="1")
    count_helpful_votes()
    assert (number_of(comment), HelpfulVote.objects.count()) == (0, 0)
    press(client, comment)
    count_helpful_votes()
    assert number_of(comment) == 1
    press(client, comment, take_back="1")
    count_helpful_votes()
    assert (number_of(comment), HelpfulVote.objects.count()) == (0, 0)


def test_a_reader_who_changes_their_mind_twice_still_counts_once(client: Client, comment: Any) -> None:
    press(client, comment)
    count_helpful_votes()
    press(client, comment, take_back="1")
    press(client, comment)
    count_helpful_votes()
    assert number_of(comment) == 1


def test_the_script_is_told_the_number_at_once(client: Client, comment: Any) -> None:
    Comment.objects.filter(pk=comment.pk).update(helpful_count=4)
    assert by_script(client, comment).json() == {"count": 5, "counted": True}
    assert by_script(client, comment, "192.0.2.2").json() == {"count": 6, "counted": True}
    assert by_script(client, comment, take_back="1").json() == {"count": 5, "counted": False}
    count_helpful_votes()
    assert by_script(client, comment, "192.0.2.2", take_back="1").json() == {"count": 4, "counted": False}


def test_the_page_shows_the_number_after_the_next_count(client: Client, comment: Any) -> None:
    press(client, comment)
    assert 'Helpful <span class="num">(1)</span>' not in client.get("/articles/it/").content.decode()
    count_task()
    assert number_of(comment) == 1
    assert 'Helpful <span class="num">(1)</span>' in client.get("/articles/it/").content.decode()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_votes_leave_the_pages_alone_and_a_count_renews_them_once(client: Client) -> None:
    comments = [CommentFactory(article=ArticlePageFactory()) for _ in range(3)]
    before = Generation.read()
    for comment in comments:
        press(client, comment)
        press(client, comment, "192.0.2.2")
    assert Generation.read() == before
    count_helpful_votes()
    after = Generation.read()
    assert after.number == before.number + 1
    assert count_helpful_votes() == 0
    assert Generation.read() == after


def test_counting_takes_as_many_statements_for_a_hundred_comments_as_for_two() -> None:
    article = ArticlePageFactory()
    taken = []
    for number in (2, 100):
        for comment in [CommentFactory(article=article) for _ in range(number)]:
            vote_helpful(comment, voter="somebody")
        with CaptureQueriesContext(connection) as queries:
            count_helpful_votes()
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_the_number_stays_when_the_votes_are_forgotten(client: Client, comment: Any) -> None:
    press(client, comment)
    count_helpful_votes()
    press(client, comment, "192.0.2.2")  # not counted yet when it is forgotten
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget_what_is_due()
    assert (number_of(comment), HelpfulVote.objects.count()) == (2, 0)


def test_nobody_can_see_that_two_votes_are_the_same_persons() -> None:
    first, second = CommentFactory(), CommentFactory()
    who = {"ip": "192.0.2.1", "user_agent": "Browser"}
    marks = {voter_of(first, **who), voter_of(second, **who), voter_of(first, ip="192.0.2.2", user_agent="Browser")}
    assert len(marks) == 3
    assert not any("192" in mark or "Browser" in mark for mark in marks)


def test_a_look_at_the_page_changes_nothing(client: Client, comment: Any) -> None:
    for method in (client.get, client.head):
        assert method(f"/comments/helpful/{comment.pk}/").status_code == 200
    assert not HelpfulVote.objects.exists()


def test_what_readers_do_not_see_takes_no_votes(client: Client) -> None:
    held = CommentFactory(state="held")
    gone = CommentFactory(article=ArticlePageFactory(live=False))
    for comment in (held, gone):
        assert press(client, comment).status_code == 404
        assert client.get(f"/comments/helpful/{comment.pk}/").status_code == 404
    assert client.get(f"/comments/helpful/{10**18}/").status_code == 404
    assert not HelpfulVote.objects.exists()


def test_another_sites_form_an_old_one_and_a_robot_count_for_nothing(client: Client, comment: Any) -> None:
    address = f"/comments/helpful/{comment.pk}/"
    token = {"form_token": make_token("helpful")}
    assert client.post(address, token, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    old = client.post(address, {"form_token": make_token("comment")})
    assert old.status_code == 422
    assert "This page was open for a long time." in old.content.decode()
    assert by_script(client, comment, form_token="").json()["words"].startswith("This page was open")
    assert client.post(address, {**token, "website": "https://spam.example"}).status_code == 303
    assert not HelpfulVote.objects.exists()


def test_one_network_cannot_press_a_thousand_times(client: Client, comment: Any) -> None:
    answers = [press(client, comment, "2a00:1450::1", nonce=str(n)) for n in range(21)]
    assert [answer.status_code for answer in answers] == [303] * 20 + [429]
    assert by_script(client, comment, "2a00:1450::2").status_code == 429


def test_a_page_of_comments_has_one_form_for_all_its_buttons(client: Client, comment: Any) -> None:
    CommentFactory(article=comment.article)
    html = client.get("/articles/it/").content.decode()
    assert len(re.findall(r'<form id="helpful" method="post" hidden>', html)) == 1
    assert len(re.findall(r'<button form="helpful" formaction="/comments/helpful/\d+/">', html)) == 2
    assert 'Helpful<span class="vh"> comment of Joan W.</span>' in html


def test_taking_back_what_is_taken_back_takes_nothing_else(comment: Any) -> None:
    vote_helpful(comment, voter="one")
    vote_helpful(comment, voter="two")
    count_helpful_votes()
    for _ in range(2):
        take_vote_back(comment, voter="one")
    count_helpful_votes()
    take_vote_back(comment, voter="one")
    count_helpful_votes()
    assert number_of(comment) == 1
