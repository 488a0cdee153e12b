"""Addresses of a comment: its place under the article, and the signed ones that only its writer is given."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from blog.models import Comment, Commenter

PROVE_DAYS, MINE_HOURS = 7, 24
SKEW = timedelta(seconds=60)  # two machines' clocks may differ that much


class Purpose(StrEnum):
    """What a link in a letter lets its holder do. A link of one purpose is worth nothing for another."""

    PROVE = "prove"
    STOP = "stop"
    MINE = "mine"


_LIFETIMES = {Purpose.PROVE: timedelta(days=PROVE_DAYS), Purpose.MINE: timedelta(hours=MINE_HOURS)}
_VIEWS = {Purpose.PROVE: "prove_address", Purpose.STOP: "stop_letters", Purpose.MINE: "list_my_comments"}


@dataclass(frozen=True, slots=True)
class OwnLink:
    """What a good link says. `comment` is the key of the one that it is about, or 0; `is_late`: its time is over."""

    commenter: Commenter
    comment: int
    is_late: bool


_signer = signing.Signer(sep=".", salt="blog.comment.status")


def article_url(comment: Comment) -> str:
    """The article that it stands under, on SITE_URL; empty while no page shows it."""
    parts = comment.article.get_url_parts() if comment.article.live else None
    return f"{settings.SITE_URL}{parts[2]}" if parts and parts[2] else ""


def comment_url(comment: Comment) -> str:
    """Where readers see it, on SITE_URL, whatever page it stands on by then; empty while no page shows it."""
    return settings.SITE_URL + reverse("blog:go_to_comment", args=[comment.pk]) if article_url(comment) else ""


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


def make_own_token(purpose: Purpose, commenter: Commenter, *, comment: int = 0) -> str:
    """A token of letters, digits, `.`, `-` and `_`, bound to purpose, mailbox, comment and moment.

    All but the way out of letters, which always works, are worth nothing once `links_version` has grown.
    """
    version = 0 if purpose is Purpose.STOP else commenter.links_version
    return _own_signer(purpose).sign(f"{commenter.pk}.{version}.{comment}.{int(timezone.now().timestamp())}")


def read_own_token(purpose: Purpose, token: str) -> OwnLink | None:
    """The link behind a token; None for one that is not ours or no longer good for anything.

    A link that is only late is returned as such, so that a new one can be asked for.
    """
    try:
        key, version, comment, seconds = map(int, _own_signer(purpose).unsign(token).split("."))
    except (signing.BadSignature, ValueError):
        return None
    which = {} if purpose is Purpose.STOP else {"links_version": version}
    commenter = Commenter.objects.filter(pk=key, **which).first()
    if commenter is None:
        return None
    lifetime = _LIFETIMES.get(purpose)
    made_at = datetime.fromtimestamp(seconds, tz=UTC)
    return OwnLink(commenter, comment, lifetime is not None and timezone.now() > made_at + lifetime + SKEW)


def own_url(purpose: Purpose, commenter: Commenter, *, comment: int = 0) -> str:
    """The address of such a link on SITE_URL."""
    token = make_own_token(purpose, commenter, comment=comment)
    return settings.SITE_URL + reverse(f"blog:{_VIEWS[purpose]}", args=[token])


def my_comments_url() -> str:
    """Where anybody can ask for a list of their own comments, on SITE_URL."""
    return settings.SITE_URL + reverse("blog:my_comments")


def _own_signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"blog.comment.{purpose}")
