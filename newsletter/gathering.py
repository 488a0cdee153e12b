"""What the next issue would hold: everything that was published since the last one, in reading order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format

from blog.due import with_standing
from blog.models import ArticlePage
from newsletter.models import IssuePage, NewsletterPage
from newsletter.months import months_after

SUBJECT = 60  # characters that a phone's inbox shows
PREVIEW_LINE = 90


@dataclass(frozen=True)
class Gathered:
    """`articles` in reading order, the first one leads; `left_out`: their review is overdue. All new after `since`."""

    since: datetime
    articles: list[Any]
    left_out: list[Any]


def gather(newsletter: NewsletterPage, *, until: datetime) -> Gathered:
    """What is published, any reader may see and no issue or draft of one holds; a constant number of queries."""
    since = last_issue_at(newsletter) or _a_month_before(until)
    fresh = with_standing(ArticlePage.objects.published().filter(listed_at__gt=since, listed_at__lte=until))
    cards = fresh.select_related("topic", "picture").defer("body", "key_points", "interests", "how_made")
    known = set(_articles_in_issues())
    new = [article for article in cards.order_by("listed_at", "pk") if article.pk not in known]
    today = timezone.localdate()
    left_out = [article for article in new if article.due_on and article.due_on < today]
    return Gathered(since, _in_order([article for article in new if article not in left_out]), left_out)


def last_issue_at(newsletter: NewsletterPage) -> datetime | None:
    """Up to when earlier issues have looked at what is new: the draft's own moment, else when it was published."""
    issues = (
        IssuePage.objects.child_of(newsletter)
        .filter(corrects=None)
        .filter(Q(first_published_at__isnull=False) | Q(draft_run__isnull=False))
    )
    found: datetime | None = issues.aggregate(last=Max(Coalesce("draft_run__until", "first_published_at")))["last"]
    return found


def propose_issue(newsletter: NewsletterPage, gathered: Gathered, *, month: date) -> IssuePage:
    """An IssuePage that is not saved: number, title, subject, an introduction to be written, the articles."""
    lead = gathered.articles[0]
    title = date_format(month, "F Y")
    cards = [("article", {"article": article, "words": ""}) for article in gathered.articles]
    return IssuePage(
        title=title,
        number=(IssuePage.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        subject=_subject(title, lead.title),
        preview_line=_preview_line([article.title for article in gathered.articles[1:]]),
        picture=lead.picture,
        picture_alt=lead.shown_alt if lead.picture else "",
        body=[("intro", {"text": "", "signed_by": _last_signer(newsletter)}), *cards],
        live=False,
        has_unpublished_changes=True,
    )


def _in_order(articles: list[Any]) -> list[Any]:
    """The newest guide with a picture leads, else the newest; the rest by topic, then by day of publishing."""
    if not articles:
        return []
    pictured = [article for article in articles if article.kind == ArticlePage.Kind.GUIDE and article.picture_id]
    lead = (pictured or articles)[-1]
    rest = [article for article in articles if article is not lead]
    return [lead, *sorted(rest, key=_shelf)]


def _shelf(article: Any) -> tuple[int, int, str]:
    topic = article.topic
    return (0, topic.sort_order, topic.name) if topic else (1, 0, "")


def _subject(title: str, lead: str) -> str:
    return next((words for words in (f"{title}: {lead}", lead) if len(words) <= SUBJECT), title)


def _preview_line(titles: list[str]) -> str:
    line = ""
    for title in titles:
        longer = f"{line} · {title}" if line else title
        if len(longer) <= PREVIEW_LINE:
            line = longer
    return line


def _articles_in_issues() -> Iterator[int]:
    """Keys of the articles on the cards of all issues, as published or, of drafts, as saved last. Two queries."""
    for body in IssuePage.objects.live().values_list("body", flat=True):
        yield from _keys(body.raw_data)
    for content in IssuePage.objects.not_live().values_list("latest_revision__content", "body"):
        saved = content[0].get("body") if content[0] else None
        yield from _keys(json.loads(saved) if saved else content[1].raw_data)


def _keys(blocks: Any) -> Iterator[int]:
    for block in blocks:
        if block["type"] == "article" and block["value"]["article"]:
            yield block["value"]["article"]


def _last_signer(newsletter: NewsletterPage) -> Any:
    """Who signed the introduction of the issue before."""
    last = IssuePage.objects.child_of(newsletter).live().filter(corrects=None).order_by("-number").first()
    intros = [block.value for block in last.body if block.block_type == "intro"] if last else []
    return next((intro["signed_by"] for intro in intros if intro["signed_by"]), None)


def _a_month_before(moment: datetime) -> datetime:
    """Where there is no issue yet."""
    local = timezone.localtime(moment)
    return timezone.make_aware(datetime.combine(months_after(local.date(), -1), local.time().replace(tzinfo=None)))
