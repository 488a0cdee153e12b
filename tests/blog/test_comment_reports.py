"""Readers report a comment without an account; a person decides, and that settles the reports."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.log_actions import registry as log_registry
from wagtail.models import PageViewRestriction

from blog.actions import comments
from blog.actions.reports import MOST_OPEN, dismiss_reports, report_comment
from blog.errors import CommentMovedError
from blog.models import Comment, CommentReport
from guard.forms import make_token
from letters.models import Letter
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
READER, OTHER, THIRD = "193.0.6.1", "193.0.6.2", "193.0.6.3"  # public: an address of a laptop stands for many readers


@pytest.fixture
def comment() -> Any:
    return CommentFactory(article=ArticlePageFactory(slug="it", title="Walking"), text="Stop your tablets.")


def send(client: Client, comment: Comment, reader: str = READER, **changes: str) -> Any:
    data = {"form_token": make_token("report"), "reason": "harm", "words": "Dangerous.", **changes}
    return client.post(f"/comments/report/{comment.pk}/", data, REMOTE_ADDR=reader)


def states() -> list[str]:
    return list(CommentReport.objects.values_list("state", flat=True))


def test_each_comment_of_an_article_has_a_link_to_report_it(client: Client, comment: Any) -> None:
    html = client.get("/articles/it/").content.decode()
    link = f'<a href="/comments/report/{comment.pk}/" rel="nofollow">Report<span class="vh"> the comment of Joan W.'
    assert link in html
    page = client.get(f"/comments/report/{comment.pk}/")
    assert "Stop your tablets." in page.content.decode()
    assert (page["Cache-Control"], page["Referrer-Policy"], page["X-Robots-Tag"]) == (
        "no-store",
        "no-referrer",
        "noindex",
    )
    assert not page.cookies


def test_a_report_is_kept_for_a_moderator_and_the_comment_stays(client: Client, comment: Any) -> None:
    answer = send(client, comment)
    assert (answer.status_code, answer["Location"]) == (303, f"/comments/report/{comment.pk}/thanks/")
    thanks = client.get(answer["Location"]).content.decode()
    assert "Thank you. A moderator will look at it" in thanks
    report = CommentReport.objects.get()
    assert (report.comment, report.reason, report.words, report.ip) == (comment, "harm", "Dangerous.", READER)
    assert list(Comment.objects.reported()) == [comment]
    assert comment.state == "published"


def test_a_report_needs_a_reason_and_keeps_what_was_typed(client: Client, comment: Any) -> None:
    for changes, words in (
        ({"reason": ""}, "Choose what is wrong with it"),
        ({"reason": "nonsense"}, "Choose one from the list"),
        ({"words": "a" * 501}, "Shorten what you wrote: it has 501 characters"),
        ({"form_token": ""}, "This page was open for a long time."),
    ):
        answer = send(client, comment, **{"words": "<b>Kept", **changes})
        assert answer.status_code == 422
        html = answer.content.decode()
        assert words in html
        assert "&lt;b&gt;Kept" in html or "a" * 501 in html
    assert not CommentReport.objects.exists()


def test_one_network_reports_one_comment_once_and_is_thanked_again(client: Client, comment: Any) -> None:
    other = CommentFactory(article=comment.article)
    for reader in (READER, READER, "2a00:1450::1", "2a00:1450::2"):  # the last two are one /64
        assert send(client, comment, reader, reason="wrong").status_code == 303
    assert send(client, other).status_code == 303
    assert comment.reports.count() == 2
    assert other.reports.count() == 1


def test_from_behind_one_proxy_each_reason_counts_once(client: Client, comment: Any) -> None:
    for reason in ("harm", "harm", "abuse"):
        send(client, comment, "192.168.1.1", reason=reason)
    assert sorted(comment.reports.values_list("reason", flat=True)) == ["abuse", "harm"]


def test_what_a_moderator_let_stand_is_not_reported_again_by_the_same_reader(
    client: Client, comment: Any, moderator: User
) -> None:
    send(client, comment)
    dismiss_reports(comment, by=moderator)
    send(client, comment)
    assert states() == ["dismissed"]
    Comment.objects.filter(pk=comment.pk).update(edited_at=timezone.now())  # other words may be worse
    send(client, comment)
    assert sorted(states()) == ["dismissed", "open"]


def test_reports_beyond_a_number_are_thanked_for_and_not_kept(comment: Any) -> None:
    for number in range(MOST_OPEN + 5):
        report_comment(comment, reason="other", ip=f"193.0.7.{number}")
    assert comment.reports.count() == MOST_OPEN


def test_one_network_can_send_few_reports_in_a_short_time(client: Client) -> None:
    article = ArticlePageFactory()
    answers = [send(client, CommentFactory(article=article)) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "Dangerous." in answers[-1].content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert send(client, CommentFactory(article=article)).status_code == 303


def test_a_robot_and_another_sites_form_leave_nothing(client: Client, comment: Any) -> None:
    assert send(client, comment, website="https://spam.example").status_code == 303
    address, data = f"/comments/report/{comment.pk}/", {"form_token": make_token("report"), "reason": "harm"}
    assert client.post(address, data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    for method in (client.get, client.head):
        method(address)
        method(f"{address}thanks/")
    assert not CommentReport.objects.exists()


def test_what_readers_do_not_see_cannot_be_reported(client: Client) -> None:
    private = ArticlePageFactory()
    PageViewRestriction.objects.create(page=private, restriction_type="password", password="secret")
    unseen = [
        CommentFactory(state="held"),
        CommentFactory(article=ArticlePageFactory(live=False)),
        CommentFactory(article=private, text="For few eyes"),
    ]
    for comment in unseen:
        assert client.get(f"/comments/report/{comment.pk}/").status_code == 404
        assert send(client, comment).status_code == 404
        thanks = client.get(f"/comments/report/{comment.pk}/thanks/")  # also after a comment has gone
        assert (thanks.status_code, "/comments/go/" in thanks.content.decode()) == (200, False)
    with pytest.raises(CommentMovedError):
        report_comment(unseen[0], reason="harm")
    assert not CommentReport.objects.exists()


def test_the_third_reader_brings_one_letter_to_each_moderator(
    client: Client, comment: Any, moderator: User, settings: Any
) -> None:
    send(client, comment, READER)
    send(client, comment, OTHER, reason="advert")
    assert not Letter.objects.exists()
    for reader in (THIRD, "193.0.6.4", "193.0.6.5"):
        send(client, comment, reader)
    letter = Letter.objects.get()
    assert letter.to == moderator.email
    assert letter.subject == "Readers report a comment under “Walking”"
    assert "It advertises something" in letter.text
    assert "It gives advice that could harm somebody" in letter.text
    assert f"{settings.SITE_URL}/admin/comments/{comment.pk}/" in letter.text
    assert "Stop your tablets" not in letter.text + letter.html
    assert Comment.objects.get(pk=comment.pk).state == "published"


def test_a_moderator_who_keeps_the_comment_settles_its_reports_once(comment: Any, moderator: User) -> None:
    report_comment(comment, reason="wrong", ip=READER)
    report_comment(comment, reason="harm", ip=OTHER)
    assert dismiss_reports(comment, by=moderator) == 2
    assert dismiss_reports(comment, by=moderator) == 0
    assert states() == ["dismissed", "dismissed"]
    assert CommentReport.objects.filter(decided_by=moderator, decided_at__isnull=False).count() == 2
    assert not Comment.objects.reported().exists()
    (entry,) = log_registry.get_logs_for_instance(comment)
    assert (entry.action, entry.user, entry.data["reports"]) == ("comment.keep", moderator, 2)


def test_taking_the_comment_down_upholds_what_was_reported(moderator: User) -> None:
    for decide in (
        lambda comment: comments.refuse_comment(comment, by=moderator, reason="It could harm."),
        lambda comment: comments.mark_comment_as_spam(comment, by=moderator),
        comments.withdraw_comment,
    ):
        comment = CommentFactory()
        report_comment(comment, reason="harm", ip=READER)
        decide(comment)
        assert comment.reports.get().state == "upheld"


def test_a_comment_that_is_held_again_keeps_its_reports_open_until_somebody_decides(
    comment: Any, moderator: User
) -> None:
    report_comment(comment, reason="harm", ip=READER)
    comments.hold_comment(comment, by=moderator)
    assert states() == ["open"]
    comments.approve_comment(comment, by=moderator)
    assert states() == ["dismissed"]
    assert CommentReport.objects.get().decided_by == moderator


def test_a_decision_that_was_undone_leaves_the_reports_open(comment: Any, moderator: User) -> None:
    report_comment(comment, reason="harm", ip=READER)
    comments.refuse_comment(comment, by=moderator, reason="It could harm.")
    entry = log_registry.get_logs_for_instance(comment).get(action="comment.refuse")
    assert comments.put_back_comment(comment, by=moderator, undone=entry)
    assert (Comment.objects.get(pk=comment.pk).state, states()) == ("published", ["open"])


def test_a_reports_words_are_cleaned_and_never_shown_to_readers(client: Client, comment: Any) -> None:
    send(client, comment, words="  \u202eevil<script>alert(1)</script>\x00 ")
    assert CommentReport.objects.get().words == "evil<script>alert(1)</script>"
    assert "alert(1)" not in client.get("/articles/it/").content.decode()
