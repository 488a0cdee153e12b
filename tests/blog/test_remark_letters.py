"""Remarks that editors leave in the page editor are told by letter, not by a mail while the editor waits."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from wagtail.models import Comment, PageSubscription
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtail.users.models import UserProfile

from blog.models import ArticlePage
from letters.models import Letter
from tests.factories import ArticlePageFactory, AuthorPageFactory, TopicFactory
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def follower(home: Any) -> User:
    return User.objects.create_user("colleague", "colleague@meadowsweet.example", "a long passphrase")


@pytest.fixture
def article(follower: User) -> ArticlePage:
    page = ArticlePageFactory(title="Tea & <rest>", topic=TopicFactory())
    page.save_revision()
    PageSubscription.objects.create(page=page, user=follower, comment_notifications=True)
    return page


def save(client: Client, article: ArticlePage, remarks: Any, **fields: Any) -> None:
    """What the browser sends when an editor presses Save."""
    empty = {name: inline_formset([]) for name in ("references", "related_picks", "corrections")}
    data = {
        "title": article.title,
        "slug": article.slug,
        "kind": "guide",
        "review_every": "12",
        "comments_mode": "open",
        "topic": str(article.topic_id),
        "body": streamfield([("text", rich_text("<p>Rest.</p>"))]),
        "contributions": inline_formset([{"author": AuthorPageFactory().pk, "role": "wrote"}]),
        "comments": remarks,
        **empty,
        **fields,
    }
    answer = client.post(f"/admin/pages/{article.pk}/edit/", nested_form_data(data))
    assert answer.status_code == 302, answer.context["form"].errors


def new(text: str) -> dict[str, Any]:
    return {
        "text": text,
        "contentpath": "title",
        "position": "",
        "replies": inline_formset([]),
    }


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def test_a_new_remark_is_a_letter_in_the_outbox_and_no_mail(desk: Client, article: ArticlePage, follower: User) -> None:
    save(desk, article, inline_formset([new("Is <b>this</b> dose right?")]))
    assert Comment.objects.get().text == "Is <b>this</b> dose right?"
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("remarks", follower.email)
    assert letter.subject == "Comments in the editor: Tea & <rest>"
    assert "- Is <b>this</b> dose right?" in letter.text
    assert f"http://testserver/admin/pages/{article.pk}/edit/" in letter.text
    assert "Is &lt;b&gt;this&lt;/b&gt; dose right?" in letter.html
    assert mail.outbox == []


def test_answers_and_settled_remarks_are_told(desk: Client, article: ArticlePage, follower: User) -> None:
    remark = Comment.objects.create(page=article, user=follower, text="Which dose?", contentpath="title")
    kept = {**new(remark.text), "id": remark.pk, "resolved": "on"}
    answered = {**kept, "replies": inline_formset([{"text": "The lower one."}])}
    save(desk, article, inline_formset([answered], initial=1))
    letter = Letter.objects.get()
    assert "Answers to “Which dose?”:\n\n- The lower one." in letter.text
    assert "Settled:\n\n- Which dose?" in letter.text


def test_who_wants_no_such_mails_gets_none(desk: Client, article: ArticlePage, follower: User) -> None:
    UserProfile.objects.update_or_create(user=follower, defaults={"updated_comments_notifications": False})
    save(desk, article, inline_formset([new("A remark.")]))
    assert Comment.objects.exists()
    assert not Letter.objects.exists()
    assert mail.outbox == []


def test_saving_without_a_remark_tells_nobody(desk: Client, article: ArticlePage) -> None:
    save(desk, article, inline_formset([]), deck="A new deck.")
    assert not Letter.objects.exists()
