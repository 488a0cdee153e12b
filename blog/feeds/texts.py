"""The whole text of articles as a feed reader can show it: plain HTML, absolute addresses, nothing that runs."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.template.loader import render_to_string
from wagtail.blocks import StreamValue
from wagtail.images import get_image_model

from blog.citations import Citations
from blog.models import ArticlePage
from blog.reading import lay_out
from blog.sanitiser import clean_for_feed

_BLANK_LINES = re.compile(r"\s*\n\s*")


def write_texts(articles: list[Any], request: HttpRequest) -> dict[int, str]:
    """HTML by the key of the article, which has `listed_references`, `listed_corrections` and `listed_picture` at hand.

    The blocks of all of them are read as one text, so that the number of queries does not grow with theirs.
    """
    texts = {}
    for article, blocks in zip(articles, _read_together(articles), strict=True):
        references = article.listed_references
        context = {
            "page": article,
            "parts": lay_out(blocks),
            "references": references,
            "citations": Citations(len(references)),
            "corrections": article.listed_corrections,
            "standing": article.standing,
            "review": article.standing.review,
        }
        html = render_to_string("blog/feeds/article.html", context, request)
        boxed = html.replace("<aside", "<blockquote").replace("</aside>", "</blockquote>")  # boxes lose their looks
        texts[article.pk] = _BLANK_LINES.sub("\n", clean_for_feed(boxed, base=article.full_url)).strip()
    return texts


def _read_together(articles: Iterable[ArticlePage]) -> Iterator[list[Any]]:
    """The blocks of each article; pictures, with their sizes, and notes are fetched once for all."""
    raw = [[dict(block) for block in article.body.raw_data] for article in articles]
    together = list(StreamValue(ArticlePage.body.field.stream_block, list(chain(*raw)), is_lazy=True))
    pictures = [picture for block in together for picture in _pictures(block.value)]
    prefetch_related_objects(pictures, "renditions")
    start = 0
    for blocks in raw:
        yield together[start : start + len(blocks)]
        start += len(blocks)


def _pictures(value: Any) -> Iterator[Any]:
    if isinstance(value, get_image_model()):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _pictures(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _pictures(inner)
