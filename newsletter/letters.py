"""Every letter of the newsletter, one function each; the words are in `templates/letters/`."""

import re
from email.utils import formataddr
from typing import Any

from letters.actions import post_letter, post_ready_letter
from newsletter import links
from newsletter.models import Dispatch, Ebook, EbookGrant, IssuePage, NewsletterPage, Subscriber
from newsletter.rendering import preview_issue

_BODY = re.compile(r"<body\b[^>]*>")
_MARK = (
    '<p style="margin:0;padding:12px 24px;background:#f6c945;color:#14201b;'
    'font:16px/24px Verdana,Arial,sans-serif">{}</p>'
)


def post_confirm(subscriber: Subscriber) -> None:
    """The link with which an address joins."""
    context = {
        "confirm_url": links.confirm_url(subscriber),
        "days": links.CONFIRM_DAYS,
        "ebook": Ebook.objects.offered().first(),
    }
    _post("confirm", subscriber, context)


def post_welcome(subscriber: Subscriber, *, grant: EbookGrant | None) -> None:
    """Thanks, the e-book if there is one, and how to leave."""
    _post("welcome", subscriber, {**_book(grant), **_way_out(subscriber)}, headers=_way_out_headers(subscriber))


def post_already_subscribed(subscriber: Subscriber) -> None:
    """For somebody on the list whose address was entered again."""
    _post("already_subscribed", subscriber, _way_out(subscriber), headers=_way_out_headers(subscriber))


def post_ebook_link(grant: EbookGrant) -> None:
    """A new link to a book whose old one is used up."""
    _post("ebook_link", grant.subscriber, _book(grant))


def post_dispatch_held(dispatch: Dispatch, *, reason: str) -> None:
    """To whoever ordered an issue that missed its moment: it waits for a decision."""
    if dispatch.ordered_by is None:
        return
    url = links.absolute("newsletter_dispatch", str(dispatch.pk))
    context = {"issue": dispatch.issue, "reason": reason, "dispatch_url": url, "name": dispatch.ordered_by.first_name}
    post_letter("dispatch_held", to=dispatch.ordered_by.email, context=context)


def post_test(issue: IssuePage, *, to: str) -> None:
    """The issue as a mail, marked as a test in its subject and first line. Renders it: not inside a transaction."""
    mail = preview_issue(issue)
    mark = f"This is a test of issue {issue.number}. Its links to leave lead to the newsletter's page."
    post_ready_letter(
        "issue_test",
        to=to,
        subject=f"[Test] {mail.subject}",
        text=f"{mark}\n\n{mail.text}",
        html=_BODY.sub(lambda body: f"{body[0]}{_MARK.format(mark)}", mail.html, count=1),
        headers={"From": mail.sender, **({"Reply-To": mail.reply_to} if mail.reply_to else {})},
    )


def _book(grant: EbookGrant | None) -> dict[str, Any]:
    if grant is None:
        return {"ebook": None}
    return {"ebook": grant.ebook, "ebook_url": links.ebook_url(grant), "downloads": EbookGrant.MAX_DOWNLOADS}


def _way_out(subscriber: Subscriber) -> dict[str, str]:
    return {"unsubscribe_url": links.unsubscribe_url(subscriber)}


def _way_out_headers(subscriber: Subscriber) -> dict[str, str]:
    """RFC 2369 and RFC 8058: the same address as in the letter."""
    return {
        "List-Unsubscribe": f"<{links.unsubscribe_url(subscriber)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _post(kind: str, subscriber: Subscriber, context: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    page = NewsletterPage.objects.live().first()
    post_letter(
        kind,
        to=subscriber.email,
        context={"name": subscriber.name, "postal_address": page.postal_address if page else "", **context},
        headers={**_sender_headers(page), **(headers or {})},
    )


def _sender_headers(page: NewsletterPage | None) -> dict[str, str]:
    """Letters come from the name that the issues will come from."""
    if page is None:
        return {}
    found = {"From": formataddr((page.sender_name, page.sender_email))}
    return {**found, "Reply-To": page.reply_to} if page.reply_to else found
