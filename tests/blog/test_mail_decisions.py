"""Deciding from a mail: one look, one press, no log-in; looking changes nothing, and the link is good for one thing."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core import signing
from django.test import Client
from django.utils import timezone
from wagtail.log_actions import registry as log_registry

from blog.actions import comments
from blog.actions.moderator_mails import tell_moderators
from blog.models import Comment, RefusalReason
from blog.moderation.mail_links import CLOCK_SKEW, DECISIONS, GOOD_FOR, decision_path
from letters.models import Letter
from tests.factories import CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
TARGET = {"approve": "published", "refuse": "refused", "spam": "spam"}


@pytest.fixture
def held() -> Any:
    return CommentFactory(state="held", text="Tea <i>helps</i> me.", author_name="Ada <b>")


def link(comment: Comment, person: User, decision: str = "approve") -> str:
    return decision_path(comment, user=person.pk, decision=decision)


def form(decision: str) -> dict[str, Any]:
    if decision != "refuse":
        return {}
    return {"reason": RefusalReason.objects.get_or_create(title="Off", defaults={"words": "Off the subject."})[0].pk}


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


@pytest.mark.parametrize("decision", DECISIONS)
def test_one_press_decides_without_a_log_in(held: Any, moderator: User, decision: str) -> None:
    client = Client()
    answer = client.post(link(held, moderator, decision), form(decision))
    assert answer.status_code == 200
    held.refresh_from_db()
    assert (held.state, held.decided_by) == (TARGET[decision], moderator)
    entry = log_registry.get_logs_for_instance(held).get()
    assert (entry.user, entry.data["place"]) == (moderator, "mail")
    assert "sessionid" not in client.cookies
    assert "Undo" in answer.text


@pytest.mark.parametrize("decision", DECISIONS)
def test_looking_changes_nothing(held: Any, moderator: User, decision: str) -> None:
    client = Client()
    for _ in range(3):
        page = client.get(link(held, moderator, decision))
        assert page.status_code == 200
        client.head(link(held, moderator, decision))
    assert (state_of(held), log_registry.get_logs_for_instance(held).count()) == ("held", 0)
    assert "Tea &lt;i&gt;helps&lt;/i&gt; me." in page.text
    assert "Ada &lt;b&gt;" in page.text
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert not page.cookies


def test_the_links_of_the_letter_are_those(held: Any, moderator: User) -> None:
    moderator.email = "mod@example.org"
    moderator.save()
    tell_moderators()
    address = re.search(r"Approve:\s+http://testserver(/\S+)", Letter.objects.get(kind="comments_waiting").text)
    assert address
    Client().post(address[1])
    assert state_of(held) == "published"


def test_a_refusal_asks_for_a_reason(held: Any, moderator: User) -> None:
    address = link(held, moderator, "refuse")
    answer = Client().post(address, {})
    assert answer.status_code == 422
    assert "Choose a reason or write one" in answer.text
    assert state_of(held) == "held"
    Client().post(address, {"own_words": "We know the shop."})
    held.refresh_from_db()
    assert (held.state, held.refusal_reason, held.refused_for) == ("refused", "We know the shop.", None)


def test_a_usual_reason_is_kept_for_counting(held: Any, moderator: User) -> None:
    Client().post(link(held, moderator, "refuse"), form("refuse"))
    held.refresh_from_db()
    assert (held.refusal_reason, held.refused_for.title) == ("Off the subject.", "Off")


def test_an_undo_takes_back_ones_own_decision_only(held: Any, moderator: User, editor: User) -> None:
    address = link(held, moderator)
    Client().post(address)
    Client().post(address, {"undo": "yes"})
    assert state_of(held) == "held"
    comments.approve_comment(Comment.objects.get(pk=held.pk), by=editor)
    answer = Client().post(address, {"undo": "yes"})
    assert "Undo" not in answer.text
    assert state_of(held) == "published"


def test_who_comes_second_is_told_who_was_faster(held: Any, moderator: User, editor: User) -> None:
    comments.refuse_comment(held, by=editor, reason="Off.")
    page = Client().get(link(held, moderator))
    assert "This comment has been decided on" in page.text
    assert "Publish it" not in page.text
    answer = Client().post(link(held, moderator))
    assert answer.status_code == 409
    assert "has refused this comment" in answer.text
    assert state_of(held) == "refused"


def test_words_that_changed_since_are_shown_and_not_decided_on(held: Any, moderator: User) -> None:
    address = link(held, moderator)
    Comment.objects.filter(pk=held.pk).update(version=2, text="Quite another thing.")
    page = Client().get(address)
    assert "These words are new" in page.text
    assert "Quite another thing." in page.text
    assert Client().post(address).status_code == 409
    assert state_of(held) == "held"
    again = re.search(r'href="(/comments/decide/[^"]+)">I have read them', page.text)
    assert again
    assert Client().post(again[1]).status_code == 200
    assert state_of(held) == "published"


def test_a_link_is_good_for_seven_days(held: Any, moderator: User) -> None:
    address = link(held, moderator)
    with time_machine.travel(timezone.now() + GOOD_FOR + CLOCK_SKEW + timedelta(seconds=2), tick=False):
        answer = Client().post(address)
    assert answer.status_code == 410
    assert "Open the queue" in answer.text
    assert state_of(held) == "held"
    with time_machine.travel(timezone.now() + GOOD_FOR + CLOCK_SKEW - timedelta(seconds=2), tick=False):
        assert Client().post(address).status_code == 200


def test_a_link_leads_to_no_other_that_is_good_for_longer(held: Any, moderator: User) -> None:
    address = link(held, moderator)
    with time_machine.travel(timezone.now() + timedelta(days=6), tick=False):
        others = re.findall(r'"(/comments/decide/[^"]+)"', Client().get(address).text)
    assert len(others) > 1
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert {Client().post(other, {"own_words": "Off."}).status_code for other in others} == {410}
    assert state_of(held) == "held"


def test_who_has_left_or_lost_the_right_decides_nothing(held: Any, moderator: User) -> None:
    address = link(held, moderator)
    User.objects.filter(pk=moderator.pk).update(is_active=False)
    assert Client().post(address).status_code == 403
    User.objects.filter(pk=moderator.pk).update(is_active=True)
    moderator.groups.remove(Group.objects.get(name="Moderators"))
    moderator.user_permissions.clear()
    assert Client().post(address).status_code == 403
    assert state_of(held) == "held"


def test_no_changed_token_and_none_of_another_purpose_is_taken(held: Any, moderator: User) -> None:
    token = link(held, moderator).split("/")[-2]
    other_salt = signing.TimestampSigner(sep=".", salt="blog.comment.prove").sign(token.split(".", maxsplit=1)[0])
    changed = [token[:at] + chr(ord(token[at]) ^ 1) + token[at + 1 :] for at in range(len(token))]
    for bad in (other_salt, *changed):
        answer = Client().post(f"/comments/decide/{bad}/")
        assert answer.status_code in {403, 404}, bad
    assert state_of(held) == "held"


def test_a_form_of_another_site_decides_nothing(held: Any, moderator: User) -> None:
    answer = Client().post(link(held, moderator), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert state_of(held) == "held"
