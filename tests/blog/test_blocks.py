"""What each block of an article shows, what it refuses, and that nothing in it becomes markup."""

import re
from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from blog.blocks import ArticleBody
from blog.models import ArticlePage, Reference, ReusableNote
from blog.plain_text import digest_words, plain_text
from tests.factories import ArticlePageFactory

BODY = ArticleBody()
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
OFFER = {
    "kind": "own",
    "title": "A class for backs",
    "text": "<p>Six evenings.</p>",
    "address": "https://example.org/class",
    "link_text": "See the dates",
    "about_health": True,
    "evidence": "Nobody has studied it.",
}
VIDEO = {
    "title": "Getting up",
    "address": "https://youtu.be/abcdefghijk?t=1m5s",
    "minutes": 4,
    "picture": None,
    "transcript": "<p>Turn first.</p>",
}


def table(*rows: list[str], headings: tuple[str, ...] = ("Food", "Salt"), caption: str = "Salt in food") -> Any:
    kinds = ["text", *["number"] * (len(headings) - 1)]
    columns = [{"type": kind, "heading": heading} for kind, heading in zip(kinds, headings, strict=True)]
    return {
        "table": {"caption": caption, "columns": columns, "rows": [{"values": row} for row in rows]},
        "rows_named": True,
        "remark": "",
    }


def stream(kind: str, value: Any) -> Any:
    return BODY.to_python([{"type": kind, "value": value}])


def draw(kind: str, value: Any) -> str:
    return " ".join(str(stream(kind, value)[0].render()).split())


def refuse(kind: str, value: Any) -> str:
    """What the editor is told, in words."""
    with pytest.raises(ValidationError) as caught:
        BODY.clean(stream(kind, value))
    return str([error.as_json_data() for error in caught.value.block_errors.values()])  # type: ignore[attr-defined]


