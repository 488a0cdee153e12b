"""Which articles stand in lists: those that are live and that anybody may read.

Asking the page tree for restrictions at every list costs queries and a scan, so that the answer is kept in one indexed
column, `ArticlePage.listed_at`. Nothing but this module writes it.
"""

from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import post_page_move

from blog.models import ArticlePage


def list_articles(articles: QuerySet[Any] | None = None) -> int:
    """Write `listed_at` of the given articles (all of them by default) anew, in one statement; how many were asked.

    The day of first publishing for whoever is shown, NULL for drafts, withdrawn articles and those behind a restriction
    of their own or of a page above them.
    """
    chosen = ArticlePage._base_manager.all() if articles is None else articles  # noqa: SLF001 - Django's public name
    closed = PageViewRestriction.objects.annotate(path=ExpressionWrapper(OuterRef("path"), CharField())).filter(
        path__startswith=F("page__path")
    )
    shown = Page.objects.filter(pk=OuterRef("pk"), live=True).exclude(Exists(closed))
    since = shown.values_list(Coalesce("first_published_at", "last_published_at", Now()))
    return chosen.update(listed_at=Subquery(since[:1]))


def _list_saved(instance: Page, *, raw: bool = False, **_: Any) -> None:
    """An article was saved, perhaps through the base class of all pages."""
    if not raw:
        list_articles(ArticlePage._base_manager.filter(pk=instance.pk))  # noqa: SLF001


def _list_all(*, raw: bool = False, **_: Any) -> None:
    """A restriction came or went, or a part of the tree moved under one."""
    if not raw:
        list_articles()


def watch() -> None:
    """Follow whatever changes who may read an article; called once at the start."""
    for sender in (Page, ArticlePage):
        post_save.connect(_list_saved, sender=sender, dispatch_uid="list the saved article")
    for signal in (post_save, post_delete):
        signal.connect(_list_all, sender=PageViewRestriction, dispatch_uid="list all articles")
    post_page_move.connect(_list_all, dispatch_uid="list all articles")
