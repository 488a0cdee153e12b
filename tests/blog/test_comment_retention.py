"""What is kept of comments, and that nothing is kept longer or taken from others."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.log_actions import registry as log_registry
from wagtail.models import Page, Site

from blog.actions import comments
from blog.actions.retention import forget_what_is_due
from blog.commenting.keeping import RULES
from blog.models import AkismetCheck, Ban, Comment, Commenter, CommentReport, CommentSettings, HelpfulVote
from guard.keeping import BATCH
from home.tasks import keep_house
from tests.factories import ArticlePageFactory, CommentFactory, make_site
from users.models import User

pytestmark = pytest.mark.django_db
State = Comment.State


def later(days: float) -> Any:
    """A little after so many days."""
    return time_machine.travel(timezone.now() + timedelta(days=days, minutes=1))


def is_there(comment: Comment) -> bool:
    return Comment.objects.filter(pk=comment.pk).exists()


def fill_everything(article: Any, moderator: User) -> None:
    """A row under every rule, as old as now."""
    now = timezone.now()
    seen = CommentFactory(article=article, ip="192.0.2.1", user_agent="Browser", original_text="whole")
    Comment.objects.filter(pk=seen.pk).update(original_until=now + timedelta(days=14))
    CommentReport.objects.create(comment=seen, reason="harm", ip="192.0.2.2")
    decided = {"state": "dismissed", "decided_at": now, "words": "Mine"}
    CommentReport.objects.create(comment=seen, reason="harm", ip="192.0.2.3", **decided)
    AkismetCheck.objects.create(comment=seen, values={"user_ip": "192.0.2.1"})
    HelpfulVote.objects.create(comment=seen, voter="hash", is_counted=True)
    Ban.objects.create(kind="domain", value="spam.example", until=now)
    Commenter.objects.create(key="alone", mailbox="alone@example.com")
    for state in (State.REFUSED, State.SPAM, State.WITHDRAWN):
        CommentFactory(article=article, state=state, decided_at=now)


def left_over() -> dict[str, int]:
    """How many rows still hold what a rule forgets."""
    return {
        "origins": Comment.objects.exclude(ip=None).count() + Comment.objects.exclude(user_agent="").count(),
        "report origins": CommentReport.objects.exclude(ip=None).count(),
        "akismet values": AkismetCheck.objects.exclude(values={}).count(),
        "refused": Comment.objects.filter(state=State.REFUSED).count(),
        "withdrawn": Comment.objects.filter(state=State.WITHDRAWN).count(),
        "spam": Comment.objects.filter(state=State.SPAM).count(),
        "originals": Comment.objects.exclude(original_text="").count(),
        "votes": HelpfulVote.objects.count(),
        "reports": CommentReport.objects.exclude(state="open").count(),
        "bans": Ban.objects.count(),
        "commenters": Commenter.objects.filter(key="alone").count(),
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_nothing_is_older_than_its_rule_says(rule: Any, moderator: User) -> None:
    fill_everything(ArticlePageFactory(), moderator)
    assert left_over()[rule.name] > 0
    with later(rule.days - 1):
        keep_house()
        assert left_over()[rule.name] > 0
    with later(rule.days):
        keep_house()
        assert left_over()[rule.name] == 0
        assert forget_what_is_due()[rule.name] == 0  # a second look finds nothing to do


def test_after_all_that_the_published_comment_still_stands(client: Client, moderator: User) -> None:
    fill_everything(ArticlePageFactory(slug="it"), moderator)
    with later(400):
        keep_house()
        assert Comment.objects.get().state == State.PUBLISHED
        assert "This helped me a good deal." in client.get("/articles/it/").content.decode()


def test_each_comment_that_goes_takes_no_reply_of_others_along(client: Client) -> None:
    article = ArticlePageFactory(slug="it")
    first = CommentFactory(article=article, author_name="Gone Person", email="gone@example.com", ip="192.0.2.1")
    reply = CommentFactory(article=article, parent=first, text="An answer that stays.")
    comments.withdraw_comment(first)
    with later(30):
        keep_house()
        assert forget_what_is_due()["withdrawn"] == 0  # the empty place is not emptied every hour
    first.refresh_from_db()
    assert (first.state, first.text, first.author_name, first.email) == (State.WITHDRAWN, "", "", "")
    assert (first.ip, first.user_agent, first.commenter, first.reasons) == (None, "", None, [])
    html = client.get("/articles/it/").content.decode()
    assert "An answer that stays." in html
    assert "A comment was taken away here." in html
    assert client.get(f"/comments/go/{reply.pk}/").status_code == 302
    comments.withdraw_comment(reply)
    with later(61):
        keep_house()
        keep_house()
    assert not Comment.objects.exists()  # nothing hangs from it any more


def test_a_reply_that_answered_a_forgotten_reply_stays(client: Client, moderator: User) -> None:
    first = CommentFactory(article=ArticlePageFactory(slug="it"))
    middle = CommentFactory(article=first.article, parent=first)
    last = CommentFactory(article=first.article, parent=first, answers=middle, text="Still here.")
    comments.refuse_comment(middle, by=moderator, reason="Off the subject.")
    with later(90):
        keep_house()
    assert not is_there(middle)
    last.refresh_from_db()
    assert (last.parent, last.answers) == (first, None)
    assert "Still here." in client.get("/articles/it/").content.decode()


def test_the_days_of_a_refusal_count_from_the_decision(moderator: User) -> None:
    comment = CommentFactory(state=State.HELD, created_at=timezone.now() - timedelta(days=300))
    comments.refuse_comment(comment, by=moderator, reason="Off the subject.")
    with later(89):
        keep_house()
    assert is_there(comment)
    with later(90):
        keep_house()
    assert not is_there(comment)


def test_spam_can_be_restored_until_its_last_day(moderator: User) -> None:
    restored, forgotten = (CommentFactory(state=State.SPAM, judged_at=timezone.now()) for _ in range(2))
    with later(29):
        keep_house()
        comments.approve_comment(restored, by=moderator)
    with later(31):
        keep_house()
    assert is_there(restored)
    assert not is_there(forgotten)


def test_each_site_keeps_its_spam_as_long_as_it_says() -> None:
    home = make_site()
    site = Site.objects.get(is_default_site=True)
    CommentSettings.objects.update_or_create(site=site, defaults={"spam_days": 5})
    root = Page.objects.get(depth=1)
    elsewhere = root.add_child(instance=Page(title="Elsewhere", slug="elsewhere"))
    other = Site.objects.create(hostname="other.example", root_page=elsewhere)
    CommentSettings.objects.create(site=other, spam_days=60)
    here = CommentFactory(state=State.SPAM)
    there = CommentFactory(state=State.SPAM, article=ArticlePageFactory(parent=elsewhere))
    nowhere = CommentFactory(state=State.SPAM, article=ArticlePageFactory(parent=root))
    left = []
    for days in (5, 30, 60):
        with later(days):
            keep_house()
        left.append([is_there(comment) for comment in (here, there, nowhere)])
    assert left == [[False, True, True], [False, True, False], [False, False, False]]
    assert home.live


def test_what_waits_for_a_person_is_never_forgotten() -> None:
    waiting = [CommentFactory(state=state) for state in (State.PENDING, State.HELD)]
    with later(1000):
        forget_what_is_due()
    assert all(map(is_there, waiting))


def test_the_log_of_a_forgotten_comment_holds_no_name_and_no_words(moderator: User) -> None:
    comment = CommentFactory(author_name="Marta Quill")
    comments.refuse_comment(comment, by=moderator, reason="It names Doctor Brown.")
    log(comment, "comment.keep", user=moderator, data={"reports": 1})
    entries = log_registry.get_logs_for_instance(comment)
    assert entries.count() == 2
    with later(90):
        keep_house()
    said = " ".join(f"{entry.label} {entry.data}" for entry in entries.all())
    assert said
    assert not any(word in said for word in ("Marta", "Quill", "Brown"))


def test_a_wish_for_no_letters_outlives_the_address() -> None:
    now = timezone.now()
    stopped = Commenter.objects.create(key="k1", mailbox="no@example.com", proven_at=now, stopped_at=now)
    used = CommentFactory().commenter
    with later(30):
        keep_house()
    stopped.refresh_from_db()
    assert (stopped.mailbox, stopped.proven_at, stopped.stopped_at) == ("", None, now)
    assert Commenter.objects.filter(pk=used.pk).exists()


def test_a_ban_without_an_end_stays_and_one_that_has_just_ended_too() -> None:
    Ban.objects.create(kind="domain", value="never.example")
    Ban.objects.create(kind="domain", value="ended.example", until=timezone.now() - timedelta(days=29))
    forget_what_is_due()
    assert Ban.objects.count() == 2


def test_a_large_backlog_is_forgotten_in_short_transactions() -> None:
    article = ArticlePageFactory()
    old = timezone.now() - timedelta(days=31)
    rows = [
        Comment(
            article=article, author_name="x", email="x@example.com", text="x", state=State.PUBLISHED, ip="192.0.2.1"
        )
        for _ in range(2 * BATCH + 1)
    ]
    Comment.objects.bulk_create(rows)
    Comment.objects.update(created_at=old)
    with CaptureQueriesContext(connection) as queries:
        assert forget_what_is_due()["origins"] == 2 * BATCH + 1
    updates = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "blog_comment"')]
    assert len(updates) == 3
