"""When a comment appears before a person has read it, and where none is taken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import registry as log_registry
from wagtail.models import PageViewRestriction, Site

from blog.actions import comments, judging
from blog.actions.editing import edit_comment
from blog.commenting.rules import rules_for, takes_comments
from blog.models import ArticlePage, Ban, Comment, CommentReport, CommentSettings
from blog.spam import Outcome, Reason
from blog.tasks import judge_comment
from guard.forms import make_token
from letters.models import Letter
from pagecache.models import Generation
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
EILEEN = "eileen@example.org"


@pytest.fixture
def site(home: Any) -> CommentSettings:
    """The rules of the default site: everybody's first comment is held."""
    rules, _ = CommentSettings.objects.update_or_create(
        site=Site.objects.get(is_default_site=True), defaults={"mode": "hold_first"}
    )
    return rules


@pytest.fixture
def known(site: CommentSettings) -> Comment:
    """What Eileen wrote earlier."""
    return CommentFactory(email=EILEEN, proven_at=timezone.now(), created_at=timezone.now() - timedelta(days=9))


def judged(text: str = "Walking helps me every morning.", **fields: Any) -> Comment:
    """Eileen's next comment after the worker has looked at it."""
    usual = {"email": EILEEN, "proven_at": timezone.now(), "state": "pending"}
    comment = CommentFactory(text=text, **{**usual, **fields})
    judge_comment(comment.pk)
    comment.refresh_from_db()
    return comment


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_known_writer_appears_at_once_as_if_a_person_had_decided(known: Comment) -> None:
    before = Generation.read()
    comment = judged(article=known.article)
    assert (comment.state, comment.verdict, comment.decided_by) == ("published", "clear", None)
    assert comment.decided_at is not None
    assert Generation.read() != before
    entry = log_registry.get_logs_for_instance(comment).get()
    assert (entry.action, entry.user) == ("comment.auto", None)
    assert Letter.objects.filter(kind="comment_published", to=EILEEN).count() == 1


def test_who_asked_for_answers_hears_of_one_that_appeared_by_itself(known: Comment) -> None:
    asked = CommentFactory(wants_replies=True, proven_at=timezone.now(), email="joan@example.com")
    judged(article=asked.article, parent=asked, answers=asked)
    assert Letter.objects.filter(kind="comment_reply", to="joan@example.com").count() == 1


def test_what_a_moderator_took_down_is_not_put_back_by_a_change_of_its_words(known: Comment, moderator: User) -> None:
    comment = judged()
    assert comment.state == "published"
    comments.hold_comment(comment, by=moderator)
    edit_comment(comment, text="Walking helps me every evening.", seen_version=1)
    judge_comment(comment.pk)
    comment.refresh_from_db()
    assert (comment.state, comment.version) == ("held", 2)


def test_by_default_a_person_reads_every_comment(known: Comment, site: CommentSettings) -> None:
    CommentSettings.objects.update(mode="hold_all")
    assert judged().state == "held"


def forget_the_proof(known: Comment) -> None:
    Comment.objects.filter(pk=known.pk).update(proven_at=None)


def take_it_down(known: Comment) -> None:
    Comment.objects.filter(pk=known.pk).update(state="held")


def refuse_another(known: Comment) -> None:
    CommentFactory(email=EILEEN, state="refused", proven_at=timezone.now())


def spam_from_long_ago_decided_lately(known: Comment) -> None:
    old = timezone.now() - timedelta(days=200)
    CommentFactory(email=EILEEN, state="spam", proven_at=old, created_at=old, decided_at=timezone.now())


def report_it(known: Comment) -> None:
    CommentReport.objects.create(comment=known, reason="harm")


def ban_her(known: Comment) -> None:
    Ban.objects.create(kind="address", value=EILEEN)


def ban_her_words(known: Comment) -> None:
    Ban.objects.create(kind="pattern", value="every*morning")


def watch_a_word(known: Comment) -> None:
    CommentSettings.objects.update(hold_words="unicorn\nWALKING\n")


