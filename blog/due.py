"""Which live articles wait for a medical reviewer, and since when: the rule of `blog.reviewing`, for many at once."""

from datetime import date, timedelta

from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from blog.models import ArticlePage, Review
from blog.models.article_reads import ArticleQuerySet

REMIND_WITHIN = timedelta(days=30)
SHOW_WITHIN = timedelta(days=60)


def with_standing(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Add what `article.standing` says: `review_state`, `review_id`, `reviewed_on`, `due_on` (None: never reviewed).

    In SQL, so that a report can filter and sort by it.
    """
    of_article = Review.objects.filter(article=OuterRef("pk"))
    current = of_article.current().newest_first()
    earlier = of_article.whole().filter(created_at__lte=OuterRef("last_published_at")).newest_first()
    counts = Review.objects.filter(pk=OuterRef("review_id"))
    return articles.annotate(
        review_id=Coalesce(Subquery(current.values("pk")[:1]), Subquery(earlier.values("pk")[:1])),
        review_state=Case(
            When(Exists(current), then=Value("current")),
            When(Exists(earlier), then=Value("changed")),
            default=Value("none"),
        ),
    ).annotate(reviewed_on=Subquery(counts.values("reviewed_on")[:1]), due_on=Subquery(counts.values("due_on")[:1]))


def articles_due(*, within: timedelta = REMIND_WITHIN, today: date | None = None) -> ArticleQuerySet:
    """Live articles whose review is overdue or falls due so soon, the longest overdue first."""
    last_day = (today or timezone.localdate()) + within
    return with_standing(ArticlePage.objects.live()).filter(due_on__lte=last_day).order_by("due_on", "pk")


def waits(within: timedelta = SHOW_WITHIN) -> Q:
    """Of articles `with_standing`: due soon or overdue, changed since the review, or never reviewed."""
    return ~Q(review_state="current") | Q(due_on__lte=timezone.localdate() + within)
