"""Reports > Reviews: live articles that wait for a medical reviewer, those first that have waited longest."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import F, Max, Q, QuerySet
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.models import WorkflowState, get_default_page_content_type

from blog.due import SHOW_WITHIN, waits, with_standing
from blog.models import ArticleIndexPage, ArticlePage, Review, ReviewReminder, Topic

from .base import DeskReport, KeysFirst, articles_of, edit_url
from .cells import ArticleColumn
from .people import deputy_words, responsible_words

OVERDUE, SOON, CHANGED, NEVER, ALL = "overdue", "soon", "changed", "never", "all"
STATES = (
    (OVERDUE, "Overdue"),
    (SOON, f"Due within {SHOW_WITHIN.days} days"),
    (CHANGED, "Changed since the review"),
    (NEVER, "Never reviewed"),
    (ALL, "All live articles"),
)


def state_words(article: Any) -> str:
    """Where the review of an article of `blog.due.with_standing` stands, in words."""
    today = timezone.localdate()
    words = []
    if article.due_on and article.due_on < today:
        words.append("Overdue")
    elif article.due_on and article.due_on <= today + SHOW_WITHIN:
        words.append(f"Due in {(article.due_on - today).days} days" if article.due_on > today else "Due today")
    if article.review_state == "changed":
        words.append("changed since the review" if words else "Changed since the review")
    if article.review_state == "none":
        words.append("Never reviewed")
    return ", ".join(words) or "Up to date"


class ReviewFilterSet(WagtailFilterSet):
    """State, topic, and who looks after it."""

    state = django_filters.ChoiceFilter(
        label="State", choices=STATES, method="in_state", empty_label="All that waits", widget=forms.RadioSelect
    )
    topic = django_filters.ModelChoiceFilter(queryset=Topic.objects.all(), empty_label="All", widget=forms.RadioSelect)
    person = django_filters.ModelChoiceFilter(
        label="Looked after by",
        queryset=lambda _request: _carers(),
        method="of_person",
        empty_label="Anybody",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = ArticlePage
        fields: ClassVar[list[str]] = []

    def in_state(self, articles: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Those in one state."""
        today = timezone.localdate()
        chosen = {
            OVERDUE: Q(due_on__lt=today),
            SOON: Q(due_on__range=(today, today + SHOW_WITHIN)),
            CHANGED: Q(review_state="changed"),
            NEVER: Q(review_state="none"),
            ALL: Q(),
        }
        return articles.filter(chosen[value])

    def of_person(self, articles: QuerySet[Any], name: str, person: Any) -> QuerySet[Any]:
        """Those about which this person is reminded."""
        stands_in = Q(responsible=None, owner=person)
        return articles.filter(Q(responsible=person) | Q(deputy=person) | stands_in)


def _carers() -> QuerySet[Any]:
    live = ArticlePage.objects.live()
    known = Q()
    for field in ("responsible", "deputy", "owner"):
        known |= Q(pk__in=live.values(field))
    return get_user_model().objects.filter(known).order_by("first_name", "last_name", "username")


class DueColumn(BaseColumn):
    """The state in words, and the day."""

    cell_template_name = "blog/admin/review_state_cell.html"


class CarersColumn(BaseColumn):
    """Who is responsible, the deputy, and when they were reminded last."""

    cell_template_name = "blog/admin/review_people_cell.html"


