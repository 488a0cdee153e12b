"""Reports > Reading age: how old a reader must be to read each live article with ease, the hardest first."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column

from blog.models import ArticlePage, Topic
from blog.reading_level import OLDEST, TARGET_AGE

from .base import DeskReport, articles_of, edit_url
from .cells import ArticleColumn

HARD, EASY, SHORT = "hard", "easy", "short"
LEVELS = (
    (HARD, f"Harder than our target of {TARGET_AGE} years"),
    (EASY, "Within the target"),
    (SHORT, "Too short to say"),
)


class ReadingFilterSet(WagtailFilterSet):
    """How hard, and the topic."""

    level = django_filters.ChoiceFilter(
        label="Reading age", choices=LEVELS, method="at_level", empty_label="All", widget=forms.RadioSelect
    )
    topic = django_filters.ModelChoiceFilter(queryset=Topic.objects.all(), empty_label="All", widget=forms.RadioSelect)

    class Meta:
        model = ArticlePage
        fields: ClassVar[list[str]] = []

    def at_level(self, articles: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Those that are too hard, easy enough, or too short to be measured."""
        if value == SHORT:
            return articles.filter(reading_age=None)
        if value == HARD:
            return articles.filter(reading_age__gt=TARGET_AGE)
        return articles.filter(reading_age__lte=TARGET_AGE)


class AgeColumn(BaseColumn):
    """The age in words; those above the target stand out."""

    cell_template_name = "blog/admin/reading_age_cell.html"


def age_words(age: int | None) -> str:
    """As `blog.reading_level` says it."""
    if age is None:
        return "Too short to say"
    return "For people who have studied" if age >= OLDEST else f"About {age} to {age + 1} years"


class ReadingReport(DeskReport):
    """The live articles of this person, measured when they were saved."""

    report = "reading_report"
    page_title = "Reading age"
    header_icon = "glasses"
    filterset_class = ReadingFilterSet
    default_ordering = "-reading_age"
    results_template_name = "blog/admin/reading_report_results.html"
    columns: ClassVar[list[BaseColumn]] = [
        ArticleColumn("title", label="Article", get_url=edit_url, width="50%"),
        AgeColumn("reading_age", label="Reading age", sort_key="reading_age"),
        Column("length_words", label="Length", sort_key="word_count", classname="desk-cell"),
        Column("published_words", label="Last published", classname="desk-cell desk-do"),
    ]
    export_headings: ClassVar[dict[str, str]] = {
        "title": "Article",
        "topic_name": "Topic",
        "kind_words": "Kind",
        "reading_age": "Reading age in years",
        "word_count": "Words",
        "public_url": "Address",
    }
    list_export: ClassVar[list[str]] = list(export_headings)

    def get_base_queryset(self) -> QuerySet[Any]:
        """Live articles of this person, without their long texts."""
        mine = ArticlePage.objects.live().filter(pk__in=articles_of(self.request.user).values("pk"))
        return mine.select_related("topic").defer("body", "key_points", "interests", "how_made", "topic__intro")

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """As asked for; what was not measured comes last."""
        key = F(self.ordering.lstrip("-"))
        order = key.desc(nulls_last=True) if self.ordering.startswith("-") else key.asc(nulls_last=True)
        return queryset.order_by(order, "title", "pk")

    def decorate_paginated_queryset(self, object_list: QuerySet[Any]) -> QuerySet[Any]:
        """Put the words of the columns beside each row."""
        for article in object_list:
            article.topic_name = article.topic.name if article.topic else ""
            article.kind_words = article.get_kind_display().partition(":")[0]
            article.age_words = age_words(article.reading_age)
            article.is_hard = (article.reading_age or 0) > TARGET_AGE
            article.length_words = f"{article.word_count:,} words" if article.word_count is not None else ""
            article.published_words = _day(article.last_published_at)
            article.public_url = article.full_url or ""
        return object_list

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `target`, in years."""
        return {**super().get_context_data(*args, **kwargs), "target": TARGET_AGE}


def _day(moment: Any) -> str:
    return f"on {date_format(timezone.localtime(moment), 'j M Y')}" if moment else ""
