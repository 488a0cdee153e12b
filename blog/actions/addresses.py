"""Keeping old addresses alive when pages and topics get new ones."""

from django.db import transaction
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from blog.models import Topic


@transaction.atomic
def move_topic_address(topic: Topic, *, old_slug: str) -> None:
    """Let the old address of a topic lead to its new one; earlier ones lead there at once, and none in a circle."""
    old, new = (reverse("blog:topic", args=[slug]) for slug in (old_slug, topic.slug))
    Redirect.objects.filter(redirect_link=old).update(redirect_link=new)
    Redirect.objects.filter(old_path=new.rstrip("/"), automatically_created=True).delete()
    Redirect.objects.update_or_create(
        old_path=old.rstrip("/"), site=None, defaults={"redirect_link": new, "automatically_created": True}
    )


def tidy_page_addresses(page: Page, *, old_url_path: str = "") -> None:
    """Let redirects that an editor entered as an address follow a page that moved; drop those its own address hides.

    `old_url_path` is where it stood in the tree, empty if it did not move. Wagtail itself makes the redirects of pages.
    """
    parts = page.get_url_parts()
    if parts is None or not parts[2]:
        return
    site_id, _, here = parts
    own = Redirect.objects.filter(automatically_created=True, site=site_id)
    own.filter(old_path=Redirect.normalise_path(here)).delete()
    if not old_url_path:
        return
    above = page.url_path[: len(page.url_path) - len(here)]  # the site's root in the tree
    for below in page.get_descendants().live().values_list("url_path", flat=True):
        own.filter(old_path=Redirect.normalise_path(below.removeprefix(above))).delete()
    was = old_url_path.removeprefix(above)
    Redirect.objects.filter(redirect_link=was).update(redirect_link="", redirect_page=page)
