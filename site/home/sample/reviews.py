"""Medical reviews for the sample's articles, written down before publishing: most hold, those of old ones are due."""

from datetime import timedelta

from blog.actions.reviews import add_months
from blog.models import ArticlePage, AuthorIndexPage, AuthorPage, Review

SLUG = "sample-reviewer"
UNREAD, ALTERED = 0, 1  # of twenty articles one is not reviewed, and one has other words than those that were read
OF = 20


def add_reviews(articles: dict[int, ArticlePage], *, passages: list[list[str]]) -> None:
    """One reading of the whole for each of the new articles, by number; `passages` of the bodies in turn."""
    reviewer = _reviewer()
    Review.objects.bulk_create(
        _review(article, reviewer, passages[number % len(passages)], altered=number // OF % OF == ALTERED)
        for number, article in articles.items()
        if number // OF % OF != UNREAD
    )


def _review(article: ArticlePage, reviewer: AuthorPage, passages: list[str], *, altered: bool) -> Review:
    at = article.first_published_at
    day = at.date() - timedelta(days=2)
    return Review(
        article=article,
        reviewer=reviewer,
        credential="GP, MB BS",
        digest="0" * 64 if altered else article.text_digest,
        words=[article.title, article.deck, *passages],
        reviewed_on=day,
        due_on=add_months(day, article.review_every),
        created_at=at - timedelta(days=1),
    )


def _reviewer() -> AuthorPage:
    if found := AuthorPage.objects.filter(slug=SLUG).first():
        return found
    page = AuthorPage(title="Sample Reviewer", slug=SLUG, role="GP", is_reviewer=True)
    AuthorIndexPage.objects.get().add_child(instance=page)
    return page
