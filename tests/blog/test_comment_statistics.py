"""The report on the desk's work: every figure is a count of rows."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from blog.actions import comments
from blog.models import Comment, RefusalReason
from blog.moderation.statistics import OWN_WORDS, count_comments
from blog.moderation.statistics_views import in_words
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 10, 12, tzinfo=ZoneInfo("Europe/London"))  # a Wednesday
DESK = reverse("comment_statistics")


def comment(article: Any, *, hours_ago: float, **facts: Any) -> Comment:
    return CommentFactory(article=article, created_at=NOON - timedelta(hours=hours_ago), state="held", **facts)


@pytest.fixture
def busy_desk(moderator: User, editor: User) -> None:
    """Five decisions at noon: waits of 1, 2, 3, 4 and 50 hours; one comment waits for 5 hours still."""
    article = ArticlePageFactory()
    off, _ = RefusalReason.objects.get_or_create(title="Off", defaults={"words": "Off the subject."})
    with time_machine.travel(NOON, tick=False):
        comments.approve_comment(comment(article, hours_ago=1), by=moderator)
        comments.approve_comment(comment(article, hours_ago=2), by=editor)
        comments.refuse_comment(comment(article, hours_ago=3), by=moderator, reason=off.words, usual=off)
        comments.refuse_comment(comment(article, hours_ago=4), by=moderator, reason="We know the shop.")
        comments.mark_comment_as_spam(comment(article, hours_ago=50), by=moderator)
        comment(article, hours_ago=5)
        wrongly = CommentFactory(article=article, state="spam", verdict="spam", created_at=NOON - timedelta(days=20))
        comments.approve_comment(wrongly, by=editor)


@pytest.mark.usefixtures("busy_desk")
def test_times_outcomes_and_reasons_are_counted() -> None:
    with time_machine.travel(NOON, tick=False):
        found = count_comments(30)
    hour = 3600
    assert (found.waiting, found.oldest) == (1, 5 * hour)
    assert (found.received, found.called_spam, found.overturned) == (7, 1, 1)
    assert (found.median_wait, found.longest_wait) == (3 * hour, 50 * hour)
    assert [(share.label, share.number) for share in found.outcomes] == [
        ("Published", 3),
        ("Refused", 2),
        ("Spam", 1),
    ]
    assert {(share.label, share.number, share.percent) for share in found.reasons} == {
        ("Off", 1, 50),
        (OWN_WORDS, 1, 50),
    }
    assert sorted(share.number for share in found.people) == [2, 4]


def test_a_decision_that_was_taken_back_does_not_count(moderator: User) -> None:
    found = [CommentFactory(article=ArticlePageFactory(), state="held") for _ in range(2)]
    for one in found:
        comments.refuse_comment(one, reason="It advertises something.", by=moderator)
        entry = ModelLogEntry.objects.get(action="comment.refuse", object_id=str(one.pk))
        assert comments.put_back_comment(one, by=moderator, undone=entry)
        one.refresh_from_db()
    comments.approve_comment(found[0], by=moderator)
    statistics = count_comments(30)
    assert [(share.label, share.number) for share in statistics.outcomes if share.number] == [("Published", 1)]
    assert not statistics.reasons
    assert sum(week.published for week in statistics.weeks) == 1
    assert not any(week.refused for week in statistics.weeks)


@pytest.mark.usefixtures("busy_desk")
def test_a_shorter_time_counts_less() -> None:
    with time_machine.travel(NOON + timedelta(days=8), tick=False):
        assert (count_comments(7).received, count_comments(7).decisions) == (0, [])
        assert count_comments(7).median_wait is None
        assert len(count_comments(30).decisions) == 6


@pytest.mark.usefixtures("busy_desk")
def test_every_week_has_its_line_also_an_empty_one() -> None:
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        weeks = count_comments(30).weeks
    assert [week.start.isoformat() for week in weeks][:2] == ["2027-03-15", "2027-03-08"]
    assert (weeks[0].received, weeks[0].published) == (0, 0)
    assert (weeks[1].received, weeks[1].published, weeks[1].refused, weeks[1].spam) == (6, 3, 2, 1)
    assert sum(week.received for week in weeks) == 7


@pytest.mark.usefixtures("busy_desk")
def test_the_page_shows_it_and_the_file_too(client: Client, moderator: User) -> None:
    client.force_login(moderator)
    with time_machine.travel(NOON, tick=False):
        client.force_login(moderator)
        page = client.get(DESK, {"days": "30"}).text
        file = client.get(DESK, {"days": "30", "format": "csv"})
    assert "3 hours" in page
    assert "Off" in page
    assert OWN_WORDS.replace("'", "&#x27;") in page
    assert file["Content-Disposition"].startswith("attachment")
    assert "2027-03-08,6,3,2,1" in file.text.splitlines()
    assert client.get(DESK, {"days": "x"}).status_code == 200


def test_a_desk_that_has_done_nothing_has_a_page(client: Client, moderator: User) -> None:
    client.force_login(moderator)
    page = client.get(DESK).text
    assert "None was refused." in page
    assert "–" in page


def test_who_may_not_decide_does_not_see_it(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(DESK).status_code in {302, 403}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (20, "0 minutes"), (60, "1 minute"), (7000, "117 minutes"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_a_time_is_said_as_people_say_it(seconds: int | None, words: str) -> None:
    assert in_words(seconds) == words


def test_more_comments_cost_no_more_queries(moderator: User, django_assert_max_num_queries: Any) -> None:
    def count() -> int:
        with django_assert_max_num_queries(20) as queries:
            count_comments(30)
        return len(queries)

    article = ArticlePageFactory()
    few = count()
    for _ in range(5):
        comments.approve_comment(CommentFactory(article=article, state="held"), by=moderator)
    assert count() == few
