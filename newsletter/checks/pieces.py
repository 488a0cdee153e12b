"""What the issue points at, on the day it goes out: offers, e-books, articles and their medical review."""

from datetime import date

from django.utils.formats import date_format

from newsletter.checks.findings import Check, Level, verdict
from newsletter.models import Ebook, IssuePage
from newsletter.pieces import find_articles, find_books_in, find_offers_in
from newsletter.rendering import find_bad_offers


def check_offers(issue: IssuePage, *, on: date) -> list[Check]:
    """Whether each offer can be redeemed on that day, and has not been redeemed as often as it may be."""
    offers = find_offers_in(issue)
    if not offers:
        return []
    bad = [f"“{title}” {why}" for title, why in find_bad_offers(issue, on=on)]
    used_up = [f"“{one.title}”: all {one.most} are redeemed" for one in offers if one.most and one.redeemed >= one.most]
    day = date_format(on, "j F Y")
    return [verdict([*bad, *used_up], good=f"Offers can be redeemed on {day}", words=f"An offer is not good on {day}")]


def check_ebooks(issue: IssuePage) -> Check:
    """The files of the books: those in the issue must be there, those that new readers are given should be."""
    named = {book.pk for book in find_books_in(issue)}
    lost = [book for book in Ebook.objects.offered() if not _has_file(book)]  # what is not on offer is told elsewhere
    level = Level.RED if any(book.pk in named for book in lost) else Level.AMBER
    return verdict(
        [f"“{book}” has no file that readers could get" for book in lost],
        good="The e-books’ files are there",
        words="An e-book cannot be had",
        level=level,
    )


def check_reviews(issue: IssuePage, *, on: date) -> Check:
    """Whether an article is overdue for its medical review that day, or was changed since somebody read it."""
    found = []
    for article in find_articles(issue):
        standing = article.specific.standing
        if standing.review is None:
            continue
        if standing.review.due_on < on:
            found.append(f"“{article.title}” was to be read again by {date_format(standing.review.due_on, 'j F Y')}")
        elif standing.state == "changed":
            found.append(f"“{article.title}” was changed since {standing.review.reviewer.title} read it")
    return verdict(
        found,
        good="No article is overdue for its medical review",
        words="A medical review does not hold any more",
        level=Level.AMBER,
    )


def _has_file(book: Ebook) -> bool:
    edition = book.newest_edition
    return edition is not None and bool(edition.file) and edition.file.storage.exists(str(edition.file.name))
