"""What is forgotten, and when: applied once an hour. All of it in one table: docs/what-is-kept.md."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from blog.actions.learning import learn_what_was_missed, prune_learnt_words
from blog.actions.retention import forget_what_is_due
from blog.listed import list_articles
from guard.limits import forget_old_turns
from letters.actions import forget_old_letters
from newsletter.actions import retention as of_subscribers
from pagecache.changes import mark_changed

LETTER_DAYS = 30  # which letter went to whom; its text is wiped at once


def keep_house() -> dict[str, int]:
    """Apply every rule; returns how many rows each touched."""
    now = timezone.now()
    call_command("clearsessions")
    mark_changed()  # what follows updates rows of which no signal tells
    list_articles()  # a program that wrote rows past the signals must not leave a closed article in the lists
    return {
        **forget_what_is_due(),  # blog.commenting.keeping
        "lessons": learn_what_was_missed(),
        "learnt signs": prune_learnt_words(),
        "turns at forms": forget_old_turns(),
        **of_subscribers.forget_what_is_due(),  # newsletter.keeping
        "letters": forget_old_letters(before=now - timedelta(days=LETTER_DAYS)),
    }