class WhatToDoColumn(BaseColumn):
    """Edit, record a review, hand to the medical reviewers: as far as this person may."""

    cell_template_name = "blog/admin/review_buttons_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """Add `article`, `edit_url`, the CSRF token and where to come back to."""
        context = super().get_cell_context_data(instance, parent_context)
        request = context["request"]
        next_url = request.get_full_path().replace("/results/", "/")
        more = {"article": instance, "edit_url": edit_url(instance), "csrf_token": get_token(request)}
        return {**context, **more, "next_url": next_url}


class ReviewDueReport(DeskReport):
    """What `blog.due` finds, of the articles that this person may edit."""

    report = "review_due_report"
    page_title = "Reviews"
    header_icon = "calendar-check"
    filterset_class = ReviewFilterSet
    default_ordering = "due_on"
    paginator_class = KeysFirst
    results_template_name = "blog/admin/review_due_results.html"
    columns: ClassVar[list[BaseColumn]] = [
        ArticleColumn("title", label="Article", get_url=edit_url, width="34%"),
        DueColumn("state", label="State", sort_key="due_on"),
        Column("reviewed_words", label="Last reviewed", classname="desk-cell"),
        CarersColumn("people", label="Looked after by"),
        WhatToDoColumn("do", label="What to do"),
    ]
    export_headings: ClassVar[dict[str, str]] = {
        "title": "Article",
        "topic_name": "Topic",
        "kind_words": "Kind",
        "reviewed_on": "Last reviewed on",
        "reviewer_name": "Last reviewed by",
        "due_on": "Due",
        "state_words": "State",
        "responsible_words": "Responsible",
        "deputy_words": "Deputy",
        "reminded_on": "Last reminder",
        "public_url": "Address",
    }
    list_export: ClassVar[list[str]] = list(export_headings)

    def get_base_queryset(self) -> QuerySet[Any]:
        """Live articles of this person with all that a row says, save their long texts."""
        return (
            with_standing(ArticlePage.objects.live())
            .filter(pk__in=articles_of(self.request.user).values("pk"))
            .select_related("topic", "responsible", "deputy", "owner")
            .defer("body", "key_points", "interests", "how_made", "topic__intro")
        )

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the day it is due; what was never reviewed has none and comes last."""
        due = F("due_on").desc(nulls_last=True) if self.ordering == "-due_on" else F("due_on").asc(nulls_last=True)
        return queryset.order_by(due, "title", "pk")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without a choice of state, all that waits."""
        articles = super().filter_queryset(queryset)
        return articles if self.request.GET.get("state") else articles.filter(waits())

    def decorate_paginated_queryset(self, object_list: QuerySet[Any]) -> QuerySet[Any]:
        """Put the words of the columns beside each row; four queries, however many rows."""
        reviews = Review.objects.select_related("reviewer").in_bulk([article.review_id for article in object_list])
        # Not in the rows' own query: it would look for the reminders of every article before it sorts.
        reminders = ReviewReminder.objects.filter(article__in=[article.pk for article in object_list]).order_by()
        reminded = dict(reminders.values_list("article").annotate(last=Max("created_at")))
        in_workflow = find_in_workflow(object_list)
        may_submit = find_workflow() is not None
        may_record = self.request.user.has_perm("blog.add_review")
        for article in object_list:
            article.reminded_at = reminded.get(article.pk)
            describe(article, reviews.get(article.review_id))
            article.is_in_workflow = article.pk in in_workflow
            article.may_submit = may_submit and not article.is_in_workflow
            article.record_url = record_url(article) if may_record else ""
        return object_list


def describe(article: Any, review: Review | None) -> None:
    """Set the words of the columns on an article of `blog.due.with_standing`."""
    article.topic_name = article.topic.name if article.topic else ""
    article.kind_words = article.get_kind_display().partition(":")[0]
    article.reviewer_name = review.reviewer.title if review else ""
    article.reviewed_words = f"Read {_day(article.reviewed_on)} by {review.reviewer.title}" if review else "Never read"
    article.due_words = _day(article.due_on)
    article.state_words = state_words(article)
    article.is_pressing = article.due_on is not None and article.due_on < timezone.localdate()
    article.responsible_words, article.deputy_words = responsible_words(article), deputy_words(article)
    article.reminded_on = timezone.localdate(article.reminded_at) if article.reminded_at else None
    article.reminded_words = _day(article.reminded_on)
    article.public_url = article.full_url or ""


def record_url(article: Any) -> str:
    """Where somebody writes down that a medical reviewer has read it."""
    return reverse("record_review", args=[article.pk])


def find_workflow() -> Any:
    """The workflow that articles go through, or None."""
    index = ArticleIndexPage.objects.first()
    return index.get_workflow() if index else None


def find_in_workflow(articles: Iterable[Any]) -> set[int]:
    """Keys of the articles that somebody has handed in already."""
    keys = [str(article.pk) for article in articles]
    of_pages = WorkflowState.objects.active().filter(base_content_type=get_default_page_content_type())
    return {int(key) for key in of_pages.filter(object_id__in=keys).values_list("object_id", flat=True)}


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day else ""
