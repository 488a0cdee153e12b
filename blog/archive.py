"""The archive: articles by the month in which they were first published."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time

from django.urls import reverse
from django.utils import timezone

from blog.models.article_reads import ArticleQuerySet
from blog.models.articles import ArticlePage
from pagecache.keeping import kept


@dataclass(frozen=True, order=True)
class Month:
    """One month that has articles; `first` is its first day."""

    first: date
    count: int

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("blog:archive_month", args=[self.first.year, f"{self.first.month:02}"])


def months() -> list[Month]:
    """Every month that has articles, the newest first."""
    return kept("months of the archive", _count_months)


def _count_months() -> list[Month]:
    days = ArticlePage.objects.published().order_by().values_list("listed_at", flat=True)
    zone = timezone.get_current_timezone()
    counts = Counter((day.year, day.month) for moment in days.iterator() if (day := moment.astimezone(zone)))
    return sorted((Month(date(year, month, 1), count) for (year, month), count in counts.items()), reverse=True)


def years() -> list[tuple[int, int]]:
    """(year, number of articles), the newest first."""
    counts: Counter[int] = Counter()
    for month in months():
        counts[month.first.year] += month.count
    return sorted(counts.items(), reverse=True)


def months_around(month: Month) -> tuple[Month | None, Month | None]:
    """The nearest month before and the nearest after this one that have articles."""
    all_months = months()
    place = all_months.index(month)
    earlier = all_months[place + 1] if place + 1 < len(all_months) else None
    return earlier, all_months[place - 1] if place else None


def articles_of(month: Month) -> ArticleQuerySet:
    """What was first published in this month, by the clock of the site."""
    following = date(month.first.year + month.first.month // 12, month.first.month % 12 + 1, 1)
    since, until = (timezone.make_aware(datetime.combine(day, time.min)) for day in (month.first, following))
    return ArticlePage.objects.published().filter(listed_at__gte=since, listed_at__lt=until)
