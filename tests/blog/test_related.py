"""What to read next."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from blog.models import ArticlePage, RelatedPick
from blog.reading import related_to
from tests.factories import ArticlePageFactory, TopicFactory

pytestmark = pytest.mark.django_db


def article(*tags: str, age: int = 0, **fields: Any) -> ArticlePage:
    page = ArticlePageFactory(first_published_at=timezone.now() - timedelta(days=age), **fields)
    page.tags.add(*tags)
    page.save()
    return page


def pick(page: ArticlePage, *others: ArticlePage) -> None:
    for place, other in enumerate(others):
        RelatedPick.objects.create(article=page, other=other, sort_order=place)


def test_what_editors_picked_comes_first_and_in_their_order() -> None:
    topic = TopicFactory()
    page, near = article(topic=topic), article(topic=topic)
    first, second = article(), article()
    pick(page, second, first)
    assert related_to(page) == [second, first, near]


def test_three_picks_leave_no_room_for_others() -> None:
    topic = TopicFactory()
    page, _near = article(topic=topic), article(topic=topic)
    picked = [article() for _ in range(3)]
    pick(page, *picked)
    assert related_to(page) == picked


def test_withdrawn_and_closed_picks_and_the_article_itself_are_passed_over() -> None:
    topic = TopicFactory()
    page, near = article(topic=topic), article(topic=topic)
    withdrawn, closed = article(live=False), article()
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    pick(page, withdrawn, page, closed)
    assert related_to(page) == [near]


def test_shared_tags_on_the_topic_come_before_the_topic_and_that_before_other_topics() -> None:
    topic = TopicFactory()
    page = article("knees", "stairs", topic=topic)
    elsewhere = article("knees", "stairs")
    both = article("knees", "stairs", topic=topic, age=3)
    one = article("knees", topic=topic, age=2)
    untagged = article(topic=topic, age=1)
    article()
    assert related_to(page, 9) == [both, one, untagged, elsewhere]
    assert related_to(page) == [both, one, untagged]


def test_an_article_alone_on_its_topic_and_without_tags_has_nothing_near() -> None:
    page = article()
    article()
    assert related_to(page) == []


def test_a_page_that_was_never_saved_has_nothing_to_fail_on() -> None:
    assert related_to(ArticlePage(title="New")) == []
