"""Moderators are written to about what waits: soon, together, and with words that harm nobody."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Site

from blog.actions.moderator_mails import BETWEEN_LETTERS, tell_moderators, warn_of_backlog
from blog.models import Comment, CommentSettings
from letters.models import Letter
from pagecache.models import Generation
from tests.factories import ArticlePageFactory, CommentFactory, make_site
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_an_address(moderator: User) -> None:
    moderator.email = "mod@example.org"
    moderator.save()


def site_rules(**changes: Any) -> CommentSettings:
    make_site()
    rules = CommentSettings.for_site(Site.objects.get(is_default_site=True))
    CommentSettings.objects.filter(pk=rules.pk).update(**changes)
    rules.refresh_from_db()
    return rules


def letters(kind: str = "comments_waiting") -> list[Letter]:
    return list(Letter.objects.filter(kind=kind).order_by("pk"))


def test_a_moderator_is_told_once_of_what_waits() -> None:
    held = CommentFactory(state="held", text="Tea helps.", author_name="Ada")
    for state in ("pending", "published", "spam", "refused", "withdrawn"):
        CommentFactory(state=state, text=f"The {state} one")
    assert tell_moderators() == 1
    assert tell_moderators() == 0
    letter = letters()[0]
    assert letter.to == "mod@example.org"
    assert held.article.title in letter.subject
    for part in (letter.text, letter.html):
        assert "Tea helps." in part
        assert "Ada" in part
        assert part.count("http://testserver/comments/decide/") == 3
        assert f"http://testserver/admin/comments/{held.pk}/" in part
        assert not re.search(r"The \w+ one", part)


def test_a_flood_makes_one_letter_until_some_minutes_have_passed() -> None:
    article = ArticlePageFactory()
    CommentFactory(state="held", article=article)
    tell_moderators()
    for number in range(45):
        CommentFactory(state="held", article=article, text=f"Comment {number}.")
    assert tell_moderators() == 0
    with time_machine.travel(timezone.now() + BETWEEN_LETTERS + timedelta(seconds=1), tick=False):
        assert tell_moderators() == 45
        assert tell_moderators() == 0
    second = letters()[1]
    assert second.subject == "45 comments wait"
    assert "And 35 more in the queue." in second.text
    assert second.text.count("/comments/decide/") == 30
    assert not Comment.objects.held().filter(told_at=None).exists()


def test_delicate_words_stay_at_the_desk_and_danger_comes_first() -> None:
    CommentFactory(state="held", text="Nothing special.")
    CommentFactory(state="held", text="My number is 0161 496 0000.", personal_data=True)
    CommentFactory(state="held", text="I cannot go on.", crisis=True)
    tell_moderators()
    letter = letters()[0]
    for part in (letter.text, letter.html):
        assert "0161" not in part
        assert "cannot go on" not in part
        assert part.count("/comments/decide/") == 3
    assert letter.text.index("danger to life") < letter.text.index("Nothing special.")


def test_no_link_of_a_stranger_is_live_in_the_mail() -> None:
    CommentFactory(state="held", text="See <b>https://casino.example/win?x=1</b> and <script>alert(1)</script>")
    tell_moderators()
    letter = letters()[0]
    assert "casino.example" not in letter.text + letter.html
    assert "casino . example" in letter.text
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html


def test_a_site_may_want_no_such_mails() -> None:
    site_rules(moderator_mails=CommentSettings.Mails.URGENT)
    CommentFactory(state="held")
    assert tell_moderators() == 0
    assert letters() == []


def test_administrators_are_told_where_there_is_no_moderator(moderator: User, admin_user: User) -> None:
    moderator.groups.clear()
    moderator.user_permissions.clear()
    CommentFactory(state="held")
    tell_moderators()
    assert [letter.to for letter in letters()] == [admin_user.email]


def test_who_may_not_decide_or_has_left_is_not_told(moderator: User, editor: User) -> None:
    left = User.objects.create_user("left", email="left@example.org", password="x" * 12, is_active=False)
    left.groups.add(Group.objects.get(name="Moderators"))
    editor.email = "editor@example.org"
    editor.save()
    CommentFactory(state="held")
    tell_moderators()
    assert [letter.to for letter in letters()] == ["mod@example.org"]


def test_a_backlog_is_told_once_a_day_and_leaves_the_pages_alone() -> None:
    rules = site_rules(backlog_hours=24)
    old = CommentFactory(state="held", created_at=timezone.now() - timedelta(hours=30))
    CommentFactory(state="held", created_at=timezone.now() - timedelta(hours=23))
    CommentFactory(state="published", created_at=timezone.now() - timedelta(days=9))
    before = Generation.read()
    assert warn_of_backlog() == 1
    assert warn_of_backlog() == 0
    assert Generation.read() == before
    letter = letters("backlog")[0]
    assert letter.subject == "A comment has waited for more than 24 hours"
    assert f"/admin/comments/{old.pk}/" in letter.text
    assert "30 hours" in letter.text
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1), tick=False):
        assert warn_of_backlog() == 2
    site_rules(backlog_hours=240, backlog_told_at=None)
    assert warn_of_backlog() == 0
    assert rules.pk
