"""Pages that belong to the whole site."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from guard.origin import same_origin_only
from home.reading import CHOICES, remember
from pagecache.views import shared

# The admin, what was searched for, and pages that belong to one reader.
NOT_FOR_ROBOTS = [
    "/admin/",
    "/search/?",
    "/comments/",
    "/newsletter/sign-up/",
    "/newsletter/confirm/",
    "/newsletter/unsubscribe/",
    "/newsletter/e-book/",
    "/newsletter/leave/",
    "/newsletter/mine/",
    "/newsletter/new-address/",
    "/newsletter/not-me/",
    "/newsletter/keep/",
    "/newsletter/codes/",
    "/contact/send/",
    "/reading-settings/",
]


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def reading_settings(request: HttpRequest) -> HttpResponse:
    """Keep the reader's text size and colours in cookies and go back to the page the form was on.

    Whoever opens the address itself is led to the form, which stands at the foot of every page.
    """
    if request.method != "POST":
        return HttpResponseRedirect("/#f-set")
    back = request.POST.get("next", "")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    for name in CHOICES:
        remember(response, name, request.POST.get(name, ""), secure=request.is_secure())
    return response


@shared
@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """What crawlers need not ask for, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), ""]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('blog:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def favicon(_request: HttpRequest) -> HttpResponse:
    """The mark of the site, for programs that ask at the old place."""
    return redirect(static("brand/favicon.svg"), permanent=True)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with a search box and three ways back."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a plain page that needs no database and no static file."""
    return HttpResponse(render_to_string("500.html"), status=500)
