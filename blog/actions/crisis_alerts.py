"""Moderators are written to at once when a comment sounds like danger to life, but never flooded."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from blog.actions.alerts import moderators
from blog.colleagues import name_of
from blog.commenting.letters import about
from blog.models import Comment
from blog.spam.crisis import find_crisis
from guard.limits import Limits, take_mailbox_turn, take_turn
from letters.actions import post_letter, was_posted
from letters.models import Letter

KIND = "crisis"
OF_A_MAILBOX: Limits = ((timedelta(minutes=10), 1),)
OF_ALL: Limits = ((timedelta(hours=1), 20),)


def alert_about(comment: Comment) -> int:
    """Write to every moderator that this comment sounds like danger to life; returns to how many.

    Once a comment, and to be called in the transaction that keeps it. What comes too fast waits for
    `alert_about_the_rest`, which names it in one letter together with whatever else came.
    """
    if not comment.crisis or was_posted(about(comment), KIND):
        return 0
    mailbox = comment.commenter.mailbox if comment.commenter else comment.email
    if mailbox and not take_mailbox_turn(KIND, mailbox, OF_A_MAILBOX):
        return 0
    return _alert(comment)


@transaction.atomic
def alert_about_the_rest() -> int:
    """Write about comments that no letter has counted yet, if one may go out again; returns to how many people."""
    last = Letter.objects.filter(kind=KIND).order_by("-created_at").values_list("created_at", flat=True).first()
    waiting = _waiting().annotate(at=Coalesce("edited_at", "created_at"))
    untold = waiting.filter(at__gt=last) if last else waiting
    comment = untold.order_by("-at").first()
    return _alert(comment) if comment else 0


def _alert(comment: Comment) -> int:
    people = moderators()
    if not people or not take_turn(KIND, OF_ALL):
        return 0
    labels = {finding.label for finding in find_crisis(comment.text)}
    context = {
        "article_title": comment.article.title,
        "sent_at": comment.edited_at or comment.created_at,
        "sounds_like": ", ".join(sorted(labels)),
        "desk_url": settings.SITE_URL + reverse("comments:inspect", args=[comment.pk]),
        "queue_url": settings.SITE_URL + reverse("comments:list"),
        "more": _waiting().exclude(pk=comment.pk).count(),
    }
    for person in people:
        post_letter(KIND, to=person.email, context={**context, "name": name_of(person)}, about=about(comment))
    return len(people)


def _waiting() -> QuerySet[Comment]:
    return Comment.objects.undecided().filter(crisis=True).select_related("article", "commenter")
