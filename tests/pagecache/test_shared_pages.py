"""Pages that all anonymous readers share: stamped, asked again cheaply, compressed, never stale, never mixed up."""

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from blog.actions.comments import approve_comment, hold_comment
from blog.models import Comment
from home.models import SiteSettings
from newsletter.models import Dispatch
from pagecache.changes import mark_changed
from tests.factories import ArticlePageFactory, AuthorPageFactory, CommentFactory, IssuePageFactory, TopicFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PATHS = ["/", "/articles/", "/articles/it/", "/authors/", "/authors/ann/", "/topics/", "/topics/pain/", "/newsletter/"]
PATHS += ["/newsletter/issue-1/", "/newsletter/as-sent/1/", "/search/?q=pain", "/feed/", "/feed.json", "/sitemap.xml"]
START = datetime(2026, 5, 5, 10, 0, 0, 500_000, UTC)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def article(clock: Any) -> Any:
    """One of everything, written a minute ago."""
    person = AuthorPageFactory(title="Ann", slug="ann")
    page = ArticlePageFactory(slug="it", title="Pain", by=person, topic=TopicFactory(name="Pain", slug="pain"))
    issue = IssuePageFactory(number=1, slug="issue-1")
    mail = "<html><head></head><body>Dear %%FIRST_NAME%%</body></html>"
    Dispatch.objects.create(pk=1, issue=issue, state="done", launched_at=START, html=mail)
    Client().get("/")  # makes the row of settings
    clock.shift(timedelta(minutes=1))
    return page


