"""Mails to moderators about comments that wait: several in one, and never one each in a flood."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Site

from blog.actions.alerts import moderators
from blog.commenting.rules import settings_for
from blog.models import Comment, CommentSettings
from blog.moderation import letters

BETWEEN_LETTERS = timedelta(minutes=10)
BETWEEN_ALARMS = timedelta(days=1)
SHOWN = 10  # comments in one letter
LOOKED_AT = 200  # comments whose site is asked whether it wants mails


def tell_moderators() -> int:
    """Write to every moderator about what came to wait since the last letter; returns how many comments that were.

    Harmless when rung twice, and by two workers at once: who marks the rows writes.
    """
    now = timezone.now()
    if Comment.objects.filter(told_at__gt=now - BETWEEN_LETTERS).exists():
        return 0
    with transaction.atomic():
        if not Comment.objects.held().filter(told_at=None).update(told_at=now):
            return 0
        told = Comment.objects.held().filter(told_at=now).select_related("article", "parent", "answers")
        wanted = [comment for comment in told.order_by("-crisis", "created_at")[:LOOKED_AT] if _wants_mails(comment)]
        if not wanted:
            return 0
        more = told.count() - min(SHOWN, len(wanted))
        for person in moderators():
            letters.post_comments_waiting(person, wanted[:SHOWN], more=more)
    return len(wanted)


def warn_of_backlog() -> int:
    """Write to every moderator when a comment has waited longer than its site wants; at most once a day.

    Returns how many comments were written about.
    """
    warned = 0
    for site in Site.objects.all():
        rules = CommentSettings.for_site(site)
        late = find_late_comments(rules)
        with transaction.atomic():
            if late and _claim_alarm(rules):
                warned += len(late)
                for person in moderators():
                    letters.post_backlog(person, late, hours=rules.backlog_hours)
    return warned


def find_late_comments(rules: CommentSettings) -> list[Comment]:
    """What has waited longer than the site wants, the longest first; at most `LOOKED_AT`."""
    since = timezone.now() - timedelta(hours=rules.backlog_hours)
    late = Comment.objects.undecided().filter(created_at__lt=since).select_related("article").order_by("created_at")
    return [comment for comment in late[:LOOKED_AT] if settings_for(comment.article).site_id == rules.site_id]


def _claim_alarm(rules: CommentSettings) -> bool:
    """Whether today's alarm is ours to send. By `update()`: no page of a reader changes by it."""
    now = timezone.now()
    quiet = Q(backlog_told_at=None) | Q(backlog_told_at__lt=now - BETWEEN_ALARMS)
    return bool(CommentSettings.objects.filter(quiet, pk=rules.pk).update(backlog_told_at=now))


def _wants_mails(comment: Comment) -> bool:
    return settings_for(comment.article).moderator_mails == CommentSettings.Mails.EACH
