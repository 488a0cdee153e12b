"""Keeping Wagtail's index and the vocabulary in step with what is published."""

from typing import Any

from django.db.models import Q
from django.db.models.signals import post_save
from wagtail.search import index
from wagtail.signals import page_published

from blog.models import ArticlePage, AuthorPage, Topic
from home import tasks
from home.search.vocabulary import learn_article, learn_words


def index_articles(*, author: int | None = None, topic: int | None = None) -> int:
    """Index the published articles of a person or a topic anew, since they are found by its name; how many."""
    near = Q(contributions__author=author) if author else Q(topic=topic)
    articles = ArticlePage.objects.published().filter(near).distinct()
    for article in articles.iterator(chunk_size=100):
        index.insert_or_update_object(article)
    return len(articles)


def _page_published(instance: Any, **_: Any) -> None:
    """Wagtail indexes a page before its tags and authors are saved; by now they are."""
    if isinstance(instance, ArticlePage):
        index.insert_or_update_object(instance)
        learn_article(instance)
    elif isinstance(instance, AuthorPage):
        learn_words([instance.title])
        tasks.index_articles.delay_on_commit("author", instance.pk)


def _topic_saved(instance: Topic, *, raw: bool = False, created: bool = False, **_: Any) -> None:
    if raw:
        return
    learn_words([instance.name])
    if not created:
        tasks.index_articles.delay_on_commit("topic", instance.pk)


def _article_saved(instance: ArticlePage, *, raw: bool = False, update_fields: Any = None, **_: Any) -> None:
    """Saved without being published, by a program; what is saved of a draft alone teaches nothing."""
    if instance.live and not raw and update_fields is None:
        learn_article(instance)


def watch() -> None:
    """Follow whatever changes what can be found; called once at the start."""
    page_published.connect(_page_published, dispatch_uid="index what was published")
    post_save.connect(_topic_saved, sender=Topic, dispatch_uid="index under the topic's name")
    post_save.connect(_article_saved, sender=ArticlePage, dispatch_uid="learn the words of what was saved")