@pytest.mark.parametrize(
    "spoil",
    [
        forget_the_proof,
        take_it_down,
        refuse_another,
        spam_from_long_ago_decided_lately,
        report_it,
        ban_her,
        ban_her_words,
        watch_a_word,
    ],
)
def test_whatever_costs_her_good_name_makes_her_wait(known: Comment, spoil: Callable[[Comment], None]) -> None:
    spoil(known)
    assert judged().state == "held"


@pytest.mark.parametrize(
    "fields",
    [
        {"proven_at": None},
        {"email": "new@example.org"},
        {"crisis": True},
        {"personal_data": True},
        {"text": "You should stop taking your statins, walking is enough."},
        {"text": "WALKING HELPS ME EVERY SINGLE MORNING"},
        {"text": "Walking helps. Ring me on https://a.example or https://b.example or https://c.example"},
        {"reasons": [{"code": "disowned", "words": "Somebody else's address."}]},
    ],
)
def test_a_comment_against_which_anything_speaks_waits(known: Comment, fields: dict[str, Any]) -> None:
    assert judged(**fields).state == "held"


def test_what_others_sent_with_her_address_costs_her_nothing(known: Comment) -> None:
    for state in ("spam", "refused"):
        CommentFactory(email=EILEEN, state=state, proven_at=None)
    assert judged().state == "published"


def test_a_refusal_is_forgiven_after_ninety_days(known: Comment) -> None:
    long_ago = timezone.now() - timedelta(days=91)
    CommentFactory(email=EILEEN, state="refused", proven_at=long_ago, created_at=long_ago, decided_at=long_ago)
    assert judged().state == "published"


@pytest.mark.parametrize(("mode", "state"), [("hold_first", "published"), ("hold_links", "held")])
def test_a_link_waits_only_where_links_wait(known: Comment, mode: str, state: str) -> None:
    CommentSettings.objects.update(mode=mode)
    assert judged("See https://www.nhs.uk/pain for more about walking.").state == state
    assert judged("Walking helps me in the evening too.").state == "published"


def test_an_article_may_be_stricter_or_freer_than_its_site(known: Comment) -> None:
    strict, free = ArticlePageFactory(comments_mode="hold_all"), ArticlePageFactory(comments_mode="hold_first")
    assert judged(article=strict).state == "held"
    CommentSettings.objects.update(mode="hold_all")
    assert judged("Walking helps me at noon.", article=free).state == "published"


def test_a_judgement_that_fails_publishes_nothing(known: Comment) -> None:
    assert judged(reasons=["broken"]).state == "held"


def test_what_a_person_put_back_no_machine_publishes(known: Comment, moderator: User) -> None:
    comment = judged()
    comments.hold_comment(comment, by=moderator)
    assert not judging.reconsider(comment.pk)
    assert not judging.refine_judgement(comment.pk, version=1, outcome=Outcome.SPAM, reason=Reason("akismet", "Spam"))
    comment.refresh_from_db()
    assert comment.state == "held"


def test_a_proof_that_comes_later_publishes(known: Comment) -> None:
    comment = judged(proven_at=None)
    assert not judging.reconsider(comment.pk)
    Comment.objects.filter(pk=comment.pk).update(proven_at=timezone.now())
    assert judging.reconsider(comment.pk)
    assert not judging.reconsider(comment.pk)
    comment.refresh_from_db()
    assert comment.state == "published"
    assert Letter.objects.filter(kind="comment_published").count() == 1


AKISMET = Reason("akismet", "Akismet says so")


@pytest.mark.parametrize(
    ("outcome", "state", "verdict"),
    [(Outcome.CLEAR, "published", "clear"), (Outcome.SPAM, "spam", "spam"), (Outcome.UNSURE, "held", "unsure")],
)
def test_a_later_answer_moves_what_still_waits(known: Comment, outcome: Outcome, state: str, verdict: str) -> None:
    comment = judged("WALKING HELPS ME EVERY SINGLE MORNING")
    assert judging.refine_judgement(comment.pk, version=1, outcome=outcome, reason=AKISMET)
    comment.refresh_from_db()
    assert (comment.state, comment.verdict) == (state, verdict)
    assert [reason["code"] for reason in comment.reasons] == ["capitals", "akismet"]


