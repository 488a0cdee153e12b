"""Signed links by which one moderator decides on one comment from a mail, without a log-in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from blog.errors import BlogError
from blog.models import Comment

GOOD_FOR = timedelta(days=7)
CLOCK_SKEW = timedelta(seconds=60)
DECISIONS = ("approve", "refuse", "spam")

_signer = signing.Signer(sep=".", salt="blog.moderation.mail")


class LateLinkError(BlogError):
    """A link that was good once."""


@dataclass(frozen=True, slots=True)
class MailLink:
    """What a link stands for: these words of this comment, this decision, this person; `mailed_at`: since when."""

    comment: int
    version: int
    user: int
    decision: str
    mailed_at: datetime


def decision_path(comment: Comment, *, user: int, decision: str, mailed_at: datetime | None = None) -> str:
    """The path of the page with the button; it speaks of the words as they are now.

    `mailed_at`: of the link that leads there, if one does. A link must not make others that are good for longer.
    """
    seconds = int((mailed_at or timezone.now()).timestamp())
    return reverse(
        "blog:decide_from_mail", args=[_signer.sign(f"{comment.pk}-{comment.version}-{user}-{decision}-{seconds}")]
    )


def decision_url(comment: Comment, *, user: int, decision: str) -> str:
    """The same on SITE_URL, for a letter."""
    return settings.SITE_URL + decision_path(comment, user=user, decision=decision)


def read_link(token: str) -> MailLink | None:
    """What the token stands for; None if it is not ours. Raises LateLinkError."""
    try:
        comment, version, user, decision, seconds = _signer.unsign(token).split("-")
    except (signing.BadSignature, ValueError):  # ours too, but of an earlier release
        return None
    mailed_at = datetime.fromtimestamp(int(seconds), tz=UTC)
    if timezone.now() > mailed_at + GOOD_FOR + CLOCK_SKEW:
        raise LateLinkError("This link was good for seven days, and they are over.")
    return MailLink(int(comment), int(version), int(user), decision, mailed_at)
