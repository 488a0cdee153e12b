"""A stranger who types somebody's address into every form there is: few letters come of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from blog.actions.commenters import ask_for_my_comments
from guard.limits import take_letter_turn
from letters.models import Letter
from tests.factories import CommentFactory
from tests.newsletter.joining import sign_up

pytestmark = pytest.mark.django_db
VICTIM = "victim@example.com"


def test_all_forms_count_together_for_one_inbox(client: Client, home: Any) -> None:
    CommentFactory(email=VICTIM)
    start = timezone.now()
    for minutes in range(0, 24 * 60, 47):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            sign_up(client, "Victim+x@example.com" if minutes % 2 else VICTIM)
            ask_for_my_comments(VICTIM)
            take_letter_turn("victim+own-page@example.com")
    assert Letter.objects.filter(to=VICTIM).count() + Letter.objects.filter(to="Victim+x@example.com").count() == 3
    with time_machine.travel(start + timedelta(hours=25)):
        assert take_letter_turn(VICTIM)
        assert not take_letter_turn("victim+again@example.com")
