"""How the found articles are shown: the words marked in the title and in a snippet of the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from blog.models import ArticlePage
from blog.plain_text import plain_passages

SNIPPET = 170  # characters
_SOURCE_MARK = re.compile(r" ?\[\d{1,3}(?:[,–-] ?\d{1,3})*\]")


@dataclass(frozen=True)
class Result:
    """One article as the list shows it; `title` and `snippet` are safe HTML with `<mark>`."""

    article: Any
    title: SafeString
    snippet: SafeString


def show_results(ids: Sequence[int], words: Sequence[str]) -> list[Result]:
    """The articles of one page of results, in the order of `ids`."""
    articles = ArticlePage.objects.published().for_cards().defer(None).in_bulk(list(ids))
    return [_show(articles[pk], words) for pk in ids if pk in articles]


def _show(article: ArticlePage, words: Sequence[str]) -> Result:
    text = article.deck
    if not _pattern(words).search(text):
        snippets = (cut_snippet(passage, words) for passage in plain_passages(article.body))
        text = next(filter(None, snippets), text)
    return Result(article, mark_words(article.title, words), mark_words(text, words))


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def mark_words(text: str, words: Sequence[str]) -> SafeString:
    """The text, escaped, with `<mark>` round each of the words (at least one)."""
    shown = [format_html("<mark>{}</mark>", piece) if i % 2 else piece for i, piece in _split(text, words)]
    return format_html_join("", "{}", ((piece,) for piece in shown))


def _split(text: str, words: Sequence[str]) -> Iterator[tuple[int, str]]:
    return enumerate(_pattern(words).split(text))  # every second piece is one of the words


def cut_snippet(text: str, words: Sequence[str]) -> str:
    """Some `SNIPPET` characters round the first of the words, cut between words; empty if none is in the text."""
    line = " ".join(_SOURCE_MARK.sub("", text).split())
    match = _pattern(words).search(line)
    if match is None:
        return ""
    start = line.rfind(" ", 0, max(0, match.start() - SNIPPET // 3)) + 1
    end = line.find(" ", start + SNIPPET)
    cut = line[start:] if end < 0 else line[start:end].rstrip(" ,;:.") + "…"
    return ("…" if start else "") + cut
