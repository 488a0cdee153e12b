"""One article: what it is, who made it, who reviewed these very words, on what it rests, what readers said."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from blog.models import ArticlePage, Contribution, Correction, Reference

from .comments import Thread, describe_threads
from .people import describe_helper, describe_person, describe_reviewer
from .places import describe_shelf, publisher, site_of
from .questions import describe_questions
from .script import CONTEXT, without_gaps
from .sources import describe_correction, describe_source

# Tags that name what schema.org calls an aspect of medicine; any other tag is a keyword and no more.
ASPECTS = {"causes", "diagnosis", "epidemiology", "etiology", "prognosis", "symptoms", "treatment"}
_READERS = {"@type": "MedicalAudience", "audienceType": "Patient"}


def describe_article(
    article: ArticlePage,
    *,
    site_name: str,
    picture: str = "",
    references: Iterable[Reference] = (),
    corrections: Iterable[Correction] = (),
    tags: Sequence[str] = (),
    blocks: Iterable[Any] = (),
    threads: Iterable[Thread] = (),
    comment_count: int = 0,
) -> dict[str, Any]:
    """A page that is an Article, and a MedicalWebPage with its reviewer while the words shown are those reviewed.

    `picture` is an absolute address. All that is not given is left out; beside people and reviews, which the article
    keeps once they are loaded, no query is asked.
    """
    address = article.full_url or ""
    corrections = list(corrections)
    return without_gaps(
        {
            "@context": CONTEXT,
            "@type": _types(article),
            "headline": article.title,
            "description": article.search_description or article.deck,
            "url": address,
            "mainEntityOfPage": address,
            "image": picture,
            **_dates(article, corrections),
            **_people(article),
            **_review(article, tags),
            **_kind(article),
            "publisher": publisher(site_name),
            "isPartOf": site_of(site_name),
            "inLanguage": "en-GB",
            "isAccessibleForFree": True,
            "articleSection": article.topic.name if article.topic else "",
            "about": describe_shelf(article.topic) if article.topic else None,
            "keywords": list(tags),
            "wordCount": article.word_count,
            "timeRequired": f"PT{article.reading_minutes}M",
            "backstory": article.how_made,
            "isBasedOn": article.canonical_url,
            "citation": [describe_source(reference) for reference in references],
            "correction": [describe_correction(correction) for correction in corrections],
            "hasPart": describe_questions(blocks),
            "commentCount": comment_count,
            "comment": describe_threads(threads),
        }
    )


def _types(article: ArticlePage) -> list[str] | str:
    paid = ["AdvertiserContentArticle"] if article.kind == ArticlePage.Kind.SPONSORED else []
    medical = ["MedicalWebPage"] if article.standing.is_current else []
    return [*medical, "Article", *paid] if medical or paid else "Article"


def _dates(article: ArticlePage, corrections: Iterable[Correction]) -> dict[str, str]:
    changed = last_change(article, corrections)
    if not article.first_published_at or not changed:
        return {}  # a preview of what was never published
    return {"datePublished": article.first_published_at.isoformat(), "dateModified": changed}


def last_change(article: ArticlePage, corrections: Iterable[Correction]) -> str:
    """When the text last changed in substance or was put right, in ISO 8601; empty if it was never published."""
    changed = article.updated_at or article.first_published_at
    if changed is None:
        return ""
    corrected = max((correction.corrected_on for correction in corrections), default=None)
    day = timezone.localtime(changed).date()
    return corrected.isoformat() if corrected and corrected > day else changed.isoformat()


def _people(article: ArticlePage) -> dict[str, Any]:
    role = Contribution.Role
    by_role = {name: [credit.author for credit in article.credits if credit.role == name] for name in role}
    return {
        "author": [describe_person(person) for person in by_role[role.WROTE]],
        "editor": [describe_helper(person) for person in by_role[role.EDITED]],
        "contributor": [describe_helper(person) for person in by_role[role.CHECKED]],
    }


def _review(article: ArticlePage, tags: Sequence[str]) -> dict[str, Any]:
    """Nothing unless somebody qualified has read the very words that are shown."""
    standing = article.standing
    if not standing.is_current or standing.review is None:
        return {}
    people = {reading.reviewer_id: describe_reviewer(reading) for reading in standing.readings}
    return {
        "reviewedBy": next(iter(people.values())) if len(people) == 1 else list(people.values()),
        "lastReviewed": standing.review.reviewed_on.isoformat(),
        "medicalAudience": _READERS,
        "aspect": [tag.lower() for tag in tags if tag.lower() in ASPECTS],
    }


def _kind(article: ArticlePage) -> dict[str, Any]:
    """A guide is what is expected; anything else is named, with who paid for it."""
    paid = article.kind == ArticlePage.Kind.SPONSORED and article.sponsor
    return {
        "genre": article.kind_label,
        "sponsor": {"@type": "Organization", "name": article.sponsor} if paid else None,
    }
