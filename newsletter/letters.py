"""Every letter of the newsletter, one function each; the words are in `newsletter.letter_kinds` or the editors' own."""

import re
from collections.abc import Mapping
from email.utils import formataddr

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.html import format_html

from letters.actions import post_letter, post_ready_letter
from newsletter import links
from newsletter.composing import spoken_name
from newsletter.letter_kinds import SAMPLES
from newsletter.models import (
    Dispatch,
    Ebook,
    EbookEdition,
    EbookGrant,
    IssuePage,
    LetterText,
    NewsletterPage,
    Subscriber,
)
from newsletter.models.ebooks import GRANT_DAYS
from newsletter.rendering import preview_issue
from newsletter.worded import WrittenLetter, own_words, words_of, write_letter

_BODY = re.compile(r"<body\b[^>]*>")
_MARK = (
    '<p style="margin:0;padding:12px 24px;background:#f6c945;color:#14201b;'
    'font:16px/24px Verdana,Arial,sans-serif">{}</p>'
)


def post_confirm(subscriber: Subscriber) -> None:
    """The link with which an address joins."""
    ebook = Ebook.objects.offered().first()
    values = {"days": str(apnumber(links.CONFIRM_DAYS)), **_about(ebook)}
    words = "confirm" if ebook else "confirm_plain"
    _post("confirm", subscriber, values, words=words, button_url=links.confirm_url(subscriber))


def post_welcome(subscriber: Subscriber, *, grant: EbookGrant | None) -> None:
    """Thanks, the e-book if there is one, and how to leave."""
    if grant is None:
        _post("welcome", subscriber, words="welcome_plain", headers=_way_out_headers(subscriber))
        return
    url = links.ebook_url(grant)
    _post("welcome", subscriber, _about_gift(grant), button_url=url, headers=_way_out_headers(subscriber))


def post_already_subscribed(subscriber: Subscriber) -> None:
    """For somebody on the list whose address was entered again."""
    _post("already_subscribed", subscriber, headers=_way_out_headers(subscriber))


def post_ebook_link(grant: EbookGrant) -> None:
    """A new link to a book whose old one is used up."""
    _post("ebook_link", grant.subscriber, _about_gift(grant), button_url=links.ebook_url(grant))


def post_goodbye(subscriber: Subscriber) -> None:
    """For somebody who has just left: the last letter, with the way back. Its link leads to the page of leaving."""
    _post("goodbye", subscriber, button_url=links.unsubscribe_url(subscriber))


def post_sample(text: LetterText, *, to: str) -> None:
    """A letter with made-up contents, marked as a test in its subject and first line."""
    letter = write_sample(text)
    mark = f"This is a test of the letter “{text}”. Its contents are made up, and its links lead to the front page."
    post_ready_letter(
        "letter_test",
        to=to,
        subject=f"[Test] {letter.subject}",
        text=f"{mark}\n\n{letter.text}",
        html=mark_html(letter.html, mark),
        headers=_sender_headers(NewsletterPage.objects.live().first()),
    )


def write_sample(text: LetterText, *, with_name: bool = True) -> WrittenLetter:
    """The letter as a made-up reader gets it; its links lead nowhere."""
    page = NewsletterPage.objects.live().first()
    values = {**SAMPLES, "newsletter": name_of_newsletter(page) or SAMPLES["newsletter"]}
    return write_letter(
        own_words(text),
        values if with_name else {**values, "name": ""},
        button_url=f"{settings.SITE_URL}/" if text.about.button else "",
        unsubscribe_url=f"{settings.SITE_URL}/",
        postal_address=page.postal_address if page else "",
    )


def post_new_edition(grant: EbookGrant, edition: EbookEdition) -> None:
    """To somebody who was given an earlier edition: a new one is out, and this is its link."""
    reader = grant.subscriber
    values = {
        **_about_gift(grant),
        "edition": edition.label,
        "changes": f"What is new: {edition.changes}" if edition.changes else "",
    }
    url = links.ebook_url(grant)
    _post("new_edition", reader, values, button_url=url, headers=_way_out_headers(reader))


