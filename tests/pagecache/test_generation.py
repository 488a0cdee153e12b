"""The generation: what begins a new one and what does not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from wagtail.models import PageViewRestriction

from blog.actions.comments import approve_comment, hold_comment
from blog.actions.judging import judge_comment
from blog.actions.submitting import submit_comment
from blog.models import Comment, Topic
from home.models import SiteSettings
from newsletter.actions.address_changes import ask_for_new_address
from newsletter.actions.leaving import ask_for_leave_link
from newsletter.actions.mail_events import take_mail_event
from newsletter.actions.own_page import choose_topics
from newsletter.models import LetterText, MailEvent, Subscriber, WelcomeStep
from newsletter.models.letter_texts import ensure_letter_texts
from pagecache.changes import begin_anew, mark_changed
from pagecache.models import Generation
from tests.factories import ArticlePageFactory, AuthorPageFactory, CommentFactory, SubscriberFactory, TopicFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def number() -> int:
    moment = Generation.read()
    assert moment
    return moment.number


@pytest.fixture
def article() -> Any:
    return ArticlePageFactory(slug="it", topic=TopicFactory(slug="pain"))


def publish(article: Any) -> None:
    article.title = "New"
    article.save_revision().publish()


SEEN: dict[str, Callable[[Any], Any]] = {
    "an article is published": publish,
    "an article is unpublished": lambda article: article.unpublish(),
    "an article gets another address": lambda article: (setattr(article, "slug", "that"), article.save()),
    "an article is deleted": lambda article: article.delete(),
    "an author is edited": lambda article: article.authors[0].save(),
    "a topic is edited": lambda article: Topic.objects.get(slug="pain").save(),
    "the settings are edited": lambda article: SiteSettings.objects.get_or_create()[0].save(),
    "a page is closed to strangers": lambda article: PageViewRestriction.objects.create(page=article),
    "a comment is deleted": lambda article: CommentFactory(article=article).delete(),
}


@pytest.mark.parametrize("what", SEEN)
def test_a_change_that_readers_see_begins_a_new_generation(article: Any, what: str) -> None:
    before = number()
    SEEN[what](article)
    assert number() > before


def test_a_comment_counts_when_it_is_decided_on_and_not_before(article: Any, moderator: Any) -> None:
    before = number()
    comment = submit_comment(article, text="Thank you.", name="Joan", email="joan@example.com")
    judge_comment(comment.pk)
    comment.refresh_from_db()
    assert number() == before
    approve_comment(comment, by=moderator)
    assert number() == before + 1
    hold_comment(Comment.objects.get(), by=moderator)
    assert number() == before + 2


def test_saving_a_draft_changes_nothing_for_readers(article: Any) -> None:
    before = number()
    article.title = "Only thought of"
    article.save_revision()
    assert number() == before


UNSEEN: dict[str, Callable[[Subscriber], Any]] = {
    "somebody joins": lambda _: SubscriberFactory(),
    "somebody asks to leave": lambda _: ask_for_leave_link("joan@example.com"),
    "somebody wants another address": lambda reader: ask_for_new_address(reader, email="joan@example.org"),
    "somebody chooses topics": lambda reader: choose_topics(reader, [Topic.objects.get(slug="pain")]),
    "mail comes back": lambda reader: take_mail_event(
        provider="smtp", event_id="1", kind=MailEvent.Kind.SOFT, subscriber=reader
    ),
    "a letter of the welcome series is written": lambda _: WelcomeStep.objects.create(days=3, subject="x", heading="x"),
    "the words of a letter are changed": lambda _: LetterText.objects.filter(kind="goodbye").get().save(),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_what_no_reader_sees_changes_nothing(article: Any, what: str) -> None:
    ensure_letter_texts()
    reader = SubscriberFactory()
    before = number()
    UNSEEN[what](reader)
    assert number() == before


def test_many_changes_in_one_transaction_are_one_generation(article: Any) -> None:
    before = number()
    with transaction.atomic():
        AuthorPageFactory()
        article.save()
        mark_changed()
        assert number() == before
    assert number() == before + 1


def test_what_was_taken_back_begins_no_generation(article: Any) -> None:
    before = number()
    with transaction.atomic():
        article.save()
        transaction.set_rollback(True)
    assert number() == before


def test_a_mark_lost_with_a_savepoint_is_made_again(article: Any) -> None:
    before = number()
    with transaction.atomic():
        with transaction.atomic():
            mark_changed()
            transaction.set_rollback(True)
        mark_changed()
    assert number() == before + 1


def test_a_process_that_starts_begins_a_generation_and_a_lost_row_comes_back() -> None:
    before = number()
    begin_anew()
    assert number() == before + 1
    Generation.objects.all().delete()
    assert Generation.read() is None
    mark_changed()
    assert number() == 1
