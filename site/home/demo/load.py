"""Loads the whole demo, in one transaction: all of it or nothing."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from blog.models import ArticlePage
from home.demo.articles import Desk, add_articles, add_topics, hand_in
from home.demo.comments import add_comments
from home.demo.ebooks import add_ebook, add_grants, add_short_ebook
from home.demo.issues import add_issues
from home.demo.offers import add_offer
from home.demo.pages import add_standard_pages, write_front_pages, write_settings
from home.demo.people import add_people, ensure_staff
from home.demo.starts import pick_starts
from home.demo.subscribers import add_subscribers
from home.models import StandardPage
from home.site_tree import ensure_site_tree
from newsletter.models import IssuePage, Subscriber

LEAD = "your-back-is-stronger-than-it-feels"
WAITS = "a-fixed-hour-for-worry"  # for its medical review


def has_content() -> bool:
    """Whether the site has articles, issues, subscribers or published pages, of the demo or of its own."""
    own_pages = StandardPage.objects.live()
    return own_pages.exists() or any(model.objects.exists() for model in (ArticlePage, IssuePage, Subscriber))


@transaction.atomic
def load_demo(*, now: datetime, say: Callable[[str], object]) -> None:
    """Write the magazine into a site that has no content; all dates lie before `now`. `say` gets progress lines."""
    home = ensure_site_tree()
    staff = ensure_staff()
    write_settings(add_standard_pages(home, now=now, by=staff.editor))
    topics, people = add_topics(), add_people(now=now, staff=staff)
    say(f"{len(topics)} topics, {len(people)} people")
    articles = add_articles(Desk(people, topics, now, staff.editor))
    pick_starts(topics, articles)
    write_front_pages(home, lead=articles[LEAD], now=now, by=staff.editor)
    hand_in(articles[WAITS], by=staff.editor)
    say(f"{len(articles)} articles with their reviews")
    comments = add_comments(articles=articles, people=people, now=now, by=staff.moderator)
    say(f"{len(comments)} comments")
    ebook, subscribers = add_ebook(now=now), add_subscribers(now=now)
    add_grants(ebook, subscribers)
    add_short_ebook(now=now)
    add_offer(now=now)
    say(f"two e-books, an offer, {len(subscribers)} subscribers")
    issues = add_issues(articles=articles, people=people, now=now, by=staff.editor)
    say(f"{len(issues)} issues")
