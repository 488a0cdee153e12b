"""The classifier learns from what people decide, in the transaction of the decision: counts only, nobody's words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from blog.models import Comment, LearntWord
from blog.spam.classifier import TOTALS, learnt_keys
from blog.spam.signs import read_signs

State, Learnt = Comment.State, Comment.Learnt
MOST_ROWS = 200_000  # about 10 MB; some 5,000 decisions
MISSED_AT_ONCE = 500
AT_ONCE = 500  # signs in a query
RARE = (1, 2, 3)  # what is dropped first
Sums = dict[int, tuple[int, int]]  # what is to be added to the counts of ham and spam of each sign
_sums: ContextVar[Sums | None] = ContextVar("_sums", default=None)


@contextmanager
def learn_together() -> Iterator[None]:
    """What decisions teach inside is counted once, at the end. To be used inside one transaction."""
    sums: Sums = {}
    token = _sums.set(sums)
    try:
        yield
    finally:
        _sums.reset(token)
    _write(sums)


def learn_from_decision(comment: Comment) -> None:
    """Learn or unlearn so that it fits where the comment stands now; harmless when called twice.

    Published by a person: fit for readers. Called spam by a person: spam. Anything else teaches nothing: what the
    machine decided would only teach it itself; refused is a matter of manners or of fact, not of advertising.
    """
    if comment.state != State.WITHDRAWN:  # its writer's change of mind says nothing about the words
        _learn(comment, _lesson(comment))


def unlearn(comment: Comment) -> None:
    """To be called before its writer changes or erases the words: what was learnt as fit for readers is taken back.

    What was learnt as spam stays, or an advertiser could make the site forget it.
    """
    if comment.learnt_as == Learnt.SPAM or not _learn(comment, ""):
        Comment.objects.filter(pk=comment.pk).update(learnt_as="")
        comment.learnt_as = ""


def learn_what_was_missed() -> int:
    """Learn from decisions that were made while somebody else's were learnt, or before there was a classifier.

    Returns from how many, MISSED_AT_ONCE at most.
    """
    decided = Q(decided_by__isnull=False, staff=None) & (Q(edited_at=None) | Q(edited_at__lt=F("decided_at")))
    good = Q(state=State.PUBLISHED) & decided & ~Q(learnt_as=Learnt.HAM)
    bad = Q(state=State.SPAM) & decided & ~Q(learnt_as=Learnt.SPAM)
    open_again = Q(state__in=[State.PENDING, State.HELD, State.REFUSED]) & ~Q(learnt_as="")
    missed = Comment.objects.filter(good | bad | open_again).order_by("pk")[:MISSED_AT_ONCE]
    return sum(_learn(comment, _lesson(comment)) for comment in missed)


def prune_learnt_words() -> int:
    """Keep the table small: over MOST_ROWS, signs that were seen least go; returns how many."""
    dropped = 0
    for seen in RARE:
        if LearntWord.objects.count() <= MOST_ROWS:
            break
        rare = LearntWord.objects.annotate(seen=F("ham") + F("spam")).filter(seen__lte=seen)
        dropped += rare.exclude(sign=TOTALS).delete()[0]
    return dropped


def _lesson(comment: Comment) -> str:
    if comment.decided_by_id is None or comment.staff_id:
        return ""
    return {State.PUBLISHED.value: Learnt.HAM.value, State.SPAM.value: Learnt.SPAM.value}.get(comment.state, "")


@transaction.atomic
def _learn(comment: Comment, lesson: str) -> bool:
    """Change the mark on the comment and with it the counts; False if somebody else learns just now, or was faster."""
    before = comment.learnt_as
    if lesson == before or not _take_the_table():
        return False
    if not Comment.objects.filter(pk=comment.pk, state=comment.state, learnt_as=before).update(learnt_as=lesson):
        return False
    comment.learnt_as = lesson
    # Parts that a moderator blanked were read by whoever decided: the original teaches, as long as it is kept.
    keys = learnt_keys(read_signs(comment.original_text or comment.text, comment.author_name))
    _count(keys, **{kind: (lesson == kind) - (before == kind) for kind in Learnt.values})
    return True


def _take_the_table() -> bool:
    """Whether nobody else writes to it until this transaction ends.

    Nobody ever waits here: a moderator who decides on hundreds at once holds the table for seconds, and whoever waited
    for it while holding a comment that those need would stop both.
    """
    totals = LearntWord.objects.filter(sign=TOTALS)
    if totals.select_for_update(skip_locked=True).first():
        return True
    return not totals.exists() and bool(
        LearntWord.objects.bulk_create([LearntWord(sign=TOTALS)], ignore_conflicts=True)
    )


def _count(keys: Sequence[int], *, ham: int, spam: int) -> None:
    """Add to the counts, now or with those that are counted together."""
    together = _sums.get()
    sums = {} if together is None else together
    for key in (TOTALS, *keys):
        more_ham, more_spam = sums.get(key, (0, 0))
        sums[key] = (more_ham + ham, more_spam + spam)
    if together is None:
        _write(sums)


def _write(sums: Sums) -> None:
    """Add the sums to the counts, never below 0: one query for all signs with the same sum."""
    new = [LearntWord(sign=key) for key, more in sums.items() if max(more) > 0]
    LearntWord.objects.bulk_create(new, ignore_conflicts=True, batch_size=AT_ONCE)
    alike: dict[tuple[int, int], list[int]] = {}
    for key, more in sums.items():
        alike.setdefault(more, []).append(key)
    for (ham, spam), keys in alike.items():
        changes = {"ham": Greatest(F("ham") + ham, Value(0)), "spam": Greatest(F("spam") + spam, Value(0))}
        for start in range(0, len(keys), AT_ONCE):
            LearntWord.objects.filter(sign__in=keys[start : start + AT_ONCE]).update(**changes)
