"""Keeping the vocabulary: words are added as articles are saved, and counted anew once a day."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import transaction
from taggit.models import Tag

from blog.models import ArticlePage, AuthorPage, Topic
from blog.plain_text import plain_text
from home.search.query import fold, words_of_text
from home.search.words import LONGEST, SearchWord
from pagecache.changes import mark_changed

BATCH = 500  # articles in memory at once


def gather_words() -> int:
    """Count the words of everything that is published and put them in place of the old ones; how many there are."""
    counts: Counter[str] = Counter()
    for text in _all_texts():
        counts.update(set(words_of_text(text)))
    rows = [_row(word, uses) for word, uses in counts.items() if len(fold(word)) <= LONGEST]
    with transaction.atomic():
        mark_changed()
        SearchWord.objects.all().delete()
        # A word that was learnt meanwhile by another process stands there already.
        SearchWord.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    return len(rows)


def _all_texts() -> Iterator[str]:
    articles = ArticlePage.objects.published().only("title", "deck", "key_points", "body").order_by("pk")
    for article in articles.iterator(chunk_size=BATCH):
        yield _text_of(article)
    tagged = Tag.objects.filter(blog_articletag_items__content_object__listed_at__isnull=False)
    names = (
        tagged.values_list("name"),
        AuthorPage.objects.live().values_list("title"),
        Topic.objects.values_list("name"),
    )
    for (name,) in (row for rows in names for row in rows.iterator()):
        yield name


def _text_of(article: ArticlePage) -> str:
    return " ".join([article.title, article.deck, article.key_points, plain_text(article.body)])


def learn_words(texts: Iterable[str]) -> None:
    """Add the words that are new."""
    words = {word for text in texts for word in words_of_text(text)}
    known = set(SearchWord.objects.filter(text__in=words).values_list("text", flat=True))
    rows = [_row(word, 1) for word in words - known if len(fold(word)) <= LONGEST]
    SearchWord.objects.bulk_create(rows, ignore_conflicts=True)


def learn_article(article: ArticlePage) -> None:
    """Add the new words of an article and of its tags."""
    learn_words([_text_of(article), *(tag.name for tag in article.tags.all())])


def _row(word: str, uses: int) -> SearchWord:
    key = fold(word)
    return SearchWord(text=word, key=key, size=len(key), uses=uses)
