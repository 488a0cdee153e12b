"""What a writer does with everything of their own at once: get it, or have it forgotten."""

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import ModelLogEntry

from blog.actions.commenters import addresses_of
from blog.actions.history import write_down
from blog.actions.learning import unlearn
from blog.commenting import letters
from blog.models import AkismetCheck, Ban, Comment, Commenter
from letters.actions import delete_letters, take_back_letters
from letters.models import Letter
from pagecache.changes import mark_changed

ERASED = "an erased comment"
# What stays of an entry in the log of a comment that is forgotten: what statistics count, no word of anybody's.
COUNTED = ("was", "usual", "waited", "place")


def export_commenter(commenter: Commenter) -> dict[str, Any]:
    """Everything that is kept about whoever writes from one mailbox, ready for JSON; moments are ISO 8601.

    The network address stands only with comments that the owner of the mailbox is known to have written: anybody may
    have typed the address into the others. Helpful votes and reports are kept without a name and cannot be found.
    """
    comments = commenter.comments.select_related("article").order_by("created_at", "pk")
    return {
        "address": commenter.mailbox,
        "first_comment_at": _moment(commenter.created_at),
        "address_proven_at": _moment(commenter.proven_at),
        "letters_stopped_at": _moment(commenter.stopped_at),
        "comments": [_export(comment) for comment in comments],
        "letters": _letters_to(commenter),
        "bans": _bans_of(commenter),
    }


def erase_commenter(commenter: Commenter) -> int:
    """Forget everything about whoever writes from one mailbox; returns how many comments that was.

    A comment that began a thread with others' answers becomes an empty one that was taken back; the others go. A wish
    for no letters stays as a keyed hash without the address. What an open form sends a moment later begins anew.
    """
    with transaction.atomic():
        # Locked first, in the order of all who lock many: what is decided meanwhile is known or waits.
        own = list(Comment.objects.select_for_update().filter(commenter=commenter).order_by("created_at", "pk"))
        delete_letters(addresses_of(commenter), kinds=letters.KINDS)
        for comment in reversed(own):
            unlearn(comment)
            write_down(comment, "comment.erase", by=None)
            forget_comment(comment)
        if commenter.stopped_at:
            gone: dict[str, Any] = {"mailbox": "", "proven_at": None, "links_version": commenter.links_version + 1}
            Commenter.objects.filter(pk=commenter.pk).update(**gone)
        else:
            commenter.delete()
    return len(own)


def forget_comment(comment: Comment) -> None:
    """Delete it; where it began a thread with answers, empty it and leave its place: nobody else's words may go.

    What the log says about it loses the name and all words. In the transaction of whoever calls.
    """
    _forget_in_the_log(comment)
    take_back_letters(letters.about(comment), *letters.KINDS)
    if not comment.replies.exists():
        comment.delete()
        return
    for rows in (comment.reports, comment.helpful_votes, comment.akismet_checks):
        rows.all().delete()
    Comment.objects.filter(pk=comment.pk).update(**EMPTY)
    if comment.is_public:
        mark_changed()


EMPTY: dict[str, Any] = {
    "state": Comment.State.WITHDRAWN,
    **dict.fromkeys(("author_name", "email", "text", "original_text", "user_agent", "refusal_reason"), ""),
    **dict.fromkeys(("verdict", "learnt_as"), ""),
    **dict.fromkeys(("commenter", "ip", "proven_at", "original_until", "score", "refused_for"), None),
    **dict.fromkeys(("wants_replies", "personal_data", "crisis"), False),
    "reasons": [],
    "helpful_count": 0,
}


def _forget_in_the_log(comment: Comment) -> None:
    comments = ContentType.objects.get_for_model(Comment)
    entries = list(ModelLogEntry.objects.filter(content_type=comments, object_id=str(comment.pk)))
    for entry in entries:
        entry.label = ERASED
        entry.data = {key: entry.data[key] for key in COUNTED if key in entry.data}
    ModelLogEntry.objects.bulk_update(entries, ["label", "data"])


def _export(comment: Comment) -> dict[str, Any]:
    is_own = comment.proven_at is not None
    return {
        "article": comment.article.title,
        "name": comment.author_name,
        "address_as_written": comment.email,
        "text": comment.text,
        "text_before_parts_were_blanked": comment.original_text,
        "state": comment.state,
        "sent_at": _moment(comment.created_at),
        "changed_at": _moment(comment.edited_at),
        "judged_at": _moment(comment.judged_at),
        "decided_at": _moment(comment.decided_at),
        "address_proven_at": _moment(comment.proven_at),
        "reason_of_refusal": comment.refusal_reason,
        "found_by_the_check": [reason["words"] for reason in comment.reasons],
        "score_of_the_check": comment.score,
        "seems_to_hold_personal_data": comment.personal_data,
        "seems_to_tell_of_danger_to_life": comment.crisis,
        "is_told_of_answers": comment.wants_replies,
        "found_helpful": comment.helpful_count,
        "network_address": comment.ip if is_own else None,
        "browser": comment.user_agent if is_own else "",
        "asked_of_akismet": [_asked(check) if is_own else {} for check in comment.akismet_checks.all()],
    }


def _asked(check: AkismetCheck) -> dict[str, Any]:
    return {"sent": check.values, "answer": check.answer, "asked_at": _moment(check.created_at)}


def _letters_to(commenter: Commenter) -> list[dict[str, Any]]:
    found = Letter.objects.filter(to__in=addresses_of(commenter), kind__in=letters.KINDS).order_by("created_at", "pk")
    return [
        {
            "to": letter.to,
            "subject": letter.subject,
            "written_at": _moment(letter.created_at),
            "handed_over_at": _moment(letter.handed_over_at),
        }
        for letter in found
    ]


def _bans_of(commenter: Commenter) -> list[dict[str, Any]]:
    found = Ban.objects.filter(kind=Ban.Kind.ADDRESS, value=commenter.mailbox) if commenter.mailbox else ()
    return [{"effect": ban.get_effect_display(), "until": _moment(ban.until)} for ban in found]


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
