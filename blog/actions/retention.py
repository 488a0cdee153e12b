"""What the blog forgets, and when: applies `blog.commenting.keeping.RULES`, a few rows at a time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.models import Site

from blog.actions.own_comments import forget_comment
from blog.actions.votes import count_helpful_votes
from blog.commenting import keeping
from blog.models import AkismetCheck, Ban, Comment, Commenter, CommentReport, CommentSettings, HelpfulVote
from blog.models.comments import CommentQuerySet
from guard.keeping import delete_rows, in_batches

State = Comment.State


def forget_what_is_due() -> dict[str, int]:
    """Apply every rule; returns how many rows each touched, by the rule's name. Harmless when rung twice."""
    now = timezone.now()
    while count_helpful_votes():  # a vote is forgotten only when it is in the number
        pass
    return {
        keeping.ORIGINS.name: _update(_with_origin(now), ip=None, user_agent=""),
        keeping.REPORT_ORIGINS.name: _update(_of_reports(now), ip=None),
        keeping.AKISMET_VALUES.name: _update(_of_akismet(now), values={}),
        keeping.ORIGINALS.name: _update(_originals(now), original_text="", original_until=None),
        keeping.SPAM.name: _forget(_spam(now)),
        keeping.REFUSED.name: _forget(_refused(now)),
        keeping.WITHDRAWN.name: _forget(_withdrawn(now)),
        keeping.REPORTS.name: delete_rows(_reports(now)),
        keeping.VOTES.name: delete_rows(HelpfulVote.objects.filter(created_at__lt=now - keeping.VOTES.time)),
        keeping.BANS.name: delete_rows(Ban.objects.filter(until__lt=now - keeping.BANS.time)),
        keeping.COMMENTERS.name: _forget_commenters(now),
    }


def _with_origin(now: datetime) -> CommentQuerySet:
    old = Comment.objects.filter(created_at__lt=now - keeping.ORIGINS.time)
    return old.filter(Q(ip__isnull=False) | ~Q(user_agent=""))


def _of_reports(now: datetime) -> models.QuerySet[CommentReport]:
    return CommentReport.objects.filter(created_at__lt=now - keeping.REPORT_ORIGINS.time, ip__isnull=False)


def _of_akismet(now: datetime) -> models.QuerySet[AkismetCheck]:
    return AkismetCheck.objects.filter(created_at__lt=now - keeping.AKISMET_VALUES.time).exclude(values={})


def _originals(now: datetime) -> CommentQuerySet:
    """The day stands on the row: it is that of the blanking, whatever the setting says since."""
    return Comment.objects.filter(original_until__lt=now)


def _spam(now: datetime) -> CommentQuerySet:
    """Each site has its own days; an article that stands in none has those of a new one. The deepest site counts."""
    spam = Comment.objects.filter(state=State.SPAM).annotate(since=Coalesce("decided_at", "judged_at", "created_at"))
    days = dict(CommentSettings.objects.values_list("site", "spam_days"))
    due, elsewhere = Q(), Q()
    for site in sorted(Site.objects.select_related("root_page"), key=lambda site: -len(site.root_page.path)):
        inside = Q(article__path__startswith=site.root_page.path)
        due |= elsewhere & inside & _older(now, days.get(site.pk, keeping.SPAM.days))
        elsewhere &= ~inside
    return spam.filter(due | (elsewhere & _older(now, keeping.SPAM.days)))


def _older(now: datetime, days: int) -> Q:
    return Q(since__lt=now - timedelta(days=days))


def _refused(now: datetime) -> CommentQuerySet:
    rows = Comment.objects.filter(state=State.REFUSED).annotate(since=Coalesce("decided_at", "created_at"))
    return rows.filter(since__lt=now - keeping.REFUSED.time)


def _withdrawn(now: datetime) -> CommentQuerySet:
    """What was emptied already stays as long as somebody's answer hangs from it."""
    rows = Comment.objects.filter(state=State.WITHDRAWN).annotate(since=Coalesce("decided_at", "created_at"))
    has_replies = Exists(Comment.objects.filter(parent=OuterRef("pk")))
    return rows.filter(since__lt=now - keeping.WITHDRAWN.time).filter(~Q(text="") | ~has_replies)


def _reports(now: datetime) -> models.QuerySet[CommentReport]:
    decided = CommentReport.objects.exclude(state=CommentReport.State.OPEN)
    return decided.filter(decided_at__lt=now - keeping.REPORTS.time)


def _forget_commenters(now: datetime) -> int:
    """A wish for no letters stays, as a keyed hash without the address."""
    has_comments = Exists(Comment.objects.filter(commenter=OuterRef("pk")))
    alone = Commenter.objects.filter(~has_comments, created_at__lt=now - keeping.COMMENTERS.time)
    wiped = _update(alone.filter(stopped_at__isnull=False).exclude(mailbox=""), mailbox="", proven_at=None)
    return wiped + delete_rows(alone.filter(stopped_at=None))


def _update(rows: Any, **changes: Any) -> int:
    return in_batches(rows, lambda some: some.update(**changes))


def _forget(comments: CommentQuerySet) -> int:
    """As its writer would have it forgotten: nobody else's words go along."""

    def forget(some: Any) -> int:
        chosen = list(some.select_for_update(of=("self",)))
        for comment in chosen:
            forget_comment(comment)
        return len(chosen)

    return in_batches(comments, forget)
