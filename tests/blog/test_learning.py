"""The classifier learns what moderators decide, forgets what they take back, and cannot be talked into nonsense."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from blog.actions.comments import approve_comment, hold_comment, mark_comment_as_spam, refuse_comment, withdraw_comment
from blog.actions.comments import put_back_comment as put_back
from blog.actions.editing import edit_comment
from blog.actions.judging import judge_comment
from blog.actions.learning import (
    learn_from_decision,
    learn_together,
    learn_what_was_missed,
    prune_learnt_words,
    unlearn,
)
from blog.actions.own_comments import erase_commenter
from blog.errors import CommentMovedError
from blog.models import Comment, LearntWord
from blog.spam import Outcome
from blog.spam.classifier import CERTAIN_ALONE, SURE, TOTALS, UNSURE, hash_sign, score
from blog.spam.local import judge
from tests.blog.labelled import honest_set, new_trade
from tests.blog.test_spam_local import comment as unsaved
from tests.classifier.material import honest_comments
from tests.factories import ArticlePageFactory, AuthorPageFactory, CommentFactory
from users.models import User

TEXT = "Marmalade helps my knees."
WORD = "marmalade"


@pytest.fixture
def held(db: None) -> Any:
    """A maker of comments that wait, all under one article."""
    article = ArticlePageFactory()

    def make(text: str = TEXT, **fields: Any) -> Comment:
        return CommentFactory(article=article, text=text, **{"state": Comment.State.HELD, **fields})

    return make


def counts(sign: str = WORD) -> tuple[int, int]:
    row = LearntWord.objects.filter(sign=hash_sign(sign)).first()
    return (row.ham, row.spam) if row else (0, 0)


def totals() -> tuple[int, int]:
    row = LearntWord.objects.filter(sign=TOTALS).first()
    return (row.ham, row.spam) if row else (0, 0)


def values(texts: list[str]) -> list[float]:
    return [score(text, "Pat").value for text in texts]


def test_after_fifty_decisions_it_knows_a_new_kind_of_spam(held: Any, moderator: User) -> None:
    decided, others, near = new_trade()
    assert len(decided) == 50
    assert max(values(others)) < UNSURE  # to the release these are readers
    for text in decided:
        mark_comment_as_spam(held(text), by=moderator)
    found = values(others)
    assert sum(value >= UNSURE for value in found) >= 0.9 * len(found)
    assert sum(value >= SURE for value in found) >= 0.4 * len(found)
    assert min(values([text.replace("ROBIN", "CUCKOO") for text in decided])) >= SURE
    assert max(values(near)) < UNSURE


def test_after_fifty_decisions_on_one_kind_other_honest_comments_still_pass(held: Any, moderator: User) -> None:
    for text in new_trade()[0]:
        mark_comment_as_spam(held(text), by=moderator)
    _expect_honest_to_pass(doubtful=0.04)


def test_spam_full_of_ordinary_health_words_does_not_make_honest_comments_spam(held: Any, moderator: User) -> None:
    for _, name, text in list(honest_comments(seed=9))[-50:]:
        mark_comment_as_spam(held(text, author_name=name), by=moderator)
    _expect_honest_to_pass(doubtful=0.06)


def _expect_honest_to_pass(*, doubtful: float) -> None:
    honest = honest_set()
    found = [score(text, name) for name, text in honest]
    assert sum(one.value >= UNSURE for one in found) <= doubtful * len(honest)
    assert sum(one.value >= SURE for one in found) <= 2
    assert max(one.value for one in found) < CERTAIN_ALONE
    for (name, text), one in zip(honest, found, strict=True):
        assert judge(unsaved(text, author_name=name), [], one).outcome is not Outcome.SPAM


def test_what_is_published_again_and_again_is_doubtful_no_more(held: Any, moderator: User) -> None:
    (doubtful,) = [text for name, text in honest_set() if name == "Dr S. Iqbal"]
    before = score(doubtful, "Dr S. Iqbal").value
    for n in range(10):
        approve_comment(held(f"The paper in full is at https://doi.org/10.1136/bmj.n{n}"), by=moderator)
    assert score(doubtful, "Dr S. Iqbal").value < UNSURE < before


def test_published_is_learnt_as_fit_and_spam_as_spam(held: Any, moderator: User) -> None:
    good = approve_comment(held(), by=moderator)
    assert (counts(), totals(), good.learnt_as) == ((1, 0), (1, 0), "ham")
    bad = mark_comment_as_spam(held(), by=moderator)
    assert (counts(), totals(), bad.learnt_as) == ((1, 1), (1, 1), "spam")


def test_a_refusal_teaches_nothing(held: Any, moderator: User) -> None:
    refuse_comment(held(), by=moderator, reason="Off the topic.")
    assert not LearntWord.objects.exists()


def test_a_comment_taken_down_is_unlearnt(held: Any, moderator: User) -> None:
    good = approve_comment(held(), by=moderator)
    refuse_comment(good, by=moderator, reason="Off the topic.")
    assert (counts(), totals(), good.learnt_as) == ((0, 0), (0, 0), "")


def test_a_decision_taken_back_is_unlearnt(held: Any, moderator: User) -> None:
    bad = mark_comment_as_spam(held(), by=moderator)
    hold_comment(bad, by=moderator)
    assert (counts(), totals()) == ((0, 0), (0, 0))


def test_a_decision_changed_moves_its_words_to_the_other_side(held: Any, moderator: User) -> None:
    bad = mark_comment_as_spam(held(), by=moderator)
    approve_comment(bad, by=moderator)
    assert (counts(), totals()) == ((1, 0), (1, 0))


def test_an_undone_decision_is_unlearnt(held: Any, moderator: User) -> None:
    from wagtail.models import ModelLogEntry

    bad = mark_comment_as_spam(held(judged_at="2026-01-01T00:00Z"), by=moderator)
    assert put_back(bad, by=moderator, undone=ModelLogEntry.objects.get(action="comment.spam"))
    assert (counts(), totals()) == ((0, 0), (0, 0))


def test_a_comment_is_learnt_once_however_often_it_is_told(held: Any, moderator: User) -> None:
    good = approve_comment(held(), by=moderator)
    stale = Comment.objects.get(pk=good.pk)
    stale.learnt_as = ""
    learn_from_decision(good)
    learn_from_decision(stale)
    assert (counts(), totals()) == ((1, 0), (1, 0))


def test_the_machine_does_not_teach_itself(held: Any) -> None:
    for state in (Comment.State.SPAM, Comment.State.PUBLISHED):
        learn_from_decision(held(state=state))
    assert not LearntWord.objects.exists()


def test_what_the_team_writes_is_not_learnt(held: Any, moderator: User) -> None:
    approve_comment(held(staff=AuthorPageFactory()), by=moderator)
    assert not LearntWord.objects.exists()


def test_the_name_is_not_learnt(held: Any, moderator: User) -> None:
    approve_comment(held(author_name="Zebedee"), by=moderator)
    assert counts("name:zebedee") == (0, 0)


def test_the_original_of_a_blanked_comment_is_what_it_learns_from(held: Any, moderator: User) -> None:
    good = held("Ask \ue000 about it.", original_text="Ask Marmalade about it.")
    approve_comment(good, by=moderator)
    assert counts() == (1, 0)


def test_its_writer_taking_it_back_changes_nothing_learnt(held: Any, moderator: User) -> None:
    withdraw_comment(mark_comment_as_spam(held(), by=moderator))
    assert counts() == (0, 1)


def test_erasing_takes_back_what_was_fit_for_readers_and_keeps_what_was_spam(held: Any, moderator: User) -> None:
    good = approve_comment(held(email="a@example.com"), by=moderator)
    bad = mark_comment_as_spam(held("Marmalade bargains.", email="a@example.com"), by=moderator)
    assert good.commenter == bad.commenter
    erase_commenter(good.commenter)
    assert counts() == (0, 1)
    assert (counts("knees"), counts("bargains")) == ((0, 0), (0, 1))


def test_words_changed_by_their_writer_are_unlearnt_and_the_new_ones_learnt_when_published(
    held: Any, moderator: User
) -> None:
    good = approve_comment(held(), by=moderator)
    edited = edit_comment(good, text="Honey helps my knees.", seen_version=good.version)
    assert (counts(), counts("honey"), edited.learnt_as) == ((0, 0), (0, 0), "")
    approve_comment(edited, by=moderator)
    assert (counts(), counts("honey")) == ((0, 0), (1, 0))


def test_counts_never_fall_below_zero(held: Any, moderator: User) -> None:
    good = approve_comment(held(), by=moderator)
    LearntWord.objects.update(ham=0)
    unlearn(good)
    assert (counts(), totals()) == ((0, 0), (0, 0))


def test_what_was_missed_is_learnt_later_and_once(held: Any, moderator: User) -> None:
    held(state=Comment.State.PUBLISHED, decided_by=moderator)
    held(state=Comment.State.SPAM, decided_by=moderator)
    held(state=Comment.State.SPAM)  # by the machine
    held(state=Comment.State.PUBLISHED)
    refused = approve_comment(held(), by=moderator)
    Comment.objects.filter(pk=refused.pk).update(state=Comment.State.REFUSED)
    assert learn_what_was_missed() == 3
    assert (counts(), totals()) == ((1, 1), (1, 1))
    assert learn_what_was_missed() == 0


def test_words_that_nobody_has_read_are_not_learnt_later(held: Any, moderator: User) -> None:
    bad = mark_comment_as_spam(held(), by=moderator)
    edit_comment(bad, text="Honey helps my knees.", seen_version=bad.version)
    assert learn_what_was_missed() == 0
    assert (counts(), counts("honey")) == ((0, 1), (0, 0))


def test_a_failed_decision_teaches_nothing(held: Any, moderator: User) -> None:
    waiting = held()
    old = Comment.objects.get(pk=waiting.pk)
    approve_comment(waiting, by=moderator)
    with pytest.raises(CommentMovedError):
        mark_comment_as_spam(old, by=moderator)
    assert (counts(), totals()) == ((1, 0), (1, 0))


def test_a_score_asks_the_database_once(held: Any, moderator: User) -> None:
    approve_comment(held(), by=moderator)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        score(" ".join(f"w{'abcdefghij'[n % 10]}{'abcdefghij'[n // 10]}x" for n in range(100)) * 30, "Joan")
    assert len(queries) == 1


def test_a_decision_costs_few_queries_however_long_the_text(held: Any, moderator: User) -> None:
    words = " ".join(f"word{'abcdefghijklmnopqrst'[n % 20]}{'abcdefghijklmnopqrst'[n // 20]}" for n in range(400))
    long = held(words, state=Comment.State.PUBLISHED, decided_by=moderator)
    with CaptureQueriesContext(connection) as queries:
        learn_from_decision(long)
    assert len(queries) < 10
    assert LearntWord.objects.count() == 401


def test_the_judgement_keeps_the_score_and_says_why(held: Any) -> None:
    waiting = held("Play at the best online slots, welcome bonus https://slots-now.top/go", state=Comment.State.PENDING)
    judge_comment(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.score is not None
    assert waiting.score >= SURE
    assert any(reason["words"].startswith("Reads like advertising") for reason in waiting.reasons)


def test_a_full_table_loses_what_was_seen_least(held: Any, moderator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (TEXT, TEXT, "Quinces helped once."):
        approve_comment(held(text), by=moderator)
    assert prune_learnt_words() == 0
    monkeypatch.setattr("blog.actions.learning.MOST_ROWS", 12)
    assert prune_learnt_words() > 0
    assert (counts(), counts("quinces"), totals()) == ((2, 0), (0, 0), (3, 0))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_moderators_at_once_lose_no_count(moderator: User) -> None:
    article = ArticlePageFactory()
    mine = [CommentFactory(article=article, text=TEXT, state="held") for _ in range(20)]

    def decide(some: list[Comment]) -> None:
        try:
            for one in some:
                approve_comment(one, by=moderator)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(decide, (mine[:10], mine[10:])))
    learn_what_was_missed()  # on PostgreSQL who comes second does not wait
    assert (counts(), totals()) == ((20, 0), (20, 0))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time anyway")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nobody_waits_for_a_colleague_who_decides_on_many(moderator: User) -> None:
    article = ArticlePageFactory()
    first, mine, theirs = (CommentFactory(article=article, text=TEXT, state="held") for _ in range(3))
    approve_comment(first, by=moderator)

    def decide() -> str:
        try:
            return approve_comment(theirs, by=moderator).learnt_as
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        approve_comment(mine, by=moderator)
        assert pool.submit(decide).result(timeout=20) == ""
    assert counts() == (2, 0)
    assert learn_what_was_missed() == 1
    assert counts() == (3, 0)


@pytest.mark.django_db
def test_what_is_learnt_together_is_what_is_learnt_one_by_one(held: Any, moderator: User) -> None:
    def decide_all() -> None:
        for text, decide in (
            ("A walk each day helped my back.", approve_comment),
            ("A walk and a warm bath help.", approve_comment),
            ("Cheap pills for your walk, click here!", mark_comment_as_spam),
        ):
            last = decide(held(text), by=moderator)
        approve_comment(last, by=moderator)  # from spam to ham
        hold_comment(last, by=moderator)

    def learnt() -> dict[int, tuple[int, int]]:
        return {row.sign: (row.ham, row.spam) for row in LearntWord.objects.filter(Q(ham__gt=0) | Q(spam__gt=0))}

    decide_all()
    one_by_one = learnt()
    assert (one_by_one[TOTALS], counts("walk")) == ((2, 0), (2, 0))
    LearntWord.objects.all().delete()
    with learn_together():
        decide_all()
        assert learnt() == {}
    assert learnt() == one_by_one
