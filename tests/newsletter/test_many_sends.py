"""Two editors press Send many times at the same moment: one dispatch."""

import threading
from collections import Counter

import pytest
from django.db import connection
from django.test import Client

from newsletter.models import Dispatch
from newsletter.tasks import launch_due_dispatches
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.newsletter.gate import be_alive
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PRESSES = 50


def test_fifty_presses_of_two_editors_at_once_are_one_dispatch(editor: User) -> None:
    second = User.objects.create_superuser("second", "second@meadowsweet.example", "a long passphrase")
    SubscriberFactory.create_batch(3)
    issue = IssuePageFactory()
    be_alive()
    answers: list[tuple[int, str]] = []
    together = threading.Barrier(PRESSES)

    def press(browser: Client) -> None:
        """The button of the second step; each press has a connection to the database of its own."""
        form = {"step": "send", "when": "now", "expected": "3"}
        try:
            together.wait(timeout=60)
            answer = browser.post(f"/admin/newsletter/issues/{issue.pk}/send/", form, follow=True)
            answers.append((answer.status_code, answer.request["PATH_INFO"]))
        finally:
            connection.close()

    browsers = [Client() for _ in range(PRESSES)]
    for number, browser in enumerate(browsers):
        browser.force_login((editor, second)[number % 2])
    threads = [threading.Thread(target=press, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    dispatch = Dispatch.objects.get()
    assert dispatch.ordered_by in (editor, second)
    # Whoever was late stands at the dispatch of whoever was first.
    assert Counter(answers) == {(200, f"/admin/newsletter/dispatches/{dispatch.pk}/"): PRESSES}
    assert launch_due_dispatches() == [dispatch.pk]
    assert launch_due_dispatches() == []
