"""Every kind of block in both parts of the mail, on the web page and in the feed; what is for one of them alone."""

import re
from html import escape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.blocks import StreamValue

from newsletter.actions.dispatching import why_not_send
from newsletter.blocks import ButtonBlock, IssueBody, PictureBlock, read_address
from newsletter.composing import OWN_PAGE, UNSUBSCRIBE
from newsletter.models import Ebook, IssuePage
from newsletter.pieces import read_pieces
from newsletter.rendering import preview_issue, render_issue
from tests.factories import ArticlePageFactory, IssuePageFactory, SubscriberFactory
from tests.newsletter.issues import differences, every_block, make_full_issue, make_picture
from tests.newsletter.unsafe_css import find_unsafe

pytestmark = pytest.mark.django_db
SAID = {
    "intro": "First thing",
    "article": "The doctors you may meet.",
    "text": "Two minutes, then stop.",
    "picture": "Nearly done",
    "quote": "It was worth it.",
    "question": "Bath or ice?",
    "offer": "Six evenings in small groups.",
    "ebook": "Ideas for the kettle.",
    "button": "Book a place",
}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def with_body(*blocks: tuple[str, Any], **fields: Any) -> IssuePage:
    return IssuePage.objects.get(pk=IssuePageFactory(body=list(blocks), **fields).pk)


def feed(client: Client) -> str:
    return client.get("/newsletter/feed/").text


def test_every_block_is_in_both_parts_on_the_web_page_and_in_the_feed(client: Client) -> None:
    mail, page = render_issue(make_full_issue()), client.get("/newsletter/issue-14/").text
    for words in SAID.values():
        assert words in mail.html
        assert words in mail.text
        assert words in page
    for words in ("Joan, a reader", "A kettle", "Picture: Ada Moss", "https://other.example/book"):
        assert words in mail.html
        assert words in mail.text
        assert words in page
    assert "%%" not in page
    entries = feed(client)
    assert all(words in entries for kind, words in SAID.items() if kind != "offer")


def test_the_two_parts_say_the_same_in_the_same_order() -> None:
    assert differences(render_issue(make_full_issue())) == []


@pytest.mark.parametrize("shown", ["mail", "web"])
def test_a_block_for_one_of_the_two_is_not_in_the_other(shown: str, client: Client) -> None:
    mail, page = render_issue(make_full_issue(body=every_block(shown=shown))), client.get("/newsletter/issue-14/").text
    entries = feed(client)
    for kind, words in SAID.items():
        assert (words in mail.html) == (words in mail.text) == (shown == "mail"), kind
        assert (words in page) == (shown == "web"), kind
        assert (words in entries) == (shown == "web" and kind != "offer"), kind


def test_what_is_only_on_the_web_page_does_not_stop_the_mail() -> None:
    SubscriberFactory()
    hidden = ArticlePageFactory(live=False)
    assert (
        why_not_send(with_body(("article", {"article": hidden, "words": "", "shown": "web"}), ("divider", None))) == []
    )
    assert why_not_send(with_body(("article", {"article": hidden, "words": "", "shown": "mail"})))


def test_a_block_from_before_there_was_a_choice_is_in_both() -> None:
    body = StreamValue(IssueBody(), [{"type": "text", "value": {"title": "Old", "text": "<p>x</p>"}}], is_lazy=True)
    issue = IssuePageFactory(body=body)
    assert [piece.title for piece in read_pieces(IssuePage.objects.get(pk=issue.pk))] == ["Old"]


def test_nothing_in_the_mail_is_beyond_what_mail_programs_can_show() -> None:
    mail = render_issue(make_full_issue(picture=make_picture(), picture_alt="A field"))
    assert find_unsafe(mail.html) == []
    assert len(mail.html.encode()) < 60_000
    images = re.findall(r"<img[^>]*>", mail.html)
    assert len(images) == 7  # mark, head, thumbnail, two of who signs, picture, cover
    for address in re.findall(r'(?:href|src)="([^"]*)"', mail.html):
        assert address.startswith(("http://", "https://", "mailto:", UNSUBSCRIBE, OWN_PAGE)), address


def test_the_table_of_what_mail_programs_cannot_show_finds_it() -> None:
    bad = (
        '<div style="display:flex"><p style="color:rgba(0,0,0,.5)"></p></div><svg></svg><img src="data:x">'
        "<style>@import 'x'; a:has(b){position:absolute;background:url(x);width:2rem;margin:-3px}</style>"
    )
    found = " | ".join(find_unsafe(bad))
    for sign in (
        "display:flex",
        "rgba",
        "<svg>",
        "data:x",
        "alt",
        "@import",
        ":has",
        "position",
        "url",
        "2rem",
        "-3px",
    ):
        assert sign in found, sign


def test_only_one_button_of_an_issue_is_filled() -> None:
    filled = [piece.kind for piece in read_pieces(make_full_issue()) if piece.is_main]
    assert filled == ["lead"]
    button = {"words": "Go", "page": None, "address": "https://other.example/"}
    assert [piece.is_main for piece in read_pieces(with_body(("button", button), ("button", button)))] == [True, False]


