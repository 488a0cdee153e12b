"""The way of an article through the medical review, in Wagtail's own workflow."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState, Workflow
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from blog.models import ArticlePage, AuthorPage, Credential, Review
from letters.models import Letter
from tests.factories import ArticlePageFactory, AuthorPageFactory, TopicFactory
from users.models import User

pytestmark = pytest.mark.django_db


def colleague(name: str, group: str) -> User:
    person = User.objects.create_user(name, f"{name}@meadowsweet.example", "a long passphrase")
    person.groups.add(Group.objects.get(name=group))
    return person


@pytest.fixture
def doctor(home: Any) -> User:
    """A medical reviewer with a log-in and no other right."""
    person = colleague("doctor", "Medical reviewers")
    profile = AuthorPageFactory(title="Dr Ada Moss", role="GP", is_reviewer=True, user=person)
    Credential.objects.create(author=profile, degree="MB BS")
    return person


@pytest.fixture
def writer(home: Any) -> User:
    return colleague("writer", "Editors")


@pytest.fixture
def waiting(doctor: User, writer: User) -> ArticlePage:
    """A draft, handed in by the writer."""
    article = ArticlePageFactory(title="Cold mornings", live=False, owner=writer)
    article.save_revision(user=writer)
    article.get_workflow().start(article, writer)
    return article


def state_of(article: ArticlePage) -> TaskState:
    return ArticlePage.objects.get(pk=article.pk).current_workflow_task_state


def seen_on(html: str) -> str:
    return re.search(r'name="seen" value="([0-9a-f]{64})"', html).group(1)


def sign(client: Client, article: ArticlePage, **changes: Any) -> Any:
    address = reverse("sign_review", args=[state_of(article).pk])
    seen = seen_on(client.get(address).content.decode())
    return client.post(address, {"seen": seen, "scope": "whole", "note": "", **changes}, follow=True)


def test_articles_go_through_a_review_and_then_to_the_editors(home: Any) -> None:
    workflow = Workflow.objects.get(name="Medical review")
    assert [task.name for task in workflow.tasks] == ["Medical review", "Publishing"]
    assert ArticlePageFactory().get_workflow() == workflow


def test_comment_moderators_publish_no_page(home: Any) -> None:
    groups = {g.name for task in home.get_workflow().tasks.specific() for g in task.groups.all()}
    assert groups == {"Editors"}


def test_a_reviewer_signs_what_is_shown_and_an_editor_publishes_it(
    client: Client, doctor: User, writer: User, waiting: ArticlePage
) -> None:
    client.force_login(doctor)
    answer = sign(client, waiting)
    assert "You have signed" in answer.content.decode()
    review = Review.objects.get()
    assert (review.reviewer.title, review.recorded_by, review.scope) == ("Dr Ada Moss", None, "whole")
    assert state_of(waiting).task.name == "Publishing"
    client.force_login(writer)
    action = reverse("wagtailadmin_pages:workflow_action", args=[waiting.pk, "approve", state_of(waiting).pk])
    client.post(action, {"comment": ""})
    html = client.get(waiting.get_url()).content.decode()
    assert "Medically reviewed by" in html
    assert "Dr Ada Moss" in html


def test_an_editor_who_approves_other_words_than_those_signed_is_told_so(
    client: Client, doctor: User, writer: User, waiting: ArticlePage
) -> None:
    client.force_login(doctor)
    sign(client, waiting)
    client.force_login(writer)
    lists = {name: inline_formset([]) for name in ("references", "related_picks", "corrections", "comments")}
    fields = {
        "title": "Cold mornings",
        "slug": waiting.slug,
        "deck": "Words that nobody has read.",
        "kind": "guide",
        "review_every": "12",
        "comments_mode": "open",
        "topic": str(TopicFactory().pk),
        "body": streamfield([]),
        "contributions": inline_formset([{"author": AuthorPageFactory().pk, "role": "wrote"}]),
        "action-workflow-action": "true",
        "workflow-action-name": "approve",
        **lists,
    }
    answer = client.post(f"/admin/pages/{waiting.pk}/edit/", nested_form_data(fields))
    assert ArticlePage.objects.get(pk=waiting.pk).live
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert any("not those that Dr Ada Moss read on" in words for words in said)


def test_nobody_else_can_sign_or_approve(client: Client, editor: User, writer: User, waiting: ArticlePage) -> None:
    state = state_of(waiting)
    for person in (writer, editor, colleague("second", "Medical reviewers")):
        client.force_login(person)
        assert client.get(reverse("sign_review", args=[state.pk])).status_code in {302, 403}
        client.post(reverse("sign_review", args=[state.pk]), {"seen": "0" * 64, "scope": "whole"})
        client.post(reverse("wagtailadmin_pages:workflow_action", args=[waiting.pk, "approve", state.pk]))
    assert not Review.objects.exists()
    assert state_of(waiting) == state


def test_an_author_does_not_review_the_own_article(client: Client, doctor: User, waiting: ArticlePage) -> None:
    waiting.contributions.update(author=AuthorPage.objects.get(user=doctor))
    client.force_login(doctor)
    client.get(reverse("sign_review", args=[state_of(waiting).pk]))
    assert state_of(waiting).task.specific.get_actions(waiting, doctor) == []


def test_a_text_that_moved_is_not_signed_unseen(client: Client, doctor: User, waiting: ArticlePage) -> None:
    client.force_login(doctor)
    seen = seen_on(client.get(reverse("sign_review", args=[state_of(waiting).pk])).content.decode())
    waiting.title = "Cold evenings"
    waiting.save_revision(overwrite_revision=waiting.get_latest_revision(), user=waiting.owner)
    html = sign(client, waiting, seen=seen).content.decode()
    assert "The text has changed since you opened this page" in html
    assert not Review.objects.exists()


def test_only_the_changes_can_be_signed_where_there_is_something_to_compare(
    client: Client, doctor: User, writer: User, waiting: ArticlePage
) -> None:
    client.force_login(doctor)
    first = client.get(reverse("sign_review", args=[state_of(waiting).pk])).content.decode()
    assert 'value="changes"' not in first
    sign(client, waiting)
    state_of(waiting).approve(user=writer)
    article = ArticlePage.objects.get(pk=waiting.pk)
    article.deck = "Another deck <b>."
    article.save_revision(user=writer)
    article.get_workflow().start(article, writer)
    again = client.get(reverse("sign_review", args=[state_of(article).pk])).content.decode()
    assert 'value="changes"' in again
    assert "<ins>" in again
    assert "Another deck &lt;b&gt;." in again
    sign(client, article, scope="changes", note="the deck")
    assert Review.objects.newest_first().first().builds_on == Review.objects.whole().get()


def test_a_reviewer_asks_for_changes_and_the_writer_is_told_why(
    client: Client, doctor: User, waiting: ArticlePage
) -> None:
    client.force_login(doctor)
    action = reverse("wagtailadmin_pages:workflow_action", args=[waiting.pk, "reject", state_of(waiting).pk])
    client.post(action, {"comment": "The dose is wrong."})
    letter = Letter.objects.get(kind="changes_wanted")
    assert letter.to == "writer@meadowsweet.example"
    assert "The dose is wrong." in letter.text


def test_letters_take_the_place_of_mails_that_wagtail_sends_at_once(waiting: ArticlePage) -> None:
    (letter,) = Letter.objects.all()
    assert (letter.kind, letter.to) == ("task_waiting", "doctor@meadowsweet.example")
    assert reverse("sign_review", args=[state_of(waiting).pk]) in letter.text
    assert mail.outbox == []


def test_the_admins_first_page_and_editor_lead_a_reviewer_to_the_desk(
    client: Client, doctor: User, waiting: ArticlePage
) -> None:
    client.force_login(doctor)
    assert "Cold mornings" in client.get("/admin/").content.decode()
    desk = reverse("sign_review", args=[state_of(waiting).pk])
    assert desk in client.get(reverse("wagtailadmin_pages:edit", args=[waiting.pk])).content.decode()
    action = reverse("wagtailadmin_pages:workflow_action", args=[waiting.pk, "sign", state_of(waiting).pk])
    assert client.post(action).url == desk


def test_an_editor_writes_down_the_word_of_a_guest(client: Client, writer: User, home: Any) -> None:
    guest = AuthorPageFactory(title="Dr Guest", role="GP", is_reviewer=True)
    article = ArticlePageFactory()
    client.force_login(writer)
    address = reverse("record_review", args=[article.pk])
    html = client.get(address).content.decode()
    form = {"seen": seen_on(html), "reviewer": guest.pk, "reviewed_on": "2026-01-05", "scope": "whole", "note": ""}
    html = client.post(address, form, follow=True).content.decode()
    assert "Written down by writer" in html
    assert Review.objects.get().recorded_by == writer
    wrong = client.post(address, {**form, "reviewed_on": "2999-01-05"}).content.decode()
    assert "a day to come" in wrong
    assert Review.objects.count() == 1


def test_the_desk_of_reviews_is_for_those_who_may_write_them_down(client: Client, moderator: User) -> None:
    client.force_login(moderator)
    answer = client.get(reverse("record_review", args=[ArticlePageFactory().pk]))
    assert answer.status_code == 302
    assert answer.url == reverse("wagtailadmin_home")
