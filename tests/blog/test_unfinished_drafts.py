"""What a draft may lack and shows, and what handing in and publishing still ask for."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from blog.blocks import ArticleBody
from blog.models import ArticlePage, ReusableNote
from images.models import SiteImage
from tests.factories import ArticlePageFactory, AuthorPageFactory, TopicFactory
from users.models import User

pytestmark = pytest.mark.django_db
BODY = ArticleBody()
OFFER = {"kind": "own", "title": "A class", "text": "<p>Six.</p>", "address": "/contact/", "link_text": "Read"}
UNFINISHED = [
    ("offer", {**OFFER, "about_health": True, "evidence": ""}),
    ("table", {"table": {"caption": "", "columns": [], "rows": []}, "rows_named": True, "remark": ""}),
]


@pytest.fixture
def writer(home: Any) -> User:
    person = User.objects.create_user("writer", "writer@meadowsweet.example", "a long passphrase")
    person.groups.add(Group.objects.get(name="Editors"))
    return person


def post(client: Client, article: ArticlePage, **changes: Any) -> Any:
    lists = {name: inline_formset([]) for name in ("references", "related_picks", "corrections", "comments")}
    fields = {
        "title": "Cold mornings",
        "slug": article.slug,
        "deck": "Words for a draft.",
        "kind": "sponsored",
        "review_every": "12",
        "comments_mode": "open",
        "topic": str(TopicFactory().pk),
        "picture": SiteImage.objects.create(title="Hill", file=get_test_image_file(size=(80, 60))).pk,
        "body": streamfield([]),
        "contributions": inline_formset([{"author": AuthorPageFactory().pk, "role": "wrote"}]),
        **lists,
        **changes,
    }
    return client.post(f"/admin/pages/{article.pk}/edit/", nested_form_data(fields))


def draft_title(article: ArticlePage) -> str:
    newest = ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object()
    return str(newest.title)


@pytest.mark.parametrize("is_live", [True, False])
def test_a_draft_is_kept_without_alternative_text_or_sponsor(client: Client, writer: User, is_live: bool) -> None:
    article = ArticlePageFactory(title="Before", live=is_live)
    client.force_login(writer)
    assert post(client, article).status_code == 302
    assert draft_title(article) == "Cold mornings"


@pytest.mark.parametrize("action", ["action-publish", "action-submit"])
def test_publishing_and_handing_in_ask_for_what_is_missing(client: Client, writer: User, action: str) -> None:
    article = ArticlePageFactory(title="Before", live=False)
    client.force_login(writer)
    html = post(client, article, **{action: "true"}).content.decode()
    assert "Say in words what the picture shows" in html
    assert "Say who paid for this piece" in html
    assert draft_title(article) == "Before"


@pytest.mark.parametrize(("kind", "value"), UNFINISHED)
def test_a_block_may_be_unfinished_in_a_draft_alone(kind: str, value: Any) -> None:
    body = BODY.to_python([{"type": kind, "value": value}])
    assert len(BODY.clean_deferred(body)) == 1
    with pytest.raises(ValidationError):
        BODY.clean(body)


@pytest.mark.parametrize(("kind", "value"), UNFINISHED)
def test_an_unfinished_block_can_be_previewed(kind: str, value: Any) -> None:
    assert BODY.to_python([{"type": kind, "value": value}]).render_as_block()


def test_a_reader_for_the_signature_sees_the_words_of_the_notes_escaped(client: Client, editor: Any) -> None:
    text = "<p>Call <b>999</b>.</p><p>&lt;script&gt;x</p>"
    note = ReusableNote.objects.create(name="Help", style="emergency", title="Help now", text=text)
    article = ArticlePageFactory(body=[("note", note)])
    client.force_login(editor)
    html = client.get(reverse("record_review", args=[article.pk])).content.decode()
    assert "Help now" in html
    assert "<p>Call 999.</p>" in html
    assert "&lt;script&gt;x" in html
    assert "does not touch the signature" in html


@pytest.mark.parametrize(("mode", "is_closed"), [("open", False), ("closed", True)])
def test_the_preview_of_a_draft_shows_comments_as_they_will_be(
    client: Client, editor: Any, mode: str, is_closed: bool
) -> None:
    article = ArticlePageFactory(live=False, comments_mode=mode)
    article.save_revision()
    client.force_login(editor)
    html = client.get(reverse("wagtailadmin_pages:view_draft", args=[article.pk])).content.decode()
    assert ("Comments on this article are closed." in html) == is_closed


@pytest.mark.parametrize(("action", "is_said"), [("action-submit", True), ("", False)])
def test_handing_in_says_at_once_what_is_red(client: Client, writer: User, action: str, is_said: bool) -> None:
    article = ArticlePageFactory(title="Before", live=False)
    client.force_login(writer)
    body = streamfield([("text", rich_text("<p>It is so [7].</p>"))])
    sound = {"kind": "guide", "picture": "", "body": body, **({action: "1"} if action else {})}
    answer = post(client, article, **sound)
    assert answer.status_code == 302
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert any("[7]" in words for words in said) is is_said


def test_people_are_offered_by_their_names(client: Client, writer: User) -> None:
    User.objects.create_user(
        "wt", "wt@meadowsweet.example", "a long passphrase", first_name="Wilhelmina", last_name="Tarn"
    )
    client.force_login(writer)
    page = client.get(f"/admin/pages/{ArticlePageFactory().pk}/edit/").content.decode()
    assert page.count(">Wilhelmina Tarn</option>") == 2
    assert ">wt</option>" not in page
