"""Comments by the thousand."""

import random
from datetime import timedelta

from django.db import transaction

from blog.models import ArticlePage, Comment
from home.sample.articles import NEWEST, SLUG
from home.sample.words import paragraph

BATCH = 2000
MAILBOX = "@sample-comments.example"
COMMENTED = 100  # the newest articles get all of them: real sites are as uneven
STATES = (
    *[Comment.State.PUBLISHED] * 17,
    Comment.State.HELD,
    Comment.State.REFUSED,
    Comment.State.SPAM,
)


def add_comments(number: int) -> int:
    """Add comments to the newest sample articles until there are `number`; how many were made."""
    already = Comment.objects.filter(email__endswith=MAILBOX).count()
    newest = ArticlePage.objects.filter(slug__startswith=SLUG).newest_first()
    articles = list(newest.values_list("pk", flat=True)[:COMMENTED])
    if not articles or number <= already:
        return 0
    for first in range(already + 1, number + 1, BATCH):
        numbers = range(first, min(first + BATCH, number + 1))
        add_batch([(n, articles[n % len(articles)]) for n in numbers])
    return number - already


def add_batch(wanted: list[tuple[int, int]]) -> None:
    """Write comments for (number, key of the article); every fourth answers an earlier one of the same article."""
    threads = [(n, article) for n, article in wanted if _thread(n) % 4]
    answers = [(n, article) for n, article in wanted if not _thread(n) % 4]
    with transaction.atomic():
        made = Comment.objects.bulk_create([_comment(n, article) for n, article in threads], batch_size=BATCH)
        parents = {comment.article_id: comment for comment in made if comment.state == Comment.State.PUBLISHED}
        Comment.objects.bulk_create(
            [_comment(n, article, parent=parents.get(article)) for n, article in answers], batch_size=BATCH
        )


def _thread(number: int) -> int:
    # Not the number itself: it decides about the article too, and all answers would fall on a quarter of them.
    return number // COMMENTED + number


def _comment(number: int, article: int, *, parent: Comment | None = None) -> Comment:
    chance = random.Random(number)  # noqa: S311 - no secret depends on it
    at = NEWEST + timedelta(minutes=number)
    return Comment(
        article_id=article,
        parent=parent,
        author_name=f"Reader {number}",
        email=f"reader{number}{MAILBOX}",
        text=paragraph(chance, sentences=chance.randint(1, 6)),
        state=STATES[number % len(STATES)],
        created_at=at,
        judged_at=at,
        decided_at=at,
    )
