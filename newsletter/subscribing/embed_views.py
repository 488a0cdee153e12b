"""A page of the admin with a form to copy into other sites."""

from textwrap import dedent

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem
from wagtail.models import Site

from newsletter.models import Ebook
from newsletter.rights import may_send


@require_safe
def embed_form(request: HttpRequest) -> HttpResponse:
    """The form as plain HTML: no script, no frame, no style of ours, nothing that another site loads from us."""
    if not may_send(request.user):
        raise PermissionDenied
    site = Site.find_for_request(request)
    context = {
        "address": settings.SITE_URL + reverse("newsletter:sign_up_from_elsewhere"),
        "home": settings.SITE_URL,
        "name": (site and site.site_name) or settings.WAGTAIL_SITE_NAME,
        "ebook": Ebook.objects.offered().first(),
    }
    snippet = dedent(render_to_string("newsletter/embed_snippet.html", context, request).strip("\n")).strip()
    return render(request, "newsletter/admin/embed.html", {"snippet": snippet})


def embed_urls() -> list[URLPattern]:
    """Its address below /admin/."""
    return [path("newsletter/form-for-other-sites/", embed_form, name="newsletter_embed")]


class EmbedMenuItem(MenuItem):
    """Shown to those who may send."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may open the page."""
        return may_send(request.user)


def embed_item() -> MenuItem:
    """Settings > Form for other sites."""
    return EmbedMenuItem("Form for other sites", reverse("newsletter_embed"), icon_name="code", order=900)
