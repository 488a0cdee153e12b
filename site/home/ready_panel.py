"""The panel on the admin's first page that says what readers would miss: no address for mail, a page still a draft."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from home.models import ContactPage, SiteSettings


class ReadyPanel(Component):
    """For those who may change the settings; nothing at all when nothing is missing."""

    name = "ready"
    template_name = "home/admin/ready_panel.html"
    order = 90

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """`missing`: (words, address where it is mended) of each."""
        return {"missing": list(find_missing(SiteSettings.for_request(parent_context["request"])))}


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For those who may change the settings, and nobody else."""
    if request.user.has_perm("home.change_sitesettings"):
        panels.append(ReadyPanel())


def find_missing(settings: SiteSettings) -> Iterator[tuple[str, str]]:
    """What readers look for and do not find, with the admin's address where it is mended."""
    own = reverse("wagtailsettings:edit", args=["home", "sitesettings", settings.site_id])
    if not settings.contact_email:
        yield "No address for readers’ messages: the form on the contact page is closed", own
    if not ContactPage.objects.live().exists():
        yield "No contact page is published", _place_of(settings.contact_page, own)
    pages = {"How we work": settings.how_we_work_page, "Privacy": settings.privacy_page}
    for name, page in pages.items():
        if not (page and page.live):
            yield f"The page “{name}” is {'a draft' if page else 'not chosen'}", _place_of(page, own)


def _place_of(page: Page | None, otherwise: str) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else otherwise