def test_an_ebook_leads_to_the_readers_own_page_and_one_that_nobody_can_get_stops_the_issue() -> None:
    SubscriberFactory()
    issue = make_full_issue()
    assert f"{OWN_PAGE}#books" in render_issue(issue).text
    assert why_not_send(issue) == []
    Ebook.objects.update(is_offered=False)
    (reason,) = why_not_send(issue)
    assert "A calmer day" in reason


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("https://other.example/a", True),
        ("http://other.example", True),
        ("mailto:a@example.com", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//other.example", False),
        ("/articles/", False),
        ("https://bank.example@evil.example/", False),
        ("tel:999", False),
        ("", False),
    ],
)
def test_a_button_leads_to_the_web_or_to_a_mailbox_and_nowhere_else(address: str, is_good: bool) -> None:
    assert bool(read_address(address)) == is_good
    value = ButtonBlock().to_python({"words": "Go", "page": None, "address": address})
    assert bool(read_pieces(with_body(("button", value)))) == is_good
    if not is_good:
        with pytest.raises(ValidationError):
            ButtonBlock().clean(value)


def test_a_button_has_one_target() -> None:
    both = ButtonBlock().normalize({"words": "Go", "page": ArticlePageFactory(), "address": "https://a.example/"})
    with pytest.raises(ValidationError):
        ButtonBlock().clean(ButtonBlock().normalize({**both, "shown": "both"}))


def test_a_picture_needs_words_or_says_that_it_is_decoration() -> None:
    block, bare = PictureBlock(), make_picture(alt="")
    bare.decorative = False
    with pytest.raises(ValidationError):
        block.clean(block.normalize({"image": bare, "caption": "", "credit": "", "shown": "both"}))


def test_a_lost_file_or_a_deleted_book_leaves_the_issue_whole(client: Client) -> None:
    issue = make_full_issue()
    Ebook.objects.all().delete()
    for image in {type(b.value["image"]) for b in issue.body if b.block_type == "picture"}:
        image.objects.all().delete()
    issue = IssuePage.objects.get(pk=issue.pk)
    assert differences(render_issue(issue)) == []
    assert client.get(issue.url).status_code == 200


PLAIN = st.lists(
    st.sampled_from(["Tea", "Straße", "don’t", "a_b", "田中", "=", "<b>", "&amp;", "x" * 80, "é.", "{", "%"]),
    max_size=30,
)
SHORT = PLAIN.map(" ".join)
RICH = st.lists(
    st.tuples(SHORT, st.sampled_from(["p", "ul", "ol"]), st.booleans(), st.integers(0, 9)), min_size=1, max_size=4
).map(lambda parts: "".join(map(_as_html, parts)))
BLOCK = st.one_of(
    st.tuples(st.just("text"), st.fixed_dictionaries({"title": SHORT, "text": RICH})),
    st.tuples(st.just("intro"), st.fixed_dictionaries({"signed_by": st.none(), "text": RICH})),
    st.tuples(st.just("quote"), st.fixed_dictionaries({"text": SHORT, "said_by": SHORT})),
    st.tuples(
        st.just("question"), st.fixed_dictionaries({"question": SHORT, "answer": RICH, "answered_by": st.none()})
    ),
    st.tuples(
        st.just("button"),
        st.fixed_dictionaries({"words": SHORT, "page": st.none(), "address": st.just("https://b.example/x?y=1&z=2")}),
    ),
    st.just(("divider", None)),
)


def _as_html(part: tuple[str, str, bool, int]) -> str:
    words, tag, is_linked, number = part
    said = escape(words)
    said = (
        f'{said} <a href="https://other.example/{number}?a=1&amp;b=2">more <b>here</b></a> end' if is_linked else said
    )
    return f"<p>{said}</p>" if tag == "p" else f"<{tag}><li>{said}</li><li>two</li></{tag}>"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BLOCK, max_size=6), st.sampled_from(["Pain", "Straße & <b>", "%% {x}"]))
def test_whatever_is_written_both_parts_say_the_same(issue_14: IssuePage, body: list[Any], title: str) -> None:
    issue_14.body, issue_14.title = body, title
    assert differences(render_issue(issue_14)) == []


@pytest.fixture
def issue_14() -> IssuePage:
    return IssuePageFactory(number=14, body=[])


def test_sender_and_answers_can_be_those_of_one_issue() -> None:
    usual, own = IssuePageFactory(), IssuePageFactory(sender_name="Dr Linnet", reply_to="linnet@example.org")
    assert render_issue(usual).sender == "Meadowsweet <letters@meadowsweet.example>"
    assert render_issue(own).sender == "Dr Linnet <letters@meadowsweet.example>"
    assert render_issue(own).reply_to == "linnet@example.org"
    own.sender_email = "linnet@example.org"
    assert render_issue(own).sender == "Dr Linnet <linnet@example.org>"


@pytest.mark.parametrize(
    ("mode", "holds", "lacks"),
    [
        ("mail", "@media not all", "@media all"),
        ("dark", "@media all", "@media not all"),
        ("narrow", "srcdoc=", "Joan,"),
        ("text", "LIVING WITH PAIN", "<table"),
    ],
)
def test_the_mail_is_previewed_in_each_look(client: Client, editor: Any, mode: str, holds: str, lacks: str) -> None:
    client.force_login(editor)
    issue = make_full_issue(preview_line="For {name|friends}")
    issue.save_revision()
    shown = client.get(f"/admin/pages/{issue.pk}/view_draft/", {"mode": mode}).text
    assert holds in shown
    assert lacks not in shown.replace("Joan, a reader", "")
    assert "prefers-color-scheme" not in shown
    assert "For friends" in shown or mode == "text"
    assert "%%" not in preview_issue(issue).html
