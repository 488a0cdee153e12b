"""Readers report a comment; a moderator's decision about the comment settles what was reported."""

import ipaddress
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log

from blog.actions.alerts import moderators
from blog.colleagues import name_of
from blog.commenting.letters import about
from blog.errors import CommentMovedError
from blog.models import Comment, CommentReport
from letters.actions import post_letter

State = CommentReport.State
Reason = CommentReport.Reason
URGENT = 3  # open reports of different readers: moderators are written to
MOST_OPEN = 50  # more about one comment tell nobody anything new

_SETTLED_BY = {
    Comment.State.PUBLISHED: State.DISMISSED,
    Comment.State.REFUSED: State.UPHELD,
    Comment.State.SPAM: State.UPHELD,
    Comment.State.WITHDRAWN: State.UPHELD,
}


def report_comment(comment: Comment, *, reason: str, words: str = "", ip: str | None = None) -> bool:
    """Keep what a reader finds wrong with a published comment; returns whether it is news.

    One network reports the same words of a comment once; the answer to the reader is the same. The comment stays until
    a person decides, however many report it. Raises CommentMovedError when readers do not see it any more.
    """
    with transaction.atomic():
        seen = Comment.objects.published().select_for_update(of=("self",)).filter(pk=comment.pk).first()
        if seen is None:
            raise CommentMovedError("Readers do not see this comment any more.")
        if _is_known(seen, ip, reason):
            return False
        CommentReport.objects.create(comment=seen, reason=Reason(reason), words=words, ip=ip)
        if _open(seen).count() == URGENT:
            _alert(seen)
    return True


def dismiss_reports(comment: Comment, *, by: AbstractUser) -> int:
    """The comment stays, and what was reported of it is settled; returns how many reports that were."""
    with transaction.atomic():
        settled = _settle(comment, State.DISMISSED, by)
        if settled:
            log(comment, "comment.keep", user=by, data={"reports": settled})
    return settled


def settle_reports(comment: Comment) -> int:
    """A person has decided about a comment and so about the reports of it; called in that transaction.

    Held again decides nothing, and neither does a machine that publishes.
    """
    state = _SETTLED_BY.get(Comment.State(comment.state))
    if state is None or (state == State.DISMISSED and comment.decided_by_id is None):
        return 0
    return _settle(comment, state, comment.decided_by)


def reopen_reports(comment: Comment, *, settled_at: Any) -> int:
    """The decision that settled them at that moment or later was undone; returns how many are open again."""
    rows = comment.reports.exclude(state=State.OPEN).filter(decided_at__gte=settled_at)
    return rows.update(state=State.OPEN, decided_at=None, decided_by=None)


def _open(comment: Comment) -> Any:
    return CommentReport.objects.filter(comment=comment, state=State.OPEN)


def _settle(comment: Comment, state: CommentReport.State, by: AbstractUser | None) -> int:
    return int(_open(comment).update(state=state, decided_at=timezone.now(), decided_by=by))


def _is_known(comment: Comment, ip: str | None, reason: str) -> bool:
    """Whether that network has reported these words, dismissed or not, or so many have that one more says nothing.

    An address that is not public is a proxy's or a laptop's, of many readers perhaps: there each reason counts once.
    """
    if _open(comment).count() >= MOST_OPEN:
        return True
    network = _network(ip)
    earlier = comment.reports.filter(created_at__gt=comment.edited_at or comment.created_at)
    if network is None:
        return any(_network(row.ip) is None for row in earlier.filter(reason=reason))
    return any(_network(row.ip) == network for row in earlier.exclude(ip=None))


def _network(ip: str | None) -> str | None:
    """The public network that counts as one reader: an IPv4 address, the /64 of an IPv6 one; None for any other."""
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return None
    if not address.is_global:
        return None
    prefix = 64 if address.version == 6 else 32  # noqa: PLR2004 - the two versions there are
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def _alert(comment: Comment) -> None:
    """At the third open report, once: a person should look soon."""
    reasons = {Reason(reason).label for reason in _open(comment).values_list("reason", flat=True)}
    context = {
        "article_title": comment.article.title,
        "number": URGENT,
        "reasons": sorted(reasons),
        "desk_url": settings.SITE_URL + reverse("comments:inspect", args=[comment.pk]),
    }
    for person in moderators():
        whole = {**context, "name": name_of(person)}
        post_letter("comment_reported", to=person.email, context=whole, about=about(comment))
