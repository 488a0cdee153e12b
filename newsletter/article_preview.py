"""How an article stands in an issue: first as the lead, then as one of the others."""

from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse

from newsletter.models import IssuePage, NewsletterPage
from newsletter.rendering import preview_issue


def show_in_issue(_request: HttpRequest, page: Any, _context: dict[str, Any]) -> HttpResponse:
    """A made-up issue of one article, as mail. The page need not be saved."""
    if not NewsletterPage.objects.exists():
        return HttpResponse("There is no newsletter page yet.", content_type="text/plain; charset=utf-8")
    number = (IssuePage.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    issue = IssuePage(number=number, title="How it stands in an issue", subject=page.title, preview_line=page.deck)
    card = {"article": page, "words": ""}
    issue.body = [("article", card), ("article", card)]
    return HttpResponse(preview_issue(issue).html)
