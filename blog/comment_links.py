"""Addresses of a comment: its place under the article, and its state page, which only its writer is given."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from blog.models import Comment

_signer = signing.Signer(sep=".", salt="blog.comment.status")


def comment_url(comment: Comment) -> str:
    """Where readers see it, on SITE_URL; empty while no page shows it."""
    parts = comment.article.get_url_parts() if comment.article.live else None
    return f"{settings.SITE_URL}{parts[2]}#comment-{comment.pk}" if parts and parts[2] else ""


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
