"""A test of an issue: marked, to the team only, of the newest saved words."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from newsletter.models import Delivery, Dispatch, Subscriber
from tests.factories import IssuePageFactory

pytestmark = pytest.mark.django_db


def post(client: Client, issue: Any, to: str) -> str:
    page = client.post(f"/admin/newsletter/issues/{issue.pk}/test/", {"to": to}, follow=True)
    assert page.status_code == 200
    return str(page.content.decode())


def test_a_test_is_marked_and_counts_for_nothing(client: Client, editor: Any, subscriber: Subscriber) -> None:
    client.force_login(editor)
    issue = IssuePageFactory(number=14)
    assert "on its way to a@example.org, b@example.org" in post(
        client, issue, "a@example.org, b@example.org a@example.org"
    )
    letters = Letter.objects.order_by("pk")
    assert [letter.to for letter in letters] == ["a@example.org", "b@example.org"]
    letter = letters[0]
    assert letter.subject == f"[Test] {issue.subject}"
    assert letter.text.startswith("This is a test of issue 14.")
    assert letter.html.index("This is a test of issue 14.") < letter.html.index("Welcome.")
    assert "%%" not in letter.html + letter.text
    assert not Dispatch.objects.exists()
    assert not Delivery.objects.exists()


def test_a_test_shows_the_draft(client: Client, editor: Any) -> None:
    client.force_login(editor)
    issue = IssuePageFactory()
    issue.subject = "A better subject"
    issue.save_revision()
    post(client, issue, "a@example.org")
    assert Letter.objects.get().subject == "[Test] A better subject"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("", "at least one email address"),
        ("nobody", "“nobody” is not an email address"),
        (" ".join(f"a{n}@example.org" for n in range(11)), "10 addresses at most"),
        ("a@example.org <b@example.org>", "is not an email address"),
    ],
)
def test_wrong_addresses_are_refused_in_words_and_nothing_is_posted(
    client: Client, editor: Any, to: str, words: str
) -> None:
    client.force_login(editor)
    assert words in post(client, IssuePageFactory(), to)
    assert not Letter.objects.exists()


def test_who_may_not_send_may_not_test(client: Client, moderator: Any) -> None:
    client.force_login(moderator)
    issue = IssuePageFactory()
    assert client.post(f"/admin/newsletter/issues/{issue.pk}/test/", {"to": "a@example.org"}).status_code != 200
    assert not Letter.objects.exists()


def test_the_addresses_of_the_last_test_stand_there_the_next_time(client: Client, editor: Any) -> None:
    client.force_login(editor)
    issue = IssuePageFactory()
    send = f"/admin/newsletter/issues/{issue.pk}/send/"
    assert f'value="{editor.email}"' in client.get(send).content.decode()
    post(client, issue, "old@example.org")
    Letter.objects.update(created_at=timezone.now() - timedelta(days=3))
    post(client, issue, "b@example.org, a@example.org")
    assert 'value="b@example.org, a@example.org"' in client.get(send).content.decode()
