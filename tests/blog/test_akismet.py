"""The second opinion: what Akismet is told, what its answers do, and who hears of trouble with the account."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from blog import tasks
from blog.actions import akismet_status, judging
from blog.actions.akismet import ask_about, trouble
from blog.actions.comments import approve_comment
from blog.models import AkismetCheck, AkismetStatus, Comment, CommentSettings
from letters.models import Letter
from pagecache.changes import mark_changed
from tests.factories import ArticlePageFactory, CommentFactory
from tests.fakes.akismet import KEY, FakeAkismet, Reply
from tests.fakes.asking import ask_due, own_connection, unsure_comment
from users.models import User

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def state_of(comment: Comment) -> tuple[str, str]:
    """State, and what the moderator reads of Akismet."""
    comment.refresh_from_db()
    words = [reason["words"] for reason in comment.reasons if reason["code"] == "akismet"]
    return comment.state, "; ".join(words)


def set_rules(**fields: Any) -> None:
    CommentSettings.objects.update_or_create(site=Site.objects.get(is_default_site=True), defaults=fields)
    mark_changed()


def judge(**fields: Any) -> Comment:
    """As the worker does it, from the pending row on."""
    comment: Comment = CommentFactory(**{"state": "pending", "ip": "203.0.113.7", "user_agent": "F", **fields})
    judging.judge_comment(comment.pk)
    comment.refresh_from_db()
    return comment


def test_only_what_our_own_check_is_unsure_about_is_asked(akismet_fake: FakeAkismet) -> None:
    unsure = judge(text="I read more at https://clinic.example/page about it.")
    spam = judge(text="Buy cheap viagra online pharmacy, no prescription needed")
    clear = judge(text="The exercises in the morning helped my mother a good deal.")
    assert (unsure.state, spam.state, clear.state) == ("held", "spam", "held")
    assert list(AkismetCheck.objects.values_list("comment", flat=True)) == [unsure.pk]
    assert akismet_fake.calls == []  # no answer is waited for while it is judged
    assert ask_due() == 1
    assert [call.name for call in akismet_fake.calls] == ["comment-check"]


def test_ham_leaves_it_to_the_moderator_with_a_word(akismet_fake: FakeAkismet) -> None:
    comment = unsure_comment()
    ask_due()
    assert state_of(comment) == ("held", "Akismet: not spam")
    check = AkismetCheck.objects.get()
    assert (check.state, check.answer, check.guid, check.fault) == ("answered", "ham", "guid-1", "")


def test_spam_goes_with_the_spam_and_can_be_restored(akismet_fake: FakeAkismet, editor: User) -> None:
    comment = unsure_comment(author_name="akismet-guaranteed-spam")
    ask_due()
    assert state_of(comment) == ("spam", "Akismet: spam")
    approve_comment(comment, by=editor)
    assert comment.state == "published"


def test_blatant_spam_is_kept_like_any_other(akismet_fake: FakeAkismet) -> None:
    comment = unsure_comment(text="blatant")
    ask_due()
    assert state_of(comment) == ("spam", "Akismet: blatant spam")
    assert AkismetCheck.objects.get().answer == "discard"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_person_who_was_faster_is_heeded(akismet_fake: FakeAkismet, editor: User) -> None:
    def decide_meanwhile(_call: Any) -> None:
        with own_connection():
            approve_comment(Comment.objects.get(), by=editor)

    akismet_fake.script = decide_meanwhile
    comment = unsure_comment(author_name="akismet-guaranteed-spam")
    ask_due()
    assert state_of(comment) == ("published", "")


def test_what_was_decided_before_its_turn_is_not_sent(akismet_fake: FakeAkismet, editor: User) -> None:
    comment = unsure_comment()
    approve_comment(comment, by=editor)
    assert ask_due() == 0
    assert akismet_fake.calls == []
    assert AkismetCheck.objects.get().state == "given_up"


def test_a_provisional_answer_is_asked_again_when_akismet_says(akismet_fake: FakeAkismet) -> None:
    provisional = Reply("false", {"X-akismet-recheck-after": "120", "X-akismet-guid": "g"})
    akismet_fake.script = lambda call: None if "recheck_reason" in call.fields else provisional
    with time_machine.travel(NOON) as clock:
        comment = unsure_comment(author_name="akismet-guaranteed-spam")
        ask_due()
        assert state_of(comment) == ("held", "Akismet: not spam so far; it wants to be asked again in a while")
        clock.shift(119)
        assert ask_due() == 0
        clock.shift(1)
        assert ask_due() == 1
    first, second = akismet_fake.named("comment-check")
    assert second.sent == {**first.sent, "recheck_reason": "recheck-after"}
    assert state_of(comment) == ("spam", "Akismet: spam")


def test_akismet_cannot_have_itself_asked_for_ever(akismet_fake: FakeAkismet) -> None:
    akismet_fake.script = lambda _call: Reply("false", {"X-akismet-recheck-after": "60"})
    with time_machine.travel(NOON) as clock:
        comment = unsure_comment()
        for _ in range(20):
            ask_due()
            clock.shift(3600)
    assert len(akismet_fake.calls) == 4
    assert state_of(comment) == ("held", "Akismet: not spam")


def test_a_recheck_is_dropped_once_a_person_has_decided(akismet_fake: FakeAkismet, editor: User) -> None:
    akismet_fake.script = lambda _call: Reply("false", {"X-akismet-recheck-after": "60"})
    with time_machine.travel(NOON) as clock:
        comment = unsure_comment()
        ask_due()
        comment.refresh_from_db()
        approve_comment(comment, by=editor)
        clock.shift(3600)
        assert ask_due() == 0
    assert len(akismet_fake.calls) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_changed_words_are_asked_about_anew_and_the_old_answer_is_void(akismet_fake: FakeAkismet) -> None:
    comment = unsure_comment(text="Old words with https://a.example")

    def edit_meanwhile(_call: Any) -> None:
        with own_connection():
            Comment.objects.update(text="New words with https://b.example", version=2, state="pending", reasons=[])

    akismet_fake.script = edit_meanwhile
    comment.author_name = "akismet-guaranteed-spam"
    AkismetCheck.objects.update(values={**AkismetCheck.objects.get().values, "comment_author": comment.author_name})
    ask_due()
    assert state_of(comment) == ("pending", "")  # “spam” was said about words that are gone
    akismet_fake.script = lambda _call: None
    judging.judge_comment(comment.pk)
    ask_due()
    again = akismet_fake.calls[-1].fields
    assert (again["comment_content"], again["recheck_reason"]) == ("New words with https://b.example", "edit")
    assert state_of(comment) == ("held", "Akismet: not spam")


def test_the_body_of_the_call_is_what_the_setting_says(akismet_fake: FakeAkismet) -> None:
    article = ArticlePageFactory(last_published_at=datetime(2027, 2, 1, 8, 30, tzinfo=UTC))
    fields = {"article": article, "email": "joan@private.example", "text": "Two\nlines & ‘signs’ https://x.example"}
    comment = unsure_comment(**fields, created_at=datetime(2027, 3, 1, 9, 5, 7, 12345, tzinfo=UTC))
    ask_due()
    expected = {
        "blog": "http://testserver",
        "user_ip": "203.0.113.7",
        "user_agent": "Firefox/140",
        "permalink": f"http://testserver{article.url.removeprefix('http://testserver')}",
        "comment_type": "comment",
        "comment_author": "Joan W.",
        "comment_content": "Two\nlines & ‘signs’ https://x.example",
        "comment_date_gmt": "2027-03-01T09:05:07Z",
        "comment_post_modified_gmt": "2027-02-01T08:30:00Z",
        "blog_lang": "en_gb",
        "blog_charset": "UTF-8",
    }
    assert akismet_fake.calls[0].sent == expected == AkismetCheck.objects.get().values
    assert "joan@private.example" not in str(akismet_fake.calls)
    set_rules(akismet_gets_email=True)
    unsure_comment(**fields, parent=comment)
    ask_due()
    assert akismet_fake.calls[1].sent["comment_author_email"] == "joan@private.example"
    assert akismet_fake.calls[1].sent["comment_type"] == "reply"
    assert akismet_fake.calls[1].sent.keys() - expected.keys() == {"comment_author_email"}
    assert akismet_fake.calls[1].agent.startswith("Wellpress | akismet.py/")


def test_a_setting_that_was_changed_meanwhile_holds_for_what_waits(akismet_fake: FakeAkismet) -> None:
    set_rules(akismet_gets_email=True)
    first = unsure_comment(email="joan@private.example")
    set_rules(akismet_gets_email=False)
    ask_due()
    assert "comment_author_email" not in akismet_fake.calls[0].fields
    unsure_comment(article=first.article)
    set_rules(use_akismet=False)
    assert ask_due() == 0
    assert len(akismet_fake.calls) == 1


@pytest.mark.parametrize("lacks", ["the key", "the setting", "the network address"])
def test_off_nothing_is_ordered_and_nothing_is_sent(lacks: str, akismet_fake: FakeAkismet, settings: Any) -> None:
    if lacks == "the key":
        settings.AKISMET_API_KEY = ""
    if lacks == "the setting":
        set_rules(use_akismet=False)
    judge(text="See https://clinic.example", ip=None if lacks == "the network address" else "203.0.113.7")
    tasks.sweep_akismet()
    if lacks == "the key":
        tasks.watch_akismet()
        tasks.verify_akismet_key()
        assert trouble() is None
    assert not AkismetCheck.objects.exists()
    assert akismet_fake.calls == []


def test_a_new_site_asks_nobody(settings: Any, home: Any) -> None:
    assert settings.AKISMET_API_KEY == ""
    assert CommentSettings().use_akismet is False
    assert CommentSettings().akismet_gets_email is False
    assert ask_about(CommentFactory(state="held", ip="203.0.113.7")) is None


def test_a_refused_key_stops_all_questions_and_is_told_once_a_day(
    akismet_fake: FakeAkismet, editor: User, settings: Any
) -> None:
    settings.AKISMET_API_KEY = "planted-wrong-key"
    with time_machine.travel(NOON) as clock:
        comment = unsure_comment()
        assert ask_due() == 1
        other = unsure_comment()
        for _ in range(30):
            clock.shift(60)
            assert ask_due() == 0
        assert len(akismet_fake.calls) == 1
        assert state_of(comment) == state_of(other) == ("held", "")
        assert (
            trouble() == "Akismet refuses the key of this site. Comments that it should look at wait for you instead."
        )
        (letter,) = Letter.objects.filter(kind="akismet_trouble")
        assert letter.to == editor.email
        assert "refuses the key" in letter.text
        akismet_status.verify_key()
        assert Letter.objects.count() == 1
        clock.shift(timedelta(hours=20))
        settings.AKISMET_API_KEY = KEY  # somebody sets another key: nobody need press anything
        assert trouble() is None
        assert ask_due() == 2
        assert state_of(comment) == state_of(other) == ("held", "Akismet: not spam")
        assert AkismetStatus.objects.get().key_state == "valid"


def test_a_refused_key_that_was_mended_at_akismet_is_asked_again_by_a_button(
    akismet_fake: FakeAkismet, editor: User, client: Client
) -> None:
    akismet_fake.key = "another"
    unsure_comment()
    ask_due()
    akismet_fake.key = KEY
    assert ask_due() == 0
    client.force_login(editor)
    page = reverse("akismet_status")
    assert client.post(page, {"do": "again"}).status_code == 302
    assert len(akismet_fake.calls) == 1  # never in the request
    assert ask_due() == 1


def test_an_alert_about_the_account_is_kept_shown_and_mailed(akismet_fake: FakeAkismet, editor: User) -> None:
    alert = {"X-akismet-alert-code": "10402", "X-akismet-alert-msg": "You have used up your plan."}
    akismet_fake.script = lambda _call: Reply("false", alert)
    comment = unsure_comment()
    ask_due()
    assert state_of(comment) == ("held", "Akismet: not spam")
    assert trouble() == "Akismet says about the account: You have used up your plan."
    assert "used up your plan" in Letter.objects.get(kind="akismet_trouble").text
    akismet_fake.script = lambda _call: None
    unsure_comment()
    ask_due()
    assert trouble() is None


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        ({"percentage": "79.9", "throttled": False}, None),
        ({"percentage": "82.40", "throttled": False}, "82 % of this month's checks of the Akismet plan are used."),
        ({"percentage": 130, "throttled": True}, "Akismet holds back answers"),
        ({"limit": "none", "percentage": 0, "throttled": False}, None),
    ],
)
def test_a_plan_that_runs_out_is_told(usage: dict[str, Any], words: str | None, akismet_fake: FakeAkismet) -> None:
    akismet_fake.usage = usage
    tasks.watch_akismet()
    tasks.watch_akismet()
    assert len(akismet_fake.named("usage-limit")) == 1  # once a day
    said = trouble()
    assert (said or "").startswith(words) if words else said is None
    unsure_comment()
    ask_due()
    assert trouble() == said  # an answer without an alert says nothing about the plan


def test_the_key_stands_in_no_log_no_row_and_no_address(
    akismet_fake: FakeAkismet, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "planted-0xkey"
    settings.AKISMET_API_KEY = secret
    caplog.set_level(logging.DEBUG)
    answers = iter(
        [
            Reply(secret, {"X-akismet-debug-help": f"The key {secret} is odd"}),
            Reply("invalid", {"X-akismet-debug-help": f"No key {secret}", "X-akismet-alert-msg": f"Key {secret}"}),
            Reply("false", {"X-akismet-guid": secret, "X-akismet-alert-msg": f"Key {secret} is old"}),
            Reply("", status=500),
            Reply("valid"),
            Reply('{"percentage": 1}'),
        ]
    )
    akismet_fake.script = lambda _call: next(answers)
    for _ in range(4):
        akismet_status.forget_trouble()
        unsure_comment()
        tasks.ask_akismet(AkismetCheck.objects.latest("pk").pk)
    tasks.verify_akismet_key()
    tasks.watch_akismet()
    assert len(akismet_fake.calls) == 6
    rows = [*AkismetCheck.objects.values(), *AkismetStatus.objects.values(), *Letter.objects.values()]
    assert secret not in str([*rows, *Comment.objects.values()])
    assert secret not in caplog.text
    assert "%" not in "".join(call.path for call in akismet_fake.calls)


def test_whoever_has_not_the_rules_in_hand_does_not_see_the_page(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(reverse("akismet_status")).status_code == 302


def test_moderators_see_how_akismet_does(
    akismet_fake: FakeAkismet, client: Client, editor: User, moderator: User, settings: Any
) -> None:
    page = reverse("akismet_status")
    client.force_login(editor)
    assert "Akismet has not been asked yet" in client.get(page).text
    akismet_status.verify_key()
    assert "Akismet takes the key." in client.get(page).text
    akismet_fake.script = lambda _call: Reply("invalid", {"X-akismet-alert-msg": "<script>alert(1)</script>"})
    akismet_status.verify_key()
    shown = client.get(page).text
    assert "Akismet refuses the key." in shown
    assert "<script>alert(1)" not in shown
    settings_page = client.get(f"/admin/settings/blog/commentsettings/{Site.objects.get(is_default_site=True).pk}/")
    assert "Akismet refuses the key." in settings_page.text
    client.force_login(moderator)
    assert "Akismet refuses the key" in client.get("/admin/").text  # on the first page of whoever decides
    settings.AKISMET_API_KEY = ""
    client.force_login(editor)
    assert "nothing is sent to anybody" in client.get(page).text


def test_looking_at_the_page_asks_nobody(akismet_fake: FakeAkismet, client: Client, editor: User) -> None:
    client.force_login(editor)
    for _ in range(2):
        client.get(reverse("akismet_status"))
    assert akismet_fake.calls == []


def test_the_desk_counts_what_was_asked(akismet_fake: FakeAkismet) -> None:
    from blog.moderation.akismet_page import read_report

    for name in ("Joan", "akismet-guaranteed-spam"):
        unsure_comment(author_name=name)
    ask_due()
    unsure_comment()
    report = read_report()
    assert report.counts == {"waiting": 1, "ham": 1, "spam": 1, "given_up": 0, "told": 0}
    assert report.status.last_answer_at is not None
    assert report.status.last_answer_at <= timezone.now()
