"""Pages that belong to the whole site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /search/", ""]
    lines.append(f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with a search box and three ways back."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a plain page that needs no database."""
    return render(request, "500.html", status=500)
