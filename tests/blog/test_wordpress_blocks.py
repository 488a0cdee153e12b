"""What the HTML of a WordPress post becomes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from blog.blocks import TEXT_FEATURES, ArticleBody
from blog.sanitiser import clean_html
from blog.videos import read_video
from blog.wordpress.blocks import to_blocks
from tests.blog.test_sanitiser import HOSTILE, assert_harmless

BODY = ArticleBody()


def blocks_of(html: str) -> list[tuple[str, Any]]:
    return to_blocks(html).blocks


def notes_of(html: str) -> list[str]:
    return to_blocks(html).notes


def words_of(html: str) -> str:
    return str(blocks_of(html))


def test_second_level_headings_become_heading_blocks() -> None:
    html = "<p>One.</p><h2>The <em>middle</em></h2><p>Two.</p>"
    assert blocks_of(html) == [("text", "<p>One.</p>"), ("heading", "The middle"), ("text", "<p>Two.</p>")]


def test_lower_headings_stay_in_the_text() -> None:
    assert blocks_of("<p>One.</p><h3>A</h3><h5>B</h5>") == [("text", "<p>One.</p><h3>A</h3><h3>B</h3>")]


def test_a_heading_longer_than_its_block_stays_in_the_text() -> None:
    assert blocks_of(f"<h2>{'word ' * 40}</h2>")[0][0] == "text"


def test_paragraphs_and_lists_are_one_text_block() -> None:
    html = "<p>One:</p>\n<ul>\n<li>a<ol><li>b</li></ol></li>\n<li>c</li></ul>\n\n<p>Two.</p>"
    text = "<p>One:</p><ul><li>a<ol><li>b</li></ol></li><li>c</li></ul><p>Two.</p>"
    assert blocks_of(html) == [("text", text)]


def test_classic_text_gets_its_paragraphs_and_line_breaks() -> None:
    html = "One <b>two</b>\nthree\n\nfour\n<h2>five</h2>\nsix"
    assert blocks_of(html) == [
        ("text", "<p>One <b>two</b><br/>three</p><p>four</p>"),
        ("heading", "five"),
        ("text", "<p>six</p>"),
    ]


def test_a_line_break_between_gutenberg_words_is_a_space() -> None:
    assert blocks_of("<!-- wp:paragraph --><p>a\nb</p><!-- /wp:paragraph -->") == [("text", "<p>a b</p>")]


def test_bold_and_italic_are_stored_as_the_editor_stores_them() -> None:
    assert blocks_of("<p><strong>a</strong> <em>b</em></p>") == [("text", "<p><b>a</b> <i>b</i></p>")]


def test_a_quotation_keeps_its_paragraphs_and_its_source() -> None:
    html = "<blockquote><p>One.</p><p>Two<br>three.</p><cite>A neighbour</cite></blockquote>"
    assert blocks_of(html) == [("quote", {"text": "One.\n\nTwo\nthree.", "source": "A neighbour"})]


def test_a_picture_keeps_its_alternative_text_and_caption() -> None:
    html = '<p>One.</p><figure><img src="/a.png" alt="A lamp"><figcaption>In the hall</figcaption></figure>'
    picture = {"src": "/a.png", "alt": "A lamp", "caption": "In the hall"}
    assert blocks_of(html) == [("text", "<p>One.</p>"), ("picture", picture)]


def test_a_caption_shortcode_is_the_same_as_a_figure() -> None:
    html = '[caption id="x" width="300"]<a href="/a.png"><img src="/a.png" alt="A lamp" /></a> In the hall[/caption]'
    assert blocks_of(html) == [("picture", {"src": "/a.png", "alt": "A lamp", "caption": "In the hall"})]


def test_a_gallery_gives_all_its_pictures() -> None:
    html = "<figure><figure><img src=/a.png></figure><figure><img src=/b.png></figure></figure>"
    assert [value["src"] for _, value in blocks_of(html)] == ["/a.png", "/b.png"]


def test_a_table_with_headings_is_a_table_block() -> None:
    table = (
        "<table><thead><tr><th>Day</th><th>Walk</th></tr></thead><tr><th>1</th><td><b>5</b> minutes</td></tr></table>"
    )
    html = f"<p>So:</p><figure class='wp-block-table'>{table}<figcaption>My week</figcaption></figure><p>Done.</p>"
    assert [kind for kind, _ in blocks_of(html)] == ["text", "table", "text"]
    value = blocks_of(html)[1][1]
    assert value["rows_named"] is True
    assert value["table"] == {
        "caption": "My week",
        "columns": [{"type": "text", "heading": "Day"}, {"type": "text", "heading": "Walk"}],
        "rows": [{"values": ["<p>1</p>", "<p><b>5</b> minutes</p>"]}],
    }
    assert BODY.clean(BODY.to_python([{"type": "table", "value": value}]))
    assert notes_of(html) == []
    assert notes_of(table) == ["a table has no caption: say in a few words what it shows"]


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>Day</td><td>Walk</td></tr><tr><td>1</td><td>5 minutes</td></tr>",
        "<tr><th>Day</th><th>Walk</th></tr><tr><td>1</td></tr>",
        "<tr><th>Day</th><th></th></tr><tr><td>1</td><td>2</td></tr>",
        "<tr><th>Day</th><th>Walk</th></tr>",
    ],
)
def test_another_table_becomes_lines_and_is_reported(rows: str) -> None:
    assert [kind for kind, _ in blocks_of(f"<table>{rows}</table>")] == ["text"]
    assert "Day" in words_of(f"<table>{rows}</table>")
    assert notes_of(f"<table>{rows}</table>") == ["a table was turned into lines of text"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>One.</p>\n\nhttps://youtu.be/abcdefghijk\n\n<p>Two.</p>",
        "<p>One.</p><figure><div>\nhttps://www.youtube.com/watch?v=abcdefghijk\n</div></figure><p>Two.</p>",
        "<p>One.</p>[embed]https://www.youtube.com/watch?v=abcdefghijk[/embed]<p>Two.</p>",
        '<p>One.</p><iframe width="5" src="https://www.youtube.com/embed/abcdefghijk?rel=0"></iframe><p>Two.</p>',
    ],
)
def test_an_embedded_video_is_a_video_block(html: str) -> None:
    kinds, values = zip(*blocks_of(html), strict=True)
    assert kinds == ("text", "video", "text")
    found = read_video(values[1]["address"])
    assert found
    assert found.watch_url == "https://www.youtube.com/watch?v=abcdefghijk"
    assert notes_of(html) == ["a video has no title: say what it shows"]


def test_the_words_of_an_unknown_block_are_kept_and_reported() -> None:
    html = '<!-- wp:acme/box {"a":1} --><div><div>One</div><div>Two</div></div><!-- /wp:acme/box -->'
    assert blocks_of(html) == [("text", "<p>One</p><p>Two</p>")]
    assert notes_of(html) == ["block “acme/box” is unknown here: its text was kept"]


def test_an_unknown_block_without_words_is_reported() -> None:
    assert notes_of('<!-- wp:acme/poll {"id":3} /-->') == [
        "block “acme/poll” is unknown here: it holds no text and was left out"
    ]


def test_the_words_between_two_shortcodes_are_kept_and_reported() -> None:
    html = "Before [tip color='red']Drink water.[/tip] after [poll id=\"3\"]."
    assert blocks_of(html) == [("text", "<p>Before Drink water. after .</p>")]
    assert notes_of(html) == [
        "shortcode [tip] is unknown here: its text was kept",
        "shortcode [poll] is unknown here: it holds no text and was left out",
    ]


def test_brackets_that_are_words_stay_words() -> None:
    html = "As shown [2], he wrote “recieve” [sic]. [[gallery]]"
    assert blocks_of(html) == [("text", f"<p>{html}</p>")]
    assert notes_of(html) == []


def test_frames_and_scripts_are_left_out_and_reported() -> None:
    html = '<p>One.</p><iframe src="https://video.example/1"></iframe><script>track()</script>'
    assert blocks_of(html) == [("text", "<p>One.</p>")]
    assert notes_of(html) == ["<iframe> was left out", "<script> was left out"]


@pytest.mark.parametrize(
    "html", ["", "   \n\n ", "<p>&nbsp;</p>", "<h2></h2>", "<ul><li></li></ul>", "<!-- wp:spacer /-->"]
)
def test_a_post_without_words_has_no_blocks(html: str) -> None:
    assert blocks_of(html) == []


@pytest.mark.parametrize(
    "wrap", ["{}", "<p>{}</p>", "<ul><li>{}</li></ul>", "<h3>{}</h3>", "<table><td>{}</td></table>"]
)
@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_markup_in_a_post_leaves_no_active_part(html: str, wrap: str) -> None:
    for kind, value in blocks_of(wrap.format(html)):
        if kind == "text":
            assert_harmless(value)


@pytest.mark.parametrize("opening", ["<div>", "<blockquote>", "<ul><li>", "<b>", "[caption]", "<!-- wp:x "])
def test_deep_nesting_neither_fails_nor_loses_the_words(opening: str) -> None:
    assert "the end" in words_of(f"{opening * 500}-->the end")


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<h2>", "</h2>", "<ul>", "<li>", "</ul>", "<blockquote>", "</blockquote>", "<cite>"),
        *("<figure>", "</figure>", "<img src=/a.png alt=b>", "<b>", "</b>", "<a href=/x>", "<br>", "<pre>"),
        *(
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "<th>",
            "https://youtu.be/abcdefghijk",
            "[caption]",
            "[/caption]",
            "[x]",
            "[/x]",
            "<!-- wp:a/b -->",
            "<!-- wp:q {",
        ),
        *("/-->", "\n", "\n\n", "word ", "&lt;", "\x00", "\ud800", "&#0;", "<", ">", "'"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_post_fails_and_every_text_is_clean_and_opens_in_the_editor(html: str) -> None:
    converter = ContentstateConverter(features=[*TEXT_FEATURES, "h3"])
    for kind, value in blocks_of(html):
        assert kind in {"heading", "text", "quote", "picture", "table", "video"}
        if kind in {"table", "video"}:
            BODY.clean(BODY.to_python([{"type": kind, "value": value}]))
        if kind == "table":
            for row in value["table"]["rows"]:
                assert_harmless("".join(row["values"]))
        if kind == "text":
            assert clean_html(value) == value
            assert_harmless(value)
            converter.from_database_format(value)


@given(
    st.lists(st.sampled_from(["<p>{}</p>", "<h2>{}</h2>", "{}\n\n", "<ul><li>{}</li></ul>", "[b]{}[/b]"]), max_size=8)
)
def test_no_word_is_lost(shapes: list[str]) -> None:
    html = "".join(shape.format(f"word{number}") for number, shape in enumerate(shapes))
    kept = words_of(html)
    assert [number for number in range(len(shapes)) if f"word{number}" not in kept] == []
