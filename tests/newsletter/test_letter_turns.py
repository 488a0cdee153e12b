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
    start, turns = timezone.now(), 0
    for minutes in range(0, 24 * 60, 47):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            sign_up(client, "Victim+x@example.com" if minutes % 2 else VICTIM)
            ask_for_my_comments(VICTIM)
            turns += take_letter_turn("victim+own-page@example.com", kind="own link")
    assert Letter.objects.filter(to__in=[VICTIM, "Victim+x@example.com"]).count() + turns == 3
    with time_machine.travel(start + timedelta(hours=25)):
        assert take_letter_turn(VICTIM, kind="leave")
        assert not take_letter_turn("victim+again@example.com", kind="leave")
        assert take_letter_turn(VICTIM, kind="own link")
