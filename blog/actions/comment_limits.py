"""How many comments may come from one network and one mailbox, under one article and to the site; none comes twice."""

import math
from datetime import timedelta

from django.utils import timezone

from blog.errors import TooManyCommentsError
from blog.models import Comment
from guard.addresses import InvalidAddressError, normalise
from guard.limits import (
    Limits,
    mailbox_wait,
    network_of,
    network_wait,
    take_mailbox_turn,
    take_network_turn,
)

KIND = "comment"
COMMENTS_OF_A_NETWORK: Limits = ((timedelta(seconds=15), 1), (timedelta(hours=1), 20))
COMMENTS_OF_A_MAILBOX: Limits = ((timedelta(seconds=15), 1), (timedelta(hours=1), 10))
# What came within this time and nobody has decided yet. A backlog of days closes no form: only a flood does.
LATELY = timedelta(hours=1)
WAITING_UNDER_ONE, WAITING_IN_ALL = 30, 300
SAME_WORDS = timedelta(hours=24)
SAME_PRESS = timedelta(minutes=2)  # two clicks on one button, or one more after an answer that did not come
_SEEN_STATES = sorted(set(Comment.State) - {Comment.State.WITHDRAWN})


def find_twin(comment: Comment) -> Comment | None:
    """The same words to the same place from the same mailbox, network and browser within a day, if there are.

    A twin is given to its writer with a link that can change it: so everything must be the same. The same words from
    the same mailbox or the same network alone are refused. Words that readers see are anybody's to copy: neither a link
    nor a refusal may tell whose they are, so they are taken like any others, and the check tells the moderator.
    Raises TooManyCommentsError.
    """
    now = timezone.now()
    same = Comment.objects.filter(state__in=_SEEN_STATES, created_at__gt=now - SAME_WORDS, text=comment.text)
    for other in same.exclude(state=Comment.State.PUBLISHED, created_at__lt=now - SAME_PRESS).order_by("created_at"):
        same_mailbox = _mailbox(other) == _mailbox(comment)
        same_network = network_of(other.ip or "") == network_of(comment.ip or "")
        if same_mailbox and same_network and _place(other) == _place(comment):
            return other
        if other.is_public:
            continue
        if same_mailbox or (same_network and network_of(comment.ip or "")):
            wait = other.created_at + SAME_WORDS - now
            words = "Exactly these words have reached us already. If you mean to say them again, add a few of your own."
            raise TooManyCommentsError(words, retry_after=math.ceil(wait.total_seconds()))
    return None


def refuse_flood(comment: Comment) -> None:
    """Read only, so that a flood takes no lock from those who may write. Raises TooManyCommentsError."""
    _refuse_for(network_wait(comment.ip or "", kind=KIND, limits=COMMENTS_OF_A_NETWORK), _OF_NETWORK)
    _refuse_for(mailbox_wait(KIND, _mailbox(comment), COMMENTS_OF_A_MAILBOX), _OF_MAILBOX)
    waiting = Comment.objects.undecided().filter(created_at__gt=timezone.now() - LATELY).order_by("-created_at")
    for rows, most in ((waiting.filter(article=comment.article_id), WAITING_UNDER_ONE), (waiting, WAITING_IN_ALL)):
        oldest = rows.values_list("created_at", flat=True)[most - 1 : most].first()
        if oldest is not None:
            _refuse_for(math.ceil((oldest + LATELY - timezone.now()).total_seconds()), _WAITING)


def take_turns(comment: Comment) -> None:
    """Count this comment; exact, in the transaction that keeps it. Raises TooManyCommentsError."""
    if not take_network_turn(comment.ip or "", kind=KIND, limits=COMMENTS_OF_A_NETWORK):
        _refuse_for(network_wait(comment.ip or "", kind=KIND, limits=COMMENTS_OF_A_NETWORK) or 1, _OF_NETWORK)
    if not take_mailbox_turn(KIND, _mailbox(comment), COMMENTS_OF_A_MAILBOX):
        _refuse_for(mailbox_wait(KIND, _mailbox(comment), COMMENTS_OF_A_MAILBOX) or 1, _OF_MAILBOX)


_OF_NETWORK = "From your network comments came very fast. Please send yours again {when}."
_OF_MAILBOX = "You sent another comment just before. Please send this one again {when}."
_WAITING = "So many comments wait to be read that we take no more for now. Please send yours again {when}."


def _refuse_for(seconds: int, words: str) -> None:
    if seconds > 0:
        raise TooManyCommentsError(words.format(when=_in(seconds)), retry_after=seconds)


def _in(seconds: int) -> str:
    """How a person says it, never too early."""
    if seconds < 100:  # noqa: PLR2004 - "in 2 minutes" would be long for 61 seconds
        return f"in {seconds} second{'' if seconds == 1 else 's'}"
    minutes = math.ceil(seconds / 60)
    return f"in {minutes} minutes" if minutes < 60 else "in an hour"  # noqa: PLR2004


def _mailbox(comment: Comment) -> str:
    try:
        return normalise(comment.email)
    except InvalidAddressError:
        return comment.email.casefold()


def _place(comment: Comment) -> tuple[int, int | None, str]:
    return comment.article_id, comment.answers_id, comment.user_agent
