"""Rows for tests, made as the site makes them."""

from datetime import timedelta
from typing import Any

import factory
import wagtail_factories
from django.conf import settings
from django.utils import timezone
from factory.django import DjangoModelFactory
from wagtail.models import Locale, Page

from blog.actions.commenters import find_commenter
from blog.models import ArticleIndexPage, ArticlePage, AuthorIndexPage, AuthorPage, Comment, Contribution, Review, Topic
from guard.addresses import fingerprint
from home.models import HomePage
from home.site_tree import ensure_site_tree
from newsletter.models import IssuePage, NewsletterPage, Subscriber


def make_site() -> HomePage:
    """The page tree of a new installation: home, articles, authors, newsletter. The same one at every call.

    A test that commits leaves an empty database behind, so the root that Wagtail's migrations made may be gone.
    """
    if not Page.get_first_root_node():
        Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
        Page.add_root(title="Root", slug="root")
    return ensure_site_tree()


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Topic {n}")
    slug = factory.Sequence(lambda n: f"topic-{n}")


class AuthorPageFactory(wagtail_factories.PageFactory):
    class Meta:
        model = AuthorPage

    title = factory.Sequence(lambda n: f"Author {n}")
    slug = factory.Sequence(lambda n: f"author-{n}")
    role = "Nurse and writer"
    bio = "<p>Writes about ordinary days.</p>"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        if not kwargs.get("parent"):
            make_site()
            kwargs["parent"] = AuthorIndexPage.objects.get()
        return super()._create(model_class, *args, **kwargs)


class ArticlePageFactory(wagtail_factories.PageFactory):
    """A live article. `by` (an AuthorPage) wrote it; a list of (block type, value) makes the body."""

    class Meta:
        model = ArticlePage

    title = factory.Sequence(lambda n: f"Article {n}")
    slug = factory.Sequence(lambda n: f"article-{n}")
    deck = "What it is about."
    topic = factory.SubFactory(TopicFactory)
    body = (("text", "<p>First words.</p>"), ("heading", "A heading"), ("text", "<p>More words.</p>"))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        by = kwargs.pop("by", None)
        if not kwargs.get("parent"):
            make_site()
            kwargs["parent"] = ArticleIndexPage.objects.get()
        kwargs.setdefault("first_published_at", timezone.now())
        page = super()._create(model_class, *args, **kwargs)
        Contribution.objects.create(article=page, author=by or AuthorPageFactory(), sort_order=0)
        return page


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    article = factory.SubFactory(ArticlePageFactory)
    reviewer = factory.SubFactory(AuthorPageFactory, is_reviewer=True, title="Dr Ada Moss", role="GP")
    credential = "GP, MB BS"
    reviewed_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=10))
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=355))
    digest = factory.LazyAttribute(lambda review: review.article.text_digest)


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = Comment

    article = factory.SubFactory(ArticlePageFactory)
    author_name = "Joan W."
    email = factory.Sequence(lambda n: f"joan{n}@example.com")
    commenter = factory.LazyAttribute(lambda comment: find_commenter(comment.email))
    answers = factory.SelfAttribute("parent")
    parent = None
    text = "This helped me a good deal."
    state = Comment.State.PUBLISHED


class SubscriberFactory(DjangoModelFactory):
    """A confirmed subscriber."""

    class Meta:
        model = Subscriber

    email = factory.Sequence(lambda n: f"reader{n}@example.com")
    mailbox = factory.LazyAttribute(lambda s: s.email.lower())
    fingerprint = factory.LazyAttribute(lambda s: fingerprint(s.mailbox))  # for bulk_create
    name = "Margaret"
    state = Subscriber.State.CONFIRMED
    confirmed_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))


class IssuePageFactory(wagtail_factories.PageFactory):
    """A live issue with two articles."""

    class Meta:
        model = IssuePage

    number = factory.Sequence(lambda n: n + 1)
    title = factory.LazyAttribute(lambda i: f"Issue {i.number}")
    slug = factory.LazyAttribute(lambda i: f"issue-{i.number}")
    subject = "Living with pain"
    preview_line = "Clinics, cold mornings and the hour that one reader nearly missed."

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        if not kwargs.get("parent"):
            make_site()
            kwargs["parent"] = NewsletterPage.objects.get()
        if "body" not in kwargs:
            cards = [("article", {"article": ArticlePageFactory(), "words": ""}) for _ in range(2)]
            kwargs["body"] = [("intro", {"text": "<p>Welcome.</p>", "signed_by": AuthorPageFactory()}), *cards]
        return super()._create(model_class, *args, **kwargs)
