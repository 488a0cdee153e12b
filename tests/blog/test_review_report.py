"""Reports > Reviews: who waits, since when, and who looks after it."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from blog.due import with_standing
from blog.models import ArticlePage, Review, ReviewReminder
from tests.factories import ArticlePageFactory, AuthorPageFactory, ReviewFactory, TopicFactory
from users.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/reports/review-due-report/"


def reviewed(title: str, *, due_in: int, **fields: Any) -> ArticlePage:
    """A live article, reviewed and due in so many days."""
    article = ArticlePageFactory(title=title, **fields)
    ReviewFactory(article=article, due_on=timezone.localdate() + timedelta(days=due_in))
    return article


def changed(title: str, *, due_in: int) -> ArticlePage:
    """Reviewed, then published with other words."""
    article = reviewed(title, due_in=due_in)
    Review.objects.filter(article=article).update(created_at=timezone.now() - timedelta(days=9))
    article.deck = "Other words."
    article.save_revision().publish()
    return article


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{LIST}?export=csv{query}")
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def shelf(editor: User) -> None:
    reviewed("Far off", due_in=200)
    reviewed("Soon", due_in=20)
    reviewed("Late", due_in=-5)
    changed("Altered", due_in=300)
    changed("Late and altered", due_in=-30)
    ArticlePageFactory(title="Unread")
    reviewed("A draft", due_in=-5, live=False)


def test_what_waits_is_listed_the_longest_overdue_first(client: Client, editor: User, shelf: None) -> None:
    client.force_login(editor)
    rows = [(row["Article"], row["State"]) for row in exported(client)]
    assert rows == [
        ("Late and altered", "Overdue, changed since the review"),
        ("Late", "Overdue"),
        ("Soon", "Due in 20 days"),
        ("Altered", "Changed since the review"),
        ("Unread", "Never reviewed"),
    ]


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("overdue", {"Late", "Late and altered"}),
        ("soon", {"Soon"}),
        ("changed", {"Altered", "Late and altered"}),
        ("never", {"Unread"}),
        ("all", {"Late", "Late and altered", "Soon", "Altered", "Unread", "Far off"}),
    ],
)
def test_a_state_can_be_chosen(client: Client, editor: User, shelf: None, state: str, titles: set[str]) -> None:
    client.force_login(editor)
    assert {row["Article"] for row in exported(client, f"&state={state}")} == titles


def test_the_list_agrees_with_each_article(shelf: None) -> None:
    for row in with_standing(ArticlePage.objects.live()):
        standing = ArticlePage.objects.get(pk=row.pk).standing
        assert row.review_state == standing.state, row.title
        assert row.review_id == (standing.review and standing.review.pk), row.title
        assert row.due_on == (standing.review and standing.review.due_on), row.title


def test_topic_and_person_narrow_the_list(client: Client, editor: User, moderator: User, stranger: User) -> None:
    topic = TopicFactory(name="Sleep")
    reviewed("By topic", due_in=-1, topic=topic)
    reviewed("By name", due_in=-1, responsible=moderator, owner=stranger)
    reviewed("As deputy", due_in=-1, responsible=editor, deputy=moderator)
    reviewed("As maker", due_in=-1, owner=moderator)
    client.force_login(editor)
    assert {row["Article"] for row in exported(client, f"&topic={topic.pk}")} == {"By topic"}
    of_moderator = {row["Article"] for row in exported(client, f"&person={moderator.pk}")}
    assert of_moderator == {"By name", "As deputy", "As maker"}


def test_who_cannot_be_reminded_is_named_so(client: Client, editor: User, moderator: User, stranger: User) -> None:
    User.objects.filter(pk=moderator.pk).update(is_active=False)
    User.objects.filter(pk=stranger.pk).update(email="")
    reviewed("Late", due_in=-1, responsible=moderator, deputy=stranger)
    client.force_login(editor)
    row = exported(client)[0]
    assert row["Responsible"] == "moderator (gets no reminder: account closed)"
    assert row["Deputy"] == "stranger (gets no reminder: no address)"
    assert "gets no reminder: account closed" in client.get(LIST).text


def test_the_last_reminder_is_shown(client: Client, editor: User) -> None:
    article = reviewed("Late", due_in=-1, owner=editor)
    ReviewReminder.objects.create(article=article, person=editor, week=date(2026, 11, 16))
    client.force_login(editor)
    assert exported(client)[0]["Last reminder"] == str(timezone.localdate())


def test_no_cell_of_an_export_is_a_formula(client: Client, editor: User) -> None:
    reviewer = AuthorPageFactory(title='=HYPERLINK("http://x")', is_reviewer=True)
    ReviewFactory(
        article=ArticlePageFactory(title="+1-1"), reviewer=reviewer, due_on=timezone.localdate() - timedelta(days=1)
    )
    client.force_login(editor)
    row = exported(client)[0]
    assert row["Article"] == "'+1-1"
    assert row["Last reviewed by"] == '\'=HYPERLINK("http://x")'
    response = client.get(f"{LIST}?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active  # type: ignore[attr-defined]
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line]
    assert "'+1-1" in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)


def test_the_list_asks_as_many_queries_for_thirty_articles_as_for_one(
    client: Client, editor: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client.force_login(editor)
    reviewed("One", due_in=-1, responsible=editor)
    client.get(LIST)
    with django_assert_max_num_queries(40) as first:
        client.get(LIST)
    for n in range(30):
        reviewed(f"More {n}", due_in=-n, responsible=editor, deputy=editor)
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(LIST)


def test_an_editor_sees_the_articles_of_the_own_part_of_the_tree(client: Client, home: Any) -> None:
    person = User.objects.create_user("edith", "edith@example.com", "a long passphrase")
    person.groups.add(Group.objects.get(name="Editors"))
    reviewed("Late", due_in=-1)
    client.force_login(person)
    assert [row["Article"] for row in exported(client)] == ["Late"]


@pytest.mark.parametrize("who", ["moderator", "stranger"])
def test_who_does_not_work_on_articles_sees_no_report(
    client: Client, who: str, request: pytest.FixtureRequest, home: Any
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == 302
    assert LIST not in client.get("/admin/").text


def test_an_empty_list_says_so(client: Client, editor: User, home: Any) -> None:
    client.force_login(editor)
    assert "Nothing waits." in client.get(LIST).text
