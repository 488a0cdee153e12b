"""The rules: what an article should have before readers see it. The editor's panel and every report ask here."""

import re
from collections.abc import Iterator
from typing import Any

from blog.checks.claims import find_claims, shorten
from blog.checks.findings import Finding, Level
from blog.citations import MARK, read_mark
from blog.models import ArticlePage, Contribution
from blog.passages import BLOCK_HEADING, Passage, read_passages
from blog.reading_level import TARGET_AGE, measure_article

TITLE_LENGTH = 60  # letters of a title and a description that a search result shows
DESCRIPTION_LENGTH = 155
_EMPTY_LINK = re.compile(
    r"(?:press|click|tap|go|see|read|learn|find out)?\s*"
    r"(?:here|this|this (?:link|page|site|article|website)|link|more|more info(?:rmation)?|website)\s*[.…>»]*"
    r"|(?:https?://|www\.)\S+",
    re.IGNORECASE,
)


def check_article(article: ArticlePage) -> list[Finding]:
    """Everything found in one article, saved or not, red first; asks for its parts and its newest review only."""
    passages = read_passages(article.body)
    found = [
        *_check_people(article),
        *_check_sponsor(article),
        *_check_search(article),
        *_check_pictures(article),
        *_check_claims(article, passages),
        *_check_sources(article, passages),
        *_check_headings(passages),
        *_check_links(passages),
        *_check_reading(article),
    ]
    return sorted(found, key=lambda finding: finding.level != Level.RED)


def _check_people(article: ArticlePage) -> Iterator[Finding]:
    if not any(part.role == Contribution.Role.WROTE for part in article.contributions.all()):
        yield Finding("no-author")
    standing, review = article.standing, article.standing.review
    if review and standing.state == "changed":
        yield Finding("old-review", f"read by {review.reviewer.title} on {review.reviewed_on:%d %B %Y}")
    elif review and review.is_overdue:
        yield Finding("review-due", f"due on {review.due_on:%d %B %Y}")
    elif not review and article.kind == article.Kind.GUIDE:
        yield Finding("no-review")


def _check_sponsor(article: ArticlePage) -> Iterator[Finding]:
    paid = article.kind == article.Kind.SPONSORED
    if paid and not article.sponsor.strip():
        yield Finding("no-sponsor")
    if article.sponsor.strip() and not paid:
        yield Finding("sponsor-unlabelled", article.sponsor)


def _check_search(article: ArticlePage) -> Iterator[Finding]:
    title, description = article.seo_title or article.title, article.search_description
    if len(title) > TITLE_LENGTH:
        yield Finding("long-title", f"{len(title)} letters, {TITLE_LENGTH} are shown", "title")
    if not description.strip():
        yield Finding("no-description" if article.deck.strip() else "no-words-for-search")
    elif len(description) > DESCRIPTION_LENGTH:
        yield Finding("long-description", f"{len(description)} letters, {DESCRIPTION_LENGTH} are shown", "description")


def _check_pictures(article: ArticlePage) -> Iterator[Finding]:
    if article.picture_id and not article.picture_is_decorative and not article.picture_alt.strip():
        yield Finding("no-alt", where="picture at the top")
    for number, picture in enumerate(_body_pictures(article.body.raw_data), start=1):
        if not picture.get("decorative") and not (picture.get("alt_text") or "").strip():
            yield Finding("no-alt", where=f"picture {number} of the text")


def _body_pictures(value: Any) -> Iterator[dict[str, Any]]:
    """The values of ImageBlocks, wherever they stand: mappings with a picture and a word on decoration."""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return
    if hasattr(value, "items"):
        if "decorative" in value and value.get("image"):
            yield dict(value)
        value = [inner for _, inner in value.items()]
    for inner in value:
        yield from _body_pictures(inner)


def _check_sources(article: ArticlePage, passages: list[Passage]) -> Iterator[Finding]:
    sources = list(article.references.all())
    cited: set[int] = set()
    texts = [(point, "key points") for point in article.key_point_list]
    for text, where in [*texts, *((passage.text, passage.where) for passage in passages)]:
        for mark in MARK.finditer(text):
            named = read_mark(mark[1], len(sources))
            cited.update(named)
            if not named:
                yield Finding("bad-mark", mark[0].strip(), where)
    for number, source in enumerate(sources, start=1):
        if number not in cited:
            yield Finding("unused-source", shorten(f"{number}. {source.text}"), "sources")
    if not sources and article.kind == article.Kind.GUIDE:
        yield Finding("no-sources")


def _check_claims(article: ArticlePage, passages: list[Passage]) -> Iterator[Finding]:
    """Each paragraph needs its own mark. The title, the deck and the key points have none: the text must back them."""
    sources = len(article.references.all())
    for passage in passages:
        for claim in find_claims(passage.text, sources):
            yield Finding("claim", claim, passage.where)
    summary = [(article.title, "title"), (article.deck, "deck")]
    for text, where in [*summary, *((point, "key points") for point in article.key_point_list)]:
        for claim in find_claims(text, sources):
            yield Finding("bold-words", claim, where)


def _check_headings(passages: list[Passage]) -> Iterator[Finding]:
    """The page's title is level 1, so the first heading of the text must be of level 2."""
    before = BLOCK_HEADING - 1
    for passage in passages:
        if not passage.is_heading:
            continue
        if not passage.text:
            yield Finding("empty-heading", where=passage.where)
        if passage.level > before + 1:
            yield Finding("heading-order", passage.text, passage.where)
        before = passage.level


def _check_links(passages: list[Passage]) -> Iterator[Finding]:
    for passage in passages:
        for words, _ in passage.links:
            if not words or _EMPTY_LINK.fullmatch(words):
                yield Finding("link-text", shorten(words or "(no words)"), passage.where)


def _check_reading(article: ArticlePage) -> Iterator[Finding]:
    urgent = [b for b in article.body.raw_data if b["type"] == "callout" and b["value"].get("style") == "urgent"]
    if len(urgent) > 1:
        yield Finding("many-urgent", f"{len(urgent)} of them")
    level = measure_article(article)
    if level and level.is_hard:
        yield Finding("reading-level", f"{level}; aim at {TARGET_AGE}")
