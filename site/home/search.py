"""Searching articles and people: any query is safe, few words are enough, what was found is marked."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from blog.models import ArticlePage, AuthorPage, Topic
from blog.plain_text import plain_passages

MAX_QUERY = 200  # characters
MAX_WORDS = 12
MAX_FOUND = 200  # articles; who needs more needs other words
MAX_PEOPLE = 3
SNIPPET = 170  # characters
SHORTEST = 4  # letters of a word that is worth suggesting
_SOURCE_MARK = re.compile(r" ?\[\d{1,3}\]")
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\s]+")


def tidy_query(raw: str) -> str:
    """What the reader typed, on one line, without control characters, at most `MAX_QUERY` characters."""
    return _NOT_TEXT.sub(" ", raw).strip()[:MAX_QUERY].strip()


def words_of(query: str) -> list[str]:
    """The words of a tidy query in lower case, so that no sign or word in it is a command to the search index."""
    return list(dict.fromkeys(re.findall(r"\w+", query.lower())))[:MAX_WORDS]


@dataclass(frozen=True)
class Found:
    """What a query found. `articles` are ids, best match (or newest) first; `shelves` all topics with their counts."""

    words: list[str]
    articles: list[int] = field(default_factory=list)
    people: list[AuthorPage] = field(default_factory=list)
    shelves: list[tuple[Topic, int]] = field(default_factory=list)
    holds_all_words: bool = True


def find(query: str, *, topics: Sequence[str] = (), newest: bool = False) -> Found:
    """Look for a tidy query. `topics` (slugs) narrow the articles; slugs of no found topic are passed over."""
    words = words_of(query)
    if not words:
        return Found(words)
    rows, all_words = _matching_articles(words)
    counts = Counter(topic for _, topic in rows if topic is not None)
    shelves = [(topic, counts[topic.pk]) for topic in Topic.objects.filter(pk__in=counts)]
    wanted = {topic.pk for topic, _ in shelves if topic.slug in topics}
    ids = [pk for pk, topic in rows if not wanted or topic in wanted]
    if newest:
        ids = list(ArticlePage.objects.filter(pk__in=ids).newest_first().values_list("pk", flat=True))
    people = list(AuthorPage.objects.live().public().search(" ".join(words), operator="and")[:MAX_PEOPLE])
    return Found(words, ids, people, shelves, all_words)


def _matching_articles(words: list[str]) -> tuple[list[tuple[int, int | None]], bool]:
    """(id, topic id) of articles that hold all the words, else of those that hold some, and False.

    Ranked here, by the words in title and deck, then newest first: SQLite's index computes a rank anew for every hit,
    which takes seconds where a word stands in thousands of articles.
    """
    searched = ArticlePage.objects.published().order_by("-listed_at").defer_streamfields()
    for operator in ("and", "or"):
        hits = searched.search(" ".join(words), operator=operator, order_by_relevance=False)
        found = {article.pk: article for article in [*_named(searched, words), *hits[:MAX_FOUND]]}
        if found:
            ranked = sorted(found.values(), key=lambda article: -_weight(article, words))
            return [(article.pk, article.topic_id) for article in ranked][:MAX_FOUND], operator == "and"
    return [], True


def _named(articles: Any, words: list[str]) -> list[ArticlePage]:
    """The newest articles with every word in the title, which must not drown in more recent mentions."""
    for word in words:
        articles = articles.filter(title__icontains=word)
    return [article for article in articles[:MAX_FOUND] if set(words) <= set(words_of_text(article.title))]


def _weight(article: ArticlePage, words: list[str]) -> int:
    title, deck = set(words_of_text(article.title)), set(words_of_text(article.deck))
    return sum(3 * (word in title) + (word in deck) for word in words)


@dataclass(frozen=True)
class Result:
    """One article as the list shows it; `title` and `snippet` are safe HTML with `<mark>`."""

    article: Any
    title: SafeString
    snippet: SafeString


def show_results(ids: Sequence[int], words: list[str]) -> list[Result]:
    """The articles of one page of results, in the order of `ids`."""
    articles = ArticlePage.objects.published().for_cards().in_bulk(list(ids))
    return [_show(articles[pk], words) for pk in ids if pk in articles]


def _show(article: ArticlePage, words: list[str]) -> Result:
    text = article.deck
    if not _pattern(words).search(text):
        snippets = (cut_snippet(passage, words) for passage in plain_passages(article.body))
        text = next(filter(None, snippets), text)
    return Result(article, mark_words(article.title, words), mark_words(text, words))


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def mark_words(text: str, words: list[str]) -> SafeString:
    """The text, escaped, with `<mark>` round each of the words (at least one)."""
    shown = [format_html("<mark>{}</mark>", piece) if i % 2 else piece for i, piece in _split(text, words)]
    return format_html_join("", "{}", ((piece,) for piece in shown))


def _split(text: str, words: list[str]) -> Iterator[tuple[int, str]]:
    return enumerate(_pattern(words).split(text))  # every second piece is one of the words


def cut_snippet(text: str, words: list[str]) -> str:
    """Some `SNIPPET` characters round the first of the words, cut between words; empty if none is in the text."""
    line = " ".join(_SOURCE_MARK.sub("", text).split())
    match = _pattern(words).search(line)
    if match is None:
        return ""
    start = line.rfind(" ", 0, max(0, match.start() - SNIPPET // 3)) + 1
    end = line.find(" ", start + SNIPPET)
    cut = line[start:] if end < 0 else line[start:end].rstrip(" ,;:.") + "…"
    return ("…" if start else "") + cut


def suggest(words: list[str]) -> str:
    """A query that differs only in words that no title knows, put right by the nearest known word; else empty."""
    lines = ArticlePage.objects.published().values_list("title", "deck")
    known = {word for line in lines for word in words_of_text(" ".join(line)) if len(word) >= SHORTEST}
    better = [word if word in known else next(iter(difflib.get_close_matches(word, known, 1)), word) for word in words]
    return " ".join(better) if better != words else ""


def words_of_text(text: str) -> list[str]:
    """All words of a text in lower case."""
    return re.findall(r"\w+", text.lower())
