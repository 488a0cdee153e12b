"""The monthly draft makes itself: once a month, from what is new; a month that was missed asks."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageLogEntry

from images.models import SiteImage
from letters.models import Letter
from newsletter.actions.drafting import (
    make_draft_now,
    make_missed_draft,
    months_ahead,
    people_to_tell,
    set_schedule,
    settle_due_month,
    skip_missed_draft,
)
from newsletter.errors import WrongState
from newsletter.models import DraftRun, DraftSchedule, IssuePage, NewsletterPage
from newsletter.tasks import make_monthly_drafts
from tests.factories import IssuePageFactory, ReviewFactory, TopicFactory
from tests.newsletter.monthly import make_schedule, publish, ring_together

pytestmark = pytest.mark.django_db
State = DraftRun.State
NOVEMBER = datetime(2026, 11, 10, 12, tzinfo=UTC)
FIRST = datetime(2026, 12, 1, 7, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def tick(moment: datetime) -> None:
    """One ring of the clock at that moment."""
    with at(moment):
        make_monthly_drafts()


@pytest.fixture
def schedule(home: Any, editor: Any) -> DraftSchedule:
    """The first of each month at seven, set in November; the issue before went out in the beginning of November."""
    last = datetime(2026, 11, 2, 7, tzinfo=UTC)
    IssuePageFactory(body=[], number=7, first_published_at=last)
    with at(NOVEMBER):
        return make_schedule()


def cards(issue: IssuePage) -> list[str]:
    return [block.value["article"].title for block in issue.body if block.block_type == "article"]


def test_the_draft_waits_in_the_morning_and_a_letter_tells_the_editor(schedule: DraftSchedule, editor: Any) -> None:
    publish("Sleep and pain", at=NOVEMBER)
    publish("Cold mornings", at=NOVEMBER + HOUR)
    tick(FIRST - MINUTE)
    assert not DraftRun.objects.exists()
    for _ in range(3):
        tick(FIRST)
    run = DraftRun.objects.get()
    issue = IssuePage.objects.get(live=False)
    assert (run.state, run.issue, run.period, run.articles) == (State.MADE, issue, date(2026, 12, 1), 2)
    assert (issue.title, issue.slug, issue.number) == ("December 2026", "december-2026", 8)
    assert issue.subject == "December 2026: Cold mornings"
    assert issue.has_unpublished_changes
    assert cards(issue.latest_revision.as_object()) == cards(issue)
    assert issue.body[0].block_type == "intro"
    assert sorted(cards(issue)) == ["Cold mornings", "Sleep and pain"]
    letter = Letter.objects.get()
    assert letter.to == editor.email
    assert f"/admin/pages/{issue.pk}/edit/" in letter.text
    assert PageLogEntry.objects.filter(page=issue.pk, action="wagtail.create").exists()


def test_the_newest_guide_with_a_picture_leads_and_the_rest_follow_by_topic(schedule: DraftSchedule) -> None:
    picture = SiteImage.objects.create(title="Hill", file=get_test_image_file(size=(80, 60)))
    sleep, heart = TopicFactory(name="Sleep", sort_order=2), TopicFactory(name="Heart", sort_order=1)
    publish("Sleep one", at=NOVEMBER, topic=sleep)
    publish("Heart one", at=NOVEMBER + HOUR, topic=heart)
    publish("The guide", at=NOVEMBER + 2 * HOUR, topic=sleep, picture=picture, picture_alt="A bed")
    publish("My story", at=NOVEMBER + 3 * HOUR, topic=heart, picture=picture, picture_alt="A hill", kind="story")
    publish("Sleep two", at=NOVEMBER + 4 * HOUR, topic=sleep)
    tick(FIRST)
    issue = IssuePage.objects.get(live=False)
    assert cards(issue) == ["The guide", "Heart one", "My story", "Sleep one", "Sleep two"]
    assert (issue.picture, issue.picture_alt) == (issue.body[1].value["article"].specific.picture, "A bed")


def test_only_what_readers_may_see_and_no_issue_holds_is_in_it(schedule: DraftSchedule) -> None:
    publish("Before the last issue", at=datetime(2026, 11, 1, tzinfo=UTC))
    publish("Taken down", at=NOVEMBER).unpublish()
    sent = publish("In a later issue", at=NOVEMBER)
    body = [("article", {"article": sent, "words": ""})]
    IssuePageFactory(body=body, first_published_at=datetime(2026, 11, 5, tzinfo=UTC))
    drafted = IssuePageFactory(body=[], live=False)
    drafted.body = [("article", {"article": publish("In a saved draft", at=NOVEMBER), "words": ""})]
    drafted.save_revision()
    overdue = publish("Overdue", at=NOVEMBER)
    ReviewFactory(article=overdue, reviewed_on=date(2025, 11, 1), due_on=date(2026, 11, 30))
    publish("Comes later", at=FIRST + MINUTE)
    publish("Good", at=NOVEMBER)
    tick(FIRST)
    assert cards(DraftRun.objects.get().issue) == ["Good"]  # type: ignore[arg-type]
    assert "1 article is not in it" in " ".join(Letter.objects.get().text.split())


def test_what_came_while_the_draft_waited_is_in_the_next_one_and_what_was_taken_out_is_not(
    schedule: DraftSchedule,
) -> None:
    publish("Kept", at=NOVEMBER)
    taken = publish("Taken out", at=NOVEMBER)
    tick(FIRST)
    issue = DraftRun.objects.get().issue
    assert issue is not None
    with at(FIRST + timedelta(days=3)):
        del issue.body[[block.value.get("article") == taken for block in issue.body].index(True)]
        issue.save_revision().publish()
    publish("Meanwhile", at=FIRST + timedelta(days=1))
    tick(datetime(2027, 1, 1, 7, tzinfo=UTC))
    assert cards(DraftRun.objects.get(period=date(2027, 1, 1)).issue) == ["Meanwhile"]  # type: ignore[arg-type]


def test_nothing_new_is_told_and_makes_no_empty_draft(schedule: DraftSchedule) -> None:
    for _ in range(3):
        tick(FIRST)
    assert DraftRun.objects.get().state == State.NOTHING
    assert not IssuePage.objects.filter(live=False).exists()
    assert "nothing new" in Letter.objects.get().subject


def test_a_clock_that_was_down_for_an_hour_makes_it_late(schedule: DraftSchedule) -> None:
    publish("New", at=NOVEMBER)
    tick(FIRST + HOUR)
    assert DraftRun.objects.get().state == State.MADE


@pytest.mark.parametrize(
    ("down", "asked"), [(timedelta(hours=30), date(2026, 12, 1)), (timedelta(days=92), date(2027, 3, 1))]
)
def test_a_clock_that_was_down_for_long_asks_about_the_latest_month_only(
    schedule: DraftSchedule, down: timedelta, asked: date
) -> None:
    publish("New", at=NOVEMBER)
    for minutes in range(3):
        tick(FIRST + down + HOUR * 24 * (down.days > 2) + minutes * MINUTE)
    run = DraftRun.objects.get()
    assert (run.state, run.period) == (State.ASKED, asked)
    assert not IssuePage.objects.filter(live=False).exists()
    assert "/admin/newsletter/monthly/" in Letter.objects.get().text


def test_a_question_is_answered_once(schedule: DraftSchedule, editor: Any) -> None:
    publish("New", at=NOVEMBER)
    tick(FIRST + timedelta(hours=30))
    run, seen_before = DraftRun.objects.get(), DraftRun.objects.get()
    with at(FIRST + timedelta(hours=31)):
        assert make_missed_draft(run, by=editor).state == State.MADE
        with pytest.raises(WrongState, match="December 2026 was made on Wednesday 2 December 2026, 14:00"):
            make_missed_draft(seen_before, by=editor)
        with pytest.raises(WrongState):
            skip_missed_draft(seen_before, by=editor)
    assert IssuePage.objects.filter(live=False).count() == 1
    tick(FIRST + timedelta(hours=32))
    assert DraftRun.objects.count() == 1


def test_a_skipped_month_stays_so_and_the_next_one_makes_itself(schedule: DraftSchedule, editor: Any) -> None:
    publish("New", at=NOVEMBER)
    tick(FIRST + timedelta(hours=30))
    skip_missed_draft(DraftRun.objects.get(), by=editor)
    tick(FIRST + timedelta(hours=31))
    tick(datetime(2027, 1, 1, 7, tzinfo=UTC))
    assert list(DraftRun.objects.values_list("state", flat=True)) == [State.MADE, State.SKIPPED]


def test_an_open_question_ends_when_the_next_month_comes(schedule: DraftSchedule, editor: Any) -> None:
    tick(FIRST + timedelta(hours=30))
    question = DraftRun.objects.get()
    publish("New", at=NOVEMBER)
    tick(datetime(2027, 1, 1, 7, tzinfo=UTC))
    assert list(DraftRun.objects.values_list("state", flat=True)) == [State.MADE, State.SKIPPED]
    with pytest.raises(WrongState, match="was left out"):
        make_missed_draft(question, by=editor)


def test_a_person_makes_it_before_its_moment_and_the_clock_makes_no_second_one(
    schedule: DraftSchedule, editor: Any
) -> None:
    publish("New", at=NOVEMBER)
    with at(FIRST - HOUR):
        run = make_draft_now(schedule.newsletter, by=editor)
        assert run.issue is not None
        assert run.issue.owner == editor
        with pytest.raises(WrongState):
            make_draft_now(schedule.newsletter, by=editor)
    tick(FIRST)
    assert DraftRun.objects.count() == 1
    assert not Letter.objects.exists()  # the only one who would get it pressed the button


def test_a_draft_that_was_deleted_can_be_made_again(schedule: DraftSchedule, editor: Any) -> None:
    publish("New", at=NOVEMBER)
    tick(FIRST)
    IssuePage.objects.get(live=False).delete()
    tick(FIRST + MINUTE)
    assert not IssuePage.objects.filter(live=False).exists()
    with at(FIRST + HOUR):
        assert make_draft_now(schedule.newsletter, by=editor).state == State.MADE
    assert cards(IssuePage.objects.get(live=False)) == ["New"]


def test_what_a_new_schedule_did_not_know_is_not_missed(schedule: DraftSchedule) -> None:
    with at(FIRST - HOUR):
        schedule.day = 20
        set_schedule(schedule, told=[])
    for day in range(31):
        tick(FIRST + timedelta(days=day))
    assert list(DraftRun.objects.values_list("period", "due_at")) == [
        (date(2026, 12, 1), datetime(2026, 12, 20, 7, tzinfo=UTC))
    ]
    with at(datetime(2026, 12, 21, tzinfo=UTC)):  # a later day of a month that has its draft
        schedule.day = 25
        set_schedule(schedule, told=[])
        assert months_ahead(schedule, datetime(2026, 12, 21, tzinfo=UTC), 1) == [date(2027, 1, 1)]
    tick(datetime(2026, 12, 25, 7, tzinfo=UTC))
    assert DraftRun.objects.count() == 1


def test_a_schedule_that_is_off_makes_nothing(schedule: DraftSchedule) -> None:
    schedule.is_on = False
    with at(NOVEMBER):
        set_schedule(schedule, told=[])
    tick(FIRST)
    assert settle_due_month(schedule.pk) is None
    assert not DraftRun.objects.exists()


def test_the_zone_stays_when_the_sites_zone_becomes_another(schedule: DraftSchedule, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    publish("New", at=NOVEMBER)
    tick(FIRST - HOUR)  # seven in Tokyo is long over
    assert not DraftRun.objects.exists()
    tick(FIRST)
    assert DraftRun.objects.get().zone == "Europe/London"


@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(hours=2), timedelta(days=30)])
def test_a_clock_that_jumps_makes_no_second_draft(schedule: DraftSchedule, jump: timedelta) -> None:
    publish("New", at=NOVEMBER)
    tick(FIRST)
    for minutes in range(3):
        tick(FIRST + jump + minutes * MINUTE)
    tick(FIRST + HOUR)
    assert Counter(DraftRun.objects.values_list("period", flat=True)).most_common(1)[0][1] == 1
    assert IssuePage.objects.filter(live=False).count() == 1


def test_whom_the_schedule_names_gets_the_letter_and_otherwise_all_who_may_publish(
    schedule: DraftSchedule, editor: Any, moderator: Any, django_user_model: Any
) -> None:
    chief = django_user_model.objects.create_superuser("chief", "chief@meadowsweet.example", "a long passphrase")
    assert people_to_tell(schedule.newsletter) == [chief, editor] or people_to_tell(schedule.newsletter) == [
        editor,
        chief,
    ]
    schedule.told.set([editor, moderator])
    assert people_to_tell(schedule.newsletter) == [editor]
    editor.is_active = False
    editor.save()
    assert people_to_tell(schedule.newsletter) == [chief]


def test_without_an_issue_before_it_holds_the_last_month(home: Any, editor: Any) -> None:
    with at(NOVEMBER):
        make_schedule()
    publish("Old", at=datetime(2026, 10, 30, tzinfo=UTC))
    publish("New", at=NOVEMBER)
    tick(FIRST)
    assert cards(IssuePage.objects.get()) == ["New"]


@pytest.mark.parametrize("zone", ["Europe/London", "Africa/Cairo", "America/Sao_Paulo"])
def test_every_month_of_two_years_has_one_row(home: Any, zone: str) -> None:
    with at(datetime(2026, 12, 31, 12, tzinfo=UTC)):
        schedule = make_schedule(day=31, at=time(2, 30), zone=zone)
    DraftSchedule.objects.update(since=datetime(2027, 1, 1, tzinfo=UTC))
    months = [date(2027 + n // 12, n % 12 + 1, 1) for n in range(24)]
    for month in months:
        due = schedule.due_at(month)
        for moment in (due - timedelta(seconds=1), due, due + 6 * HOUR):
            tick(moment)
    runs = list(DraftRun.objects.order_by("period"))
    assert [run.period for run in runs] == months
    assert all(run.settled_at.astimezone(ZoneInfo(zone)).month == run.period.month for run in runs)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_five_clocks_at_once_make_one_issue_a_month(home: Any, editor: Any) -> None:
    """`make bench` does it for two years and six zones."""
    with at(datetime(2026, 12, 31, 12, tzinfo=UTC)):
        schedule = make_schedule(day=31)
    months = [date(2027, number, 1) for number in range(1, 7)]
    for month in months:
        due = schedule.due_at(month)
        publish(f"New in {month:%B %Y}", at=due - HOUR)
        with at(due):
            ring_together(5)
    assert DraftRun.objects.filter(state=State.MADE).count() == len(months)
    drafts = IssuePage.objects.order_by("number")
    assert [cards(issue) for issue in drafts] == [[f"New in {month:%B %Y}"] for month in months]
    assert Letter.objects.count() == len(months)
    assert NewsletterPage.objects.get().numchild == len(months)
