"""Putting right what an issue said, with exactly those who got it: the draft of a mail that goes to nobody else."""

from typing import Any

from django.db import transaction
from django.utils.html import format_html, linebreaks
from django.utils.text import slugify
from wagtail.rich_text import RichText

from blog.models import ArticlePage, Correction
from newsletter.audience import GOT_IT
from newsletter.errors import NotAllowed
from newsletter.models import Delivery, IssuePage
from newsletter.pieces import find_articles


@transaction.atomic
def write_correction(issue: IssuePage, *, correction: Correction | None = None, by: Any = None) -> IssuePage:
    """The draft of a correction to an issue; the one that is there when it was asked for before.

    `correction` is the entry of an article's public log that it tells of; without one the words are the editor's own.
    It goes through the same checks, approval and dispatch as an issue. Raises NotAllowed.
    """
    issue = IssuePage.objects.select_for_update().get(pk=issue.corrects_id or issue.pk)
    if correction is not None and correction.grade == Correction.Grade.TYPO:
        raise NotAllowed("A slip of the pen is told in the article’s public log only: nobody is mailed for it.")
    if not Delivery.objects.filter(dispatch__issue=issue, state__in=GOT_IT).exists():
        raise NotAllowed("Nobody has got this issue, so there is nobody to write to. Change the issue instead.")
    known = issue.corrections_sent.filter(correction=correction)
    if correction is None:
        known = known.filter(dispatches=None)  # what went out is over; a new matter is a new mail
    if (earlier := known.order_by("-pk").first()) is not None:
        return earlier
    return _draft(issue, correction, by)


def corrections_of(issue: IssuePage) -> list[Correction]:
    """What was put right in the issue's articles since they were sent, newest first; slips of the pen are left out."""
    launched = issue.dispatches.exclude(launched_at=None).order_by("launched_at").first()
    if launched is None or launched.launched_at is None:
        return []
    articles = [article.pk for article in find_articles(issue)]
    since = Correction.objects.filter(article__in=articles, corrected_on__gte=launched.launched_at.date())
    mattered = since.exclude(grade=Correction.Grade.TYPO)
    return list(mattered.select_related("article").defer("article__body").order_by("-corrected_on", "-pk"))


def issues_with(article: ArticlePage) -> list[IssuePage]:
    """The issues in which somebody got this article, newest first."""
    sent = IssuePage.objects.filter(corrects=None, dispatches__launched_at__isnull=False).distinct()
    return [issue for issue in sent.order_by("-number") if article.pk in _keys_of_articles(issue)]


def _keys_of_articles(issue: IssuePage) -> set[Any]:
    """Read from the stored form: no article is fetched for it."""
    return {block["value"]["article"] for block in issue.body.raw_data if block["type"] == "article"}


def _draft(issue: IssuePage, correction: Correction | None, by: Any) -> IssuePage:
    parent = issue.get_parent()
    about = correction.article.title if correction else issue.title
    page = IssuePage(
        corrects=issue,
        correction=correction,
        is_big_news=True,  # whoever got the mistake is told, also those who want big news only
        title=f"Correction: {about}"[:255],
        slug=_free_slug(parent, f"correction-{issue.number}-{slugify(about)}"),
        subject=f"A correction to issue {issue.number}",
        preview_line=f"What we had wrong in “{about}”, and what it says now."[:150],
        live=False,
        has_unpublished_changes=True,
        owner=by,
        body=_words(correction),
    )
    parent.add_child(instance=page)
    page.save_revision(user=by)
    return page


def _words(correction: Correction | None) -> list[tuple[str, Any]]:
    told = linebreaks(correction.text, autoescape=True) if correction else format_html("<p>{}</p>", _ASK)
    text = ("text", {"title": "What was wrong", "text": RichText(told)})
    if correction is None:
        return [text]
    words = "Read it as it stands now."
    return [text, ("article", {"article": ArticlePage.objects.get(pk=correction.article_id), "words": words})]


def _free_slug(parent: Any, wanted: str) -> str:
    wanted = wanted[:200].rstrip("-")
    taken = set(parent.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


_ASK = "Say what the issue said, what is right, and what a reader should do now."
