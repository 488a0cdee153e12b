"""The page tree that every installation starts from."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Page, Site, Workflow, WorkflowPage

from blog.models import ArticleIndexPage, AuthorIndexPage
from home.first_pages import add_first_pages
from home.models import HomePage, SiteSettings
from newsletter.models import NewsletterPage
from newsletter.subscribing.wording import current_wording

PORTS = {"http": 80, "https": 443}


def set_up_site() -> None:
    """The page tree and, in a new installation, the pages that readers look for; whoever deletes one, deletes it."""
    if not HomePage.objects.exists():
        add_first_pages(ensure_site_tree())


def ensure_site_tree() -> HomePage:
    """Front page, articles, authors and newsletter, and the Site that points at them; made once, the same ever after.

    Wagtail's welcome page goes. The site's address is that of `SITE_URL`.
    """
    if known := HomePage.objects.first():
        return known
    Page.get_first_root_node().get_children().filter(slug="home", depth=2).delete()
    root = Page.get_first_root_node()  # read again: the tree counts its children
    home: HomePage = root.add_child(instance=HomePage(title="Meadowsweet", slug="home"))
    _hand_to_reviewers(home.add_child(instance=ArticleIndexPage(title="Articles", slug="articles")))
    home.add_child(instance=AuthorIndexPage(title="Our people", slug="authors"))
    home.add_child(instance=_newsletter())
    _point_site_at(home)
    current_wording()  # the words beside the sign-up buttons: no page that is only looked at shall write them down
    return home


def _hand_to_reviewers(articles: Page) -> None:
    """What is handed in below this page goes through the workflow that the migrations made."""
    if workflow := Workflow.objects.active().filter(name="Medical review").first():
        WorkflowPage.objects.create(page=articles, workflow=workflow)


def _newsletter() -> NewsletterPage:
    return NewsletterPage(
        title="Newsletter",
        slug="newsletter",
        headline="One calm letter a month.",
        sender_name="Meadowsweet",
        sender_email="letters@meadowsweet.example",
        reply_to="editors@meadowsweet.example",
        postal_address="Meadowsweet, 4 Orchard Yard, Example Town",
    )


def follow_site_url() -> None:
    """Let the default Site say what `SITE_URL` says, so that links are right after a move to another port."""
    Site.objects.filter(is_default_site=True).exclude(**_address()).update(**_address())
    Site.clear_site_root_paths_cache()


def _point_site_at(home: HomePage) -> None:
    Site.objects.all().delete()
    site = Site.objects.create(site_name="Meadowsweet", root_page=home, is_default_site=True, **_address())
    SiteSettings.objects.get_or_create(site=site)
    Site.clear_site_root_paths_cache()


def _address() -> dict[str, Any]:
    address = urlsplit(settings.SITE_URL)
    return {"hostname": address.hostname, "port": address.port or PORTS[address.scheme]}
