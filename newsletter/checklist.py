"""What an editor should know about an issue before it goes out."""

from dataclasses import dataclass

from newsletter.actions.dispatching import why_not_send
from newsletter.composing import UNSUBSCRIBE
from newsletter.models import IssuePage
from newsletter.rendering import RenderedIssue, render_issue

PHONE_SUBJECT = 60  # characters that a phone's inbox shows
PREVIEW_LINE = range(70, 91)  # as the field's own words advise
MOST_BYTES = 100_000  # some mail programs cut longer ones


@dataclass(frozen=True)
class Check:
    """One line of the list. What is `must` stops the sending, what is not is advice."""

    words: str
    is_good: bool
    is_must: bool = True


def check_issue(issue: IssuePage) -> list[Check]:
    """Everything that stops the issue, and the state of what does not. Renders it: not inside a transaction."""
    stops = [Check(reason, is_good=False) for reason in why_not_send(issue)]
    return stops + _check_inbox(issue) + _check_mail(issue, render_issue(issue))


def _check_inbox(issue: IssuePage) -> list[Check]:
    length, preview = len(issue.subject), len(issue.preview_line)
    return [
        Check(
            f"Subject: {length} characters; phones show about {PHONE_SUBJECT}", length <= PHONE_SUBJECT, is_must=False
        ),
        Check(
            f"Preview line: {preview} characters; {PREVIEW_LINE[0]} to {PREVIEW_LINE[-1]} are best"
            if preview
            else "There is no preview line",
            preview in PREVIEW_LINE,
            is_must=False,
        ),
    ]


def _check_mail(issue: IssuePage, mail: RenderedIssue) -> list[Check]:
    size = len(mail.html.encode()) + len(mail.text.encode())
    return [
        Check(f"Text part: {len(mail.text.split())} words", bool(mail.text.strip())),
        Check(f"Size: {size / 1000:.0f} KB of at most {MOST_BYTES // 1000} KB", size <= MOST_BYTES),
        Check("The link to leave is in both parts", UNSUBSCRIBE in mail.html and UNSUBSCRIBE in mail.text),
        Check(_words_on_picture(issue), not issue.picture or bool(issue.picture_alt), is_must=False),
    ]


def _words_on_picture(issue: IssuePage) -> str:
    if not issue.picture:
        return "There is no picture at the head"
    return "The picture is described in words" if issue.picture_alt else "The picture is not described in words"