def get(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


@pytest.mark.parametrize("path", PATHS)
def test_who_has_the_page_already_gets_304_and_no_bytes(article: Any, path: str) -> None:
    page = get(path)
    assert page.status_code == 200
    assert page["Cache-Control"] == "public, max-age=0, must-revalidate"
    for asked in ({"If-None-Match": page["ETag"]}, {"If-Modified-Since": page["Last-Modified"]}):
        again = get(path, **asked)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == page["ETag"]
        assert not again.cookies


@pytest.mark.parametrize("path", PATHS)
def test_all_anonymous_readers_get_the_same_bytes(article: Any, path: str) -> None:
    one = get(path)
    other = get(path, **{"User-Agent": "Other", "Accept-Language": "fr", "Referer": "https://example.org/"})
    assert (one.content, one["ETag"]) == (other.content, other["ETag"])
    assert "cookie" not in one["Vary"].lower()


def test_304_costs_one_query(article: Any) -> None:
    tag = get("/articles/it/")["ETag"]
    get("/articles/it/")
    with CaptureQueriesContext(connection) as queries:
        assert get("/articles/it/", **{"If-None-Match": tag}).status_code == 304
    assert len(queries) <= 1


def test_no_tag_is_good_at_another_address_or_after_a_change(article: Any) -> None:
    tag = get("/articles/it/")["ETag"]
    assert get("/articles/", **{"If-None-Match": tag}).status_code == 200
    assert get("/articles/it/?comments=2", **{"If-None-Match": tag}).status_code == 200
    mark_changed()
    assert get("/articles/it/", **{"If-None-Match": tag}).status_code == 200


def test_the_day_makes_a_new_page_and_two_changes_in_one_second_are_told_apart(article: Any, clock: Any) -> None:
    page = get("/articles/it/")
    clock.shift(timedelta(days=1))
    assert get("/articles/it/", **{"If-None-Match": page["ETag"]}).status_code == 200
    assert get("/articles/it/", **{"If-Modified-Since": page["Last-Modified"]}).status_code == 200
    mark_changed()
    assert "Last-Modified" not in get("/articles/it/")


def seen(words: str) -> bool:
    return words in get("/articles/it/").content.decode()


def test_no_part_of_a_page_outlives_what_it_shows(article: Any, moderator: Any) -> None:
    comment = CommentFactory(article=article, state=Comment.State.HELD, text="Joan was here.")
    assert seen("Pain")
    assert not seen("Joan was here.")
    approve_comment(comment, by=moderator)
    assert seen("Joan was here.")
    hold_comment(comment, by=moderator)
    assert not seen("Joan was here.")
    article.title = "Backs"
    article.save_revision()
    assert not seen("Backs")
    article.get_latest_revision().publish()
    assert seen("Backs")
    author = article.authors[0]
    author.title = "Ann Larkspur"
    author.save_revision().publish()
    assert seen("Ann Larkspur")
    settings = SiteSettings.objects.get()
    settings.site_name = "Woodbine"
    settings.save()
    assert seen("Woodbine")
    article.topic.name = "Sore places"
    article.topic.save()
    assert seen("Sore places")


@pytest.mark.parametrize("path", [path for path in PATHS if "feed" in path])
def test_a_feed_is_written_once_and_anew_when_it_would_say_something_else(article: Any, clock: Any, path: str) -> None:
    first = get(path)
    with CaptureQueriesContext(connection) as queries:
        again = get(path)
    assert (again.content, again["Content-Type"], again["ETag"]) == (
        first.content,
        first["Content-Type"],
        first["ETag"],
    )
    assert len(queries) == 1  # which generation it is
    article.title = "Backs and knees"
    article.save_revision().publish()
    assert b"Backs and knees" in get(path).content
    article.unpublish()
    assert b"Backs and knees" not in get(path).content


def test_a_feed_that_is_not_there_yet_is_found_once_it_is(article: Any) -> None:
    assert get("/topics/sleep/feed/").status_code == 404
    TopicFactory(name="Sleep", slug="sleep")
    assert get("/topics/sleep/feed/").status_code == 200


def test_a_page_that_is_closed_or_taken_down_is_gone_at_once(article: Any) -> None:
    tag = get("/articles/it/")["ETag"]
    closed = PageViewRestriction.objects.create(page=article, restriction_type=PageViewRestriction.LOGIN)
    assert get("/articles/it/", **{"If-None-Match": tag}).status_code == 302
    closed.delete()
    assert get("/articles/it/").status_code == 200
    article.unpublish()
    assert get("/articles/it/", **{"If-None-Match": tag}).status_code in {404, 410}


@pytest.mark.parametrize("cookies", [{"text": "large"}, {"colours": "dark"}, {"sessionid": "x"}])
def test_who_has_a_cookie_of_ours_shares_nothing(article: Any, cookies: dict[str, str]) -> None:
    shared = get("/articles/it/")
    client = Client()
    client.cookies.load(cookies)
    own = client.get("/articles/it/", headers={"If-None-Match": shared["ETag"], "Accept-Encoding": "br"})
    assert own.status_code == 200
    assert "ETag" not in own
    assert "public" not in own.get("Cache-Control", "")
    assert "Content-Encoding" not in own


def test_what_an_editor_previews_reaches_no_reader(article: Any, editor: Any) -> None:
    article.title = "Not yet"
    article.save_revision()
    client = Client()
    client.force_login(editor)
    draft = client.get(f"/admin/pages/{article.pk}/view_draft/")
    assert "Not yet" in draft.content.decode()
    assert "ETag" not in draft
    assert not seen("Not yet")


@pytest.mark.parametrize(("coding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_pages_travel_compressed_to_who_can_read_that(article: Any, coding: str, decode: Any) -> None:
    plain, packed = get("/articles/it/"), get("/articles/it/", **{"Accept-Encoding": f"{coding}, *;q=0"})
    assert packed["Content-Encoding"] == coding
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    assert decode(packed.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]
    assert "Content-Encoding" not in get("/articles/it/", **{"Accept-Encoding": "br;q=0, gzip;q=0.0"})


def test_errors_and_forms_that_were_sent_are_nobodys_to_share(article: Any) -> None:
    for answer in (get("/nowhere/"), Client().post(f"/comments/new/{article.pk}/", {}), get("/admin/login/")):
        assert "ETag" not in answer
        assert "public" not in answer.get("Cache-Control", "")
