"""Where a page stands: the site, its publisher, a shelf, the path to a page. Addresses begin with SITE_URL."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from blog.models import ArticlePage, Topic

from .script import CONTEXT, without_gaps

LOGO = "brand/mark-512.png"


def publisher(name: str) -> dict[str, Any]:
    """The Organization behind the site."""
    logo = {"@type": "ImageObject", "url": settings.SITE_URL + static(LOGO)}
    address = f"{settings.SITE_URL}/"
    return {"@type": "Organization", "@id": f"{address}#publisher", "name": name, "url": address, "logo": logo}


def site_of(name: str) -> dict[str, Any]:
    """The WebSite that a page is a part of."""
    return {"@type": "WebSite", "@id": f"{settings.SITE_URL}/#website", "name": name, "url": f"{settings.SITE_URL}/"}


def describe_site(name: str, *, words: str = "") -> dict[str, Any]:
    """The whole WebSite, with its search; `words` say what it is about."""
    target = {"@type": "EntryPoint", "urlTemplate": f"{settings.SITE_URL}/search/?q={{search_term_string}}"}
    search = {"@type": "SearchAction", "target": target, "query-input": "required name=search_term_string"}
    about = {"description": words, "inLanguage": "en-GB", "publisher": publisher(name), "potentialAction": search}
    return without_gaps({"@context": CONTEXT, **site_of(name), **about})


def describe_topic(topic: Topic, articles: Iterable[ArticlePage], *, publisher: str, first: int = 1) -> dict[str, Any]:
    """A CollectionPage: one shelf and the articles that its page shows, the first of them being number `first`."""
    address = settings.SITE_URL + topic.get_absolute_url()
    items = [
        {"@type": "ListItem", "position": number, "name": article.title, "url": article.full_url}
        for number, article in enumerate(articles, start=first)
    ]
    return without_gaps(
        {
            "@context": CONTEXT,
            "@type": "CollectionPage",
            "name": topic.name,
            "url": address,
            "description": topic.intro or topic.summary,
            "inLanguage": "en-GB",
            "isPartOf": site_of(publisher),
            "mainEntity": {"@type": "ItemList", "itemListElement": items} if items else None,
        }
    )


def describe_shelf(topic: Topic) -> dict[str, Any]:
    """What an article is about, as far as its shelf says."""
    return {"@type": "Thing", "name": topic.name, "url": settings.SITE_URL + topic.get_absolute_url()}


def describe_path(steps: list[tuple[str, str]]) -> dict[str, Any]:
    """A BreadcrumbList of (name, absolute address), outermost first."""
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": address}
        for number, (name, address) in enumerate(steps, start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def topics_step() -> tuple[str, str]:
    """The step of a path at which all topics are listed."""
    return "Topics", settings.SITE_URL + reverse("blog:topics")
