"""What an article, a person and a path are, said in schema.org's words (JSON-LD) for search engines."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from blog.models import ArticlePage, AuthorPage

CONTEXT = "https://schema.org"
# Inside a script element these could end it or begin a comment; as escapes they mean the same to a JSON reader.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def to_script(data: dict[str, Any]) -> SafeString:
    """The script element that holds `data`, whatever hostile words are in it."""
    written = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{written}</script>')


def describe_person(person: AuthorPage) -> dict[str, Any]:
    """A schema.org Person: name, job, address here, ORCID where it is known."""
    data: dict[str, Any] = {"@type": "Person", "name": person.title, "url": person.full_url}
    if person.role:
        data["jobTitle"] = person.role
    if person.orcid:
        data["sameAs"] = f"https://orcid.org/{person.orcid}"
    return data


def describe_profile(person: AuthorPage) -> dict[str, Any]:
    """A ProfilePage about one person."""
    about = describe_person(person) | ({"description": person.lead} if person.lead else {})
    return {"@context": CONTEXT, "@type": "ProfilePage", "mainEntity": about}


def describe_article(article: ArticlePage, *, publisher: str, picture: str = "") -> dict[str, Any]:
    """A page that is an Article and a MedicalWebPage; the second and the reviewer only when a review exists.

    `publisher` is the site's name, `picture` an absolute address.
    """
    standing = article.standing
    review = standing.review if standing.is_current else None
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": ["MedicalWebPage", "Article"] if review else "Article",
        "headline": article.title,
        "description": article.search_description or article.deck,
        "url": article.full_url,
        "mainEntityOfPage": article.full_url,
        "inLanguage": "en-GB",
        "author": [describe_person(person) for person in article.authors],
        "publisher": {"@type": "Organization", "name": publisher},
        **_dates(article),
    }
    if article.topic:
        data["articleSection"] = article.topic.name
    if picture:
        data["image"] = picture
    if review:
        data["reviewedBy"] = describe_person(review.reviewer)
        data["lastReviewed"] = review.reviewed_on.isoformat()
    return data


def _dates(article: ArticlePage) -> dict[str, str]:
    """When it was published and when the text last changed in substance, in ISO 8601."""
    published, updated = article.first_published_at, article.updated_at or article.first_published_at
    if not published or not updated:
        return {}  # a preview of what was never published
    return {"datePublished": published.isoformat(), "dateModified": updated.isoformat()}


def describe_path(steps: list[tuple[str, str]]) -> dict[str, Any]:
    """A BreadcrumbList of (name, absolute address), outermost first."""
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": address}
        for number, (name, address) in enumerate(steps, start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}
