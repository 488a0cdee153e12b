"""What stands on every page."""

from django import template
from wagtail.models import Page

from home.models import SiteSettings, StandardPage

register = template.Library()


@register.simple_tag
def footer_pages(settings: SiteSettings) -> list[Page]:
    """How we work, the standard pages that an editor put into the menus, privacy, contact: those that are published."""
    own = (settings.how_we_work_page, settings.privacy_page, settings.contact_page)
    how, privacy, contact = own
    more = StandardPage.objects.live().in_menu().exclude(pk__in=[page.pk for page in own if page]).order_by("path")
    return [page for page in (how, *more, privacy, contact) if page and page.live]
