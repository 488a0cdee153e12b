"""The retention rules are applied."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from blog.models import Comment
from home.tasks import keep_house, publish_due_pages
from newsletter.models import Consent, Subscriber
from tests.factories import ArticlePageFactory, CommentFactory, SubscriberFactory

pytestmark = pytest.mark.django_db


def test_a_commenters_network_address_is_forgotten_after_30_days_and_the_comment_kept() -> None:
    article = ArticlePageFactory()
    old = CommentFactory(article=article, ip="192.0.2.1", user_agent="Browser")
    Comment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    new = CommentFactory(article=article, ip="192.0.2.2", user_agent="Browser")
    keep_house()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.ip, old.user_agent, old.text) == (None, "", new.text)
    assert (new.ip, new.user_agent) == ("192.0.2.2", "Browser")


def test_an_address_that_nobody_confirmed_is_forgotten_after_two_weeks() -> None:
    kept = SubscriberFactory()
    asked = SubscriberFactory(state=Subscriber.State.PENDING, confirmed_at=None, asked_at=timezone.now())
    Consent.objects.create(subscriber=asked, act=Consent.Act.ASKED)
    with time_machine.travel(timezone.now() + timedelta(days=13)):
        keep_house()
        assert Subscriber.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        keep_house()
    assert list(Subscriber.objects.all()) == [kept]
    assert not Consent.objects.exists()


def test_a_page_that_an_editor_scheduled_appears_when_its_moment_has_come() -> None:
    page = ArticlePageFactory(live=False)
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()  # Wagtail keeps it for then
    page.refresh_from_db()
    publish_due_pages()
    page.refresh_from_db()
    assert not page.live
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        publish_due_pages()
    page.refresh_from_db()
    assert page.live
