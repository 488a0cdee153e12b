"""The Celery app and its clock. Celery is a bell, never the book: every task finds its work in rows."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_ready
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

# The embedded broker: CELERY_BROKER_URL=sqlite:////path/to/file (config/sqlite_broker.py).
TRANSPORT_ALIASES["sqlite"] = "config.sqlite_broker:Transport"

app = Celery("wellpress")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Ticks: look for rows that are due, ring for them. No ETA. What comes once a day is rung at a worker's start as well: a
# schedule that is longer than the time between two deployments never fires.
app.conf.beat_schedule = {
    "clock": {"task": "guard.tasks.note_clock", "schedule": 30.0},
    "letters": {"task": "letters.tasks.sweep_letters", "schedule": 60.0},
    "comments": {"task": "blog.tasks.sweep_comments", "schedule": 60.0},
    "helpful votes": {"task": "blog.tasks.count_helpful_votes", "schedule": 600.0},
    "moderator mails": {"task": "blog.tasks.tell_moderators", "schedule": 60.0},
    "comment backlog": {"task": "blog.tasks.warn_of_backlog", "schedule": 900.0},
    "mailchimp": {"task": "newsletter.mailchimp.tasks.tick_mailchimp", "schedule": 60.0},
    "sign-ups": {"task": "newsletter.tasks.sweep_sign_ups", "schedule": 60.0},
    "returned mail": {"task": "newsletter.tasks.visit_mailbox", "schedule": 300.0},
    "dispatches": {"task": "newsletter.tasks.tick_dispatches", "schedule": 60.0},
    "monthly drafts": {"task": "newsletter.tasks.make_monthly_drafts", "schedule": 60.0},
    "checks of issues": {"task": "newsletter.tasks.sweep_checks", "schedule": 60.0},
    "imports": {"task": "newsletter.tasks.tick_imports", "schedule": 60.0},
    "gifts": {"task": "newsletter.tasks.sweep_gifts", "schedule": 60.0},
    "welcome series": {"task": "newsletter.tasks.post_welcome_series", "schedule": 300.0},
    "followers": {"task": "newsletter.tasks.tell_followers", "schedule": 300.0},
    "own wishes": {"task": "newsletter.tasks.sweep_own_wishes", "schedule": 60.0},
    "lapsed readers": {"task": "newsletter.tasks.ask_lapsed", "schedule": 3600.0},
    "pages": {"task": "home.tasks.publish_due_pages", "schedule": 60.0},
    "akismet": {"task": "blog.tasks.sweep_akismet", "schedule": 60.0},
    "akismet plan": {"task": "blog.tasks.watch_akismet", "schedule": 3600.0},
    "links": {"task": "blog.tasks.check_links", "schedule": 60.0},
    "link collection": {"task": "blog.tasks.collect_links", "schedule": 24 * 3600.0},
    "review reminders": {"task": "blog.tasks.remind_of_reviews", "schedule": 900.0},
    "words": {"task": "home.tasks.gather_words", "schedule": 24 * 3600.0},
    "pictures": {"task": "blog.tasks.cut_all_pictures", "schedule": 600.0},
    "housekeeping": {"task": "home.tasks.keep_house", "schedule": 3600.0},
}


@worker_ready.connect
def ring_at_start(**_: Any) -> None:
    """A worker that starts again looks for what waits at once, not at the next minute."""
    from pagecache.changes import begin_anew  # noqa: PLC0415 - the models are known only now

    begin_anew()
    for entry in ("letters", "comments", "sign-ups", "pages", "pictures", "words", "link collection"):
        app.send_task(app.conf.beat_schedule[entry]["task"])


@beat_init.connect
def note_clock_at_start(**_: Any) -> None:
    """A clock that starts is heard at once, not at its second ring."""
    app.send_task(app.conf.beat_schedule["clock"]["task"])
