"""Reports > Outward links: what is in trouble, where it stands, and the button that asks again."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import ArticlePage, OutwardLink
from tests.factories import ArticlePageFactory
from users.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/reports/link-report/"
State = OutwardLink.State


def link(url: str, state: str = State.DEAD, *, holders: tuple[ArticlePage, ...] = (), **fields: Any) -> OutwardLink:
    later = timezone.now() + timedelta(days=3)
    made = OutwardLink.objects.create(url=url, host="x.example", state=state, **{"next_check_at": later, **fields})
    made.articles.set(holders or [ArticlePageFactory()])
    return made


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{LIST}?export=csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))  # type: ignore[attr-defined]


def test_what_is_in_trouble_is_listed_the_worst_first(client: Client, editor: User) -> None:
    for state in State.values:
        link(f"https://x.example/{state}", state)
    client.force_login(editor)
    assert [row["State"] for row in exported(client)] == ["Gone", "Moved for good", "Fails just now"]
    assert [row["State"] for row in exported(client, "&state=fine")] == ["Answers"]
    assert len(exported(client, "&state=any")) == len(State.values)


def test_a_row_names_the_answer_the_new_address_and_the_articles(client: Client, editor: User) -> None:
    articles = tuple(ArticlePageFactory(title=f"Piece {n}") for n in range(7))
    link("https://x.example/old", State.MOVED, holders=articles, moved_to="https://x.example/new", answer="It moved.")
    client.force_login(editor)
    page = client.get(LIST).text
    assert 'href="https://x.example/new"' in page
    assert "It moved." in page
    assert f"/admin/pages/{articles[0].pk}/edit/" in page
    assert "and 2 more" in page
    assert exported(client)[0]["Stands in"].split(", ")[6] == "Piece 6"


def test_an_address_is_a_link_that_tells_nothing_and_cannot_break_out(client: Client, editor: User) -> None:
    link("https://x.example/?a=%22%3E&b=1", answer="<script>alert(1)</script>")
    client.force_login(editor)
    page = client.get(LIST).text
    assert "<script>alert(1)" not in page
    assert 'rel="noreferrer noopener"' in page


def test_a_link_on_no_live_page_is_no_trouble(client: Client, editor: User) -> None:
    link("https://x.example/a", holders=(ArticlePageFactory(live=False),))
    client.force_login(editor)
    assert exported(client) == []
    assert "No link is in trouble." in client.get(LIST).text


def test_links_are_found_by_a_part_of_the_address(client: Client, editor: User) -> None:
    link("https://x.example/sleep")
    link("https://x.example/pain")
    client.force_login(editor)
    assert [row["Address"] for row in exported(client, "&q=slee")] == ["https://x.example/sleep"]


def test_the_button_brings_the_turn_forward(
    client: Client, editor: User, django_capture_on_commit_callbacks: Any
) -> None:
    one = link("https://x.example/a")
    client.force_login(editor)
    address = f"{LIST}{one.pk}/ask-again/"
    assert client.get(address).status_code == 405
    assert not OutwardLink.objects.due().exists()
    with django_capture_on_commit_callbacks() as rung:
        response = client.post(address, {"next": f"{LIST}?state=dead"})
    assert response.url == f"{LIST}?state=dead"  # type: ignore[attr-defined]
    assert OutwardLink.objects.due().get() == one
    assert len(rung) == 1


def test_the_button_leads_to_no_other_site(client: Client, editor: User) -> None:
    one = link("https://x.example/a")
    client.force_login(editor)
    response = client.post(f"{LIST}{one.pk}/ask-again/", {"next": "https://evil.example/"})
    assert response.url == LIST  # type: ignore[attr-defined]


def test_where_checks_are_off_the_report_says_so(client: Client, editor: User, settings: Any) -> None:
    one = link("https://x.example/a")
    settings.LINK_CHECKS = False
    client.force_login(editor)
    assert "LINK_CHECKS is off" in client.get(LIST).text
    client.post(f"{LIST}{one.pk}/ask-again/")
    assert not OutwardLink.objects.due().exists()


@pytest.mark.parametrize("who", ["moderator", "stranger"])
def test_who_does_not_work_on_articles_neither_sees_nor_asks(
    client: Client, who: str, request: pytest.FixtureRequest
) -> None:
    one = link("https://x.example/a")
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == 302
    assert client.post(f"{LIST}{one.pk}/ask-again/").status_code in {302, 403}
    assert not OutwardLink.objects.due().exists()


def test_the_list_asks_as_many_queries_for_thirty_links_as_for_one(
    client: Client, editor: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client.force_login(editor)
    link("https://x.example/0")
    client.get(LIST)
    with django_assert_max_num_queries(30) as first:
        client.get(LIST)
    for n in range(1, 30):
        link(f"https://x.example/{n}")
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(LIST)
