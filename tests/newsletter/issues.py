"""An issue with every kind of block, and what a reader finds in the two parts of its mail."""

import re
from html.parser import HTMLParser
from typing import Any

from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from newsletter.blocks import IssueBody
from newsletter.models import IssuePage
from newsletter.rendering import RenderedIssue
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory
from tests.newsletter.joining import make_ebook
from tests.newsletter.offering import make_offer

WORDS = (
    '<p>Dear <b>all</b>, see <a href="https://other.example/a?b=1&amp;c=2">theirs</a> and '
    '<a href="mailto:us@meadowsweet.example">write</a>.</p><ol><li>First thing</li><li>Second thing</li></ol>'
)
LINK = r"https?://\S+|mailto:\S+|%%(?:OWN_PAGE|UNSUBSCRIBE)%%\S*"


def make_picture(title: str = "A field", *, alt: str | None = None, size: tuple[int, int] = (1600, 1200)) -> Any:
    """A picture; with `alt` as a picture block holds it."""
    with get_test_image_file(size=size) as file:
        image = get_image_model().objects.create(title=title, file=file, credit="Ada Moss")
    image.file.close()
    image.contextual_alt_text, image.decorative = alt, alt == ""
    return image


def every_block(**about: Any) -> list[tuple[str, Any]]:
    """Each kind of block once, and a second article. `about` is in each that has fields."""
    tarn = AuthorPageFactory(title="Wilhelmina Tarn", role="Editor", photo=make_picture("A tulip"))
    lead = ArticlePageFactory(title="What is pain management?", deck="The doctors you may meet.")
    second = ArticlePageFactory(
        title="Cold mornings & stiff joints", deck="Warmth.", picture=make_picture("Winter"), picture_alt="A window"
    )
    book = make_ebook(title="A calmer day", slug="kettle", cover=make_picture("A cover", size=(600, 800)))
    return [
        ("intro", {"text": WORDS, "signed_by": tarn, **about}),
        ("article", {"article": lead, "words": "", **about}),
        ("article", {"article": second, "words": "Own words <for> it", **about}),
        ("text", {"title": "One small thing", "text": "<p>Two minutes, then stop.</p>", **about}),
        ("picture", {"image": make_picture(alt="A kettle"), "caption": "Nearly done", "credit": "", **about}),
        ("quote", {"text": "I nearly did not go.\n\nIt was worth it.", "said_by": "Joan, a reader", **about}),
        ("divider", None),
        ("question", {"question": "Bath or ice?", "answer": "<p>Either.</p>", "answered_by": tarn, **about}),
        ("offer", {"offer": make_offer(), "words": "For you:", **about}),
        ("ebook", {"ebook": book, "words": "Ideas for the kettle.", **about}),
        ("button", {"words": "Book a place", "page": None, "address": "https://other.example/book", **about}),
    ]


def make_full_issue(**fields: Any) -> IssuePage:
    """An issue with every kind of block."""
    body = fields.pop("body", None) or every_block()
    assert {kind for kind, _ in body} == set(IssueBody().child_blocks)
    issue: IssuePage = IssuePageFactory(
        **{"title": "Living with pain", "number": 14, "slug": "issue-14", "body": body, **fields}
    )
    return IssuePage.objects.get(pk=issue.pk)


class _Reader(HTMLParser):
    """What somebody reads: visible words and the alternative text of pictures, and the links that carry words."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.links = "", list[str]()
        self._hidden, self._href = 0, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in {"head", "style"} or (tag == "div" and (self._hidden or "display:none" in found.get("style", ""))):
            self._hidden += 1
        if tag == "a":
            self._href = found.get("href", "")
        if tag == "img" and not self._href:
            self.words += f" {found.get('alt', '')} "
        if tag not in {"a", "b", "strong", "em", "i", "span"}:
            self.words += " "

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag in {"head", "style", "div"}:
            self._hidden -= 1
        self._href = "" if tag == "a" else self._href

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        self.words += data
        if self._href and data.strip():
            self.links.append(self._href)


def read_html(html: str) -> tuple[list[str], list[str]]:
    """The words, in small letters, and the addresses of an HTML part, each address where it stands first."""
    reader = _Reader()
    reader.feed(html)
    return _as_words(reader.words), list(dict.fromkeys(reader.links))


def read_text(text: str) -> tuple[list[str], list[str]]:
    """The same of a text part."""
    return _as_words(text), list(dict.fromkeys(re.findall(LINK, text)))


def _as_words(words: str) -> list[str]:
    found = re.findall(r"%%(?:[A-Z_]+|CODE:\d+)%%|\w+", re.sub(LINK, " ", words))
    return [word.casefold() for word in found]


def differences(mail: RenderedIssue) -> list[str]:
    """Where the two parts do not hold the same words and links in the same order; empty when they do."""
    (html_words, html_links), (text_words, text_links) = read_html(mail.html), read_text(mail.text)
    return [
        f"{kind}: HTML {html[at - 3 : at + 5]}, text {text[at - 3 : at + 5]}"
        for kind, html, text in (("words", html_words, text_words), ("links", html_links, text_links))
        for at in range(3, max(len(html), len(text)) + 4)
        if html[: at - 2] != text[: at - 2]
    ][:2]
