"""Reminding people each week of the articles that a medical reviewer has to read again, until somebody has."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from blog.due import articles_due
from blog.models import ArticlePage, ReviewReminder
from blog.reminder_letters import post_review_due

MONDAY_FROM = time(7)  # local; the letter lies there when the week begins


def remind_of_reviews() -> int:
    """Post this week's letters that are not posted yet, one a person; returns how many. Rung as often as one likes.

    A week that passes while the clock stands still is not made up for: its letter would say what the next one says.
    """
    monday = this_week()
    if monday is None:
        return 0
    return sum(_remind(person, articles, week=monday) for person, articles in find_people_to_remind())


def this_week() -> date | None:
    """The Monday that names this week, or None in its first hours."""
    now = timezone.localtime()
    monday = now.date() - timedelta(days=now.weekday())
    starts = timezone.make_aware(datetime.combine(monday, MONDAY_FROM))
    return monday if now >= starts else None


def find_people_to_remind() -> list[tuple[AbstractUser, list[ArticlePage]]]:
    """Who is to be reminded of which articles, the longest overdue first. Who cannot be reached is left out."""
    articles = articles_due().select_related("responsible", "deputy", "owner", "topic")
    lists: dict[int, list[ArticlePage]] = defaultdict(list)
    people: dict[int, AbstractUser] = {}
    for article in articles.defer("body", "key_points", "interests", "how_made"):
        for person in people_of(article):
            if can_be_reminded(person):
                people[person.pk] = person
                lists[person.pk].append(article)
    return [(people[key], lists[key]) for key in sorted(lists)]


def people_of(article: ArticlePage) -> list[AbstractUser]:
    """Whom a reminder about this article is meant for: who is responsible, else who made the page; and the deputy."""
    first = article.responsible or article.owner
    return list(dict.fromkeys(person for person in (first, article.deputy) if person is not None))


def can_be_reminded(person: AbstractUser) -> bool:
    """Whether a letter can reach this person: an open account with an address."""
    return bool(person.is_active and person.email)


def _remind(person: AbstractUser, articles: list[ArticlePage], *, week: date) -> int:
    with transaction.atomic():
        # Whoever holds the person's row decides alone whether this week's letter is still to be posted.
        person = get_user_model().objects.select_for_update().get(pk=person.pk)
        if not can_be_reminded(person) or ReviewReminder.objects.filter(person=person, week=week).exists():
            return 0
        rows: list[Any] = [ReviewReminder(article=article, person=person, week=week) for article in articles]
        ReviewReminder.objects.bulk_create(rows)
        post_review_due(person, articles)
    return 1
