"""Mails for the team's own eyes: an issue or a letter with made-up contents, marked as a test."""

import re
from dataclasses import replace

from django.conf import settings
from django.utils.html import format_html

from letters.actions import post_ready_letter
from newsletter.followed import SAMPLE
from newsletter.letter_kinds import SAMPLES
from newsletter.letters import name_of_newsletter, sender_headers
from newsletter.models import IssuePage, NewsletterPage
from newsletter.rendering import preview_issue
from newsletter.worded import Words, WrittenLetter, write_letter

_BODY = re.compile(r"<body\b[^>]*>")
TEST = "issue_test"
_MARK = (
    '<p style="margin:0;padding:12px 24px;background:#f6c945;color:#14201b;'
    'font:16px/24px Verdana,Arial,sans-serif">{}</p>'
)


def post_test(issue: IssuePage, *, to: str) -> None:
    """The issue as a mail, marked as a test in its subject and first line; with two subjects, two of them.

    Renders it: not inside a transaction.
    """
    mail = preview_issue(issue)
    headers = {"From": mail.sender, **({"Reply-To": mail.reply_to} if mail.reply_to else {})}
    subjects = {", with its first subject": mail.subject, ", with its second subject": mail.second_subject}
    for which, subject in (subjects if mail.second_subject else {"": mail.subject}).items():
        mark = f"This is a test of {issue.label.lower()}{which}. Its links to leave lead to the newsletter's page."
        _post_marked(TEST, WrittenLetter(subject, mail.text, mail.html), mark=mark, to=to, headers=headers)


def post_sample(words: Words, *, name: str, to: str) -> None:
    """The letter called `name` with made-up contents, marked the same way."""
    mark = f"This is a test of the letter “{name}”. Its contents are made up, and its links lead to the front page."
    headers = sender_headers(NewsletterPage.objects.live().first())
    _post_marked("letter_test", write_sample(words), mark=mark, to=to, headers=headers)


def write_sample(words: Words, *, with_name: bool = True) -> WrittenLetter:
    """The letter as a made-up reader gets it; its links lead nowhere."""
    page = NewsletterPage.objects.live().first()
    values = {**SAMPLES, "newsletter": name_of_newsletter(page) or SAMPLES["newsletter"]}
    return write_letter(
        words,
        values if with_name else {**values, "name": ""},
        button_url=f"{settings.SITE_URL}/" if words.button else "",
        unsubscribe_url=f"{settings.SITE_URL}/",
        own_url=f"{settings.SITE_URL}/",
        postal_address=page.postal_address if page else "",
        followed=[replace(SAMPLE, url=f"{settings.SITE_URL}/", stop_url=f"{settings.SITE_URL}/")]
        if words.has_articles
        else (),
    )


def mark_html(html: str, mark: str) -> str:
    """A mail's HTML with a line above it."""
    return _BODY.sub(lambda body: f"{body[0]}{format_html(_MARK, mark)}", html, count=1)


def _post_marked(kind: str, letter: WrittenLetter, *, mark: str, to: str, headers: dict[str, str]) -> None:
    post_ready_letter(
        kind,
        to=to,
        subject=f"[Test] {letter.subject}",
        text=f"{mark}\n\n{letter.text}",
        html=mark_html(letter.html, mark),
        headers=headers,
    )
