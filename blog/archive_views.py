"""Pages that cut the list of articles: by year, by month, by tag."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from taggit.models import Tag
from wagtail.views import serve as serve_page

from blog.archive import articles_of, months, months_around, years
from blog.listing import article_listing, tag_listing
from blog.models import ArticlePage
from pagecache.views import shared


@shared
@require_safe
def archive_year(request: HttpRequest, year: str) -> HttpResponse:
    """The months of a year that have articles. An article whose address is a number of four digits goes first."""
    if ArticlePage.objects.filter(slug=year, live=True).exists():
        return serve_page(request, f"articles/{year}")
    of_year = [month for month in months() if month.first.year == int(year)]
    if not of_year:
        raise Http404
    others = [(other, count) for other, count in years() if other != int(year)]
    context = {"year": int(year), "months": of_year, "others": others, "total": sum(month.count for month in of_year)}
    return render(request, "blog/archive_year.html", {**context, "canonical": settings.SITE_URL + request.path})


@shared
@require_safe
def archive_month(request: HttpRequest, year: str, month: str) -> HttpResponse:
    """The articles of a month, `?page=` turns the pages; with the ways to the months before and after."""
    chosen = next((one for one in months() if (one.first.year, one.first.month) == (int(year), int(month))), None)
    if chosen is None:
        raise Http404
    earlier, later = months_around(chosen)
    listing = article_listing(request.GET.get("page"), articles=articles_of(chosen))
    context = {"month": chosen, "earlier": earlier, "later": later, "canonical": settings.SITE_URL + request.path}
    return render(request, "blog/archive_month.html", {**context, **listing})


@shared
@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """The articles that carry a tag, whatever their topic; `?page=` turns the pages."""
    if "\0" in slug:  # PostgreSQL cannot even look for it
        raise Http404
    chosen = get_object_or_404(Tag, slug=slug)
    listing = tag_listing(chosen, request.GET.get("page"))
    if not listing["total"]:
        raise Http404
    canonical = settings.SITE_URL + request.path
    return render(request, "blog/tag.html", {"tag": chosen, "canonical": canonical, **listing})
