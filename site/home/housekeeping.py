"""The retention rules: what is forgotten, and when. One table, applied once an hour."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from blog.actions.retention import forget_origins
from blog.listed import list_articles
from letters.actions import forget_old_letters
from newsletter.actions.sign_up import forget_unconfirmed
from pagecache.changes import mark_changed

COMMENT_ORIGIN_DAYS = 30  # network address and browser of a commenter
LETTER_DAYS = 30  # which letter went to whom; its text is wiped at once


def keep_house() -> dict[str, int]:
    """Apply every rule; returns how many rows each touched."""
    now = timezone.now()
    call_command("clearsessions")
    mark_changed()  # what follows updates rows of which no signal tells
    list_articles()  # a program that wrote rows past the signals must not leave a closed article in the lists
    return {
        "comment origins": forget_origins(before=now - timedelta(days=COMMENT_ORIGIN_DAYS)),
        "unconfirmed addresses": forget_unconfirmed(),
        "letters": forget_old_letters(before=now - timedelta(days=LETTER_DAYS)),
    }
