"""The notation of the demo's text files."""

import pytest

from home.demo.texts import Piece, pieces, read_record, to_html, to_page_html


def test_the_same_field_may_come_again() -> None:
    record = read_record("title: Walks: a start\npoint: one\npoint: two\n---\nWords.\n")
    assert record.one("title") == "Walks: a start"
    assert record.all("point") == ["one", "two"]
    assert record.body == "Words."


def test_what_is_not_there_is_empty() -> None:
    record = read_record("title: Walks\n---\n")
    assert (record.one("deck"), record.all("point"), record.body) == ("", [], "")


def test_a_value_can_be_cut_into_parts() -> None:
    assert read_record("source: NHS. Falls. | https://example.org/\n---\n").parts("source") == [
        ["NHS. Falls.", "https://example.org/"]
    ]


def test_a_line_that_is_no_field_is_named() -> None:
    with pytest.raises(ValueError, match="no field here"):
        read_record("title: Walks\nno field here\n---\nWords.")


def test_text_between_headings_is_one_piece() -> None:
    assert pieces("One.\n\nTwo.\n\n## Three\n- four\n") == [
        Piece("text", "One.\n\nTwo."),
        Piece("heading", "Three"),
        Piece("text", "- four"),
    ]


def test_a_box_holds_everything_up_to_its_end() -> None:
    assert pieces("::tip Try this\nFirst.\n\n- second\n::\nAfter.") == [
        Piece("tip", "First.\n\n- second", "Try this"),
        Piece("text", "After."),
    ]


def test_a_box_that_is_never_closed_is_named() -> None:
    with pytest.raises(ValueError, match="::tip Try this"):
        pieces("::tip Try this\nWords.")


def test_the_lines_of_a_quotation_are_one() -> None:
    assert pieces("> I walk\n> every day.\n>> Joan\n> Another.") == [
        Piece("quote", "I walk every day.", "Joan"),
        Piece("quote", "Another."),
    ]


def test_two_quotations_with_text_between_stay_two() -> None:
    assert [piece.kind for piece in pieces("> One.\nThen.\n> Two.")] == ["quote", "text", "quote"]


def test_paragraphs_and_lists_become_html() -> None:
    assert to_html("One\nline.\n\n- a\n- b\n  goes on\n\n1. c") == (
        "<p>One line.</p><ul><li>a</li><li>b goes on</li></ul><ol><li>c</li></ol>"
    )


def test_a_list_may_follow_its_paragraph_at_once() -> None:
    assert to_html("Call for:\n- a\n- b") == "<p>Call for:</p><ul><li>a</li><li>b</li></ul>"


def test_weight_emphasis_and_links_become_html() -> None:
    assert to_html("**Now** or *later*, [here](/authors/).") == (
        '<p><b>Now</b> or <i>later</i>, <a href="/authors/">here</a>.</p>'
    )


def test_every_other_sign_is_escaped() -> None:
    assert to_html("<script> & 'so'") == "<p>&lt;script&gt; &amp; 'so'</p>"


def test_a_plain_page_has_headings_and_text() -> None:
    assert to_page_html("Words.\n## Why\nBecause.") == "<p>Words.</p><h2>Why</h2><p>Because.</p>"


def test_a_plain_page_refuses_a_box() -> None:
    with pytest.raises(ValueError, match="tip"):
        to_page_html("::tip Try this\nWords.\n::")
