"""The archive of issues as a feed, RSS and JSON: every issue in full, without anything personal."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from wagtail.blocks import StreamValue

from blog.feeds.entries import Entry, Writer
from blog.feeds.views import Form, answer, site_name
from blog.models import ArticlePage
from blog.sanitiser import clean_for_feed
from newsletter.blocks import WEB, is_shown
from newsletter.models import IssuePage, NewsletterPage
from pagecache.views import kept_whole, shared

LENGTH = 12  # a year


@shared
@require_safe
@kept_whole
def issue_feed(request: HttpRequest, form: Form) -> HttpResponse:
    """The newest issues."""
    home = get_object_or_404(NewsletterPage.objects.live().public())
    issues = list(IssuePage.objects.live().public().filter(corrects=None).child_of(home).order_by("-number")[:LENGTH])
    read = zip(issues, _read_together(issues), strict=True)
    entries = [_entry(issue, blocks, request) for issue, blocks in read]
    name = site_name(request)
    words = f"Every issue of the newsletter of {name}, in full."
    return answer(request, form, entries, title=f"{name}: newsletter", description=words, home=str(home.url))


def _read_together(issues: list[IssuePage]) -> Iterator[list[Any]]:
    """The blocks of each issue that readers may see, all fetched at once; what is gone or withdrawn is left out."""
    raw = [[dict(block) for block in issue.body.raw_data] for issue in issues]
    blocks = list(StreamValue(IssuePage.body.field.stream_block, list(chain(*raw)), is_lazy=True))
    named = {b.value["article"].pk for b in blocks if b.block_type == "article" and b.value["article"]}
    shown = set(ArticlePage.objects.published().filter(pk__in=named).values_list("pk", flat=True))
    start = 0
    for own in raw:
        part = blocks[start : start + len(own)]
        start += len(own)
        readable = (block for block in part if block.block_type != "article" or _key(block) in shown)
        yield [block for block in readable if is_shown(block, WEB)]


def _key(block: Any) -> int | None:
    article = block.value["article"]
    return article.pk if article else None


def _entry(issue: IssuePage, blocks: list[Any], request: HttpRequest) -> Entry:
    address = issue.full_url or ""
    html = render_to_string("newsletter/feeds/issue.html", {"issue": issue, "blocks": blocks}, request)
    signed = next((b.value["signed_by"] for b in blocks if b.block_type == "intro" and b.value["signed_by"]), None)
    published = issue.first_published_at or issue.last_published_at or issue.latest_revision_created_at
    return Entry(
        key=f"urn:uuid:{issue.translation_key}",
        url=address,
        title=f"Issue {issue.number}: {issue.title}",
        summary=issue.in_short,
        html=clean_for_feed(html, base=address),
        published=published,
        updated=issue.last_published_at or published,
        writers=[Writer(signed.title, signed.full_url or "")] if signed else [],
    )
