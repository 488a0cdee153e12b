"""Marks in the text become links to the sources, and each source leads back."""

import re
from html import escape, unescape
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from blog.citations import Citations, read_mark
from blog.models import Reference
from tests.factories import ArticlePageFactory

LINK = re.compile(r'<a class="ref" id="(cite-(\d+)-\d+)" href="#ref-(\d+)" aria-label="Source \d+">(\d+)</a>')
TEXTS = st.text(alphabet="ab <>&\"'[]0123,;-–\n") | st.lists(
    st.sampled_from(["so ", "[1]", " [2]", "[1, 3]", "[1-3]", "[9]", "[0]", "[3-1]", "&", "<b>", "[", "]", "[1]]"])
).map("".join)


@pytest.mark.parametrize(
    ("inside", "numbers"),
    [
        ("2", [2]),
        ("1,3", [1, 3]),
        ("1, 3", [1, 3]),
        ("1;3", [1, 3]),
        ("1-3", [1, 2, 3]),
        ("1–2, 3", [1, 2, 3]),
        ("2, 1, 2", [2, 1]),
        ("0", []),
        ("4", []),
        ("1, 4", []),
        ("3-1", []),
        ("2-999", []),
        ("1-2-3", []),
    ],
)
def test_a_mark_names_sources_that_are_there_or_none(inside: str, numbers: list[int]) -> None:
    assert read_mark(inside, 3) == numbers


def test_each_source_leads_back_to_every_place_in_the_order_of_the_text() -> None:
    citations = Citations(3)
    citations.link_html("<p>One [1]. Two [1, 3].</p>")
    citations.link_text("Three [1-2]")
    assert citations.places(1) == [("a", "cite-1-1"), ("b", "cite-1-2"), ("c", "cite-1-3")]
    assert citations.places(2) == [("a", "cite-2-1")]
    assert citations.places(3) == [("a", "cite-3-1")]


def test_a_source_that_is_never_named_leads_nowhere() -> None:
    assert Citations(2).places(2) == []


def test_letters_go_on_after_the_alphabet() -> None:
    citations = Citations(1)
    citations.link_text("[1]" * 28)
    assert [letter for letter, _ in citations.places(1)][24:] == ["y", "z", "aa", "ab"]


@given(TEXTS, st.integers(0, 4))
def test_linking_adds_links_and_changes_no_word(text: str, count: int) -> None:
    citations = Citations(count)
    html = citations.link_text(text)
    links = LINK.findall(html)
    assert len({place for place, *_ in links}) == len(links)
    assert {place for place, *_ in links} == {p for n in range(1, count + 1) for _, p in citations.places(n)}
    assert all(one == target == shown and 1 <= int(shown) <= count for _, one, target, shown in links)
    # Without our own links nothing is left that a browser would take for a tag.
    bare = re.sub(r"</?sup>", "", LINK.sub(r"\4", html))
    assert not set("<>\"'") & set(bare)
    if not links:
        assert unescape(bare) == text


@given(TEXTS, st.sampled_from(["p", "td", "li"]))
def test_marks_in_attributes_and_links_stay_as_they_are(text: str, tag: str) -> None:
    attribute = escape(text, quote=True)
    source = f'<{tag} title="{attribute}"><a href="/?q={attribute}">see {escape(text)}</a></{tag}>'
    assert Citations(4).link_html(source) == source


def test_a_very_long_row_of_numbers_is_read_in_no_time() -> None:
    text = "[" + "1, " * 50_000 + "]"
    assert Citations(4).link_text(text) == text


@pytest.mark.django_db
def test_the_page_links_marks_in_every_kind_of_text_and_sources_link_back(client: Client) -> None:
    body: list[tuple[str, Any]] = [
        ("text", "<p>So they found [1].</p>"),
        ("callout", {"style": "tip", "title": "Try [1]", "text": "<p>It holds [1-2].</p>"}),
        ("quote", {"text": "I read it [2]", "source": "A reader [2]"}),
    ]
    article = ArticlePageFactory(body=body)
    for order, text in enumerate(("One", "Two", "Three")):
        Reference.objects.create(article=article, text=text, sort_order=order)
    html = client.get(article.url).content.decode()
    text, sources = html.split('<h2 id="sources">')
    assert re.findall(r'href="#(ref-\d)"', text) == ["ref-1", "ref-1", "ref-2", "ref-2", "ref-2"]
    assert re.findall(r'href="#(cite-\d-\d)"', sources) == ["cite-1-1", "cite-1-2", "cite-2-1", "cite-2-2", "cite-2-3"]
    for place in re.findall(r'href="#(cite-[\d-]+)"', sources):
        assert text.count(f'id="{place}"') == 1
    assert "Try [1]" in text
    assert "Back to where the text names source 1, place b" in sources
    assert "source 3" not in sources
