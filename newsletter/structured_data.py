"""An issue said in schema.org's words: an issue of a periodical, and which articles it holds."""

from collections.abc import Iterable
from typing import Any

from blog.structured_data import CONTEXT, publisher
from newsletter.models import IssuePage


def describe_issue(issue: IssuePage, *, site_name: str, articles: Iterable[Any]) -> dict[str, Any]:
    """A PublicationIssue. `articles` are the ArticlePages that its page shows."""
    home = publisher(site_name)
    words = issue.in_short
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "PublicationIssue",
        "name": issue.title,
        "url": issue.full_url,
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Periodical", "name": f"{site_name} newsletter", "publisher": home},
    }
    if issue.number:
        data["issueNumber"] = issue.number
    if words:
        data["description"] = words
    if issue.first_published_at:
        data["datePublished"] = issue.first_published_at.isoformat()
    held = [{"@type": "Article", "headline": one.title, "url": one.full_url} for one in articles]
    return {**data, "hasPart": held} if held else data
