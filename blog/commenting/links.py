"""Addresses of a comment: its place under the article, and its state page, which only its writer is given."""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from blog.models import Comment

_signer = signing.Signer(sep=".", salt="blog.comment.status")


def article_url(comment: Comment) -> str:
    """The article that it stands under, on SITE_URL; empty while no page shows it."""
    parts = comment.article.get_url_parts() if comment.article.live else None
    return f"{settings.SITE_URL}{parts[2]}" if parts and parts[2] else ""


def comment_url(comment: Comment) -> str:
    """Where readers see it, on SITE_URL, whatever page it stands on by then; empty while no page shows it."""
    return settings.SITE_URL + reverse("blog:go_to_comment", args=[comment.pk]) if article_url(comment) else ""


def thread_path(article_url: str, number: int, *, reply: int | None = None, comment: int | None = None) -> str:
    """Page `number` of an article's comments; at the form that answers `reply`, or at `comment`, where one is given."""
    asked = {**({"comments": number} if number > 1 else {}), **({"reply": reply} if reply else {})}
    place = "comment-form" if reply else f"comment-{comment}" if comment else "comments"
    return f"{article_url}{'?' if asked else ''}{urlencode(asked)}#{place}"


def status_path(comment: Comment) -> str:
    """The path of the page, without a host."""
    return reverse("blog:comment_status", args=[make_status_token(comment)])


def make_status_token(comment: Comment) -> str:
    """A token that names this comment and that nobody else can make. It does not expire."""
    return _signer.sign(str(comment.pk))


def read_status_token(token: str) -> int | None:
    """The comment's key, or None for a token that is not ours."""
    try:
        return int(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
