"""The comments of a site that is older than the desk: who wrote them, and what a moderator should see at once."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from blog.models import Comment, Commenter
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db
desk: Any = import_module("blog.migrations.0019_comments_desk_rows")


def old(**fields: Any) -> Comment:
    """As an earlier release left it."""
    comment: Comment = CommentFactory(**fields)
    Comment.objects.filter(pk=comment.pk).update(commenter=None, answers=None)
    Commenter.objects.all().delete()
    comment.refresh_from_db()
    return comment


def test_all_comments_from_one_mailbox_get_one_commenter() -> None:
    spelt = [old(email=email) for email in ("Joan@Example.org", "joan@example.org", "other@example.org", "", "no mail")]
    desk.name_commenters(apps, connection.schema_editor())
    first, second, other, none, broken = (Comment.objects.get(pk=comment.pk) for comment in spelt)
    assert first.commenter == second.commenter != other.commenter
    assert sorted(Commenter.objects.values_list("mailbox", flat=True)) == ["joan@example.org", "other@example.org"]
    assert none.commenter is broken.commenter is None
    assert not Commenter.objects.exclude(proven_at=None)


def test_an_old_reply_answers_what_began_its_thread() -> None:
    first = old()
    reply = old(article=first.article, parent=first)
    desk.name_commenters(apps, connection.schema_editor())
    reply.refresh_from_db()
    assert reply.answers == first


def test_what_waits_is_marked_like_a_new_comment() -> None:
    phone, danger = (
        old(state="held", text="Call me on 020 7946 0018."),
        old(state="pending", text="I want to kill myself."),
    )
    calm, decided = old(state="held", text="Thank you."), old(state="refused", text="Call me on 020 7946 0018.")
    desk.mark_what_waits(apps, connection.schema_editor())
    seen = [Comment.objects.get(pk=comment.pk) for comment in (phone, danger, calm, decided)]
    assert [(c.personal_data, c.crisis) for c in seen] == [(True, False), (False, True), (False, False), (False, False)]
