"""A reader sends a comment: it is kept first and judged afterwards."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from blog.actions.comment_limits import find_twin, refuse_flood, take_turns
from blog.actions.commenters import find_commenter
from blog.actions.crisis_alerts import alert_about
from blog.commenting.rules import takes_comments
from blog.errors import AnsweredIsGoneError, CommentsClosedError, PersonalDataError, TooManyCommentsError
from blog.models import ArticlePage, Comment
from blog.spam.crisis import find_crisis
from blog.spam.findings import Finding
from blog.spam.local import TRAP
from blog.spam.personal_data import find_personal_data
from guard.bells import ring_after_commit

State = Comment.State


@dataclass(frozen=True, slots=True)
class Words:
    """What a comment's words are about that a person has to see, whoever wrote them."""

    giveaways: list[Finding]
    crisis: bool

    @property
    def personal_data(self) -> bool:
        """Whether they seem to hold any."""
        return bool(self.giveaways)


def read_words(text: str, name: str) -> Words:
    """Look for personal data in the words and in the name beside them, and for danger to life in the words."""
    return Words([*find_personal_data(text), *find_personal_data(name)], bool(find_crisis(text)))


def submit_comment(
    article: ArticlePage,
    *,
    text: str,
    name: str,
    email: str,
    answers: Comment | None = None,
    wants_replies: bool = False,
    is_proven: bool = False,
    trapped: bool = False,
    asks_first: bool = False,
    ip: str | None = None,
    user_agent: str = "",
) -> Comment:
    """Keep a comment as pending and ring for its judgement. `answers`: the comment that it replies to.

    The same words once more from the same mailbox, network and browser within a day are one comment: its row is
    returned. `is_proven`: the writer has shown that the address is theirs. `trapped`: a robot gave itself away.
    `asks_first`: words that seem to give somebody away are not taken before their writer was asked.
    Raises CommentsClosedError, TooManyCommentsError, PersonalDataError, AnsweredIsGoneError.
    """
    words = read_words(text, name)
    if asks_first and words.giveaways:
        raise PersonalDataError(words.giveaways)
    comment = Comment(
        article=article,
        parent=(answers.parent or answers) if answers else None,
        answers=answers,
        author_name=name,
        email=email,
        text=text,
        wants_replies=wants_replies,
        proven_at=timezone.now() if is_proven else None,
        personal_data=words.personal_data,
        crisis=words.crisis,
        reasons=[TRAP.as_json()] if trapped else [],
        ip=ip,
        user_agent=user_agent[:250],
    )
    if twin := find_twin(comment):
        return twin
    try:
        refuse_flood(comment)
    except TooManyCommentsError:
        if twin := find_twin(comment):  # a second click: the first has come through since we looked
            return twin
        raise
    with transaction.atomic():
        return _keep(comment)


def ring_for_judgement(pk: int) -> None:
    """Ring after the commit. A broker that is down costs the reader nothing: the sweep rings again."""
    from blog.tasks import judge_comment as bell  # noqa: PLC0415 - the task calls this module

    ring_after_commit(bell, pk)


def _hold_what_is_answered(comment: Comment) -> None:
    """Keep what is answered, and what began its thread, from being erased until the answer hangs there."""
    if comment.answers_id is None:
        return
    keys = {comment.answers_id, comment.parent_id or comment.answers_id}
    rows = Comment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("created_at", "pk")
    states = {row.pk: row.state for row in rows}
    if len(states) < len(keys) or states[comment.answers_id] != State.PUBLISHED:
        raise AnsweredIsGoneError


def _keep(comment: Comment) -> Comment:
    # The row of the article is the door: two clicks on the button come through one after the other. Its key is left
    # free, so that those who hold a comment can write about it (an answer, a report) without waiting for us.
    article = ArticlePage.objects.select_for_update(of=("self",), no_key=True).get(pk=comment.article_id)
    if not takes_comments(article):
        raise CommentsClosedError("This article takes no comments any more.")
    if twin := find_twin(comment):
        return twin
    _hold_what_is_answered(comment)
    take_turns(comment)
    comment.article = article
    comment.commenter = find_commenter(comment.email)
    comment.save()
    alert_about(comment)
    ring_for_judgement(comment.pk)
    return comment
