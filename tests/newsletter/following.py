"""What the tests of following share."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from blog.models import ArticlePage
from guard.models import Turn
from letters.models import Letter
from newsletter.actions.following import begin_following, note_wish
from newsletter.follow_targets import mark_of
from newsletter.models import Follow, Subscriber
from newsletter.tasks import tell_followers
from tests.factories import ArticlePageFactory
from tests.newsletter.joining import sign_up

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def follow(reader: Subscriber, *targets: Any) -> None:
    """This reader follows these, and did so yesterday."""
    for target in targets:
        wish = note_wish(reader, mark_of(target))
        assert wish
        begin_following(reader, wish.pk, form="letter")
    Follow.objects.update(confirmed_at=timezone.now() - DAY)


def publish(article: ArticlePage) -> None:
    article.save_revision().publish()


def write(**fields: Any) -> ArticlePage:
    """An article that was just published for the first time, as the admin does it."""
    article = ArticlePageFactory(live=False, first_published_at=None, **fields)
    publish(article)
    return ArticlePage.objects.get(pk=article.pk)


def tick(after: timedelta = HOUR + timedelta(minutes=1)) -> list[str]:
    """What the worker does so long after now; the subjects of all letters to followers so far."""
    with time_machine.travel(timezone.now() + after, tick=False):
        tell_followers()
    return list(Letter.objects.filter(kind="followed").order_by("pk").values_list("subject", flat=True))


def ask(client: Client, target: Any, email: str) -> Any:
    Turn.objects.all().delete()
    return sign_up(client, email, place="follow", follow=mark_of(target))


def post(client: Client, url: str, **fields: str) -> Any:
    return client.post(url.removeprefix("http://testserver"), fields)
