"""Signed links by which one moderator decides on one comment from a mail, without a log-in."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from blog.errors import BlogError
from blog.models import Comment

GOOD_FOR = timedelta(days=7)
CLOCK_SKEW = timedelta(seconds=60)
DECISIONS = ("approve", "refuse", "spam")

_signer = signing.TimestampSigner(sep=".", salt="blog.moderation.mail")


class LateLinkError(BlogError):
    """A link that was good once."""


@dataclass(frozen=True, slots=True)
class MailLink:
    """What a link stands for: these words of this comment, this decision, this person."""

    comment: int
    version: int
    user: int
    decision: str


def decision_path(comment: Comment, *, user: int, decision: str) -> str:
    """The path of the page with the button; it speaks of the words as they are now."""
    value = f"{comment.pk}-{comment.version}-{user}-{decision}"
    return reverse("blog:decide_from_mail", args=[_signer.sign(value)])


def decision_url(comment: Comment, *, user: int, decision: str) -> str:
    """The same on SITE_URL, for a letter."""
    return settings.SITE_URL + decision_path(comment, user=user, decision=decision)


def read_link(token: str) -> MailLink | None:
    """What the token stands for; None if it is not ours. Raises LateLinkError."""
    try:
        value = _signer.unsign(token, max_age=GOOD_FOR + CLOCK_SKEW)
    except signing.SignatureExpired as error:
        raise LateLinkError("This link was good for seven days, and they are over.") from error
    except signing.BadSignature:
        return None
    comment, version, user, decision = value.split("-")
    return MailLink(int(comment), int(version), int(user), decision)
