"""Writing down that somebody qualified has read an article. Nothing else makes a `Review`."""

import calendar
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision, TaskState

from blog.errors import ReviewRefusedError, TextMovedError
from blog.models import ArticlePage, AuthorPage, Contribution, MedicalReviewTask, Review

Scope = Review.Scope
NOTE_LENGTH = 200


def record_review(
    article: ArticlePage,
    *,
    reviewer: AuthorPage,
    revision: Revision | None,
    scope: str = Scope.WHOLE,
    note: str = "",
    reviewed_on: date | None = None,
    recorded_by: AbstractUser | None = None,
    seen: str = "",
) -> Review:
    """Write down that `reviewer` has read the words of `revision` (None: those that readers see) on that day.

    The credential is kept as it is now. A review of the changes keeps the due date of the whole one it builds on.
    `seen`: the digest of the words that were shown. `recorded_by`: who wrote it down, if not the reviewer. Raises
    ReviewRefusedError, and TextMovedError when the words are others than those seen.
    """
    day = reviewed_on or timezone.localdate()
    if day > timezone.localdate():
        raise ReviewRefusedError("A review cannot have taken place on a day to come.")
    with transaction.atomic():
        # The row of the article is the door: a text cannot be saved while it is signed.
        locked = ArticlePage.objects.select_for_update(of=("self",)).get(pk=article.pk)
        words = _words_of(locked, revision)
        digest = words.digest_text()
        if seen and seen != digest:
            raise TextMovedError("The text has changed since you opened this page. Read what is new, then sign.")
        _refuse_wrong_reader(words, reviewer)
        base = _find_base(locked, digest, day) if scope == Scope.CHANGES else None
        facts: dict[str, Any] = {
            "credential": describe_credential(reviewer),
            "scope": scope,
            "builds_on": base,
            "digest": digest,
            "words": words.review_passages(),
            "due_on": base.due_on if base else add_months(day, words.review_every),
            "note": " ".join(note.split())[:NOTE_LENGTH],
            "revision": revision or locked.live_revision,
            "recorded_by": recorded_by,
        }
        review = Review.objects.create(article=locked, reviewer=reviewer, reviewed_on=day, **facts)
        log(
            instance=locked,
            action="review.record",
            user=recorded_by or reviewer.user,
            revision=review.revision,
            data={"review": review.pk, "reviewer": reviewer.title, "scope": str(Scope(scope).label)},
        )
    return review


def sign_review(state: TaskState, *, by: AbstractUser, scope: str, seen: str, note: str = "") -> Review:
    """The reviewer's own word, in the workflow: the review is written down and the next task begins.

    What is signed are the newest saved words. Raises ReviewRefusedError and TextMovedError.
    """
    with transaction.atomic():
        current = TaskState.objects.select_for_update(of=("self",)).get(pk=state.pk)
        task = current.task.specific
        if current.status != TaskState.STATUS_IN_PROGRESS or not isinstance(task, MedicalReviewTask):
            raise ReviewRefusedError("This article does not wait for a review any more.")
        article = current.workflow_state.content_object.specific
        reviewer = task.reader_for(article, by)
        if reviewer is None:
            raise ReviewRefusedError("Only a medical reviewer who did not write this article can sign it.")
        revision = article.get_latest_revision()
        review = record_review(article, reviewer=reviewer, revision=revision, scope=scope, note=note, seen=seen)
        current.revision = revision
        current.approve(user=by, comment=f"{Scope(scope).label}. {review.note}".strip())
    return review


def find_base(article: ArticlePage, *, digest: str) -> Review | None:
    """The newest reading of the whole, if the words with `digest` are others than those and something can be shown."""
    base = article.reviews.whole().newest_first().first()
    if base is None or not base.words or base.digest == digest:
        return None
    return base


def last_reading(base: Review) -> Review:
    """The newest reading that belongs to a whole one: of its changes, or itself."""
    return Review.objects.filter(builds_on=base).newest_first().first() or base


def describe_credential(reviewer: AuthorPage) -> str:
    """Role and degrees in one line, as they are today."""
    degrees = [credential.degree for credential in reviewer.credentials.all()]
    return ", ".join(filter(None, [reviewer.role, *degrees]))[:200]


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _find_base(article: ArticlePage, digest: str, day: date) -> Review:
    base = find_base(article, digest=digest)
    if base is None:
        raise ReviewRefusedError("There is no review of the whole article on which this one could build.")
    if day < base.reviewed_on:
        raise ReviewRefusedError("The changes cannot have been read before the whole article was.")
    return base


def _words_of(article: ArticlePage, revision: Revision | None) -> Any:
    if revision is None:
        return article
    # Autosave writes over the same row: what counts is what stands in it now.
    words = Revision.objects.select_for_update().get(pk=revision.pk).as_object()
    if words.pk != article.pk:
        raise ReviewRefusedError("These are the words of another page.")
    return words


def _refuse_wrong_reader(words: ArticlePage, reviewer: AuthorPage) -> None:
    if not reviewer.is_reviewer:
        raise ReviewRefusedError(f"{reviewer.title} is no medical reviewer. The profile would have to say so.")
    if not describe_credential(reviewer):
        raise ReviewRefusedError(f"The profile of {reviewer.title} names no role and no qualification. Add them first.")
    wrote = {part.author_id for part in words.contributions.all() if part.role == Contribution.Role.WROTE}
    if reviewer.pk in wrote:
        raise ReviewRefusedError(f"{reviewer.title} wrote this article and cannot review it as well.")
