"""The page of the monthly draft: who may open it, what it says, what its buttons do."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsletter.models import DraftRun, DraftSchedule, IssuePage, NewsletterPage
from tests.factories import IssuePageFactory, ReviewFactory, TopicFactory
from tests.newsletter.monthly import make_run, make_schedule, publish

pytestmark = pytest.mark.django_db
URL = "/admin/newsletter/monthly/"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client: Client, editor: Any, home: Any) -> Client:
    """Where the editor sits."""
    client.force_login(editor)
    return client


def form(**fields: Any) -> dict[str, Any]:
    return {"is_on": "on", "day": "31", "at": "06:30", "zone": "Europe/London", **fields}


def test_a_new_newsletter_has_nothing_yet_and_says_what_to_do(desk: Client) -> None:
    page = desk.get(URL).content.decode()
    for words in ("No draft makes itself", "Nothing yet", "No month yet"):
        assert words in page
    assert "Make the draft" not in page
    assert not DraftSchedule.objects.exists()


def test_saving_a_schedule_says_when_the_next_drafts_come_and_that_short_months_end_earlier(desk: Client) -> None:
    assert desk.post(URL, form()).status_code == 302
    page = desk.get(URL).content.decode()
    assert "The next draft makes itself on Monday 30 November 2026, 06:30 (Europe/London)" in page
    assert "Thursday 31 December 2026, 06:30 (Europe/London); Sunday 31 January 2027" in page
    assert "its last one is meant" in page
    schedule = DraftSchedule.objects.get()
    assert (schedule.day, schedule.at, schedule.zone, schedule.since) == (31, time(6, 30), "Europe/London", NOW)


def test_the_zone_is_kept_when_the_sites_becomes_another_and_the_page_says_so(desk: Client, settings: Any) -> None:
    make_schedule()
    settings.TIME_ZONE = "Asia/Tokyo"
    page = desk.get(URL).content.decode()
    assert "The site’s own zone is Asia/Tokyo now. This schedule stays in Europe/London" in page
    assert "Tuesday 1 December 2026, 07:00 (Europe/London)" in page


@pytest.mark.parametrize(
    "wrong", [{"day": "32"}, {"at": "25:00"}, {"zone": "Europe/Nowhere"}, {"told": ["4711"]}, {"at": ""}]
)
def test_a_bad_schedule_is_shown_again_with_what_is_wrong(desk: Client, wrong: dict[str, Any]) -> None:
    response = desk.post(URL, form(**wrong))
    assert response.status_code == 422
    assert "np-error" in response.content.decode()
    assert not DraftSchedule.objects.exists()


def test_only_those_who_may_publish_can_be_chosen_for_the_letter(desk: Client, editor: Any, moderator: Any) -> None:
    assert desk.post(URL, form(told=[str(moderator.pk)])).status_code == 422
    assert desk.post(URL, form(told=[str(editor.pk)])).status_code == 302
    assert list(DraftSchedule.objects.get().told.all()) == [editor]


def test_the_preview_names_what_would_be_in_it_by_topic_and_what_is_left_out(desk: Client) -> None:
    publish("Cold mornings", at=NOW - timedelta(days=2), topic=TopicFactory(name="Sleep"))
    publish("The lead", at=NOW - timedelta(days=1))
    old = publish("Too old a review", at=NOW - timedelta(days=2))
    ReviewFactory(article=old, due_on=date(2026, 11, 1))
    page = desk.get(URL).content.decode()
    assert "2 articles, new since" in page
    assert page.index("In the lead") < page.index("The lead</a>") < page.index(">Sleep<") < page.index("Cold mornings")
    assert page.index("Left out") < page.index("Too old a review") < page.index("was due on 1 November 2026")
    assert not DraftRun.objects.exists()


def test_the_preview_costs_the_same_number_of_queries_for_one_article_and_for_many(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        publish(f"Article {number}", at=NOW - timedelta(hours=number + 1))
        IssuePageFactory(body=[], live=number % 2 == 0, first_published_at=NOW - timedelta(days=9))
    with django_assert_max_num_queries(40) as asked:
        desk.get(URL)
    for number in range(12, 24):
        publish(f"Article {number}", at=NOW - timedelta(hours=number + 1))
        IssuePageFactory(body=[], live=number % 2 == 0, first_published_at=NOW - timedelta(days=9))
    with django_assert_max_num_queries(len(asked)):
        desk.get(URL)


def test_the_button_makes_the_draft_and_opens_it(desk: Client) -> None:
    publish("New", at=NOW - timedelta(days=1))
    assert "Make the draft of November now" in desk.get(URL).content.decode()
    response = desk.post(f"{URL}make/")
    issue = IssuePage.objects.get()
    assert response["Location"] == f"/admin/pages/{issue.pk}/edit/"
    edit = desk.get(response["Location"]).content.decode()
    assert "It still wants an introduction" in edit
    again = desk.post(f"{URL}make/", follow=True).content.decode()
    assert "The draft of November 2026 was made on Friday 20 November 2026, 12:00 (Europe/London)." in again
    assert "Open the draft of November" in again
    assert IssuePage.objects.count() == 1


def test_with_nothing_new_the_button_makes_no_empty_draft(desk: Client) -> None:
    page = desk.post(f"{URL}make/", follow=True).content.decode()
    assert "no draft was made" in page
    assert "Nothing new" in page
    assert not IssuePage.objects.exists()


def test_a_draft_without_its_introduction_can_be_saved_and_looked_at_and_not_published(desk: Client) -> None:
    publish("New", at=NOW - timedelta(days=1))
    desk.post(f"{URL}make/")
    issue = IssuePage.objects.get()
    for mode in ("", "mail", "text"):
        assert desk.get(f"/admin/pages/{issue.pk}/view_draft/?mode={mode}").status_code == 200
    card = issue.body[1].value["article"].pk
    sent = {
        "title": issue.title,
        "number": issue.number,
        "subject": issue.subject,
        "slug": issue.slug,
        "second_subject": "",
        "test_share": "20",
        "test_hours": "4",
        "body-count": "2",
        "body-0-type": "intro",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": "",
        "body-0-value-text": "null",
        "body-0-value-signed_by": "",
        "body-1-type": "article",
        "body-1-order": "1",
        "body-1-deleted": "",
        "body-1-id": "",
        "body-1-value-article": card,
        "body-1-value-words": "",
    }
    edit = f"/admin/pages/{issue.pk}/edit/"
    assert desk.post(edit, {**sent, "title": "December"}).status_code == 302
    desk.post(edit, {**sent, "action-publish": "Publish"})
    issue.refresh_from_db()
    assert (issue.draft_title, issue.live) == ("December", False)


@pytest.mark.parametrize(("verb", "state"), [("make", "made"), ("skip", "skipped")])
def test_a_question_stands_on_the_page_until_it_is_answered(desk: Client, verb: str, state: str) -> None:
    publish("New", at=NOW - timedelta(days=1))
    run = make_run(period=date(2026, 11, 1), due_at=datetime(2026, 11, 1, 7, tzinfo=UTC))
    page = desk.get(URL).content.decode()
    assert "November 2026 has no draft yet." in page
    assert "Sunday 1 November 2026, 07:00 (Europe/London)" in page
    assert "Make the draft of November now" not in page
    assert desk.get(f"{URL}{run.pk}/{verb}/").status_code == 405
    desk.post(f"{URL}{run.pk}/{verb}/")
    run.refresh_from_db()
    assert run.state == state
    assert "has no draft yet" not in desk.get(URL).content.decode()
    assert "November 2026" in desk.post(f"{URL}{run.pk}/{verb}/", follow=True).content.decode()
    assert IssuePage.objects.count() == (verb == "make")


def test_the_months_before_are_listed_with_what_became_of_them(desk: Client) -> None:
    issue = IssuePageFactory(number=7)
    make_run(period=date(2026, 10, 1), state="made", issue=issue, articles=4)
    make_run(period=date(2026, 9, 1), state="nothing")
    make_run(period=date(2026, 8, 1), state="made", articles=2)
    page = desk.get(URL).content.decode()
    for words in (f'/admin/pages/{issue.pk}/edit/">Issue 7', "Nothing new", "A draft that was deleted since"):
        assert words in page


def test_the_admins_first_page_says_that_a_question_is_open_and_that_a_draft_waits(desk: Client) -> None:
    run = make_run()
    page = desk.get("/admin/").content.decode()
    assert "March 2026 has no draft yet" in page
    assert URL in page
    DraftRun.objects.filter(pk=run.pk).update(state="skipped")
    assert "has no draft yet" not in desk.get("/admin/").content.decode()


def test_the_way_there_is_in_the_menu_and_on_the_newsletters_page(desk: Client) -> None:
    newsletter = NewsletterPage.objects.get()
    assert f'"{URL}"' in desk.get("/admin/").content.decode()
    assert URL in desk.get(f"/admin/pages/{newsletter.pk}/edit/").content.decode()


def test_who_may_not_publish_is_sent_away(client: Client, stranger: Any, home: Any) -> None:
    client.force_login(stranger)
    assert client.get(URL).status_code == 302
    client.post(URL, form())
    client.post(f"{URL}make/")
    assert not DraftSchedule.objects.exists()
    assert not DraftRun.objects.exists()
    assert timezone.now() == NOW