def test_a_later_answer_lets_nothing_pass_that_is_no_matter_of_spam(known: Comment) -> None:
    comment = judged("You should stop taking your statins, walking is enough.")
    assert judging.refine_judgement(comment.pk, version=1, outcome=Outcome.CLEAR, reason=AKISMET)
    comment.refresh_from_db()
    assert comment.state == "held"


def test_a_later_answer_about_decided_or_other_words_changes_nothing(site: CommentSettings, moderator: User) -> None:
    decided, edited, pending = (judged(email=f"{name}@example.com") for name in ("a", "b", "c"))
    comments.approve_comment(decided, by=moderator)
    Comment.objects.filter(pk=edited.pk).update(version=2)
    Comment.objects.filter(pk=pending.pk).update(state="pending")
    for comment in (decided, edited, pending):
        assert not judging.refine_judgement(comment.pk, version=1, outcome=Outcome.SPAM, reason=AKISMET)
    assert not Comment.objects.filter(state="spam").exists()
    assert not judging.refine_judgement(987654, version=1, outcome=Outcome.SPAM, reason=AKISMET)


# By the site, by the article, and after how many days it ends then.
DAYS = [(None, None, None), (14, None, 14), (14, 3, 3), (None, 3, 3), (14, 30, 30), (3, 0, None)]


@pytest.mark.parametrize("mode", ["hold_all", "hold_first", "hold_links", "closed"])
@pytest.mark.parametrize("own_mode", ["open", "hold_all", "closed"])
@pytest.mark.parametrize("days", DAYS)
def test_a_form_is_open_by_mode_and_to_the_end_of_its_last_day(
    site: CommentSettings, mode: str, own_mode: str, days: tuple[int | None, ...]
) -> None:
    of_site, of_article, last = days
    CommentSettings.objects.update(mode=mode, close_after_days=of_site)
    published = timezone.localtime().replace(hour=15)
    article = ArticlePageFactory(comments_mode=own_mode, comments_close_after=of_article, first_published_at=published)
    rules = rules_for(article)
    assert rules.mode == (mode if own_mode == "open" else own_mode)
    assert rules.last_day == (published.date() + timedelta(days=last) if last else None)
    is_open = rules.mode != "closed"
    evening = published.replace(hour=23, minute=59) + timedelta(days=last or 1000)
    with time_machine.travel(evening, tick=False):
        assert takes_comments(article) is is_open
    with time_machine.travel(evening + timedelta(minutes=2), tick=False):
        assert takes_comments(article) is (is_open and not last)


def draft(article: ArticlePage) -> None:
    ArticlePage.objects.filter(pk=article.pk).update(live=False, first_published_at=None)


def unpublished(article: ArticlePage) -> None:
    article.unpublish()


def expired(article: ArticlePage) -> None:
    ArticlePage.objects.filter(pk=article.pk).update(live=False, expired=True)


def behind_a_password(article: ArticlePage) -> None:
    PageViewRestriction.objects.create(page=article, restriction_type="password", password="secret")


def for_colleagues(article: ArticlePage) -> None:
    PageViewRestriction.objects.create(page=article.get_parent(), restriction_type="login")


@pytest.mark.parametrize(
    ("hide", "status"),
    [(draft, 404), (unpublished, 409), (expired, 409), (behind_a_password, 404), (for_colleagues, 404)],
)
def test_a_page_that_is_not_public_takes_no_comment(
    client: Client, hide: Callable[[ArticlePage], None], status: int
) -> None:
    article = ArticlePageFactory()
    hide(article)
    words = {"name": "Eileen", "email": EILEEN, "text": "Walking helps me.", "website": ""}
    address = reverse("blog:post_comment", args=[article.pk])
    answer = client.post(address, {**words, "form_token": make_token("comment")})
    assert answer.status_code == status
    assert not Comment.objects.exists()
