"""Who may say of an article that it was read, and what that says about its words."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from blog.actions.reviews import add_months, record_review
from blog.errors import ReviewRefusedError, TextMovedError
from blog.models import ArticlePage, Credential, Review
from tests.factories import ArticlePageFactory, AuthorPageFactory

pytestmark = pytest.mark.django_db
CHANGES = Review.Scope.CHANGES


def reviewer(name: str = "Dr Ada Moss") -> Any:
    person = AuthorPageFactory(title=name, is_reviewer=True, role="GP")
    Credential.objects.create(author=person, degree="MB BS")
    return person


def rewrite(article: ArticlePage, words: str, *, publish: bool = True) -> Any:
    article.body = [("text", f"<p>{words}</p>")]
    revision = article.save_revision()
    if publish:
        revision.publish()
    return revision


def fresh(article: ArticlePage) -> ArticlePage:
    return ArticlePage.objects.get(pk=article.pk)


def test_a_review_holds_for_the_words_that_were_read_and_keeps_them() -> None:
    article = ArticlePageFactory(review_every=6)
    review = record_review(article, reviewer=reviewer(), revision=None)
    assert review.credential == "GP, MB BS"
    assert review.words[0] == article.title
    assert "First words." in review.words
    assert review.due_on == add_months(timezone.localdate(), 6)
    assert fresh(article).standing.state == "current"
    assert fresh(article).standing.review == review


def test_an_edit_makes_it_the_review_of_an_earlier_version_and_moves_no_date() -> None:
    article = ArticlePageFactory()
    review = record_review(article, reviewer=reviewer(), revision=None)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        rewrite(article, "Quite other words.")
    standing = fresh(article).standing
    assert (standing.state, standing.review) == ("changed", review)
    assert standing.review.reviewed_on == review.reviewed_on
    assert ArticlePage.objects.for_cards().get(pk=article.pk).reviewed_on is None


def test_a_review_of_the_changes_confirms_new_words_and_moves_neither_date_nor_due_date() -> None:
    article = ArticlePageFactory()
    now = timezone.now()
    whole = record_review(article, reviewer=reviewer(), revision=None)
    with time_machine.travel(now + timedelta(days=40), tick=False):
        rewrite(article, "New words.")
        second = reviewer("Dr Bee Low")
        of_changes = record_review(article, reviewer=second, revision=None, scope=CHANGES, note="one paragraph")
    standing = fresh(article).standing
    assert (standing.state, standing.review, standing.changes) == ("current", whole, of_changes)
    assert of_changes.due_on == whole.due_on
    assert ArticlePage.objects.for_cards().get(pk=article.pk).reviewed_on == whole.reviewed_on


def test_a_review_of_a_draft_counts_only_when_the_draft_is_published() -> None:
    article = ArticlePageFactory()
    draft = rewrite(article, "Words of a draft.", publish=False)
    review = record_review(article, reviewer=reviewer(), revision=draft)
    assert fresh(article).standing.state == "none"
    draft.publish()
    assert fresh(article).standing.review == review
    assert fresh(article).standing.state == "current"


def test_words_that_come_back_are_those_that_were_read() -> None:
    article = ArticlePageFactory()
    first = rewrite(article, "One.")
    review = record_review(fresh(article), reviewer=reviewer(), revision=None)
    rewrite(fresh(article), "Two.")
    assert fresh(article).standing.state == "changed"
    first.as_object().save_revision().publish()
    assert (fresh(article).standing.state, fresh(article).standing.review) == ("current", review)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reviewer": "no reviewer"}, "no medical reviewer"),
        ({"reviewer": "author"}, "wrote this article"),
        ({"scope": CHANGES}, "no review of the whole"),
        ({"reviewed_on": date(2999, 1, 1)}, "a day to come"),
    ],
)
def test_what_cannot_have_been_a_review_is_refused(change: dict[str, Any], words: str) -> None:
    author = reviewer("Dr Writer")
    article = ArticlePageFactory(by=author)
    people = {"no reviewer": AuthorPageFactory(), "author": author}
    facts = {"reviewer": reviewer(), **change}
    facts["reviewer"] = people.get(str(facts["reviewer"]), facts["reviewer"])
    with pytest.raises(ReviewRefusedError, match=words):
        record_review(article, revision=None, **facts)
    assert not Review.objects.exists()


def test_words_that_moved_since_they_were_shown_are_not_signed() -> None:
    article = ArticlePageFactory()
    draft = rewrite(article, "Shown.", publish=False)
    seen = draft.as_object().digest_text()
    article.body = [("text", "<p>Saved by autosave into the same row.</p>")]
    article.save_revision(overwrite_revision=draft)
    with pytest.raises(TextMovedError):
        record_review(article, reviewer=reviewer(), revision=draft, seen=seen)


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 5), 12, date(2027, 12, 5)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 9, 30), 3, date(2026, 12, 30)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int, due: date) -> None:
    assert add_months(day, months) == due


def test_readers_are_told_that_the_text_changed_since(client: Client) -> None:
    article = ArticlePageFactory()
    record_review(article, reviewer=reviewer(), revision=None)
    rewrite(article, "Changed words.")
    html = client.get(article.url).content.decode()
    assert "The text has changed since it was reviewed" in html
    assert "Dr Ada Moss read an earlier version" in html
    assert "Medically reviewed by" not in html
    assert "reviewedBy" not in html
    assert "A new review was due by" not in html
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):
        assert "A new review was due by" in client.get(article.url).content.decode()
