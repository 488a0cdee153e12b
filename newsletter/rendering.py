"""An issue as a mail: HTML through MJML, and its plain-text twin, both written from the same pieces."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from email.utils import formataddr
from html import escape
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
from newsletter.issue_fields import fill_in_words, find_marks, with_marks
from newsletter.models import Ebook, IssuePage, NewsletterPage
from newsletter.pieces import (
    Cut,
    cut_picture,
    find_articles,
    find_books_in,
    find_offers_in,
    page_address,
    read_pieces,
)
from newsletter.plain_text import write_text
from newsletter.render_faults import rendering
from newsletter.rich_text import absolute_url

SAMPLE_CODE = "XXXX-XXXX-X"
OPTIONS = mrml.RenderOptions(fonts={}, social_icon_origin="")  # nothing is fetched from anybody else


@dataclass(frozen=True)
class RenderedIssue:
    """What a dispatch freezes. `html` and `text` hold the placeholders of `newsletter.composing`.

    Both subjects are as the editor wrote them, with the fields of `newsletter.issue_fields`; without a test the second
    one is empty.
    """

    subject: str
    sender: str
    reply_to: str
    html: str
    text: str
    # Not told where there is none: what was approved before there were second subjects stays approved.
    second_subject: str = field(default="", repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it: what is approved is what is sent, to the letter."""
        second = repr(self.second_subject) if self.second_subject else ""
        return hashlib.sha256(f"{self!r}{second}".encode()).hexdigest()


def render_issue(issue: IssuePage) -> RenderedIssue:
    """The issue as it stands, for everybody. May write resized pictures: not inside a transaction.

    Raises CannotRender when something in it is broken.
    """
    with rendering(issue):
        return _render(issue)


def _render(issue: IssuePage) -> RenderedIssue:
    context = _context(issue)
    newsletter = context["newsletter"]
    return RenderedIssue(
        subject=one_line(issue.subject),
        sender=formataddr(
            (one_line(issue.sender_name or newsletter.sender_name), issue.sender_email or newsletter.sender_email)
        ),
        reply_to=issue.reply_to or newsletter.reply_to,
        html=_as_html(context),
        text=write_text(context),
        second_subject=one_line(issue.second_subject).strip(),
    )


def preview_issue(issue: IssuePage) -> RenderedIssue:
    """The issue as one made-up reader gets it; its links of the reader's own lead nowhere."""
    mail = render_issue(issue)
    today = date_format(timezone.localdate(), "j F Y")
    nowhere = f"{settings.SITE_URL}/newsletter/"
    words = {FIRST_NAME: FALL_BACK_NAME, SINCE: f" on {today}", UNSUBSCRIBE: nowhere, OWN_PAGE: nowhere}
    words |= {code_mark(offer): SAMPLE_CODE for offer in find_offers(mail.text + mail.html)}
    words |= {mark: one.fill({}) for mark, one in find_marks(mail.text + mail.html).items()}
    return replace(
        mail,
        subject=fill_in_words(mail.subject, {}),
        second_subject=fill_in_words(mail.second_subject, {}),
        html=fill_in(mail.html, {mark: escape(value) for mark, value in words.items()}),
        text=fill_in(mail.text, words),
    )


def find_unpublished_articles(issue: IssuePage) -> list[str]:
    """The titles of articles in the issue that readers could not open."""
    return [article.title for article in find_articles(issue) if not article.live]


def find_bad_offers(issue: IssuePage, *, on: date | None = None) -> list[tuple[str, str]]:
    """Title and what is wrong of each offer in the issue that nobody could redeem on that day, today if it is None."""
    found, day = [], on or timezone.localdate()
    for offer in find_offers_in(issue):
        if day > offer.valid_until:
            found.append((offer.title, f"{'ends' if on else 'ended'} on {date_format(offer.valid_until, 'j F Y')}"))
        elif not offer.is_active or not offer.partner.is_active:
            found.append((offer.title, "is switched off"))
        elif offer.valid_from > day:
            found.append((offer.title, f"begins only on {date_format(offer.valid_from, 'j F Y')}"))
    return found


def find_bad_books(issue: IssuePage) -> list[str]:
    """The titles of e-books in the issue that no reader could get."""
    offered = {book.pk for book in Ebook.objects.offered()}
    return [book.title for book in find_books_in(issue) if book.pk not in offered]


def _as_html(context: dict[str, Any]) -> str:
    content: str = mrml.to_html(render_to_string("newsletter/mail/issue.mjml", context), render_options=OPTIONS).content
    return content


def _context(issue: IssuePage) -> dict[str, Any]:
    newsletter = _newsletter_of(issue)
    pieces = read_pieces(issue)
    name = _name_of(newsletter)
    published = issue.first_published_at or timezone.now()
    return {
        "issue": issue,
        # The title of the HTML part is the same for all: with two subjects it is neither.
        "subject": issue.title if issue.second_subject.strip() else fill_in_words(issue.subject, {}),
        "preview_line": with_marks(issue.preview_line) or issue.summary,
        "newsletter": newsletter,
        "site_name": name,
        "postal_address": address_line(newsletter),
        "month": date_format(timezone.localtime(published), "F Y"),
        "pieces": pieces,
        "lead_url": next((piece.url for piece in pieces if piece.kind == "lead"), ""),
        "picture": cut_picture(issue.picture, Cut.HERO, alt=issue.picture_alt),
        "mark": absolute_url(staticfiles_storage.url("mail/mark.png")),
        "web_url": page_address(issue) or f"{settings.SITE_URL}/newsletter/",
        "first_name": FIRST_NAME,
        "since": SINCE,
        "unsubscribe_url": UNSUBSCRIBE,
        "own_url": OWN_PAGE,
    }


def address_line(newsletter: NewsletterPage) -> str:
    """Who sends it from where, as the foot of a mail says it."""
    name, address = _name_of(newsletter), newsletter.postal_address
    return address if address.startswith(name) else f"{name}, {address}"


def _name_of(newsletter: NewsletterPage) -> str:
    site = newsletter.get_site()
    return (site.site_name if site else "") or newsletter.sender_name


def _newsletter_of(issue: IssuePage) -> NewsletterPage:
    parent = issue.get_parent()
    newsletter = parent.specific if parent is not None else None
    return newsletter if isinstance(newsletter, NewsletterPage) else NewsletterPage.objects.get()