class Tags(HTMLParser):
    """Collects the elements and the names of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def test_a_table_names_its_columns_rows_and_subject() -> None:
    html = draw("table", table(["<p>Bread</p>", "1.0 g"], ["<p><b>Soup</b></p>", "2.1 g"]))
    assert "<caption><span>Salt in food</span></caption>" in html
    assert re.findall(r'<th scope="col"[^>]*>(\w+)</th>', html) == ["Food", "Salt"]
    assert html.count('<th scope="row">') == 2
    assert '<td class="num">1.0 g</td>' in html
    assert 'role="region" tabindex="0" aria-label="Table: Salt in food"' in html


def test_a_table_without_named_rows_has_plain_cells_only() -> None:
    html = draw("table", {**table(["<p>Bread</p>", "1 g"]), "rows_named": False})
    assert 'scope="row"' not in html
    assert html.count("<td") == 2


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (table(["<p>a</p>", "b"], caption=" "), "Give the table a caption"),
        (table(), "at least one column and one row"),
        (table(["<p>a</p>", "b"], headings=("Food", " ")), "Give every column a heading"),
        (table(["<p>a</p>", *"bcdefghi"], headings=tuple("abcdefghi")), "at most 8 columns"),
    ],
)
def test_a_table_that_cannot_be_read_aloud_is_refused(value: Any, words: str) -> None:
    assert words in refuse("table", value)


def test_the_corner_of_a_table_may_be_empty() -> None:
    value = table(["<p>a</p>", "b"], headings=("", "Salt"))
    assert BODY.clean(stream("table", value))
    assert re.search(r"<tr>\s*<td></td>", draw("table", value))


@given(st.lists(st.text(max_size=12) | st.sampled_from([HOSTILE, "[1]", "</td>"]), min_size=4, max_size=4))
def test_no_word_of_a_table_becomes_markup(words: list[str]) -> None:
    rich, figure, heading, caption = words
    html = draw("table", table([f"<p>{escape(rich)}</p>", figure], headings=("x", heading), caption=caption))
    found = Tags(html)
    assert found.tags <= {"div", "table", "caption", "span", "thead", "tbody", "tr", "th", "td", "p"}
    assert found.attributes <= {"class", "role", "tabindex", "aria-label", "scope"}


def test_hostile_words_in_every_block_stay_words() -> None:
    pair = {"question": HOSTILE, "answer": "<p>Fine.</p>"}
    for kind, value in (
        ("heading", HOSTILE),
        ("quote", {"text": HOSTILE, "source": HOSTILE}),
        ("questions", {"folded": True, "pairs": [pair]}),
        ("questions", {"folded": False, "pairs": [pair]}),
        ("callout", {"style": "tip", "title": HOSTILE, "text": "<p>Fine.</p>"}),
        ("offer", {**OFFER, "title": HOSTILE, "evidence": HOSTILE, "link_text": HOSTILE}),
        ("video", {**VIDEO, "title": HOSTILE}),
    ):
        found = Tags(draw(kind, value))
        assert not {"script", "img"} & found.tags, kind
        assert not {name for name in found.attributes if name.startswith("on")}, kind


def test_questions_are_headings_or_folds() -> None:
    pairs = [{"question": "Does it hurt?", "answer": "<p>A little.</p>"}]
    assert "<h3>Does it hurt?</h3>" in draw("questions", {"folded": False, "pairs": pairs})
    folded = draw("questions", {"folded": True, "pairs": pairs})
    assert "<summary>Does it hurt?</summary>" in folded
    assert "<p>A little.</p>" in folded


def test_a_video_is_a_plain_link_and_asks_nothing_of_another_host() -> None:
    html = draw("video", VIDEO)
    assert 'href="https://www.youtube.com/watch?v=abcdefghijk&amp;t=65s"' in html
    assert 'data-player="https://www.youtube-nocookie.com/embed/abcdefghijk?' in html
    assert "YouTube sees your visit once you press, and not before." in " ".join(html.split())
    assert "Video: Getting up, 4 minutes" in html
    assert "<p>Turn first.</p>" in html
    assert not {"iframe", "img", "script", "link"} & Tags(html).tags


@pytest.mark.parametrize(
    "address",
    ["https://example.org/v.mp4", "https://youtube.com.example.org/watch?v=abcdefghijk", "https://vimeo.com/"],
)
def test_a_video_of_nobody_we_know_is_refused_and_not_shown(address: str) -> None:
    assert "one video at YouTube or Vimeo" in refuse("video", {**VIDEO, "address": address})
    assert address not in draw("video", {**VIDEO, "address": address})


@pytest.mark.parametrize(
    ("kind", "label"),
    [("own", "Our own service"), ("advert", "Advertisement"), ("affiliate", "Affiliate link: we earn")],
)
def test_an_offer_says_what_it_is_and_what_is_known(kind: str, label: str) -> None:
    html = draw("offer", {**OFFER, "kind": kind})
    assert html.index(label) < html.index("<h3>A class for backs</h3>")
    assert "What the evidence says:</strong> Nobody has studied it." in html
    assert re.search(r'href="https://example.org/class"\s+rel="sponsored nofollow noopener"', html)


def test_an_offer_for_health_without_evidence_is_refused() -> None:
    assert "Say how well it is known to work" in refuse("offer", {**OFFER, "evidence": " "})
    assert BODY.clean(stream("offer", {**OFFER, "evidence": "", "about_health": False}))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example/", "data:text/html,x", "mailto:a@b.c"])
def test_an_offer_links_to_pages_alone(address: str) -> None:
    assert "Begin the address with https://" in refuse("offer", {**OFFER, "address": address})
    assert address not in draw("offer", {**OFFER, "address": address})


def test_an_offer_may_lead_to_a_page_of_this_site() -> None:
    assert BODY.clean(stream("offer", {**OFFER, "address": "/contact/"}))
    assert 'href="/contact/"' in draw("offer", {**OFFER, "address": "/contact/"})


def test_choices_and_addresses_are_no_words_and_still_count_for_a_review() -> None:
    words = plain_text(stream("offer", OFFER)) + plain_text(stream("video", VIDEO))
    assert not re.search(r"\bown\b|example\.org|youtu", words)
    assert "Nobody has studied it." in words
    assert "Turn first." in words
    changed = [("offer", {**OFFER, "kind": "advert"}), ("video", {**VIDEO, "address": "https://vimeo.com/1"})]
    for (kind, value), before in zip(changed, (OFFER, VIDEO), strict=True):
        assert digest_words([], stream(kind, value)) != digest_words([], stream(kind, before))


def test_the_words_of_a_table_are_found_and_counted() -> None:
    words = plain_text(stream("table", table(["<p>Bread</p>", "1.0 g"]))).split()
    assert sorted(words) == sorted(["Food", "Salt", "Bread", "1.0", "g", "Salt", "in", "food"])


@pytest.mark.django_db
class TestReusableNote:
    def make(self, **fields: Any) -> ReusableNote:
        given = {"name": "Emergency", "style": "emergency", "title": "Call 999", "text": "<p>At once [1].</p>"}
        return ReusableNote.objects.create(**{**given, **fields})

    def test_a_change_shows_in_every_article_at_once(self, client: Client) -> None:
        note = self.make()
        articles = [ArticlePageFactory(body=[("note", note)]) for _ in range(2)]
        assert "Call 999" in client.get(articles[0].url).content.decode()
        note.title = "Call 112"
        note.save()
        for article in articles:
            html = client.get(article.url).content.decode()
            assert "Call 112" in html
            assert "callout--urgent" in html

    def test_its_marks_name_no_source_of_the_article(self, client: Client) -> None:
        article = ArticlePageFactory(body=[("note", self.make())])
        Reference.objects.create(article=article, text="One")
        assert "At once [1]." in client.get(article.url).content.decode()

    def test_a_note_that_was_deleted_leaves_no_trace(self, client: Client) -> None:
        note = self.make()
        article = ArticlePageFactory(body=[("note", note)])
        note.delete()
        response = client.get(article.url)
        assert response.status_code == 200
        assert "Call 999" not in response.content.decode()

    def test_the_admin_shows_where_it_is_used(self, client: Client, editor: Any) -> None:
        note = self.make()
        article = ArticlePageFactory(body=[("note", note)], title="Holds the note")
        client.force_login(editor)
        html = client.get(f"/admin/snippets/blog/reusablenote/usage/{note.pk}/").content.decode()
        assert article.title in html

    def test_many_notes_cost_one_query(self, django_assert_num_queries: Any) -> None:
        notes = [self.make(name=f"Note {n}") for n in range(5)]
        body = BODY.to_python([{"type": "note", "value": note.pk} for note in notes])
        with django_assert_num_queries(1):
            assert [str(block.value) for block in body] == [note.name for note in notes]


@pytest.mark.django_db
def test_the_chooser_shows_each_block_as_readers_see_it(client: Client, editor: Any) -> None:
    client.force_login(editor)
    for block in ArticlePage.body.field.stream_block.child_blocks.values():
        assert block.meta.group, block.name
        assert block.get_description(), block.name
        if block.name not in {"note", "picture"}:  # what they show lies in the database
            html = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix}).content.decode()
            assert "css/site" in html, block.name
            shown = " ".join(str(block.bind(block.get_preview_value()).render()).split())
            assert shown in " ".join(html.split()), block.name
