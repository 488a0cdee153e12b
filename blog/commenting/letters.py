"""Every letter to the writer of a comment, one function each; the words are in `templates/letters/`."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.text import Truncator

from blog.commenting.links import (
    MINE_HOURS,
    PROVE_DAYS,
    Purpose,
    article_url,
    comment_url,
    my_comments_url,
    own_url,
    status_path,
)
from blog.commenting.rules import takes_comments
from blog.commenting.text import plain_comment
from blog.models import Comment, Commenter
from letters.actions import post_letter, post_ready_letter, render_letter, was_posted

# The address was typed by whoever wrote the comment: a letter must not carry an advertisement to somebody else.
LINKS = re.compile(r"\S*(?:://|www\.|@|[a-z0-9-]\.[a-z]{2,})\S*", re.IGNORECASE)
QUOTED = 120
UNDO_TIME = timedelta(minutes=2)  # a decision that is taken back so soon is told to nobody
DECISIONS = ("comment_published", "comment_refused")
KINDS = (*DECISIONS, "comment_reply", "prove_address", "my_comments")


def post_comment_published(comment: Comment) -> None:
    """Thanks, where it stands, and where it can be taken back. Nothing while no page shows it."""
    if address := comment_url(comment):
        context = {"comment_url": address, "was_read": comment.decided_by_id is not None}
        _post("comment_published", comment, context, wait=UNDO_TIME)


def post_comment_refused(comment: Comment, *, was_published: bool) -> None:
    """The moderator's reason and what the writer can do. `was_published`: readers could see it before."""
    article = article_url(comment)
    form = f"{article}#comment-form" if article and takes_comments(comment.article) else ""
    _post("comment_refused", comment, {"was_published": was_published, "form_url": form}, wait=UNDO_TIME)


def post_prove_address(comment: Comment) -> None:
    """Ask whether its writer owns the address: the one letter that may reach somebody who never wrote here.

    So it holds not a word of what was typed; the page behind the link shows it.
    """
    if commenter := _reachable(comment):
        url = own_url(Purpose.PROVE, commenter, comment=comment.pk)
        _post("prove_address", comment, {"prove_url": url, "days": PROVE_DAYS, "name": "", "quote": ""})


def post_reply_letter(reply: Comment) -> None:
    """Tell the writer of the comment that a published one answers, who asked for it and whose address is proven.

    Once a reply; nothing to those who answer themselves. Can be taken back for `UNDO_TIME`.
    """
    answered = reply.answers
    if answered is None or not _hears_of(answered, reply) or was_posted(about(reply), "comment_reply"):
        return
    if address := comment_url(reply):
        context = {
            "reply_name": _without_links(reply.author_name),
            "reply_quote": Truncator(_without_links(plain_comment(reply.text))).chars(2 * QUOTED),
            "reply_url": address,
        }
        _post("comment_reply", answered, context, wait=UNDO_TIME, filed=about(reply))


def post_my_comments(commenter: Commenter | None, *, to: str) -> None:
    """The link to the list of everything from one mailbox.

    Nothing for None, yet no sooner: how long it takes must not tell whether anybody wrote from that address.
    """
    stop_url = own_url(Purpose.STOP, commenter or Commenter())
    context = {
        "mine_url": own_url(Purpose.MINE, commenter or Commenter()),
        "hours": MINE_HOURS,
        "stop_url": stop_url,
    }
    subject, text, html = render_letter("my_comments", context)
    if commenter:
        post_ready_letter(
            "my_comments",
            to=to,
            subject=subject,
            text=text,
            html=html,
            headers=_way_out(stop_url),
            wait=timedelta(seconds=1),  # the minute sweep finds it: to ring for it would take time too
        )


def about(comment: Comment) -> str:
    """What letters about this comment are filed under."""
    return f"comment {comment.pk}"


def _hears_of(answered: Comment, reply: Comment) -> bool:
    is_asked = answered.wants_replies and answered.proven_at is not None and answered.is_public
    is_own = reply.commenter_id is not None and reply.commenter_id == answered.commenter_id
    return is_asked and not is_own and reply.is_public


def _reachable(comment: Comment) -> Commenter | None:
    """Whose mailbox a letter about this comment goes to; None where none may go."""
    commenter = comment.commenter
    if comment.staff_id or not comment.email or commenter is None or commenter.stopped_at:
        return None
    return commenter


def _post(
    kind: str, comment: Comment, context: dict[str, Any], *, wait: timedelta = timedelta(0), filed: str = ""
) -> None:
    commenter = _reachable(comment)
    if commenter is None:
        return
    stop_url = own_url(Purpose.STOP, commenter, comment=comment.pk)
    everything = {
        "name": _without_links(comment.author_name),
        "article_title": comment.article.title,
        "written_at": comment.created_at,
        "quote": Truncator(_without_links(plain_comment(comment.text))).chars(QUOTED),
        "reason": comment.refusal_reason,
        "status_url": f"{settings.SITE_URL}{status_path(comment)}",
        "stop_url": stop_url,
        "mine_url": my_comments_url(),
        **context,
    }
    headers = _way_out(stop_url)
    post_letter(kind, to=comment.email, context=everything, headers=headers, about=filed or about(comment), wait=wait)


def _way_out(stop_url: str) -> dict[str, str]:
    """RFC 2369 and RFC 8058: one press in the mail program ends all letters about comments."""
    return {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _without_links(words: str) -> str:
    """One line of plain words."""
    return " ".join(LINKS.sub("…", words).split())