def post_dispatch_held(dispatch: Dispatch, *, reason: str) -> None:
    """To whoever ordered an issue that missed its moment: it waits for a decision."""
    if dispatch.ordered_by is None:
        return
    url = links.absolute("newsletter_dispatch", str(dispatch.pk))
    context = {"issue": dispatch.issue, "reason": reason, "dispatch_url": url, "name": dispatch.ordered_by.first_name}
    post_letter("dispatch_held", to=dispatch.ordered_by.email, context=context)


def post_sign_up_flood(person: AbstractUser, *, unconfirmed: int, limit: int) -> None:
    """To a colleague who looks after the list: many sign-ups, and nobody confirms them."""
    context = {
        "name": person.first_name,
        "unconfirmed": unconfirmed,
        "limit": limit,
        "admin_url": links.absolute("wagtailadmin_home"),
    }
    post_letter("sign_up_flood", to=person.email, context=context)


def post_test(issue: IssuePage, *, to: str) -> None:
    """The issue as a mail, marked as a test in its subject and first line. Renders it: not inside a transaction."""
    mail = preview_issue(issue)
    mark = f"This is a test of issue {issue.number}. Its links to leave lead to the newsletter's page."
    post_ready_letter(
        "issue_test",
        to=to,
        subject=f"[Test] {mail.subject}",
        text=f"{mark}\n\n{mail.text}",
        html=mark_html(mail.html, mark),
        headers={"From": mail.sender, **({"Reply-To": mail.reply_to} if mail.reply_to else {})},
    )


def mark_html(html: str, mark: str) -> str:
    """A mail's HTML with a line above it, for eyes that look at a test."""
    return _BODY.sub(lambda body: f"{body[0]}{format_html(_MARK, mark)}", html, count=1)


def _about(ebook: Ebook | None) -> dict[str, str]:
    return {"ebook": ebook.title, "about_book": ebook.blurb} if ebook else {}


def _about_gift(grant: EbookGrant) -> dict[str, str]:
    numbers = {"days": str(apnumber(GRANT_DAYS)), "downloads": str(apnumber(EbookGrant.MAX_DOWNLOADS))}
    return {**_about(grant.ebook), **numbers}


def _way_out_headers(subscriber: Subscriber) -> dict[str, str]:
    """RFC 2369 and RFC 8058: the same address as in the letter."""
    return {
        "List-Unsubscribe": f"<{links.unsubscribe_url(subscriber)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _post(
    kind: str,
    subscriber: Subscriber,
    values: Mapping[str, str] | None = None,
    *,
    words: str = "",
    button_url: str = "",
    headers: dict[str, str] | None = None,
) -> None:
    """Write the letter in the words of `words` (the kind's own, if not named) and put it into the outbox."""
    page = NewsletterPage.objects.live().first()
    letter = write_letter(
        words_of(words or kind),
        {"name": spoken_name(subscriber.name), "newsletter": name_of_newsletter(page), **(values or {})},
        button_url=button_url,
        unsubscribe_url=links.unsubscribe_url(subscriber),
        postal_address=page.postal_address if page else "",
    )
    post_ready_letter(
        kind,
        to=subscriber.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        headers={**_sender_headers(page), **(headers or {})},
    )


def name_of_newsletter(page: NewsletterPage | None) -> str:
    """What the letter is called in a sentence: the site's name, or its page's title."""
    site = page.get_site() if page else None
    return (site.site_name if site else "") or (page.title if page else "")


def _sender_headers(page: NewsletterPage | None) -> dict[str, str]:
    """Letters come from the name that the issues will come from."""
    if page is None:
        return {}
    found = {"From": formataddr((page.sender_name, page.sender_email))}
    return {**found, "Reply-To": page.reply_to} if page.reply_to else found
