"""An issue as a mail: HTML through MJML, and its plain-text twin, both written from the same pieces."""

from dataclasses import dataclass
from email.utils import formataddr
from typing import Any

import mrml
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from letters.headers import one_line
from newsletter.composing import (
    FALL_BACK_NAME,
    FIRST_NAME,
    OWN_PAGE,
    SINCE,
    UNSUBSCRIBE,
    code_mark,
    fill_in,
    find_offers,
)
from newsletter.models import IssuePage, NewsletterPage
from newsletter.pieces import HERO, find_articles, find_offers_in, page_address, picture_address, read_pieces
from newsletter.plain_text import write_text
from newsletter.rich_text import absolute_url

SAMPLE_CODE = "XXXX-XXXX-X"
OPTIONS = mrml.RenderOptions(fonts={}, social_icon_origin="")  # nothing is fetched from anybody else


@dataclass(frozen=True)
class RenderedIssue:
    """What a dispatch freezes. `html` and `text` hold the placeholders of `newsletter.composing`."""

    subject: str
    sender: str
    reply_to: str
    html: str
    text: str


def render_issue(issue: IssuePage) -> RenderedIssue:
    """The issue as it stands, for everybody. May write resized pictures: not inside a transaction."""
    context = _context(issue)
    newsletter = context["newsletter"]
    return RenderedIssue(
        subject=one_line(issue.subject),
        sender=formataddr((one_line(newsletter.sender_name), newsletter.sender_email)),
        reply_to=newsletter.reply_to,
        html=_as_html(context),
        text=write_text(context),
    )


def preview_issue(issue: IssuePage) -> RenderedIssue:
    """The issue as one made-up reader gets it; its links of the reader's own lead nowhere."""
    mail = render_issue(issue)
    today = date_format(timezone.localdate(), "j F Y")
    nowhere = f"{settings.SITE_URL}/newsletter/"
    words = {FIRST_NAME: FALL_BACK_NAME, SINCE: f" on {today}", UNSUBSCRIBE: nowhere, OWN_PAGE: nowhere}
    words |= {code_mark(offer): SAMPLE_CODE for offer in find_offers(mail.text + mail.html)}
    return RenderedIssue(
        mail.subject, mail.sender, mail.reply_to, html=fill_in(mail.html, words), text=fill_in(mail.text, words)
    )


def find_unpublished_articles(issue: IssuePage) -> list[str]:
    """The titles of articles in the issue that readers could not open."""
    return [article.title for article in find_articles(issue) if not article.live]


def find_bad_offers(issue: IssuePage) -> list[tuple[str, str]]:
    """Title and what is wrong of each offer in the issue that nobody could redeem today."""
    found = []
    for offer in find_offers_in(issue):
        if offer.is_over:
            found.append((offer.title, f"ended on {date_format(offer.valid_until, 'j F Y')}"))
        elif not offer.is_active or not offer.partner.is_active:
            found.append((offer.title, "is switched off"))
        elif offer.valid_from > timezone.localdate():
            found.append((offer.title, f"begins only on {date_format(offer.valid_from, 'j F Y')}"))
    return found


def _as_html(context: dict[str, Any]) -> str:
    content: str = mrml.to_html(render_to_string("newsletter/mail/issue.mjml", context), render_options=OPTIONS).content
    return content


def _context(issue: IssuePage) -> dict[str, Any]:
    newsletter = _newsletter_of(issue)
    pieces = read_pieces(issue)
    site = newsletter.get_site()
    name = (site.site_name if site else "") or newsletter.sender_name
    address = newsletter.postal_address
    published = issue.first_published_at or timezone.now()
    return {
        "issue": issue,
        "newsletter": newsletter,
        "site_name": name,
        "postal_address": address if address.startswith(name) else f"{name}, {address}",
        "month": date_format(timezone.localtime(published), "F Y"),
        "pieces": pieces,
        "lead_url": next((piece.url for piece in pieces if piece.kind == "lead"), ""),
        "picture": picture_address(issue.picture, HERO),
        "mark": absolute_url(staticfiles_storage.url("mail/mark.png")),
        "web_url": page_address(issue) or f"{settings.SITE_URL}/newsletter/",
        "first_name": FIRST_NAME,
        "since": SINCE,
        "unsubscribe_url": UNSUBSCRIBE,
        "own_url": OWN_PAGE,
    }


def _newsletter_of(issue: IssuePage) -> NewsletterPage:
    parent = issue.get_parent()
    newsletter = parent.specific if parent is not None else None
    return newsletter if isinstance(newsletter, NewsletterPage) else NewsletterPage.objects.get()
